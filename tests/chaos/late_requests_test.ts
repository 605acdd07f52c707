import assert from "node:assert/strict";
import { withChaosStack } from "./chaos_stack.ts";
import { cancelledMeanwhile, refusedMeanwhile } from "./scenarios.ts";

Deno.test("an insert that takes effect after its worker gave up is not forgotten", async (test) => {
  await withChaosStack(async (stack) => {
    await test.step("a cancellation meanwhile deletes the event once it is there", async () => {
      assert.deepEqual(await cancelledMeanwhile(stack), []);
    });
    await test.step("a refusal of the next insert meanwhile does not fail the meeting", async () => {
      assert.deepEqual(await refusedMeanwhile(stack), []);
    });
  });
});
