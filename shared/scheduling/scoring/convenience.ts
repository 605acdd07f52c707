import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { minutesOutside } from "@shared/time/intervals.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import { NO_WISHES } from "../input/preferences.ts";
import { cellsOf } from "../input/profile.ts";
import { MOST_COMFORT } from "./scales.ts";

const DAY_BEGINS = 9 * 60;
const DAY_ENDS = 17 * 60;
/** So much earlier or later than the usual day, an hour has become as inconvenient as can be. */
const FADES_OVER = 3 * 60;

/** What a preference that is not met costs, at most. */
const OTHER_DAY = 300;
const OTHER_PART_OF_DAY = 250;

/**
 * How well a meeting suits somebody, from 0 to MOST_COMFORT: their clock, their wish for pauses with `clear` minutes to
 * their nearest meeting, and their history. What it lacks counts more for those who carried more before.
 */
export function comfortAt(
  person: Person,
  start: number,
  duration: number,
  clear: number,
): number {
  const { gap, history, burden_percent } = person;
  let discomfort = MOST_COMFORT - clockComfort(person, start, duration);
  if (gap !== undefined && clear < gap.minutes) {
    discomfort += Math.round(gap.costs * (gap.minutes - clear) / gap.minutes);
  }
  if (history !== undefined) {
    const cells = cellsOf(start + offsetAt(person.offsets, start), duration);
    discomfort += Math.round(cells.reduce((sum, cell) => sum + history[cell]!, 0) / cells.length);
  }
  return Math.max(0, MOST_COMFORT - Math.round(discomfort * burden_percent / 100));
}

/**
 * How comfortable the local clock alone is, from 0 to MOST_COMFORT. It fades outside the usual day, and loses when the
 * weekday or the part of the day is another than wished for.
 */
export function clockComfort(person: Person, start: number, duration: number): number {
  const wall = start + offsetAt(person.offsets, start);
  const day = Math.floor(wall / MINUTES_PER_DAY);
  const { early, late, beyond } = minutesOutsideUsualDay(person, start, duration);
  const most = Math.max(early, late, beyond);
  const hours = Math.max(0, Math.round(MOST_COMFORT * (1 - most / FADES_OVER)));
  const { wishes } = person;
  if (wishes === NO_WISHES) return hours;
  const other_day = wishes.days?.[weekdayIndex(day)] === false ? OTHER_DAY : 0;
  const lateness = (wall - day * MINUTES_PER_DAY - DAY_BEGINS) / (DAY_ENDS - DAY_BEGINS);
  const away_from_part = wishes.mornings > 0
    ? wishes.mornings * clamp(lateness)
    : -wishes.mornings * (1 - clamp(lateness));
  const other_part = Math.round(OTHER_PART_OF_DAY * away_from_part / 1_000);
  return Math.max(0, hours - other_day - other_part);
}

/** Whether somebody's comfort depends on nothing but the clock, as it does for most. */
export function onlyClockMatters(person: Person): boolean {
  const { wishes, gap, history, burden_percent, open_by_right } = person;
  return wishes === NO_WISHES && gap === undefined && history === undefined &&
    burden_percent === 100 && open_by_right === undefined;
}

/** Whether the clock alone is as comfortable for one as for the other at every time. Sometimes false for such people. */
export function sameClock(a: Person, b: Person): boolean {
  return a.offsets === b.offsets && a.usual_day === b.usual_day && a.wishes === b.wishes &&
    a.open_by_right === b.open_by_right;
}

/**
 * By how many minutes a meeting begins before the usual day and ends after it, and how many of its minutes lie beyond
 * the hours that somebody stated, as a concession may want.
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
