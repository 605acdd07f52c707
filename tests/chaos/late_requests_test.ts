import assert from "node:assert/strict";
import { withChaosStack } from "./chaos_stack.ts";
import { cancelledDuringLateInsert, rejectedDuringLateInsert } from "./scenarios.ts";

Deno.test("an insert that takes effect after its worker timed out is found", async (test) => {
  await withChaosStack(async (stack) => {
    await test.step("a cancellation meanwhile deletes the event once it exists", async () => {
      assert.deepEqual(await cancelledDuringLateInsert(stack), []);
    });
    await test.step("a rejection of the next insert meanwhile does not fail the meeting", async () => {
      assert.deepEqual(await rejectedDuringLateInsert(stack), []);
    });
  });
});
