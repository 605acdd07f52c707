import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import type { Concession } from "@shared/scheduling/alternatives/concessions.ts";
import type { ConcededCandidate } from "@shared/scheduling/alternatives/negotiation.ts";
import { busyWindow } from "@shared/scheduling/busy_window.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type {
  Constraints,
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { bruteForceStarts, bruteForceWindow, isBusy, isOpen } from "./brute_force.ts";
import { person, request } from "./requests.ts";

/** A request that says that busy time was read for negotiation. */
function negotiable(asked: SchedulingRequest): SchedulingRequest {
  const { constraints, participants, recurrence } = asked;
  const options = { negotiate: true, ...(recurrence && { recurrence }) };
  return { ...asked, busy_window: busyWindow(constraints, participants, options) };
}

function negotiated(people: Participant[], changes: Partial<Constraints> = {}) {
  const result = findSlots(negotiable(request(people, changes)));
  assert.deepEqual(result.candidates, []);
  const [best] = result.conceded_candidates;
  return { ...result, best, time: best?.start_time.slice(5, 16) };
}

Deno.test("findSlots() does not negotiate when something fits", () => {
  const { conceded_candidates, negotiation_rounds } = findSlots(request([person("Ann")]));
  assert.deepEqual({ conceded_candidates, negotiation_rounds }, {
    conceded_candidates: [],
    negotiation_rounds: 0,
  });
});

Deno.test("findSlots() first does without optional people, where they were in the way", () => {
  const people = [
    person("Ann", ["09:00-12:00"]),
    person("Bob", ["12:00-17:00"], { type: "optional" }),
    person("Cem", [], { type: "optional" }),
  ];
  const { best, time, negotiation_rounds } = negotiated(people, {
    minimum_attendee_percentage: 100,
  });
  assert.equal(negotiation_rounds, 1);
  assert.equal(time, "01-07T13:00");
  assert.deepEqual(best?.concessions, [{ code: "without_optional", args: { names: ["Bob"] } }]);
  assert.equal(best?.concession, "This needs the meeting to take place without Bob.");
});

Deno.test("findSlots() then makes buffers smaller, no smaller than the time needs", () => {
  const buffer = { before: 30, after: 30 };
  const people = [person("Ann", ["08:00-12:00", "12:40-17:00"], { buffer }), person("Bob")];
  const { best, time, negotiation_rounds } = negotiated(people, { interval_minutes: 5 });
  assert.equal(negotiation_rounds, 2);
  assert.equal(time, "01-07T12:05");
  assert.deepEqual(best?.concessions, [{
    code: "smaller_buffers",
    args: {
      people: [
        { name: "Ann", side: "before", minutes: 5, instead_of: 30 },
        { name: "Ann", side: "after", minutes: 5, instead_of: 30 },
      ],
    },
  }]);
  assert.equal(
    best?.concession,
    "This needs Ann to make do with as little as 5 minutes instead of 30 between meetings.",
  );
});

Deno.test("findSlots() makes days up to an hour wider, and says whose", () => {
  const people = [
    person("Ann", ["08:00-16:00", "17:00-17:10"], { timezone: "UTC" }),
    person("Bob", [], { open_hours: [{ days: ["monday"], start: "09:00", end: "16:00" }] }),
  ];
  const { best, time, negotiation_rounds } = negotiated(people);
  assert.equal(negotiation_rounds, 2);
  assert.equal(time, "01-07T16:00");
  assert.deepEqual(best?.concessions, [{
    code: "wider_hours",
    args: { people: [{ name: "Bob", minutes: 30, hours: "open until 16:30 (UTC)" }] },
  }]);
  assert.equal(best?.concession, "This needs Bob to be open until 16:30 (UTC).");
});

Deno.test("findSlots() then makes the meeting up to 15 minutes shorter, as little as helps", () => {
  const people = [person("Ann", ["07:00-12:00", "12:20-19:00"])];
  const { best, time, negotiation_rounds } = negotiated(people);
  assert.equal(negotiation_rounds, 3);
  assert.equal(time, "01-07T12:00");
  assert.deepEqual(best?.concessions, [{
    code: "shorter",
    args: { duration_minutes: 20, instead_of: 30 },
  }]);
  assert.equal(best?.end_time, "2030-01-07T12:20:00Z");
  assert.equal(best?.concession, "This needs 20 minutes to be enough instead of 30.");
});

Deno.test("findSlots() looks beyond the window only as far as busy time was read", () => {
  const people = [person("Ann", ["00:00-23:59"])];
  const { best, time, negotiation_rounds } = negotiated(people);
  assert.equal(negotiation_rounds, 3);
  assert.equal(time, "01-08T09:30");
  assert.deepEqual(best?.concessions, [{
    code: "later_window",
    args: { window_end: "2030-01-08T00:00:00Z" },
  }]);
  assert.match(
    best?.concession ?? "",
    /the window to reach beyond Tuesday 8 January 2030 at 00:00/,
  );
  const not_read = findSlots(request(people));
  assert.deepEqual(not_read.conceded_candidates, []);
  assert.equal(not_read.negotiation_rounds, 3);
});

