import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { minutesOutside } from "@shared/time/intervals.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import { convenientHours, usualHours } from "../input/personal_costs.ts";
import { NO_PREFERENCES } from "../input/preferences.ts";
import { averageOver } from "../input/profile.ts";
import { MOST_CONVENIENT } from "./scales.ts";

const MORNING_BEGINS = 9 * 60;
const AFTERNOON_ENDS = 17 * 60;
/** So much earlier or later than the convenient hours, an hour has become as inconvenient as can be. */
const FADES_OVER = 3 * 60;

/** What a preference that is not met costs, at most. */
const OTHER_DAY = 300;
const OTHER_PART_OF_DAY = 250;

/** What the first and the last half hour of a day cost, the end of a week, and lunch once half of it is lost. */
const EDGE_MINUTES = 30;
const FIRST_HALF_HOUR = 80;
const LAST_HALF_HOUR = 250;
const WEEK_ENDS_OVER = 2 * 60;
const END_OF_WEEK = 200;
const LUNCH = 500;

/** What the local clock costs a person, by its reasons; together at most MOST_CONVENIENT counts. */
export interface ClockCosts {
  outside_hours: number;
  first_half_hour: number;
  last_half_hour: number;
  end_of_week: number;
  lunch: number;
  other_day: number;
  other_part_of_day: number;
}

/**
 * How convenient a meeting is for a person, from 0 to MOST_CONVENIENT: by their clock and their history, which together
 * cost `burden` (clockBurden), and by the pause they prefer, with `clear` minutes to their nearest meeting. Inconvenience
 * weighs by their fairness_percent.
 */
export function convenienceAt(
  { gap, fairness_percent }: Person,
  burden: number,
  clear: number,
): number {
  let inconvenience = burden;
  if (gap !== undefined && clear < gap.minutes) {
    inconvenience += Math.round(gap.costs * (gap.minutes - clear) / gap.minutes);
  }
  return Math.max(0, MOST_CONVENIENT - Math.round(inconvenience * fairness_percent / 100));
}

/** The inconvenience of the local clock and of a person's history, in the unit of MOST_CONVENIENT. */
export function clockBurden(person: Person, start: number, duration: number): number {
  const { history } = person;
  const by_clock = MOST_CONVENIENT - clockConvenience(person, start, duration);
  if (history === undefined) return by_clock;
  const wall = start + offsetAt(person.offsets, start);
  return by_clock + Math.round(averageOver(history, wall, duration));
}

/** For costs that are only summed up: a new object for each start and person is a third of a large search's time. */
const SUMMED = noCosts();

/** How convenient the local clock alone is, from 0 to MOST_CONVENIENT. */
export function clockConvenience(person: Person, start: number, duration: number): number {
  const costs = clockCosts(person, start, duration, SUMMED);
  return Math.max(
    0,
    MOST_CONVENIENT - costs.outside_hours - costs.first_half_hour - costs.last_half_hour -
      costs.end_of_week - costs.lunch - costs.other_day - costs.other_part_of_day,
  );
}

/**
 * What the local clock costs, reason by reason. A time fades outside the convenient hours and costs in the half hours
 * at the edges of a day, over the last two hours of a week, at lunch, and where the weekday or the part of the day is
 * another than preferred. They are written into `costs`, if given.
 */
