import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type { Preferences } from "@shared/scheduling/input/preferences.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { type Weekday, WEEKDAYS } from "@shared/time/weekday.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { person, request } from "./requests.ts";

const week = { latest_date: "2030-01-11", max_candidates: 1000 };

function preferenceAt(people: Participant[], time: string, changes = {}): number {
  const { candidates } = findSlots(request(people, { ...week, ...changes }));
  const found = candidates.find(({ start_time }) => start_time.startsWith(time));
  assert.ok(found, `${time} is not a candidate`);
  return found.score_breakdown.preference;
}

const ann = (preferences: Preferences, busy: string[] = []) => [
  person("Ann", busy, { preferences }),
];

Deno.test("findSlots() raises preference on a preferred day", () => {
  const people = ann({ preferred_days: ["tuesday"] });
  assert.equal(preferenceAt(people, "2030-01-08T10:00"), 25);
  assert.equal(preferenceAt(people, "2030-01-07T10:00"), 17.5);
});

Deno.test("findSlots() raises preference in preferred hours, fading over three hours", () => {
  const people = ann({ preferred_hours_start: 12, preferred_hours_end: 14.5 });
  const hours = ["12:00", "14:00", "11:00", "09:00", "16:00"];
  assert.deepEqual(
    hours.map((hour) => preferenceAt(people, `2030-01-07T${hour}`)),
    [25, 25, 16.7, 0, 8.3],
  );
});

Deno.test("findSlots() keeps people who stated open hours to their preferred hours too", () => {
  const open_hours = [{ days: [...WEEKDAYS], start: "06:00", end: "22:00" }];
  const people = [person("Ann", [], { open_hours, preferences: { preferred_hours_start: 18 } })];
  assert.equal(preferenceAt(people, "2030-01-07T18:00"), 25);
  assert.equal(preferenceAt(people, "2030-01-07T16:30"), 12.5);
  const bob = [person("Bob", [], { open_hours })];
  assert.deepEqual(
    ["06:00", "08:00", "09:00", "16:30", "17:30"].map((time) =>
      preferenceAt(bob, `2030-01-07T${time}`)
    ),
    [0, 16.7, 25, 25, 16.7],
  );
  const early_shift = [{ days: [...WEEKDAYS], start: "05:30", end: "14:30" }];
  const cem = [person("Cem", [], { open_hours: early_shift })];
  assert.equal(preferenceAt(cem, "2030-01-07T06:00"), 25);
});

Deno.test("findSlots() raises preference in the part of the day that people like", () => {
  const morning = ann({ morning_person_score: 1 });
  const afternoon = ann({ morning_person_score: 0 });
  const neither = ann({ morning_person_score: 0.5 });
  const hours = ["09:30", "11:00", "13:00", "16:00"];
  const at = (people: Participant[]) =>
    hours.map((hour) => preferenceAt(people, `2030-01-07T${hour}`));
  assert.deepEqual(at(morning), at(morning).toSorted((a, b) => b - a));
  assert.deepEqual(at(afternoon), at(afternoon).toSorted((a, b) => a - b));
  assert.equal(new Set(at(morning)).size, 4);
  assert.deepEqual(at(neither), [25, 25, 25, 25]);
});

Deno.test("findSlots() raises preference away from other meetings for who avoids back to back", () => {
  const at = (preferences: Preferences, time: string) =>
    preferenceAt(ann(preferences, ["12:00-13:00"]), `2030-01-07T${time}`, { interval_minutes: 5 });
  const preferences = { avoid_back_to_back: true };
  assert.deepEqual(
    ["13:00", "13:05", "13:15", "11:25"].map((time) => at(preferences, time)),
    [17.5, 20, 25, 20],
  );
  assert.equal(at({ avoid_back_to_back: false }, "13:00"), 25);
});

Deno.test("findSlots() prefers the times preferred for meetings of the event's category", () => {
  const people = ann({
    preferred_days: ["monday"],
    preferred_hours_end: 12,
    event_categories: { Review: { preferred_days: ["friday"] } },
  });
  const at = (time: string, event_category: string) =>
    preferenceAt(people, time, { event_category });
  assert.deepEqual(
    ["2030-01-07T10:00", "2030-01-11T10:00"].map((time) => at(time, "lunch")),
    [25, 17.5],
  );
  assert.deepEqual(
    ["2030-01-07T10:00", "2030-01-11T10:00"].map((time) => at(time, "review")),
    [17.5, 25],
  );
  assert.ok(at("2030-01-11T15:00", "review") < 25);
});

