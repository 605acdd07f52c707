import assert from "node:assert/strict";
import { findFreeStarts } from "@shared/scheduling/availability/free_starts.ts";
import { answerOf, MATRIX, schedulingInput } from "./baseline_inputs.ts";

// Printed by the baselines' own generator, so that a slip in its port cannot hide a slip in the search.
const PUBLISHED = [
  [5, 20, 5, "feasible", 19, "86831668e84dec65338757e7a3f5f36a2f0e8e91394ebb7c682a1328e622ecff"],
  [5, 20, 5, "random", 5, "2dc0ccbabbf35677b777d2945d91f173541db1a054c9e7c0751ba37361d8c080"],
  [20, 100, 20, "feasible", 41, "ec0740c63d4066b087c16933dbf6cd091feec56d687e51a0839b3280eae14993"],
  [20, 100, 20, "random", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [2, 1000, 5, "feasible", 10, "2c8177bf9498efb57b823b7266aff1c225bdd6538f931e4c3ae6be1471372ac8"],
  [50, 20, 60, "feasible", 239, "8212f8a088e96dd2b717cb261d40de6d76980d223d96777d5f0a274cd63059ba"],
  [50, 20, 60, "random", 98, "594f1df52f0dcdd536a88c1d77d51147de68018b0597909554c661b0018b277a"],
] as const;

Deno.test("findFreeStarts() gives the published answers of the baselines", () => {
  for (const [participants, busy, days, profile, free_slots, sha256] of PUBLISHED) {
    const { request } = schedulingInput({ participants, busy, days, profile });
    const label = `${participants},${busy},${days} ${profile}`;
    assert.deepEqual(answerOf(findFreeStarts(request)), { free_slots, sha256 }, label);
  }
});

Deno.test("findFreeStarts() equals the minute-by-minute answer on all sizes up to 5,000 intervals", () => {
  assert.equal(MATRIX.length, 45);
  const small = MATRIX.filter(({ participants, busy }) => participants * busy <= 5_000);
  assert.equal(small.length, 33);
  for (const size of small) {
    const { request, oracle } = schedulingInput(size);
    assert.deepEqual(answerOf(findFreeStarts(request)), oracle, JSON.stringify(size));
  }
});
