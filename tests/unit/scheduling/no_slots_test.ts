import assert from "node:assert/strict";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type {
  Constraints,
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { onMonday, person, request } from "./requests.ts";

const NINE = "Monday 7 January 2030 at 09:00 (UTC)";

/** Without a slot as asked, and possible at the slot that the suggestion names once `change` is made. */
function changeHelps(
  people: Participant[],
  changes: Partial<Constraints>,
  suggestion: RegExp,
  change: { people?: Participant[]; constraints?: Partial<Constraints> },
): void {
  const refused = findSlots(request(people, changes));
  assert.deepEqual(refused.candidates, []);
  assert.match(refused.suggestion ?? "none", suggestion);
  const named = /on (\w+ \d+ \w+ \d{4} at \d\d:\d\d)/.exec(refused.suggestion ?? "")?.[1];
  const { candidates } = findSlots(request(change.people ?? people, {
    ...changes,
    ...change.constraints,
    max_candidates: 1000,
  }));
  const times = candidates.map(({ start_time }) => start_time.slice(11, 16));
  assert.ok(times.includes(named?.slice(-5) ?? "no time named"), `${named} not in ${times}`);
}

Deno.test("findSlots() says whose hours never meet, and the smallest change that would help", () => {
  const people = [
    person("lang", [], { timezone: "America/New_York" }),
    person("cargo", [], { timezone: "America/New_York" }),
    person("types", [], { timezone: "Europe/Paris" }),
    person("council", [], { timezone: "America/Los_Angeles" }),
  ];
  const asked = { duration_minutes: 60, timezone: "America/New_York", latest_date: "2030-01-11" };
  const result = findSlots(request(people, asked));
  assert.deepEqual(result.candidates, []);
  assert.equal(result.empty_reason, "attendeesUnavailable");
  assert.equal(
    result.message,
    "The open hours of types (09:00-17:00 Europe/Paris) and council " +
      "(09:00-17:00 America/Los_Angeles) never overlap in this window.",
  );
  assert.equal(
    result.suggestion,
    "If types were open until 18:00 (Europe/Paris) and council were open from 08:00 " +
      "(America/Los_Angeles), the meeting could be on Monday 7 January 2030 at 11:00 " +
      "(America/New_York).",
  );
  assert.ok(result.blocking.every(({ reason }) => reason === "outside_hours"));
  assert.deepEqual(
    new Set(result.blocking.map(({ name }) => name)),
    new Set(["lang", "cargo", "types", "council"]),
  );
});

Deno.test("findSlots() says when hours overlap for less than the meeting", () => {
  const people = [
    person("Ann", [], { open_hours: [{ days: ["monday"], start: "09:00", end: "11:00" }] }),
    person("Bob", [], { open_hours: [{ days: ["monday"], start: "10:30", end: "12:00" }] }),
  ];
  const { message } = findSlots(request(people, { duration_minutes: 60 }));
  assert.match(message, /Ann .* and Bob .* overlap for at most 30 minutes .* takes 60 minutes/);
});

Deno.test("findSlots() says who has no open hours at all", () => {
  const closed = [{ days: ["tuesday" as const], start: "09:00", end: "17:00" }];
  const { message } = findSlots(
    request([person("Ann"), person("Bob", [], { open_hours: closed })]),
  );
  assert.equal(
    message,
    "Bob (09:00-17:00 UTC on Tuesday) has no open hours in this window.",
  );
});

Deno.test("findSlots() says who is in the way and how much", () => {
  const people = [
    person("Ann", ["09:00-13:00"], { is_organizer: true }),
    person("Bob", ["11:00-17:00"]),
    person("Cem"),
    person("Dee", ["09:00-17:00"], { type: "optional" }),
  ];
  const result = findSlots(request(people));
  assert.equal(result.empty_reason, "attendeesUnavailable");
  assert.deepEqual(result.blocking, [
    { email: "bob@convene.example", name: "Bob", reason: "busy", blocked_percentage: 75 },
    { email: "ann@convene.example", name: "Ann", reason: "busy", blocked_percentage: 50 },
  ]);
  assert.match(result.message, /is everyone who is needed free for 30 minutes/);
});

Deno.test("findSlots() distinguishes the organizer, rooms and an exhausted window", () => {
  const all_day = ["09:00-17:00"];
  const organizer = person("Ann", all_day, { is_organizer: true });
  assert.equal(
    findSlots(request([organizer, person("Bob")])).empty_reason,
    "organizerUnavailable",
  );
  const room = person("Room", all_day, { type: "resource" });
  assert.equal(findSlots(request([person("Ann"), room])).empty_reason, "locationsUnavailable");
  const people = [person("Ann", all_day), person("Bob", "unknown")];
  assert.equal(
    findSlots(request(people, { on_unknown: "ignore" })).empty_reason,
    "attendeesUnavailableOrUnknown",
  );
  const over = findSlots({ ...request([person("Ann")]), now: new Date("2030-02-01T00:00:00Z") });
  assert.equal(over.empty_reason, "unknown");
  assert.match(over.message, /window is over/);
});

Deno.test("findSlots() suggests a finer grid first", () => {
  changeHelps(
    [person("Ann", ["09:00-12:10", "12:45-17:00"])],
    { interval_minutes: 60 },
    /^With starts every 15 minutes instead of every 60 .*12:15/,
    { constraints: { interval_minutes: 15 } },
  );
});

Deno.test("findSlots() suggests less notice", () => {
  const asked = { ...request([person("Ann")], { minimum_notice_minutes: 2880 }) };
  const late = findSlots({ ...asked, now: new Date("2030-01-07T08:00:00Z") });
  assert.equal(late.candidates.length, 0);
  assert.equal(
    late.suggestion,
    `With a notice of 60 minutes or less (minimum_notice_minutes), the meeting could be on ${NINE}.`,
  );
});

Deno.test("findSlots() suggests no shorter notice than the last day of the window needs", () => {
  const asked = request([person("Ann", [])], {
    latest_date: "2030-01-11",
    minimum_notice_minutes: 7 * 1440,
  });
  const late = findSlots({ ...asked, now: new Date("2030-01-07T08:00:00Z") });
  assert.match(late.suggestion ?? "", /notice of 5820 minutes or less .* Friday 11 .* at 09:00/);
});

Deno.test("findSlots() suggests using tentative time", () => {
  const maybe = { ...onMonday("09:00-17:00"), tentative: true };
  changeHelps([person("Ann", [], { busy: [maybe] })], {}, /tentative_as_busy false.*09:00/, {
    constraints: { tentative_as_busy: false },
  });
});

Deno.test("findSlots() suggests smaller buffers, no smaller than necessary", () => {
  changeHelps(
    [person("Ann", ["08:00-11:50", "12:40-17:00"])],
    { buffer_minutes: 30, interval_minutes: 5 },
    /^With buffers of 10 minutes instead of 30, .*12:00/,
    { constraints: { buffer_minutes: 10 } },
  );
});

Deno.test("findSlots() suggests a meeting up to 15 minutes shorter", () => {
  changeHelps(
    [person("Ann", ["09:00-12:00", "12:50-17:00"])],
    { duration_minutes: 60 },
    /^A meeting of 50 minutes instead of 60 could be on .*12:00/,
    { constraints: { duration_minutes: 50 } },
  );
});

Deno.test("findSlots() suggests wider hours, and names only whose", () => {
  const until = (end: string) => ({
    open_hours: [{ days: ["monday" as const], start: "09:00", end }],
  });
  changeHelps(
    [person("Ann", ["09:00-16:00"]), person("Bob", [], until("16:00"))],
    { duration_minutes: 30 },
    /^If Bob were open until 16:30 \(UTC\), the meeting could be on .*16:00/,
    { people: [person("Ann", ["09:00-16:00"]), person("Bob", [], until("16:30"))] },
  );
});

Deno.test("findSlots() suggests doing without the fewest people", () => {
  const ann = person("Ann", ["09:00-12:00"], { is_organizer: true });
  const cem = person("Cem", ["08:00-11:00", "12:30-19:00"]);
  const bob = person("Bob", ["07:00-19:00"]);
  changeHelps(
    [ann, bob, cem],
    {},
    /^Without Bob \(made optional\), the meeting could be on .*12:00/,
    { people: [ann, { ...bob, type: "optional" }, cem] },
  );
});

Deno.test("findSlots() suggests a smaller share of people", () => {
  const people = [person("Ann"), person("Bob", ["09:00-17:00"], { type: "optional" })];
  changeHelps(people, { minimum_attendee_percentage: 80 }, /^With 50 percent .*09:00/, {
    constraints: { minimum_attendee_percentage: 50 },
  });
});

Deno.test("findSlots() says when people can be met after a window in which nothing would help", () => {
  const everyone_taken = person("Ann", [], {
    busy: [{ start: "2030-01-01T00:00:00Z", end: "2030-01-08T12:00:00Z" }],
  });
  const later = (asked: SchedulingRequest) => {
    const result = findSlots(asked);
    assert.deepEqual(result.candidates, []);
    return result.suggestion ?? "none";
  };
  assert.equal(
    later(request([everyone_taken])),
    "With a later latest_date, Tuesday 8 January 2030 at 12:00 (UTC) is the first time within " +
      "everybody's hours; calendars have not been read for it.",
  );
  const over = { ...request([person("Ann")]), now: new Date("2030-02-01T18:00:00Z") };
  assert.match(later(over), /later latest_date, Monday 4 February 2030 at 09:00/);
  assert.match(findSlots(over).message, /window is over/);
  const never = request([
    person("Ann", [], { open_hours: [{ days: ["monday"], start: "06:00", end: "07:00" }] }),
    person("Bob", [], { open_hours: [{ days: ["monday"], start: "20:00", end: "21:00" }] }),
  ]);
  assert.match(later(never), /^Other open hours \(open_hours\), a shorter meeting/);
});

Deno.test("findSlots() suggests a day that is not allowed", () => {
  changeHelps(
    [person("Ann")],
    { earliest_date: "2030-01-12", latest_date: "2030-01-13" },
    /^If Saturday were allowed \(allowed_days\), .*Saturday 12 January 2030 at 09:00/,
    { constraints: { allowed_days: ["saturday"] } },
  );
  const busy_saturday = person("Ann", [], {
    busy: [{ start: "2030-01-12T00:00:00Z", end: "2030-01-13T10:00:00Z" }],
  });
  changeHelps(
    [busy_saturday],
    { earliest_date: "2030-01-12", latest_date: "2030-01-13" },
    /^If Sunday were allowed .*Sunday 13 January 2030 at 10:00/,
    { constraints: { allowed_days: ["sunday"] } },
  );
});

Deno.test("findSlots() suggests the holiday and the day off that are in the way", () => {
  changeHelps(
    [person("Ann", ["09:00-09:30"])],
    { holiday_dates: ["2030-01-07"] },
    /^If 2030-01-07 were not a holiday \(holiday_dates\), .*at 09:30/,
    { constraints: { holiday_dates: [] } },
  );
  const away = person("Ann", [], { exdates: ["2030-01-07"] });
  changeHelps(
    [person("Bob"), away],
    {},
    /^If Ann were not away \(exdates\), .*at 09:00/,
    { people: [person("Bob"), person("Ann")] },
  );
});

Deno.test("findSlots() suggests the longest meeting that fits where no day is long enough", () => {
  changeHelps(
    [person("Ann"), person("Bob", ["09:00-09:20"])],
    { duration_minutes: 1200 },
    /^A meeting of 450 minutes instead of 1200 \(duration_minutes\) .*at 09:30/,
    { constraints: { duration_minutes: 450 } },
  );
});
