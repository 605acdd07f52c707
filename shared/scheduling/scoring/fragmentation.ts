import { WHOLE } from "./scales.ts";

/**
 * How whole the free time around a meeting stays, of which `before` and `after` minutes are left: WHOLE when one side
 * keeps it all, 0 when it is cut in the middle.
 */
export function wholeness(before: number, after: number): number {
  const room = before + after;
  if (room === 0) return WHOLE;
  const difference = before < after ? after - before : before - after;
  // Rounded as Math.round would, in half the time: it is worked out for everybody at every start.
  return (WHOLE * difference / room + 0.5) | 0;
}