export function clockCosts(
  person: Person,
  start: number,
  duration: number,
  costs: ClockCosts = noCosts(),
): ClockCosts {
  const { preferences, asks_for_hours, lunch, days } = person;
  const wall = start + offsetAt(person.offsets, start);
  const day = Math.floor(wall / MINUTES_PER_DAY);
  const from = wall - day * MINUTES_PER_DAY;
  const to = from + duration;
  const hours = days?.on(day);
  const convenient = convenientHours(preferences, hours);
  const outside = Math.max(
    convenient.start - from,
    to - convenient.end,
    minutesBeyond(person, start, duration),
  );
  costs.outside_hours = Math.round(MOST_CONVENIENT * Math.min(1, outside / FADES_OVER));
  costs.first_half_hour = costs.last_half_hour = costs.end_of_week = 0;
  costs.lunch = costs.other_day = costs.other_part_of_day = 0;
  if (hours !== undefined && !asks_for_hours) {
    const first = overlap(from, to, hours.start, hours.start + EDGE_MINUTES);
    const last = overlap(from, to, hours.end - EDGE_MINUTES, hours.end);
    costs.first_half_hour = Math.round(FIRST_HALF_HOUR * first / EDGE_MINUTES);
    costs.last_half_hour = Math.round(LAST_HALF_HOUR * last / EDGE_MINUTES);
    if (weekdayIndex(day) === days?.last_weekday) {
      const week_ends = Math.min(hours.end, usualHours(hours).end);
      const into_it = clamp((to - week_ends + WEEK_ENDS_OVER) / WEEK_ENDS_OVER);
      costs.end_of_week = Math.round(END_OF_WEEK * into_it);
    }
  }
  if (lunch !== undefined && !asks_for_hours) {
    const lost = overlap(from, to, lunch.start, lunch.end);
    costs.lunch = Math.round(LUNCH * clamp(2 * lost / (lunch.end - lunch.start)));
  }
  if (preferences !== NO_PREFERENCES) {
    if (preferences.days?.[weekdayIndex(day)] === false) costs.other_day = OTHER_DAY;
    const lateness = clamp((from - MORNING_BEGINS) / (AFTERNOON_ENDS - MORNING_BEGINS));
    const away_from_part = preferences.mornings > 0
      ? preferences.mornings * lateness
      : -preferences.mornings * (1 - lateness);
    costs.other_part_of_day = Math.round(OTHER_PART_OF_DAY * away_from_part / 1_000);
  }
  return costs;
}

/** Costs to be written into. */
export function noCosts(): ClockCosts {
  return {
    outside_hours: 0,
    first_half_hour: 0,
    last_half_hour: 0,
    end_of_week: 0,
    lunch: 0,
    other_day: 0,
    other_part_of_day: 0,
  };
}

/** Whether a person's convenience depends on nothing but the clock, as it does for most. */
export function onlyClockMatters(person: Person): boolean {
  const { preferences, gap, history, fairness_percent, open_by_right } = person;
  return preferences === NO_PREFERENCES && gap === undefined && history === undefined &&
    fairness_percent === 100 && open_by_right === undefined;
}

/** Whether the clock alone is as convenient for one as for the other at every time. Sometimes false for such people. */
export function sameClock(a: Person, b: Person): boolean {
  return a.offsets === b.offsets && a.days === b.days && a.preferences === b.preferences &&
    a.open_by_right === b.open_by_right && a.asks_for_hours === b.asks_for_hours &&
    a.lunch?.start === b.lunch?.start && a.lunch?.end === b.lunch?.end;
}

/**
 * By how many minutes a meeting begins before the convenient hours and ends after them, and how many of its minutes lie
 * beyond the hours that the person stated, as a concession may want.
 */
export function minutesOutsideHours(
  person: Person,
  start: number,
  duration: number,
): { early: number; late: number; beyond: number } {
  const wall = start + offsetAt(person.offsets, start);
  const day = Math.floor(wall / MINUTES_PER_DAY);
  const from = wall - day * MINUTES_PER_DAY;
  const convenient = convenientHours(person.preferences, person.days?.on(day));
  return {
    early: Math.max(0, convenient.start - from),
    late: Math.max(0, from + duration - convenient.end),
    beyond: minutesBeyond(person, start, duration),
  };
}

function minutesBeyond({ open_by_right }: Person, start: number, duration: number): number {
  return open_by_right === undefined ? 0 : minutesOutside(open_by_right, start, start + duration);
}

function overlap(from: number, to: number, opens: number, closes: number): number {
  return Math.max(0, Math.min(to, closes) - Math.max(from, opens));
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
