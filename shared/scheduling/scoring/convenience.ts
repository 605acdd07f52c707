import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { minutesOutside } from "@shared/time/intervals.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import { NO_PREFERENCES } from "../input/preferences.ts";
import { cellsOf } from "../input/profile.ts";
import { MOST_CONVENIENT } from "./scales.ts";

const DAY_BEGINS = 9 * 60;
const DAY_ENDS = 17 * 60;
/** So much earlier or later than the usual day, an hour has become as inconvenient as can be. */
const FADES_OVER = 3 * 60;

/** What a preference that is not met costs, at most. */
const OTHER_DAY = 300;
const OTHER_PART_OF_DAY = 250;

/**
 * How convenient a meeting is for a person, from 0 to MOST_CONVENIENT: by their clock, by the pause they prefer, with
 * `clear` minutes to their nearest meeting, and by their history. Inconvenience weighs by their fairness_percent.
 */
export function convenienceAt(
  person: Person,
  start: number,
  duration: number,
  clear: number,
): number {
  const { gap, history, fairness_percent } = person;
  let inconvenience = MOST_CONVENIENT - clockConvenience(person, start, duration);
  if (gap !== undefined && clear < gap.minutes) {
    inconvenience += Math.round(gap.costs * (gap.minutes - clear) / gap.minutes);
  }
  if (history !== undefined) {
    const cells = cellsOf(start + offsetAt(person.offsets, start), duration);
    inconvenience += Math.round(
      cells.reduce((sum, cell) => sum + history[cell]!, 0) / cells.length,
    );
  }
  return Math.max(0, MOST_CONVENIENT - Math.round(inconvenience * fairness_percent / 100));
}

/**
 * How convenient the local clock alone is, from 0 to MOST_CONVENIENT. It fades outside the usual day, and loses when the
 * weekday or the part of the day is another than preferred.
 */
export function clockConvenience(person: Person, start: number, duration: number): number {
  const wall = start + offsetAt(person.offsets, start);
  const day = Math.floor(wall / MINUTES_PER_DAY);
  const { early, late, beyond } = minutesOutsideUsualDay(person, start, duration);
  const most = Math.max(early, late, beyond);
  const hours = Math.max(0, Math.round(MOST_CONVENIENT * (1 - most / FADES_OVER)));
  const { preferences } = person;
  if (preferences === NO_PREFERENCES) return hours;
  const other_day = preferences.days?.[weekdayIndex(day)] === false ? OTHER_DAY : 0;
  const lateness = (wall - day * MINUTES_PER_DAY - DAY_BEGINS) / (DAY_ENDS - DAY_BEGINS);
  const away_from_part = preferences.mornings > 0
    ? preferences.mornings * clamp(lateness)
    : -preferences.mornings * (1 - clamp(lateness));
  const other_part = Math.round(OTHER_PART_OF_DAY * away_from_part / 1_000);
  return Math.max(0, hours - other_day - other_part);
}

/** Whether a person's convenience depends on nothing but the clock, as it does for most. */
export function onlyClockMatters(person: Person): boolean {
  const { preferences, gap, history, fairness_percent, open_by_right } = person;
  return preferences === NO_PREFERENCES && gap === undefined && history === undefined &&
    fairness_percent === 100 && open_by_right === undefined;
}

/** Whether the clock alone is as convenient for one as for the other at every time. Sometimes false for such people. */
export function sameClock(a: Person, b: Person): boolean {
  return a.offsets === b.offsets && a.usual_day === b.usual_day &&
    a.preferences === b.preferences &&
    a.open_by_right === b.open_by_right;
}

/**
 * By how many minutes a meeting begins before the usual day and ends after it, and how many of its minutes lie beyond
 * the hours that the person stated, as a concession may want.
 */
export function minutesOutsideUsualDay(
  { offsets, usual_day, open_by_right }: Person,
  start: number,
  duration: number,
): { early: number; late: number; beyond: number } {
  const wall = start + offsetAt(offsets, start);
  const in_day = wall - Math.floor(wall / MINUTES_PER_DAY) * MINUTES_PER_DAY;
  return {
    early: Math.max(0, usual_day.start - in_day),
    late: Math.max(0, in_day + duration - usual_day.end),
    beyond: open_by_right === undefined
      ? 0
      : minutesOutside(open_by_right, start, start + duration),
  };
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
