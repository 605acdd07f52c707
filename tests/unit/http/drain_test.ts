import assert from "node:assert/strict";
import { allowanceOf, drain, type Queue, type Rest } from "@shared/http/drain.ts";

const ALLOWANCE = { rows: 40, slice_rows: 10, last_slice_ms: 60_000 };

Deno.test("drain() takes slice after slice until nothing is due, and calls nothing further", async () => {
  const queue = queueOf(25);
  assert.equal(await drain(queue, ALLOWANCE), false);
  assert.deepEqual(queue.slices, [10, 10, 5, 0]);
  assert.deepEqual(queue.woken, [false]);
});

Deno.test("drain() leaves what its rows do not cover to a further call", async () => {
  const queue = queueOf(65);
  assert.equal(await drain(queue, ALLOWANCE), true);
  assert.deepEqual(queue.slices, [10, 10, 10, 10]);
  assert.deepEqual(queue.woken, [true]);
  const named = queueOf(65);
  await drain(named, allowanceOf(ALLOWANCE, 15));
  assert.deepEqual(named.slices, [10, 5]);
  assert.deepEqual(named.woken, [false], "a caller who names a limit means it");
});

Deno.test("drain() leaves what its time does not cover to a further call", async () => {
  const queue = queueOf(65, { slice_ms: 30 });
  assert.equal(await drain(queue, { ...ALLOWANCE, last_slice_ms: 20 }), true);
  assert.deepEqual(queue.slices, [10]);
  assert.deepEqual(queue.woken, [true]);
});

Deno.test("drain() waits for Google's quotas where that fits, and otherwise leaves it to a further call", async () => {
  const fits = queueOf(20, { quota: [10, 0, 10], quota_seconds: 0.02 });
  assert.equal(await drain(fits, ALLOWANCE), false);
  assert.deepEqual(fits.slices, [10, 0, 10, 0]);
  const late = queueOf(20, { quota: [10, 0], quota_seconds: 61 });
  assert.equal(await drain(late, ALLOWANCE), true);
  assert.deepEqual(late.woken, [false, true]);
});

Deno.test("drain() ends when other workers hold what is left", async () => {
  const queue = queueOf(20, { quota: [10, 0], quota_seconds: null });
  assert.equal(await drain(queue, ALLOWANCE), false);
  assert.deepEqual(queue.woken, [false]);
});

/** `quota`: how much each slice may take; after the last one everything. */
function queueOf(
  rows: number,
  { quota = [], quota_seconds = null, slice_ms = 0 }: {
    quota?: number[];
    quota_seconds?: number | null;
    slice_ms?: number;
  } = {},
): Queue & { slices: number[]; woken: boolean[] } {
  let left = rows;
  const slices: number[] = [];
  const woken: boolean[] = [];
  return {
    slices,
    woken,
    async process(limit) {
      await new Promise((resolve) => setTimeout(resolve, slice_ms));
      const taken = Math.min(limit, left, quota[slices.length] ?? Infinity);
      slices.push(taken);
      left -= taken;
      return taken;
    },
    finish(wake): Promise<Rest> {
      woken.push(wake);
      return Promise.resolve({ remaining: left, quota_seconds: left > 0 ? quota_seconds : null });
    },
  };
}
