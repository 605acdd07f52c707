import assert from "node:assert/strict";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import { DEFAULT_WEIGHTS, type ScoreBreakdown } from "@shared/scheduling/input/weights.ts";
import { person, request } from "./requests.ts";

const WEIGHTS: ScoreBreakdown = {
  availability: 0,
  preference: 0,
  conflict_proximity: 0,
  fragmentation: 0,
  optimization: 0,
};

const bestWith = (weights?: ScoreBreakdown) => {
  const asked = request([person("Ann", ["09:00-09:30", "12:00-13:00"])]);
  return findSlots(weights === undefined ? asked : { ...asked, weights }).candidates[0]!;
};

Deno.test("findSlots() weighs factors as the request says", () => {
  assert.equal(bestWith({ ...WEIGHTS, optimization: 100 }).start_time, "2030-01-07T09:30:00Z");
  const clear = bestWith({ ...WEIGHTS, conflict_proximity: 99.5, fragmentation: 0.5 });
  assert.equal(clear.start_time, "2030-01-07T16:30:00Z");
  assert.deepEqual(clear.score_breakdown, {
    ...WEIGHTS,
    conflict_proximity: 99.5,
    fragmentation: 0.5,
  });
  assert.equal(clear.score, 100);
});

Deno.test("findSlots() weighs 35, 25, 20, 15 and 5 when the request says nothing", () => {
  assert.deepEqual(bestWith(), bestWith({ ...DEFAULT_WEIGHTS }));
  assert.deepEqual(Object.values(DEFAULT_WEIGHTS), [35, 25, 20, 15, 5]);
});

Deno.test("findSlots() refuses weights that do not add up to 100", () => {
  const bad: [Partial<ScoreBreakdown>, string][] = [
    [{ availability: 99.9 }, "weights"],
    [{ availability: 100, preference: 0.1 }, "weights"],
    [{ availability: 101 }, "weights.availability"],
    [{ availability: 101, preference: -1 }, "weights.availability"],
    [{ availability: NaN, preference: 100 }, "weights.availability"],
    [{ availability: 33.33, preference: 66.67 }, "weights.availability"],
  ];
  for (const [changes, path] of bad) {
    assert.throws(() => bestWith({ ...WEIGHTS, ...changes }), (error) => {
      assert.ok(error instanceof SchedulingInputError);
      assert.equal(error.path, path);
      return true;
    });
  }
});
