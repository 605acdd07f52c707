import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import {
  DEFAULT_WEIGHTS,
  type GivenWeights,
  type Priority,
  readWeights,
  type ScoreBreakdown,
} from "@shared/scheduling/input/weights.ts";
import { person, request } from "./requests.ts";

const WEIGHTS: ScoreBreakdown = {
  availability: 0,
  preference: 0,
  conflict_proximity: 0,
  fragmentation: 0,
  optimization: 0,
};

const bestWith = (weights?: GivenWeights) => {
  const asked = request([person("Ann", ["09:00-09:30", "12:00-13:00"])]);
  return findSlots(weights === undefined ? asked : { ...asked, weights }).candidates[0]!;
};

Deno.test("findSlots() weighs factors as the request says", () => {
  assert.equal(bestWith({ ...WEIGHTS, optimization: 100 }).start_time, "2030-01-07T09:30:00Z");
  const clear = bestWith({ ...WEIGHTS, conflict_proximity: 99.5, fragmentation: 0.5 });
  assert.equal(clear.start_time, "2030-01-07T10:30:00Z");
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

Deno.test("readWeights() completes weights in the proportion of the defaults, to 100 in all", () => {
  const tenths = (weights: GivenWeights, priority?: Priority) =>
    Object.values(readWeights(weights, priority));
  assert.deepEqual(tenths({ optimization: 5 }), [350, 250, 200, 150, 50]);
  assert.deepEqual(tenths({ availability: 0 }), [0, 384, 308, 231, 77]);
  assert.deepEqual(tenths({ optimization: 100 }), [0, 0, 0, 0, 1000]);
  assert.deepEqual(tenths({ preference: 40, fragmentation: 20 }), [234, 400, 133, 200, 33]);
  assert.deepEqual(tenths({}), [350, 250, 200, 150, 50]);
  fc.assert(fc.property(
    fc.record(
      Object.fromEntries(
        Object.keys(DEFAULT_WEIGHTS).map((factor) => [factor, fc.integer({ min: 0, max: 200 })]),
      ),
      { requiredKeys: [] },
    ),
    (drawn) => {
      const named = Object.entries(drawn).slice(0, 4);
      const weights = readWeights(
        Object.fromEntries(named.map(([factor, tenth]) => [factor, tenth! / 10])),
      );
      const all = new Map<string, number>(Object.entries(weights));
      assert.equal([...all.values()].reduce((sum, one) => sum + one, 0), 1000);
      for (const [factor, tenth] of named) assert.equal(all.get(factor), tenth);
      const rest = [...all].filter(([factor]) => !named.some(([name]) => name === factor));
      const defaults = new Map<string, number>(Object.entries(DEFAULT_WEIGHTS));
      for (const [a, one] of rest) {
        for (const [b, other] of rest) {
          const exact = one * defaults.get(b)! - other * defaults.get(a)!;
          assert.ok(Math.abs(exact) <= defaults.get(a)! + defaults.get(b)!);
        }
      }
    },
  ));
});

Deno.test("findSlots() lets weights win over a priority, and a priority stand for weights", () => {
  const asked = request([person("Ann", ["09:00-09:30", "12:00-13:00"])], {
    latest_date: "2030-01-11",
  });
  const found = (priority: Priority, weights?: GivenWeights) =>
    findSlots({
      ...asked,
      constraints: { ...asked.constraints, priority },
      ...(weights === undefined ? {} : { weights }),
    }).candidates;
  const named = { preference: 60 };
  for (const priority of ["soonest", "comfort", "focus"] as const) {
    assert.deepEqual(found(priority, named), found("balanced", named));
    assert.notDeepEqual(found(priority), found("balanced"));
  }
  assert.deepEqual(found("soonest"), found("balanced", { ...WEIGHTS, optimization: 100 }));
  assert.equal(found("soonest")[0]?.start_time, "2030-01-07T09:30:00Z");
  assert.equal(found("soonest")[0]?.score, 100);
  assert.throws(
    () => found("fastest" as Priority),
    (error) => error instanceof SchedulingInputError && error.path === "constraints.priority",
  );
});

Deno.test("findSlots() refuses some weights that leave nothing or less than nothing to the others", () => {
  assert.throws(
    () => bestWith({ availability: 60, preference: 41 }),
    (error) => error instanceof SchedulingInputError && error.path === "weights",
  );
});
