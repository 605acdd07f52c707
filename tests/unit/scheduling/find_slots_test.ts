import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type { Constraints, Participant } from "@shared/scheduling/input/scheduling_request.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { bruteForceStarts, isBusy, isOpen } from "./brute_force.ts";
import { onMonday, person, request } from "./requests.ts";

Deno.test("findSlots() writes times with the offset of the request's zone and of each person's own", () => {
  const people = [
    person("Ann", [], { timezone: "America/New_York" }),
    person("Bob", [], { timezone: "Asia/Kathmandu" }),
  ];
  const { candidates } = findSlots(request(people, {
    timezone: "Europe/Paris",
    working_hours_start: 5,
    working_hours_end: 20,
    max_candidates: 1,
  }));
  const [best] = candidates;
  assert.equal(candidates.length, 1);
  assert.match(best?.start_time ?? "", /^2030-01-07T\d\d:\d\d:00\+01:00$/);
  assert.equal(Date.parse(best!.end_time) - Date.parse(best!.start_time), 30 * 60_000);
  const local = best!.participant_availability.map(({ local_start }) => local_start);
  assert.match(local[0]!, /-05:00$/);
  assert.match(local[1]!, /\+05:45$/);
  for (const time of local) assert.equal(Date.parse(time), Date.parse(best!.start_time));
});