Deno.test("findSlots() offers no time after what was read, buffers included", () => {
  const people = [person("Ann", ["00:00-23:59"], { buffer: { before: 0, after: 60 } })];
  const busy_window = { start: "2030-01-06T23:00:00Z", end: "2030-01-08T11:00:00Z" };
  const { conceded_candidates } = findSlots({ ...request(people), busy_window });
  assert.deepEqual(
    conceded_candidates.map(({ start_time }) => start_time.slice(5, 16)).toSorted(),
    ["01-08T09:00", "01-08T09:30"],
  );
});

Deno.test("findSlots() refuses a request that read less than its window", () => {
  const asked = request([person("Ann")], { buffer_minutes: 15 });
  const read = { start: "2030-01-06T23:45:00Z", end: "2030-01-08T00:15:00Z" };
  assert.equal(findSlots({ ...asked, busy_window: read }).candidates.length, 10);
  for (
    const busy_window of [
      { ...read, start: "2030-01-06T23:46:00Z" },
      { ...read, end: "2030-01-08T00:14:00Z" },
      { ...read, end: "soon" },
    ]
  ) {
    assert.throws(() => findSlots({ ...asked, busy_window }), (error) => {
      assert.ok(error instanceof SchedulingInputError);
      assert.equal(error.path, "busy_window");
      return true;
    });
  }
});

Deno.test("findSlots() asks the least of people first", () => {
  fc.assert(fc.property(arbitraryRequest, (asked) => {
    const { conceded_candidates } = findSlots(negotiable(asked));
    const costs = conceded_candidates.map(costOf);
    assert.deepEqual(costs, costs.toSorted((a, b) => a - b));
  }));
});

