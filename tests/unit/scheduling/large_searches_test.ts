import assert from "node:assert/strict";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { newTrials, tryStarts } from "@shared/scheduling/input/trials.ts";
import { parseRule } from "@shared/time/recurrence_rule.ts";
import { constraints, MONDAY, NOW, person } from "./requests.ts";

const list = <T>(length: number, item: (index: number) => T) =>
  Array.from({ length }, (_, index) => item(index));

/** The day a week after that of the search. */
const NEXT = Date.parse(`${MONDAY}T00:00:00Z`) + 7 * 86_400_000;
const A_WEEK_LATER = {
  start: new Date(NEXT).toISOString(),
  end: new Date(NEXT + 86_400_000).toISOString(),
};

/** The best of a series of two Mondays, of which so many people miss the second. */
function best(count: number) {
  const { candidates } = findSlots({
    constraints: constraints({ latest_date: MONDAY, max_candidates: 1 }),
    participants: list(count, (index) => person(`P${index}`, [], { busy: [A_WEEK_LATER] })),
    now: NOW,
    recurrence: { lines: ["RRULE:FREQ=WEEKLY;COUNT=2"] },
  });
  return candidates[0]!;
}

Deno.test("findSlots() names five of those who miss an occurrence, and counts the others; the reason counts all", () => {
  const absent = (count: number) => best(count).recurrence!.clashes[0]!;
  assert.deepEqual(absent(5).names, ["P0", "P1", "P2", "P3", "P4"]);
  assert.equal("others" in absent(5), false);
  assert.deepEqual([absent(7).names, absent(7).others], [["P0", "P1", "P2", "P3", "P4"], 2]);
  assert.match(best(7).reasoning, /1 of 2 occurrences clashes for P0, P1 and 5 others/);
});

Deno.test("a rule that names a day twice is that of naming it once", () => {
  const once = parseRule("FREQ=MONTHLY;BYDAY=MO,2TU;BYMONTH=1,2;BYMONTHDAY=1,-1");
  assert.deepEqual(
    parseRule("FREQ=MONTHLY;BYDAY=MO,2TU,MO,2TU;BYMONTH=1,2,01,2;BYMONTHDAY=1,-1,+1,01"),
    once,
  );
});

Deno.test("tryStarts() hands out the earliest starts until its steps are spent", () => {
  const starts = Int32Array.from(list(2000, (i) => i));
  const trials = { ...newTrials(10), steps_left: 1500 };
  assert.equal(tryStarts(undefined, starts, 7).length, 2000, "the search itself is not cut");
  assert.deepEqual(tryStarts(trials, starts, 1), starts.subarray(0, 1000));
  assert.deepEqual(tryStarts(trials, starts, 5), starts.subarray(0, 100));
  assert.equal(tryStarts(trials, starts, 1).length, 0);
});
