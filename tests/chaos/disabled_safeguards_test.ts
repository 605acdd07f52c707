import assert from "node:assert/strict";
import { withChaosStack } from "./chaos_stack.ts";
import { holdAtStops } from "./breakpoints.ts";
import { withRewritten } from "./rewritten_function.ts";
import { lateRefusal, lostAnswer, secondCallerMeanwhile } from "./scenarios.ts";

/** Whether somebody else is at work, and whether the lease of the one who settles is still his. */
const LEASE = /v_meeting\.writeback_leased_until > clock_timestamp\(\)/;
const FENCE = /m\.writeback_lease_token = (p_|g\.)lease_token/;

Deno.test("each of lease, own id, look before write and fencing is needed", async (test) => {
  await withChaosStack(async (stack) => {
    const gates = holdAtStops(stack);

    await test.step("with the lease a second caller writes nothing", async () => {
      assert.deepEqual(await secondCallerMeanwhile(stack, gates), []);
    });
    await test.step("without the lease the guests are invited twice", async () => {
      const broken = await withRewritten(
        stack,
        { taken: LEASE, given: "false", only: "begin_writeback" },
        () => secondCallerMeanwhile(stack, gates),
      );
      assert.match(broken.join("\n"), /\[invitation, invitation\]/);
    });

    await test.step("with its own id an event whose answer was lost is found again", async () => {
      const options = { duplicates_detected: true, handicap: null };
      assert.deepEqual(await lostAnswer(stack, options), []);
    });
    await test.step("without its own id the event is there twice", async () => {
      const options = { duplicates_detected: true, handicap: "own_id" } as const;
      assert.match((await lostAnswer(stack, options)).join("\n"), /has 2 live events/);
    });

    await test.step("looking before writing finds what Google does not notice", async () => {
      const options = { duplicates_detected: false, handicap: null };
      assert.deepEqual(await lostAnswer(stack, options), []);
    });
    await test.step("without the look the guests are invited twice", async () => {
      const options = { duplicates_detected: false, handicap: "look_before_write" } as const;
      assert.match((await lostAnswer(stack, options)).join("\n"), /\[invitation, invitation\]/);
    });

    await test.step("with fencing a worker that was overtaken decides nothing", async () => {
      assert.deepEqual(await lateRefusal(stack, gates), []);
    });
    await test.step("without fencing a meeting is called failed that has an event", async () => {
      const broken = await withRewritten(
        stack,
        { taken: FENCE, given: "true" },
        () => lateRefusal(stack, gates),
      );
      assert.match(broken.join("\n"), /\(failed\) has 1 live events/);
    });
  });
});
