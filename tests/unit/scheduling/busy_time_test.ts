import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { minutesWithin } from "@shared/scheduling/availability/busy_intervals.ts";
import { unite } from "@shared/time/intervals.ts";

const interval = fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 120 }))
  .map(([from, length]): [number, number] => [from, from + length]);

Deno.test("minutesWithin() counts each minute that is taken and open once", () => {
  fc.assert(
    fc.property(fc.array(interval), fc.array(interval), (taken, open) => {
      const sorted = taken.toSorted((a, b) => a[0] - b[0]);
      const time = {
        starts: Int32Array.from(sorted, ([start]) => start),
        ends: Int32Array.from(sorted, ([, end]) => end),
      };
      const holds = (list: readonly [number, number][], minute: number) =>
        list.some(([from, to]) => from <= minute && minute < to);
      let minutes = 0;
      for (let minute = 0; minute < 420; minute++) {
        if (holds(taken, minute) && holds(open, minute)) minutes++;
      }
      assert.equal(minutesWithin(time, unite(open)), minutes);
    }),
    { numRuns: 300 },
  );
});
