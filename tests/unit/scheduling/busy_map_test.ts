import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { BusyMap } from "@shared/scheduling/availability/busy_map.ts";

const SIZE = 200;

Deno.test("BusyMap is clear exactly where nothing was marked", () => {
  const span = fc.tuple(fc.integer({ min: -50, max: SIZE + 50 }), fc.nat(90));
  const inside = fc.tuple(fc.nat(SIZE - 1), fc.integer({ min: 1, max: SIZE }));
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.array(span, { maxLength: 4 }),
      inside,
      (base, marks, asked) => {
        const map = new BusyMap(base, base + SIZE);
        const plain = new Array<boolean>(SIZE).fill(false);
        for (const [from, length] of marks) {
          map.mark(base + from, base + from + length);
          plain.fill(true, Math.max(0, from), Math.max(0, from + length));
        }
        const from = asked[0];
        const to = Math.min(SIZE, from + asked[1]);
        assert.equal(map.isClear(base + from, base + to), !plain.slice(from, to).includes(true));
      },
    ),
    { numRuns: 500 },
  );
});