Deno.test("findSlots() says every concession that a time needs, and no other", () => {
  let negotiated = 0;
  fc.assert(
    fc.property(arbitraryRequest, (drawn) => {
      const asked = negotiable(drawn);
      const { candidates, conceded_candidates, negotiation_rounds } = findSlots(asked);
      assert.ok(candidates.length === 0 || conceded_candidates.length === 0);
      assert.ok(negotiation_rounds <= 3);
      for (const candidate of conceded_candidates.slice(0, 5)) {
        negotiated++;
        assert.ok(candidate.conceded && candidate.concessions.length > 0);
        assert.match(candidate.concession, /^This needs .*\.$/);
        const start = Date.parse(candidate.start_time) / 60_000;
        assert.ok(!bruteForceStarts(asked).includes(start) || isShorter(candidate));
        const granted = grant(asked, candidate);
        assert.ok(bruteForceStarts(granted).includes(start), candidate.concession);
        for (const one of candidate.concessions) assertNeeded(asked, candidate, one, start);
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(negotiated > 30, `Only ${negotiated} conceded times were checked`);
});

Deno.test("findSlots() counts the hours that a time needs across a repeated hour", () => {
  const early = [{ days: ["sunday" as const], start: "00:15", end: "01:15" }];
  const { best } = negotiated(
    [person("Ann", [], { open_hours: early, timezone: "America/New_York" }), person("Bob")],
    {
      earliest_date: "2030-11-03T04:35:00Z",
      latest_date: "2030-11-03T06:15:00Z",
      duration_minutes: 100,
      interval_minutes: 5,
      working_hours_start: 0,
      working_hours_end: 24,
      allowed_days: ["sunday"],
    },
  );
  // From 00:35 to 01:15, with clocks put back at 02:00: Ann is away from 01:15 to 02:00.
  assert.deepEqual(best?.start_time, "2030-11-03T04:35:00Z");
  assert.deepEqual(best?.concessions, [{
    code: "wider_hours",
    args: {
      people: [{ name: "Ann", minutes: 45, hours: "open until 02:00 (America/New_York)" }],
    },
  }]);
});

Deno.test("findSlots() does not count minutes that a clock skips as minutes of wider hours", () => {
  const open_hours = [
    { days: ["sunday" as const], start: "00:00", end: "01:00" },
    { days: ["sunday" as const], start: "04:00", end: "06:00" },
  ];
  const { best } = negotiated(
    [person("Ann", [], { open_hours, timezone: "America/New_York" })],
    {
      earliest_date: "2030-03-10T06:10:00Z",
      latest_date: "2030-03-10T07:50:00Z",
      duration_minutes: 100,
      interval_minutes: 5,
      working_hours_start: 0,
      working_hours_end: 24,
      allowed_days: ["sunday"],
    },
  );
  // From 01:10 to 03:50, with clocks put forward from 02:00 to 03:00.
  assert.deepEqual(best?.start_time, "2030-03-10T06:10:00Z");
  assert.deepEqual(best?.concessions, [{
    code: "wider_hours",
    args: {
      people: [{ name: "Ann", minutes: 110, hours: "open until 03:50 (America/New_York)" }],
    },
  }]);
});

function isShorter({ concessions }: ConcededCandidate): boolean {
  return concessions.some(({ code }) => code === "shorter");
}

/** Minutes that are taken from people, from their buffers or from outside their hours. */
function costOf({ concessions }: ConcededCandidate): number {
  let cost = 0;
  for (const { code, args } of concessions) {
    if (code === "smaller_buffers") {
      for (const { instead_of, minutes } of args.people) cost += instead_of - minutes;
    }
    if (code === "wider_hours") { for (const { minutes } of args.people) cost += minutes; }
  }
  return cost;
}

/** The request with exactly the concessions of a candidate granted, for a search that asks about every minute. */
function grant(asked: SchedulingRequest, candidate: ConcededCandidate): SchedulingRequest {
  const constraints = { ...asked.constraints };
  let participants = asked.participants;
  for (const { code, args } of candidate.concessions) {
    if (code === "without_optional") constraints.minimum_attendee_percentage = 0;
    if (code === "shorter") constraints.duration_minutes = args.duration_minutes;
    if (code === "later_window") {
      constraints.earliest_date = instant(bruteForceWindow(asked.constraints).from);
      constraints.latest_date = candidate.end_time;
    }
    if (code === "smaller_buffers") {
      const names = args.people.map(({ name }) => name);
      participants = participants.map((one) =>
        names.includes(one.email) ? { ...one, buffer: { before: 0, after: 0 } } : one
      );
    }
    if (code === "wider_hours") {
      const names = args.people.map(({ name }) => name);
      participants = participants.map((one) => names.includes(one.email) ? wider(asked, one) : one);
    }
  }
  return { ...asked, constraints, participants };
}

/** A person with each of their hours opened an hour earlier and later. */
function wider({ constraints }: SchedulingRequest, one: Participant): Participant {
  const { allowed_days, working_hours_start, working_hours_end } = constraints;
  const own = one.open_hours ?? [{
    days: allowed_days,
    start: clock(working_hours_start * 60),
    end: clock(working_hours_end * 60),
  }];
  return {
    ...one,
    open_hours: own.map((open) => ({
      ...open,
      start: clock(Math.max(0, minutes(open.start) - 60)),
      end: clock(Math.min(1440, minutes(open.end) + 60)),
    })),
  };
}

function assertNeeded(
  asked: SchedulingRequest,
  candidate: ConcededCandidate,
  { code, args }: Concession,
  start: number,
): void {
  const duration_minutes = (Date.parse(candidate.end_time) - Date.parse(candidate.start_time)) /
    60_000;
  // Hours are asked about in the window that the candidate needs.
  const constraints = {
    ...asked.constraints,
    duration_minutes,
    earliest_date: instant(bruteForceWindow(asked.constraints).from),
    latest_date: instant(
      Math.max(start + duration_minutes, bruteForceWindow(asked.constraints).to),
    ),
  };
  const named = (name: string) => asked.participants.find(({ email }) => email === name)!;
  switch (code) {
    case "without_optional":
      for (const name of args.names) assert.equal(named(name).type, "optional");
      assert.ok(args.names.length > 0);
      break;
    case "smaller_buffers":
      for (const { name, minutes, instead_of } of args.people) {
        assert.ok(isBusy(constraints, named(name), start));
        const none = { ...named(name), buffer: { before: 0, after: 0 } };
        assert.ok(!isBusy(constraints, none, start));
        assert.ok(minutes >= 0 && minutes < instead_of);
      }
      break;
    case "wider_hours":
      for (const { name, minutes, hours } of args.people) {
        assert.ok(!isOpen(constraints, named(name), start), `${name} ${hours}`);
        // The hours that contain the start end at most an hour before it, and those that contain the end begin so.
        assert.ok(minutes > 0 && minutes <= 60 + duration_minutes, `${name} ${hours}`);
      }
      break;
    case "shorter":
      assert.equal(args.duration_minutes, duration_minutes);
      assert.ok(args.instead_of - duration_minutes <= 15);
      break;
    case "later_window":
      assert.ok(start + duration_minutes > bruteForceWindow(asked.constraints).to);
      assert.ok(Date.parse(candidate.end_time) <= Date.parse(asked.busy_window!.end));
      break;
  }
}

function instant(minute: number): string {
  return new Date(minute * 60_000).toISOString();
}

function clock(minute: number): string {
  return minute === 1440 ? "24:00" : instant(minute).slice(11, 16);
}

function minutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}
