import assert from "node:assert/strict";
import { promisesOf } from "../support/promises.ts";
import { startChaosStack } from "./chaos_stack.ts";
import { pauseAtBreakpoints } from "./breakpoints.ts";
import { withRewritten } from "./rewritten_function.ts";
import { concurrentCaller, lateRejection, lostResponse, outlastedHold } from "./scenarios.ts";

/** The condition that another worker has a lease that has not expired. */
const LEASE = /\(v_state\.work\)\.leased_until > clock_timestamp\(\)/;
/** The condition that the worker which settles still has the lease. */
const FENCING = /\(s\.work\)\.lease_token = \(g ->> 'lease_token'\)::uuid/;
/** The condition that holds have ended which the claim of a write takes again. */
const HELD_AGAIN = /cardinality\(v_waiting\) > 0/;

promisesOf(
  "each of lease, own id, verification, fencing and holds that are taken again is needed",
  async (resources) => {
    const stack = await startChaosStack(resources);
    return { stack, breakpoints: pauseAtBreakpoints(stack) };
  },
  {
    async "with the lease a concurrent caller writes nothing"({ stack, breakpoints }) {
      assert.deepEqual(await concurrentCaller(stack, breakpoints), []);
    },
    async "without the lease the guests are invited twice"({ stack, breakpoints }) {
      const found = await withRewritten(
        stack,
        { pattern: LEASE, replacement: "false", only: "begin_writeback" },
        () => concurrentCaller(stack, breakpoints),
      );
      assert.match(found.join("\n"), /\[invitation, invitation\]/);
    },

    async "with an own id an event whose response was lost is found again"({ stack }) {
      const options = { duplicates_detected: true, disabled_safeguard: null };
      assert.deepEqual(await lostResponse(stack, options), []);
    },
    async "without an own id there are two events"({ stack }) {
      const options = { duplicates_detected: true, disabled_safeguard: "own_id" } as const;
      assert.match((await lostResponse(stack, options)).join("\n"), /has 2 live events/);
    },

    async "with verification an event is found even if Google accepts its id twice"({ stack }) {
      const options = { duplicates_detected: false, disabled_safeguard: null };
      assert.deepEqual(await lostResponse(stack, options), []);
    },
    async "without verification the guests are invited twice"({ stack }) {
      const options = { duplicates_detected: false, disabled_safeguard: "verification" } as const;
      assert.match((await lostResponse(stack, options)).join("\n"), /\[invitation, invitation\]/);
    },

    async "with fencing a worker that lost its lease settles nothing"({ stack, breakpoints }) {
      assert.deepEqual(await lateRejection(stack, breakpoints), []);
    },
    async "without fencing a meeting that has an event becomes failed"({ stack, breakpoints }) {
      const found = await withRewritten(
        stack,
        { pattern: FENCING, replacement: "true" },
        () => lateRejection(stack, breakpoints),
      );
      assert.match(found.join("\n"), /\(failed\) has 1 live events/);
    },

    async "with holds that are taken again a guest is in one meeting at a time after an outage"(
      { stack },
    ) {
      assert.deepEqual(await outlastedHold(stack), []);
    },
    async "with holds that are not taken again two searched meetings overlap"({ stack }) {
      const found = await withRewritten(
        stack,
        { pattern: HELD_AGAIN, replacement: "false", only: "hold_for_writes" },
        () => outlastedHold(stack),
      );
      assert.match(found.join("\n"), /whose times were searched, overlap for/);
    },
  },
);
