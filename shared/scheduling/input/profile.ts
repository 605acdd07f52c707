import { MINUTES_PER_DAY } from "@shared/time/instants.ts";

export const CELL_MINUTES = 30;
export const WEEK_MINUTES = 7 * MINUTES_PER_DAY;
export const CELLS = WEEK_MINUTES / CELL_MINUTES;

/** Counts of a cell stay below this, in proportion, so that a cell fits a byte. */
export const MOST_COUNTED = 15;

/**
 * What a person's history of invitations shows, without any event in it. `accepted` and `declined` count, for each
 * half-hour of the week by their local clock (Monday 00:00 first), how often they said so about a meeting then: from 0
 * to MOST_COUNTED, larger counts in proportion. `meetings` were answered in all, `declined_percentage` of them with no.
 * `typical_minutes` is the middle length of what they accepted, `typical_gap_minutes` the middle pause between two
 * events of a day. The length is the same at every start, so it ranks nothing; it serves as a default duration.
 */
export interface Profile {
  accepted: Uint8Array;
  declined: Uint8Array;
  meetings: number;
  declined_percentage: number;
  typical_minutes: number;
  typical_gap_minutes: number;
}

/** Accepted and declined, added up over the cells that a meeting covers; `wall` is its local start in minutes. */
export interface Answers {
  accepted: number;
  declined: number;
}

/** What the profile counted at the time of the week of a meeting. */
export function answersAt(profile: Profile, wall: number, duration: number): Answers {
  const answers = { accepted: 0, declined: 0 };
  for (const cell of cellsOf(wall, duration)) {
    answers.accepted += profile.accepted[cell]!;
    answers.declined += profile.declined[cell]!;
  }
  return answers;
}

/** The half-hours of the week, as indexes into a profile, that a meeting touches by its local clock. */
export function cellsOf(wall: number, duration: number): number[] {
  const { first, count } = cellSpan(wall, duration);
  return Array.from({ length: count }, (_, i) => (first + i) % CELLS);
}

/** The average of a value of each half-hour of the week over those that a meeting touches by its local clock. */
export function averageOver(values: Uint16Array, wall: number, duration: number): number {
  const { first, count } = cellSpan(wall, duration);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[(first + i) % CELLS]!;
  return sum / count;
}

function cellSpan(wall: number, duration: number): { first: number; count: number } {
  const in_week = minuteOfWeek(wall);
  const first = Math.floor(in_week / CELL_MINUTES);
  const touched = Math.ceil((in_week + duration) / CELL_MINUTES) - first;
  return { first, count: Math.min(touched, CELLS) };
}

/** Minutes since Monday 00:00; the first day of 1970 was a Thursday. */
export function minuteOfWeek(wall: number): number {
  const minute = (wall + 3 * MINUTES_PER_DAY) % WEEK_MINUTES;
  return minute < 0 ? minute + WEEK_MINUTES : minute;
}
