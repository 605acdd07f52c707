import assert from "node:assert/strict";
import { permanent, untilEarlierLanded } from "@shared/writeback/failure.ts";

Deno.test("untilEarlierLanded() waits for an earlier request, and for as long as Google asks", () => {
  const refusal = permanent("google_rejected", "No.");
  for (
    const [own_seconds, waits_seconds] of [[null, 20], [5, 20], [60, 60]] as const
  ) {
    const failure = untilEarlierLanded({ ...refusal, not_before_seconds: own_seconds }, 20);
    assert.equal(failure.not_before_seconds, waits_seconds);
    assert.deepEqual(
      [failure.should_retry, failure.outcome_unknown, failure.spends_attempt],
      [true, true, false],
    );
  }
  assert.deepEqual(untilEarlierLanded(refusal, 0), refusal, "it has landed, or never will");
});
