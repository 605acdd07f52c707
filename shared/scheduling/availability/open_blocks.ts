import type { Interval } from "@shared/time/intervals.ts";

/** A list of intervals as two arrays: minute `opens[b]` until `closes[b]`, exclusive. */
export interface OpenBlocks {
  opens: Int32Array;
  closes: Int32Array;
}

const known = new WeakMap<readonly Interval[], OpenBlocks>();

/** The blocks of a person's open hours. People with the same hours share the list, which is then converted once. */
export function blocksOf(open: readonly Interval[]): OpenBlocks {
  let blocks = known.get(open);
  if (blocks === undefined) {
    blocks = {
      opens: Int32Array.from(open, ([from]) => from),
      closes: Int32Array.from(open, ([, to]) => to),
    };
    known.set(open, blocks);
  }
  return blocks;
}
