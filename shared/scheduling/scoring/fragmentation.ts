import { UNFRAGMENTED } from "./scales.ts";

/**
 * How much of the free time around a meeting stays in one piece, of which `before` and `after` minutes are left: UNFRAGMENTED when one side
 * keeps it all, 0 when it is cut in the middle.
 */
export function unfragmentedShare(before: number, after: number): number {
  const room = before + after;
  if (room === 0) return UNFRAGMENTED;
  const difference = before < after ? after - before : before - after;
  // Rounded as Math.round would, in half the time: it is worked out for everybody at every start.
  return (UNFRAGMENTED * difference / room + 0.5) | 0;
}