Deno.test("findSlots() offers only possible starts and returns the status of each person there", () => {
  fc.assert(
    fc.property(arbitraryRequest, (asked) => {
      const { constraints, participants } = asked;
      const result = findSlots(asked);
      if (result.candidates.length === 0) return;
      const possible = bruteForceStarts(asked);
      assert.equal(result.total_candidates_evaluated, possible.length);
      for (const candidate of result.candidates.slice(0, 10)) {
        const start = Date.parse(candidate.start_time) / 60_000;
        assert.ok(possible.includes(start));
        for (const [i, { email, status }] of candidate.participant_availability.entries()) {
          const one = participants[i]!;
          assert.equal(email, one.email);
          if (one.busy === "unknown") assert.equal(status, "unknown");
          else if (!isOpen(constraints, one, start)) assert.equal(status, "outside_hours");
          else if (isBusy(constraints, one, start)) assert.equal(status, "busy");
          else assert.ok(status === "free" || status === "tentative", status);
        }
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("findSlots() refuses by name when a required calendar cannot be read", () => {
  const ann = person("Ann", [], { is_organizer: true });
  const bob = person("Bob", "unknown", { unknown_reason: "notFound" });
  for (const on_unknown of ["refuse", "ignore_optional"] as const) {
    const result = findSlots(request([ann, bob], { on_unknown }));
    assert.deepEqual(result.candidates, []);
    assert.equal(result.empty_reason, "attendeesUnavailableOrUnknown");
    assert.deepEqual(result.unknown, ["bob@convene.example"]);
    assert.match(result.message, /Bob \(notFound\)/);
    assert.deepEqual(result.blocking, [
      { email: "bob@convene.example", name: "Bob", reason: "unknown", blocked_percentage: 100 },
    ]);
    assert.match(result.suggestion ?? "", /on_unknown "ignore".*Monday 7 January 2030 at 09:00/);
  }
});

Deno.test("findSlots() says organizerUnavailable when the organizer's calendar cannot be read", () => {
  const organizer = person("Ann", "unknown", { is_organizer: true });
  const result = findSlots(request([organizer, person("Bob")]));
  assert.equal(result.empty_reason, "organizerUnavailable");
});

Deno.test("findSlots() never turns unknown into free, even if it is to be ignored", () => {
  const asked = request([person("Ann"), person("Bob", "unknown")], { on_unknown: "ignore" });
  const result = findSlots(asked);
  assert.deepEqual(result.unknown, ["bob@convene.example"]);
  assert.ok(result.candidates.length > 0);
  for (const candidate of result.candidates) {
    assert.equal(candidate.participant_availability[1]?.status, "unknown");
    assert.equal(candidate.score_breakdown.availability, 17.5);
    assert.match(candidate.reasoning, /calendar of Bob could not be read/);
  }
});

Deno.test("findSlots() keeps to the hours of an ignored participant with an unknown calendar", () => {
  const bob = person("Bob", "unknown", { timezone: "America/New_York" });
  const result = findSlots(request([person("Ann"), bob], { on_unknown: "ignore" }));
  for (const { start_time } of result.candidates) {
    assert.ok(start_time >= "2030-01-07T14:00:00Z", start_time);
  }
});

Deno.test("findSlots() counts unknown optional people as absent, or leaves them out on request", () => {
  const people = [person("Ann"), person("Bob", "unknown", { type: "optional" })];
  const wanted = { minimum_attendee_percentage: 100 };
  assert.equal(findSlots(request(people, wanted)).candidates.length, 0);
  const ignoring = findSlots(request(people, { ...wanted, on_unknown: "ignore_optional" }));
  assert.ok(ignoring.candidates.length > 0);
  assert.deepEqual(ignoring.unknown, ["bob@convene.example"]);
});

Deno.test("findSlots() requires a percentage of all people on request", () => {
  const people = [
    person("Ann"),
    person("Bob", ["09:00-12:00"], { type: "optional" }),
    person("Cem", ["09:00-16:30"], { type: "optional" }),
  ];
  const starts = (minimum_attendee_percentage: number) =>
    findSlots(request(people, { minimum_attendee_percentage })).total_candidates_evaluated;
  assert.deepEqual([0, 33, 50, 66, 67, 100].map(starts), [16, 16, 10, 10, 1, 1]);
});

Deno.test("findSlots() reports figures about the calendars", () => {
  const { analytics } = findSlots(request([
    person("Ann", ["09:00-13:00", "10:00-11:00"]),
    person("Bob", ["12:00-13:00", "20:00-21:00"]),
    person("Cem", "unknown", { type: "optional" }),
  ]));
  assert.deepEqual(analytics, {
    participants: 3,
    unknown: 1,
    density: 0.313, // five of the two known people's sixteen hours
    conflict_rate: 0.5,
    most_constrained_participants: ["ann@convene.example", "bob@convene.example"],
  });
});

Deno.test("findSlots() keeps a room's busy time but not the people's hours for it", () => {
  const room = person("Room", ["09:00-16:00"], { type: "resource", timezone: "Asia/Tokyo" });
  const { candidates } = findSlots(request([person("Ann"), room]));
  assert.deepEqual(
    candidates.map(({ start_time }) => start_time.slice(11, 16)).toSorted(),
    ["16:00", "16:30"],
  );
});

Deno.test("findSlots() names the field of a request that makes no sense", () => {
  const bad: [Partial<Constraints>, string][] = [
    [{ timezone: "Mars/Olympus" }, "constraints.timezone"],
    [{ timezone: "PST" }, "constraints.timezone"],
    [{ earliest_date: "2030-02-30" }, "constraints.earliest_date"],
    [{ earliest_date: "2030-01-07T09:00:00" }, "constraints.earliest_date"],
    [{ latest_date: "2030-01-06" }, "constraints.latest_date"],
    [{ latest_date: "2032-01-06" }, "constraints.latest_date"],
    [{ duration_minutes: 0 }, "constraints.duration_minutes"],
    [{ duration_minutes: 22.5 }, "constraints.duration_minutes"],
    [{ duration_minutes: NaN }, "constraints.duration_minutes"],
    [{ interval_minutes: 0 }, "constraints.interval_minutes"],
    [{ buffer_minutes: -1 }, "constraints.buffer_minutes"],
    [{ max_candidates: 0 }, "constraints.max_candidates"],
    [{ working_hours_end: 9 }, "constraints.working_hours_end"],
    [{ working_hours_end: 25 }, "constraints.working_hours_end"],
    [{ allowed_days: [] }, "constraints.allowed_days"],
    [{ holiday_dates: ["2030-12-25", "Christmas"] }, "constraints.holiday_dates[1]"],
    [{ minimum_attendee_percentage: 101 }, "constraints.minimum_attendee_percentage"],
  ];
  for (const [changes, path] of bad) {
    assert.throws(() => findSlots(request([person("Ann")], changes)), pathIs(path));
  }
  const never = { ...request([person("Ann")]), now: new Date("never") };
  assert.throws(() => findSlots(never), pathIs("now"));
});

Deno.test("findSlots() names the field of a participant who makes no sense", () => {
  const hours = { days: ["monday" as const], start: "09:00", end: "17:00" };
  const bad: [Partial<Participant>, string][] = [
    [{ timezone: "Mars/Olympus" }, "participants[1].timezone"],
    [{ busy: [{ start: "yesterday", end: "today" }] }, "participants[1].busy[0].start"],
    [{ busy: [{ ...onMonday("09:00-10:00"), end: "2030-01-07" }] }, "participants[1].busy[0].end"],
    [{ busy: [onMonday("09:00-10:00"), onMonday("12:00-11:00")] }, "participants[1].busy[1].end"],
    [{ buffer: { before: 0, after: -5 } }, "participants[1].buffer.after"],
    [{ open_hours: [{ ...hours, end: "25:00" }] }, "participants[1].open_hours[0].end"],
    [{ open_hours: [{ ...hours, end: "08:00" }] }, "participants[1].open_hours[0].end"],
    [{ open_hours: [{ ...hours, timezone: "+01:00" }] }, "participants[1].open_hours[0].timezone"],
  ];
  for (const [changes, path] of bad) {
    const people = [person("Ann"), person("Bob", [], changes)];
    assert.throws(() => findSlots(request(people)), pathIs(path));
  }
  assert.throws(() => findSlots(request([])), pathIs("participants"));
  const room = person("Room", [], { type: "resource" });
  assert.throws(() => findSlots(request([room])), pathIs("participants"));
});

function pathIs(path: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SchedulingInputError);
    assert.equal(error.path, path);
    return true;
  };
}
