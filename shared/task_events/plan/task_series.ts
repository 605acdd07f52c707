import { untilOf } from "@shared/time/recurrence_lines.ts";
import { WEEKDAY_CODES } from "./shift_series.ts";
import { DAY_MS, isDay, wallOf, wallOfDay } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

export const RECURRENCE_PATTERNS = [
  "daily",
  "weekdays",
  "weekly",
  "biweekly",
  "monthly",
  "quarterly",
  "yearly",
] as const;
export type RecurrencePattern = (typeof RECURRENCE_PATTERNS)[number];

export interface TaskSeries {
  /** The first occurrence: the given start, or the first one after it that the rule has. */
  start: EventMoment;
  recurrence: string[];
}

/**
 * The series of a recurring task that begins at `start`. `ends` is the last day on which it may
 * start, in the series' zone, or an instant; null is without end. Google would add a start beside
 * the rule as one more occurrence, so the start is moved onto the rule.
 */
export function taskSeries(
  pattern: RecurrencePattern,
  start: EventMoment,
  ends: string | null,
): TaskSeries {
  const first = pattern === "weekdays" ? nextWeekday(start.wall) : start.wall;
  const until = ends === null ? "" : `;UNTIL=${untilOf({ ...start, wall: endOf(ends, start) })}`;
  return {
    start: { ...start, wall: first },
    recurrence: [`RRULE:${rule(pattern, first)}${until}`],
  };
}

function rule(pattern: RecurrencePattern, start: WallTime): string {
  const weekday = WEEKDAY_CODES[new Date(start).getUTCDay()];
  switch (pattern) {
    case "daily":
      return "FREQ=DAILY";
    case "weekdays":
      return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
    case "weekly":
      return `FREQ=WEEKLY;BYDAY=${weekday}`;
    case "biweekly":
      return `FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekday}`;
    case "monthly":
      return `FREQ=MONTHLY;${dayOfMonth(start)}`;
    case "quarterly":
      return `FREQ=MONTHLY;INTERVAL=3;${dayOfMonth(start)}`;
    case "yearly":
      return `FREQ=YEARLY;BYMONTH=${new Date(start).getUTCMonth() + 1};${dayOfMonth(start)}`;
  }
}

/** A month that lacks the day has it on its last one: RFC 5545 alone would skip that month. */
function dayOfMonth(start: WallTime): string {
  const day = new Date(start).getUTCDate();
  if (day <= 28) return `BYMONTHDAY=${day}`;
  const days = [28, 29, 30, 31].filter((candidate) => candidate <= day);
  return `BYMONTHDAY=${days.join(",")};BYSETPOS=-1`;
}

function nextWeekday(wall: WallTime): WallTime {
  const weekday = new Date(wall).getUTCDay();
  return wall + (weekday === 6 ? 2 : weekday === 0 ? 1 : 0) * DAY_MS;
}

function endOf(ends: string, start: EventMoment): WallTime {
  if (!isDay(ends)) return wallOf(Date.parse(ends), start.zone ?? "UTC");
  return wallOfDay(ends) + (start.zone === null ? 0 : DAY_MS - 1000);
}
