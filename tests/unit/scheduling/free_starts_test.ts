import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { findFreeStarts } from "@shared/scheduling/availability/free_starts.ts";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { formatInstant } from "@shared/time/instants.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { bruteForceStarts } from "./brute_force.ts";
import { MONDAY, person, request } from "./requests.ts";

const times = (starts: Int32Array) => Array.from(starts, (start) => formatInstant(start, 0));
const clocks = (starts: Int32Array) => times(starts).map((time) => time.slice(11, 16));

Deno.test("findFreeStarts() equals a search that asks about every minute", () => {
  let with_answers = 0;
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const starts = Array.from(findFreeStarts(request));
      assert.deepEqual(starts, bruteForceStarts(request));
      if (starts.length > 0) with_answers++;
    }),
    { numRuns: 150 },
  );
  assert.ok(with_answers > 30, `Only ${with_answers} requests had an answer; make them easier`);
});

Deno.test("findFreeStarts() never gains a start by more busy time", () => {
  fc.assert(
    fc.property(arbitraryRequest, fc.nat(), fc.nat(5_000), (request, whom, shift) => {
      const before = new Set(findFreeStarts(request));
      const start = Date.parse(request.now.toISOString()) + shift * 60_000;
      const more = {
        start: new Date(start).toISOString(),
        end: new Date(start + 5_400_000).toISOString(),
      };
      const participants = request.participants.map((participant, i) =>
        i === whom % request.participants.length && participant.busy !== "unknown"
          ? { ...participant, busy: [more, ...participant.busy] }
          : participant
      );
      for (const free of findFreeStarts({ ...request, participants })) assert.ok(before.has(free));
    }),
    { numRuns: 200 },
  );
});

Deno.test("findFreeStarts() does not depend on the order of participants and intervals", () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const participants = request.participants.toReversed().map((participant) => ({
        ...participant,
        busy: participant.busy === "unknown" ? participant.busy : participant.busy.toReversed(),
      }));
      assert.deepEqual(findFreeStarts({ ...request, participants }), findFreeStarts(request));
    }),
    { numRuns: 200 },
  );
});

Deno.test("findFreeStarts() widens busy time by buffers on the right sides, and never the window", () => {
  const buffered = person("Ann", ["12:00-13:00"], { buffer: { before: 30, after: 60 } });
  assert.deepEqual(
    clocks(findFreeStarts(request([buffered], { working_hours_end: 15 }))),
    ["09:00", "09:30", "10:00", "10:30", "13:30", "14:00", "14:30"],
  );
  const other_buffer = person("Ann", ["12:00-13:00"]);
  assert.deepEqual(
    clocks(findFreeStarts(request([other_buffer], { working_hours_end: 15, buffer_minutes: 15 }))),
    ["09:00", "09:30", "10:00", "10:30", "11:00", "13:30", "14:00", "14:30"],
  );
});

Deno.test("findFreeStarts() sees busy time outside the window when a buffer reaches in", () => {
  const early = person("Ann", ["08:00-09:00"], { buffer: { before: 30, after: 0 } });
  assert.deepEqual(
    clocks(findFreeStarts(request([early], {
      earliest_date: `${MONDAY}T09:00:00Z`,
      latest_date: `${MONDAY}T10:30:00Z`,
    }))),
    ["09:30", "10:00"],
  );
});

Deno.test("findFreeStarts() reads hours in each person's own zone", () => {
  const people = [
    person("Ann", [], { timezone: "America/New_York" }),
    person("Bob", [], { timezone: "Europe/Paris" }),
  ];
  // In January New York 09-17 is 14-22 UTC and Paris 09-17 is 08-16 UTC.
  assert.deepEqual(clocks(findFreeStarts(request(people))), ["14:00", "14:30", "15:00", "15:30"]);
});

