import { untilOf } from "@shared/time/recurrence_lines.ts";
import { onDayOfMonth, WEEKDAY_CODES } from "./shift_series.ts";
import { DAY_MS, isDay, momentOn, readMoment, wallOfDay } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime, ZonedWallTime } from "@shared/time/wall_time.ts";

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
  start: ZonedWallTime;
  recurrence: string[];
}

/**
 * The series of a recurring task that begins at `start`. `ends` is the last day on which it may
 * start, in the series' zone, or an instant; null is without end. Google would add a start beside
 * the rule as one more occurrence, so the start is moved onto the rule.
 */
export function taskSeries(
  pattern: RecurrencePattern,
  start: ZonedWallTime,
  ends: string | null,
): TaskSeries {
  const first = pattern === "weekdays" ? nextWeekday(start.wall) : start.wall;
  const until = untilPart(ends, start.zone);
  return {
    start: { ...start, wall: first },
    recurrence: [`RRULE:${rule(pattern, first)}${until}`],
  };
}

/** How a pattern repeats in a zone, whatever day it starts on, for a search that chooses that day. */
export function patternRule(
  pattern: RecurrencePattern,
  { ends, zone }: { ends: string | null; zone: string },
): string {
  return `RRULE:${FREQUENCIES[pattern]}${untilPart(ends, zone)}`;
}

const FREQUENCIES: Readonly<Record<RecurrencePattern, string>> = {
  daily: "FREQ=DAILY",
  weekdays: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
  weekly: "FREQ=WEEKLY",
  biweekly: "FREQ=WEEKLY;INTERVAL=2",
  monthly: "FREQ=MONTHLY",
  quarterly: "FREQ=MONTHLY;INTERVAL=3",
  yearly: "FREQ=YEARLY",
};

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

function dayOfMonth(start: WallTime): string {
  const parts = onDayOfMonth(new Date(start).getUTCDate());
  return parts.map(([name, text]) => `${name}=${text}`).join(";");
}

function nextWeekday(wall: WallTime): WallTime {
  const weekday = new Date(wall).getUTCDay();
  return wall + (weekday === 6 ? 2 : weekday === 0 ? 1 : 0) * DAY_MS;
}

function untilPart(ends: string | null, zone: string | null): string {
  return ends === null ? "" : `;UNTIL=${untilOf(endOf(ends, zone))}`;
}

function endOf(ends: string, zone: string | null): EventMoment {
  if (zone === null) return { instant: wallOfDay(dayIn(ends)), zone };
  if (!isDay(ends)) return readMoment(ends, zone);
  return momentOn({ wall: wallOfDay(ends) + DAY_MS - 1000, zone });
}

/** An instant ends a series of whole days with its date in UTC. */
function dayIn(ends: string): string {
  return isDay(ends) ? ends : new Date(ends).toISOString().slice(0, 10);
}
