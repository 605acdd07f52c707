import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { minutesOutside } from "@shared/time/intervals.ts";
import type { Person } from "../availability/person.ts";
import { NO_WISHES, type Wishes } from "../input/preferences.ts";
import { CELLS, cellsOf, type Profile } from "../input/profile.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";

/** Fully comfortable. */
export const MOST_COMFORT = 1_000;

const DAY_BEGINS = 9 * 60;
const DAY_ENDS = 17 * 60;
const USUAL_DAY = { start: DAY_BEGINS, end: DAY_ENDS };
const ANY_TIME = { start: 0, end: Infinity };
/** So much earlier or later than the usual day, comfort has gone to nothing. */
const FADES_OVER = 3 * 60;

/** What a wish that is not met takes from comfort, at most. */
const OTHER_DAY = 300;
const OTHER_PART_OF_DAY = 250;
const SHORT_GAP = 300;
const SHORT_GAP_BY_HABIT = 100;
const DECLINED = 300;

/** Less between two meetings is back to back for those who would rather avoid that. */
export const WISHED_GAP_MINUTES = 15;
/** So few answers show no habit. */
const FEWEST_MEETINGS = 10;
/** An unseen half-hour is taken for the person's average, with the weight of this many answers. */
const PRIOR_ANSWERS = 4;

/** Comfort lost without `minutes` clear on both sides of a meeting. */
export interface GapWish {
  minutes: number;
  costs: number;
}

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

/**
 * The minutes of the day that are comfortable: as wished, else at any time for people who stated open hours, else 09:00
 * to 17:00, because nothing is known. A wish for one end leaves the other as it was, or open if they would cross.
 */
export function usualDay(
  { hours }: Wishes,
  has_open_hours: boolean,
): { start: number; end: number } {
  const usual = has_open_hours ? ANY_TIME : USUAL_DAY;
  if (hours === undefined) return usual;
  const start = hours.start ?? usual.start;
  const end = hours.end ?? usual.end;
  if (start < end) return { start, end };
  return hours.start === undefined ? { start: 0, end } : { start, end: Infinity };
}

/** The pause that somebody asks for, or keeps by habit; undefined for neither. */
export function gapWish(wishes: Wishes, profile: Profile | undefined): GapWish | undefined {
  if (wishes.avoid_back_to_back === true) return { minutes: WISHED_GAP_MINUTES, costs: SHORT_GAP };
  if (wishes.avoid_back_to_back === false || profile === undefined) return undefined;
  if (profile.meetings < FEWEST_MEETINGS || profile.typical_gap_minutes === 0) return undefined;
  const minutes = Math.min(profile.typical_gap_minutes, WISHED_GAP_MINUTES);
  return { minutes, costs: SHORT_GAP_BY_HABIT };
}

/** What each half-hour of the week costs by the answers given to meetings then; undefined without history. */
export function historyCosts(profile: Profile | undefined): Uint16Array | undefined {
  if (profile === undefined || profile.meetings === 0) return undefined;
  const usually = PRIOR_ANSWERS * profile.declined_percentage / 100;
  const costs = new Uint16Array(CELLS);
  for (let cell = 0; cell < CELLS; cell++) {
    const declined = profile.declined[cell]!;
    const answers = profile.accepted[cell]! + declined;
    costs[cell] = Math.round(DECLINED * (declined + usually) / (answers + PRIOR_ANSWERS));
  }
  return costs;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