Deno.test("findFreeStarts() reads holidays and days in each person's own zone", () => {
  const tokyo = person("Aki", [], { timezone: "Asia/Tokyo" });
  // 00:00 to 08:00 UTC on each day is the working day of Tokyo.
  const days = { earliest_date: "2030-01-07", latest_date: "2030-01-08" };
  const free = findFreeStarts(request([tokyo], { ...days, holiday_dates: ["2030-01-07"] }));
  assert.deepEqual(new Set(times(free).map((time) => time.slice(0, 10))), new Set(["2030-01-08"]));
});

Deno.test("findFreeStarts() has no start in a skipped hour and two in a repeated one", () => {
  const night = {
    timezone: "Europe/Paris",
    allowed_days: ["sunday" as const],
    working_hours_start: 1,
    working_hours_end: 4,
    duration_minutes: 60,
    interval_minutes: 60,
  };
  const spring = request([person("Ann")], {
    ...night,
    earliest_date: "2026-03-29",
    latest_date: "2026-03-29",
  });
  const now = new Date("2026-01-01T00:00:00Z");
  assert.deepEqual(times(findFreeStarts({ ...spring, now })), [
    "2026-03-29T00:00:00Z",
    "2026-03-29T01:00:00Z",
  ]);
  const autumn = request([person("Ann")], {
    ...night,
    earliest_date: "2026-10-25",
    latest_date: "2026-10-25",
  });
  assert.deepEqual(times(findFreeStarts({ ...autumn, now })), [
    "2026-10-24T23:00:00Z",
    "2026-10-25T00:00:00Z",
    "2026-10-25T01:00:00Z",
    "2026-10-25T02:00:00Z",
  ]);
});

Deno.test("findFreeStarts() keeps the notice from now", () => {
  const morning = { ...request([person("Ann")], { minimum_notice_minutes: 120 }) };
  const free = findFreeStarts({ ...morning, now: new Date("2030-01-07T12:31:10Z") });
  assert.deepEqual(clocks(free), ["15:00", "15:30", "16:00", "16:30"]);
});

Deno.test("findFreeStarts() lets a meeting cross midnight where people are open around the clock", () => {
  const night = request([person("Ann", ["00:00-23:30"])], {
    working_hours_start: 0,
    working_hours_end: 24,
    duration_minutes: 60,
    latest_date: "2030-01-08",
  });
  assert.equal(times(findFreeStarts(night))[0], "2030-01-07T23:30:00Z");
});

Deno.test("findFreeStarts() keeps a meeting of optional people to the request's own hours", () => {
  const none_required = request([person("Ann", ["09:00-10:00"], { type: "optional" })], {
    working_hours_end: 11,
  });
  assert.deepEqual(clocks(findFreeStarts(none_required)), ["10:00", "10:30"]);
});

Deno.test("findFreeStarts() reads days off, holidays and allowed days on the person's own clock", () => {
  // 16:00 to 24:00 in Paris is 00:00 to 08:00 of the next day in Tokyo.
  const aki = (changes: Partial<Participant> = {}) =>
    person("Aki", [], {
      timezone: "Asia/Tokyo",
      open_hours: [{
        days: ["monday", "tuesday"],
        start: "16:00",
        end: "24:00",
        timezone: "Europe/Paris",
      }],
      ...changes,
    });
  const days = (asked: SchedulingRequest) =>
    new Set(times(findFreeStarts(asked)).map((time) => time.slice(0, 10)));
  const week = { latest_date: "2030-01-11" };
  assert.deepEqual(days(request([aki()], week)), new Set(["2030-01-07", "2030-01-08"]));
  const tuesday = { ...week, allowed_days: ["tuesday" as const] };
  assert.deepEqual(days(request([aki()], tuesday)), new Set(["2030-01-07"]));
  const holiday = { ...week, holiday_dates: ["2030-01-08"] };
  assert.deepEqual(days(request([aki()], holiday)), new Set(["2030-01-08"]));
  const away = aki({ exdates: ["2030-01-09"] });
  assert.deepEqual(days(request([away], week)), new Set(["2030-01-07"]));
});
