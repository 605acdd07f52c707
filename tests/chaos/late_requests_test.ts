import assert from "node:assert/strict";
import { promisesOf } from "../support/promises.ts";
import { startChaosStack } from "./chaos_stack.ts";
import { cancelledDuringLateInsert, rejectedDuringLateInsert } from "./scenarios.ts";

promisesOf(
  "an insert that takes effect after its worker timed out is found",
  startChaosStack,
  {
    async "a cancellation meanwhile deletes the event once it exists"(stack) {
      assert.deepEqual(await cancelledDuringLateInsert(stack), []);
    },
    async "a rejection of the next insert meanwhile does not fail the meeting"(stack) {
      assert.deepEqual(await rejectedDuringLateInsert(stack), []);
    },
  },
);