Deno.test("findSlots() gives more points where a preference is met than where it is not", () => {
  const days = fc.constantFrom(...WEEKDAYS.slice(0, 5));
  fc.assert(fc.property(days, days, fc.integer({ min: 0, max: 15 }), (preferred, other, half) => {
    if (preferred === other) return;
    const time = `${String(9 + Math.floor(half / 2)).padStart(2, "0")}:${half % 2 ? "30" : "00"}`;
    const on = (day: Weekday) => `2030-01-${String(7 + WEEKDAYS.indexOf(day)).padStart(2, "0")}`;
    const people = ann({ preferred_days: [preferred] });
    assert.ok(
      preferenceAt(people, `${on(preferred)}T${time}`) >
        preferenceAt(people, `${on(other)}T${time}`),
    );
  }));
});

Deno.test("findSlots() changes only the factor preference by preferences, and no start", () => {
  const without = ({ participants, ...rest }: SchedulingRequest): SchedulingRequest => ({
    ...rest,
    participants: participants.map((
      { preferences: _, profile: __, past_inconvenience: ___, ...one },
    ) => one),
  });
  const facts = ({ start_time, score_breakdown: { preference: _, ...others } }: Candidate) => ({
    start_time,
    ...others,
  });
  const byStart = (a: Candidate, b: Candidate) =>
    Date.parse(a.start_time) - Date.parse(b.start_time);
  fc.assert(fc.property(arbitraryRequest, (drawn) => {
    const asked = { ...drawn, constraints: { ...drawn.constraints, max_candidates: 1000 } };
    assert.deepEqual(
      findSlots(asked).candidates.toSorted(byStart).map(facts),
      findSlots(without(asked)).candidates.toSorted(byStart).map(facts),
    );
  }));
});

Deno.test("findSlots() names the invalid preference", () => {
  const bad: [Preferences, string][] = [
    [{ morning_person_score: 2 }, "morning_person_score"],
    [{ morning_person_score: NaN }, "morning_person_score"],
    [{ preferred_hours_start: -1 }, "preferred_hours_start"],
    [{ preferred_hours_start: 17, preferred_hours_end: 9 }, "preferred_hours_end"],
    [{ preferred_hours_start: 24 }, "preferred_hours_end"],
    [{ preferred_days: ["someday" as Weekday] }, "preferred_days"],
  ];
  for (const [preferences, field] of bad) {
    const people = [person("Ann"), person("Bob", [], { preferences })];
    assert.throws(() => findSlots(request(people)), pathIs(`participants[1].preferences.${field}`));
  }
  const event_categories = { Review: { preferred_hours_end: 25 } };
  const people = ann({ event_categories });
  assert.equal(findSlots(request(people)).candidates.length, 10);
  assert.throws(
    () => findSlots(request(people, { event_category: "review" })),
    pathIs("participants[0].preferences.event_categories.Review.preferred_hours_end"),
  );
});

Deno.test("findSlots() keeps off the days on which a participant is away, in their own zone", () => {
  const starts = (people: Participant[], changes = {}) =>
    findSlots(request(people, { ...week, ...changes })).candidates
      .map(({ start_time }) => start_time.slice(0, 10));
  const away = { exdates: ["2030-01-08", "2030-01-10"] };
  assert.deepEqual(
    new Set(starts([person("Ann"), person("Bob", [], away)])),
    new Set(["2030-01-07", "2030-01-09", "2030-01-11"]),
  );
  // 00:00 to 08:00 UTC on the 8th is the 8th in Tokyo; the evening of the 7th is not in the hours of any person.
  const tokyo = person("Aki", [], { ...away, timezone: "Asia/Tokyo" });
  assert.deepEqual(new Set(starts([tokyo])), new Set(["2030-01-07", "2030-01-09", "2030-01-11"]));
  const room = person("Room", [], { ...away, type: "resource" });
  assert.ok(!starts([person("Ann"), room]).includes("2030-01-08"));
  const optional = person("Bob", [], { ...away, type: "optional" });
  assert.ok(starts([person("Ann"), optional]).includes("2030-01-08"));
  assert.throws(
    () => findSlots(request([person("Ann", [], { exdates: ["2030-01-08", "soon"] })])),
    pathIs("participants[0].exdates[1]"),
  );
});

function pathIs(path: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SchedulingInputError);
    assert.equal(error.path, path);
    return true;
  };
}
