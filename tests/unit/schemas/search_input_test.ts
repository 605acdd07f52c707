import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { BUSY_LIST } from "@shared/schemas/busy_intervals.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import { PEOPLE } from "@shared/schemas/participants.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";

Deno.test("BUSY_LIST takes every instant in Google's form and in any offset, and gives the list back", () => {
  const instant = fc.date({
    min: new Date("2000-01-01"),
    max: new Date("2099-01-01"),
    noInvalidDate: true,
  });
  fc.assert(fc.property(instant, fc.nat(10_000_000), fc.boolean(), (start, length, is_offset) => {
    const text = (date: Date) =>
      is_offset ? date.toISOString().replace("Z", "+00:00") : `${date.toISOString().slice(0, 19)}Z`;
    const busy = [{ start: text(start), end: text(new Date(start.getTime() + length)) }];
    assert.equal(BUSY_LIST.parse(busy), busy);
  }));
});

Deno.test("BUSY_LIST refuses days that do not exist, local times and what is not a list", () => {
  const end = "2030-12-01T00:00:00Z";
  for (
    const start of [
      "2030-02-29T09:00:00Z",
      "2030-04-31T09:00:00Z",
      "2030-01-07T09:60:00Z",
      "2030-01-07T09:00:00",
      "2030-01-07",
      "",
      5,
    ]
  ) {
    const parsed = BUSY_LIST.safeParse([{ start, end }]);
    assert.ok(parsed.error, String(start));
    assert.equal(firstIssue(parsed.error).path, "[0].start");
  }
  assert.ok(BUSY_LIST.safeParse(["2030-02-28T09:00:00Z"]).error);
  assert.ok(BUSY_LIST.safeParse({ start: end, end }).error);
  assert.ok(BUSY_LIST.safeParse([{ start: "2028-02-29T09:00:00Z", end }]).success);
});

Deno.test("PARTICIPANTS reads the origin's calendar summary, and its own fields before it", () => {
  const busy_slots = [{
    start: "2030-01-07T09:00:00Z",
    end: "2030-01-07T10:00:00Z",
    timezone: "UTC",
  }];
  const calendar_summary = {
    timezone: "Europe/Paris",
    busy_slots,
    preference_patterns: { avoids_back_to_back: true, morning_person_score: 0.3 },
  };
  const email = "ana@south.example";
  const [summed, own] = PEOPLE.parse([
    { email, calendar_summary },
    { email: "ben@south.example", timezone: "UTC", busy: [], calendar_summary },
  ]);
  assert.equal(summed?.timezone, "Europe/Paris");
  assert.deepEqual(summed?.busy, busy_slots);
  assert.equal(summed?.preferences?.avoid_back_to_back, true);
  assert.equal(summed?.preferences?.morning_person_score, 0.3);
  assert.equal(own?.timezone, "UTC");
  assert.deepEqual(own?.busy, []);
});

Deno.test("RECURRENCE takes one rule by days or longer, and names it where the caller forgot to", () => {
  const rule = "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20301231T000000Z";
  assert.deepEqual(RECURRENCE.parse([rule, "EXDATE;TZID=Europe/Paris:20300128T090000"]), [
    `RRULE:${rule}`,
    "EXDATE;TZID=Europe/Paris:20300128T090000",
  ]);
  for (
    const lines of [
      [],
      ["RRULE:FREQ=HOURLY"],
      ["RRULE:COUNT=3"],
      ["RRULE:FREQ=DAILY;COUNT=3;UNTIL=20300101"],
      ["RRULE:FREQ=DAILY;COUNT=3;COUNT=4"],
      ["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"],
      ["RRULE:FREQ=DAILY", "DTSTART:20300107T090000Z"],
      ["EXDATE:20300107T090000Z"],
    ]
  ) {
    assert.ok(RECURRENCE.safeParse(lines).error, lines.join());
  }
});

Deno.test("WEIGHTS add up to 100, or leave the rest to those that are not named", () => {
  const weights = {
    availability: 40.5,
    preference: 19.5,
    conflict_proximity: 20,
    fragmentation: 15,
    optimization: 5,
  };
  assert.ok(WEIGHTS.safeParse(weights).success);
  assert.ok(WEIGHTS.safeParse({ ...weights, optimization: 6 }).error);
  assert.ok(WEIGHTS.safeParse({ ...weights, preference: -1, availability: 61 }).error);
  // Of some, the others share what is left.
  assert.ok(WEIGHTS.safeParse({ availability: 100 }).success);
  assert.ok(WEIGHTS.safeParse({ availability: 30.5, preference: 0 }).success);
  assert.ok(WEIGHTS.safeParse({ availability: 60, preference: 41 }).error);
});
