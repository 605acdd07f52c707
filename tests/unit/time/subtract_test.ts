import assert from "node:assert/strict";
import { type Interval, subtract } from "@shared/time/intervals.ts";

Deno.test("subtract() leaves exactly the minutes that the other list does not have", () => {
  const open: Interval[] = [[0, 10], [20, 30], [40, 50]];
  const taken: Interval[] = [[-5, 2], [4, 6], [9, 21], [40, 50]];
  assert.deepEqual(subtract(open, taken), [[2, 4], [6, 9], [21, 30]]);
  assert.deepEqual(subtract(open, []), open);
  assert.deepEqual(subtract([], taken), []);
});
