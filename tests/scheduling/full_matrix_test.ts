import assert from "node:assert/strict";
import { findFreeStarts } from "@shared/scheduling/availability/free_starts.ts";
import { answerOf, MATRIX, schedulingInput } from "../unit/scheduling/baseline_inputs.ts";

for (const profile of ["feasible", "random"] as const) {
  for (const seed of [1, 2, 3, 4, 5]) {
    Deno.test(`findFreeStarts() equals the minute-by-minute answer on all 45 sizes, ${profile}, seed ${seed}`, () => {
      for (const size of MATRIX) {
        const { request, oracle } = schedulingInput({ ...size, profile, seed });
        assert.deepEqual(answerOf(findFreeStarts(request)), oracle, JSON.stringify(size));
      }
    });
  }
}
