import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { weekdayIndex, WEEKDAYS } from "@shared/time/weekday.ts";
import { offsetSegments } from "@shared/time/zones.ts";
import type { DaySpan } from "../input/time_of_day.ts";
import { type OpenHoursRule, openIntervals } from "./open_hours.ts";

const NO_HOLIDAYS: ReadonlySet<number> = new Set();
const FRIDAY = 4;
const THURSDAY = 3;
const SUNDAY = 6;

/** A person's working week by their own clock, whatever the window or a holiday cuts off it. */
export interface DayHours {
  /** The weekday whose end is the end of the week, by index of WEEKDAYS; undefined for none. */
  last_weekday: number | undefined;
  /** Whether `on` depends on the weekday alone. */
  is_weekly: boolean;
  /** From the first open minute of a local day (counted since 1970) to the last; undefined without any. */
  on: (day: number) => DaySpan | undefined;
}

/** The working week between two instants. */
export function dayHours(
  rules: readonly OpenHoursRule[],
  timezone: string,
  from: number,
  to: number,
): DayHours {
  const is_weekly = rules.every((rule) => rule.timezone === timezone);
  return {
    last_weekday: lastWeekday(rules),
    is_weekly,
    on: is_weekly ? byWeekday(rules) : byDay(rules, timezone, from, to),
  };
}

/** Hours on the person's own clock, as they are for most, are the same in every week. */
function byWeekday(rules: readonly OpenHoursRule[]): DayHours["on"] {
  const spans = WEEKDAYS.map((_, weekday) =>
    rules.reduce<DaySpan | undefined>(
      (span, { weekdays, start, end }) =>
        weekdays[weekday] === true ? joined(span, start, end) : span,
      undefined,
    )
  );
  return (day) => spans[weekdayIndex(day)];
}

/** Of hours on another clock each day is laid out, and one more on both sides: a window may begin within a day. */
function byDay(
  rules: readonly OpenHoursRule[],
  timezone: string,
  from: number,
  to: number,
): DayHours["on"] {
  const earliest = from - MINUTES_PER_DAY;
  const latest = to + MINUTES_PER_DAY;
  const offsets = offsetSegments(timezone, earliest, latest);
  const days = new Map<number, DaySpan>();
  for (const [opens, closes] of openIntervals(rules, earliest, latest, NO_HOLIDAYS)) {
    // Where the clock is put back, the last minute that it shows is not the latest.
    for (const { from: begins, to: ends, offset } of offsets) {
      const last_wall = Math.min(closes, ends) - 1 + offset;
      let wall = Math.max(opens, begins) + offset;
      for (let day = Math.floor(wall / MINUTES_PER_DAY); wall <= last_wall; day++) {
        const midnight = day * MINUTES_PER_DAY;
        const end = Math.min(last_wall + 1 - midnight, MINUTES_PER_DAY);
        days.set(day, joined(days.get(day), wall - midnight, end));
        wall = midnight + MINUTES_PER_DAY;
      }
    }
  }
  return (day) => days.get(day);
}

function joined(span: DaySpan | undefined, start: number, end: number): DaySpan {
  return span === undefined
    ? { start, end }
    : { start: Math.min(start, span.start), end: Math.max(end, span.end) };
}

/** Friday, or Thursday for a week that begins on Sunday. */
function lastWeekday(rules: readonly OpenHoursRule[]): number | undefined {
  const isOpen = (weekday: number) => rules.some(({ weekdays }) => weekdays[weekday] === true);
  if (isOpen(FRIDAY)) return FRIDAY;
  return isOpen(THURSDAY) && isOpen(SUNDAY) ? THURSDAY : undefined;
}
