import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type { Participant } from "@shared/scheduling/input/scheduling_request.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { person, request } from "./requests.ts";

/** What an hour costs a participant, in points: as the candidate says, else nothing. */
function burdenOf(candidate: Candidate, { email }: { email: string }): number {
  const here = candidate.participant_availability.find((one) => one.email === email);
  return here?.burden ?? 0;
}

const around_the_clock = { working_hours_start: 0, working_hours_end: 24, interval_minutes: 60 };

/** Two who are never comfortable at the same time: 09-17 in New York is 23-07 in Tokyo. */
const far_apart = (burdens: [number, number]): Participant[] => [
  person("Ann", [], { timezone: "America/New_York", past_inconvenience: burdens[0] }),
  person("Aki", [], { timezone: "Asia/Tokyo", past_inconvenience: burdens[1] }),
];

Deno.test("burdenOf() is what the hour costs a person, from nothing to 100 points", () => {
  const people = [
    person("Ann"),
    person("Bob", [], { timezone: "America/New_York" }),
    person("Cem", "unknown", { type: "optional" }),
    person("Room", [], { type: "resource" }),
  ];
  const { candidates } = findSlots(request(people, { ...around_the_clock, max_candidates: 100 }));
  const at = (time: string) =>
    candidates.find(({ start_time }) => start_time.slice(11, 16) === time)!;
  // 12:30 to 13:00 UTC would be two hours early in New York; at 10:00 it is four.
  assert.deepEqual(people.map((one) => burdenOf(at("14:00"), one)), [0, 0, 0, 0]);
  // At 12:00 it takes half of Ann's lunch hour, and what is left is no lunch.
  assert.deepEqual(people.map((one) => burdenOf(at("12:00"), one)), [50, 67, 0, 0]);
  assert.deepEqual(people.map((one) => burdenOf(at("10:00"), one)), [0, 100, 0, 0]);
  assert.equal(burdenOf(at("10:00"), person("Free")), 0);
});

Deno.test("findSlots() spares those who carried more before", () => {
  const first = (burdens: [number, number]) => {
    const people = far_apart(burdens);
    const best = findSlots(request(people, around_the_clock)).candidates[0]!;
    return people.map((one) => burdenOf(best, one));
  };
  const [ann_after_aki, aki_after_aki] = first([0, 200]);
  const [ann_after_ann, aki_after_ann] = first([200, 0]);
  assert.ok(ann_after_aki! > aki_after_aki!);
  assert.ok(aki_after_ann! > ann_after_ann!);
});

Deno.test("findSlots() balances the burden of people who meet again and again", () => {
  const carried: [number, number] = [0, 0];
  for (let meeting = 0; meeting < 12; meeting++) {
    const people = far_apart(carried);
    const best = findSlots(request(people, around_the_clock)).candidates[0]!;
    people.forEach((one, i) => carried[i]! += burdenOf(best, one));
  }
  const [ann, aki] = carried;
  assert.ok(ann + aki > 0);
  assert.ok(Math.abs(ann - aki) <= 100, `Ann carried ${ann} and Aki ${aki}`);
});

Deno.test("findSlots() returns the same when all people had the same inconvenience", () => {
  fc.assert(fc.property(arbitraryRequest, fc.integer({ min: 0, max: 500 }), (asked, burden) => {
    const all = (burden: number) => ({
      ...asked,
      participants: asked.participants.map((one) => ({ ...one, past_inconvenience: burden })),
    });
    assert.deepEqual(findSlots(all(burden)), findSlots(all(0)));
  }));
});

Deno.test("findSlots() names a burden that makes no sense", () => {
  for (const burden of [-1, NaN, Infinity]) {
    const people = [person("Ann"), person("Bob", [], { past_inconvenience: burden })];
    assert.throws(() => findSlots(request(people)), (error) => {
      assert.ok(error instanceof SchedulingInputError);
      assert.equal(error.path, "participants[1].past_inconvenience");
      return true;
    });
  }
});
