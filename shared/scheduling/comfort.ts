import { MINUTES_PER_DAY } from "./instants.ts";
import type { Person } from "./person.ts";
import { offsetAt } from "./zones.ts";

/** Fully comfortable. */
export const MOST_COMFORT = 1_000;

const DAY_BEGINS = 9 * 60;
const DAY_ENDS = 17 * 60;
/** So much earlier or later than the usual day, comfort has gone to nothing. */
const FADES_OVER = 3 * 60;

/**
 * How comfortable a meeting is for somebody by their local clock, from 0 to MOST_COMFORT. People who stated open hours
 * are comfortable in them. Nothing is known about the others: for them, comfort fades outside 09:00 to 17:00.
 */
export function comfortAt(person: Person, start: number, duration: number): number {
  const outside = minutesOutsideUsualDay(person, start, duration);
  const most = Math.max(outside.early, outside.late);
  return Math.max(0, Math.round(MOST_COMFORT * (1 - most / FADES_OVER)));
}

/** By how many minutes a meeting begins before the usual day and ends after it; 0 for those who stated open hours. */
export function minutesOutsideUsualDay(
  person: Person,
  start: number,
  duration: number,
): { early: number; late: number } {
  if ((person.participant.open_hours?.length ?? 0) > 0) return { early: 0, late: 0 };
  const wall = start + offsetAt(person.offsets, start);
  const in_day = wall - Math.floor(wall / MINUTES_PER_DAY) * MINUTES_PER_DAY;
  return {
    early: Math.max(0, DAY_BEGINS - in_day),
    late: Math.max(0, in_day + duration - DAY_ENDS),
  };
}
