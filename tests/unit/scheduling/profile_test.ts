import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { decodeProfile, encodeProfile } from "@shared/scheduling/input/profile_text.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import { learnProfile, type PastEvent } from "@shared/scheduling/learn_profile.ts";
import { arbitraryProfile } from "./arbitrary_request.ts";
import { person, request } from "./requests.ts";

const PARIS = { timezone: "Europe/Paris", now: new Date("2029-12-01T00:00:00Z") };

/** Weekly in Paris at a wall time, `weeks` times before November 2029, over both clock changes of that year. */
function weekly(
  first: string,
  weeks: number,
  minutes: number,
  response?: PastEvent["response"],
): PastEvent[] {
  return Array.from({ length: weeks }, (_, i) => {
    const wall = Date.parse(`${first}:00Z`) + i * 7 * 86_400_000;
    const summer = wall >= Date.parse("2029-03-25T02:00:00Z") &&
      wall < Date.parse("2029-10-28T03:00:00Z");
    const start = wall - (summer ? 2 : 1) * 3_600_000;
    return {
      start: new Date(start).toISOString(),
      end: new Date(start + minutes * 60_000).toISOString(),
      ...(response === undefined ? {} : { response }),
    };
  });
}

const cell = (weekday: number, hour: number) => weekday * 48 + hour * 2;

Deno.test("encodeProfile() and decodeProfile() are each other's inverse, in a few hundred bytes", () => {
  fc.assert(fc.property(arbitraryProfile, (profile) => {
    const text = encodeProfile(profile);
    assert.equal(text.length, 460);
    assert.match(text, /^[A-Za-z0-9+/=]+$/);
    assert.deepEqual(decodeProfile(text), profile);
  }));
});

Deno.test("decodeProfile() does not read what is not a profile of its version", () => {
  const [profile] = fc.sample(arbitraryProfile, 1);
  const text = encodeProfile(profile!);
  assert.equal(decodeProfile(`Ag${text.slice(2)}`), undefined);
  assert.equal(decodeProfile(text.slice(4)), undefined);
  for (const other of ["", "{}", "é", "====", "AQ"]) assert.equal(decodeProfile(other), undefined);
  fc.assert(fc.property(fc.string(), (other) => decodeProfile(other) === undefined));
});

Deno.test("learnProfile() counts answers by weekday and half-hour of the local clock", () => {
  const profile = learnProfile([
    ...weekly("2029-03-05T09:00", 10, 60, "accepted"), // Mondays, over the change in March
    ...weekly("2029-10-11T14:30", 4, 30, "declined"), // Thursdays, over the change in October
  ], PARIS);
  const counted = (counts: Uint8Array) => [...counts.entries()].filter(([, count]) => count > 0);
  assert.deepEqual(counted(profile.accepted), [[cell(0, 9), 10], [cell(0, 9.5), 10]]);
  assert.deepEqual(counted(profile.declined), [[cell(3, 14.5), 4]]);
  assert.equal(profile.meetings, 14);
  assert.equal(profile.declined_percentage, 29);
  assert.equal(profile.typical_minutes, 60);
});

Deno.test("learnProfile() keeps the proportion of many answers", () => {
  const profile = learnProfile([
    ...weekly("2029-01-01T09:00", 40, 30, "accepted"),
    ...weekly("2029-01-01T09:00", 8, 30, "declined"),
  ], PARIS);
  assert.equal(profile.accepted[cell(0, 9)], 15);
  assert.equal(profile.declined[cell(0, 9)], 3);
});

Deno.test("learnProfile() learns the usual pause from everything that took time", () => {
  const profile = learnProfile([
    ...weekly("2029-06-04T09:00", 5, 60, "accepted"),
    ...weekly("2029-06-04T10:15", 5, 30),
    ...weekly("2029-06-04T10:50", 5, 30, "declined"),
    ...weekly("2029-06-04T11:00", 5, 30, "accepted"),
  ], PARIS);
  assert.equal(profile.typical_gap_minutes, 15);
  assert.equal(profile.meetings, 15);
});

Deno.test("learnProfile() leaves out what says nothing: other years, days, open entries, no answers", () => {
  const profile = learnProfile([
    ...weekly("2028-01-03T09:00", 20, 60, "declined"),
    { start: "2029-12-03T09:00:00Z", end: "2029-12-03T10:00:00Z", response: "declined" },
    { start: "2029-06-04", end: "2029-06-05", all_day: true, response: "declined" },
    ...weekly("2029-06-04T09:00", 5, 60, "declined").map((one) => ({ ...one, transparent: true })),
    ...weekly("2029-06-05T09:00", 5, 60, "needsAction"),
    ...weekly("2029-06-06T09:00", 5, 60, "tentative"),
    ...weekly("2029-06-07T09:00", 5, 60),
  ], PARIS);
  assert.equal(profile.meetings, 0);
  assert.deepEqual([...profile.accepted, ...profile.declined].filter((count) => count > 0), []);
});

Deno.test("learnProfile() does not depend on the order of the events", () => {
  const events = [
    ...weekly("2029-06-04T09:00", 5, 60, "accepted"),
    ...weekly("2029-06-04T10:15", 5, 30, "declined"),
    ...weekly("2029-06-04T11:00", 5, 90, "accepted"),
  ];
  const shuffled = fc.shuffledSubarray(events, { minLength: events.length });
  const learned = encodeProfile(learnProfile(events, PARIS));
  fc.assert(fc.property(shuffled, (other) => {
    assert.equal(encodeProfile(learnProfile(other, PARIS)), learned);
  }));
});

Deno.test("learnProfile() names the event that it cannot read", () => {
  const events = [...weekly("2029-06-04T09:00", 1, 60), { start: "2029-06-04", end: "2029-06-05" }];
  assert.throws(() => learnProfile(events, PARIS), (error) => {
    assert.ok(error instanceof SchedulingInputError);
    assert.equal(error.path, "events[1].start");
    return true;
  });
  assert.throws(
    () => learnProfile([], { ...PARIS, timezone: "Mars/Olympus" }),
    /^Scheduling.*zone/,
  );
});

Deno.test("findSlots() prefers times of the week at which people have accepted, and avoids declined ones", () => {
  const profile = learnProfile([
    ...weekly("2029-06-04T13:00", 12, 60, "accepted"),
    ...weekly("2029-06-04T14:00", 12, 60, "declined"),
  ], { ...PARIS, timezone: "UTC" });
  const { candidates } = findSlots(request([person("Ann", [], { profile })], {
    max_candidates: 100,
  }));
  const preference = (time: string) =>
    candidates.find(({ start_time }) => start_time.slice(11, 16) === time)!
      .score_breakdown.preference;
  // Paris in summer is two hours ahead of the UTC in which it was learned.
  assert.ok(preference("11:00") > preference("10:00"));
  assert.ok(preference("10:00") > preference("12:00"));
});

Deno.test("findSlots() treats people without history as neutral", () => {
  const empty = learnProfile([], PARIS);
  assert.deepEqual(
    findSlots(request([person("Ann", [], { profile: empty })])),
    findSlots(request([person("Ann")])),
  );
});
