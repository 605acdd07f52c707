import {
  dateLine,
  datesOf,
  parseLines,
  readUntil,
  RecurrenceError,
  untilOf,
} from "@shared/time/recurrence_lines.ts";
import type { RecurrenceLine } from "@shared/time/recurrence_lines.ts";
import { ruleLine, ruleParts } from "@shared/time/recurrence_rule.ts";
import { DAY_MS, momentOn, seriesWallOf, timeOfDay } from "@shared/time/wall_time.ts";
import type { WallTime, ZonedWallTime } from "@shared/time/wall_time.ts";

const HOUR_MS = 3_600_000;

/** Every month has this day, counted from its beginning or its end. */
const LAST_COMMON_DAY = 28;

export const WEEKDAY_CODES = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

/**
 * The lines of a series whose start moves from one moment to another: end and excluded dates move
 * along, else deleted occurrences would come back, and the days of its rule follow the new day.
 * Throws RecurrenceError for a rule that cannot follow.
 */
export function shiftSeries(
  lines: readonly string[],
  from: ZonedWallTime,
  to: ZonedWallTime,
): string[] {
  const moved = (wall: WallTime): WallTime => wall + (to.wall - from.wall);
  return parseLines(lines).flatMap((line) => {
    if (line.name === "RDATE" || line.name === "EXDATE") {
      const shifted = dateLine(line.name, datesOf(line, from).map(moved), to);
      return shifted === null ? [] : [shifted];
    }
    const parts = followDays(line, followTime(line, from.wall, to.wall), from.wall, to.wall);
    const until = parts.get("UNTIL");
    if (until !== undefined) {
      const last = seriesWallOf(readUntil(until, from).instant, from);
      parts.set("UNTIL", untilOf(momentOn({ ...to, wall: moved(last) })));
    }
    return [ruleLine(line.name, parts)];
  });
}

/**
 * The rule's parts with a time of day of their own moved along: where it is the start's, the new
 * start has it instead; a rule that stands beside its start moves by whole hours of the same day.
 */
function followTime(line: RecurrenceLine, from: WallTime, to: WallTime): Map<string, string> {
  const parts = ruleParts(line.value);
  const moved_ms = timeOfDay(to) - timeOfDay(from);
  if (moved_ms === 0) return parts;
  const start = new Date(from);
  const own = new Map([
    ["BYHOUR", start.getUTCHours()],
    ["BYMINUTE", start.getUTCMinutes()],
    ["BYSECOND", start.getUTCSeconds()],
  ]);
  for (const [name, value] of own) {
    const given = parts.get(name);
    if (given === undefined) continue;
    const hour = Number(given) + moved_ms / HOUR_MS;
    if (Number(given) === value) parts.delete(name);
    else if (name === "BYHOUR" && Number.isInteger(hour) && hour >= 0 && hour <= 23) {
      parts.set(name, String(hour));
    } else throw cannotFollow(line, "time");
  }
  return parts;
}

/**
 * The rule's parts with its days turned by as many days as the start moves, so that every occurrence
 * moves by as many.
 */
function followDays(
  line: RecurrenceLine,
  parts: Map<string, string>,
  from: WallTime,
  to: WallTime,
): Map<string, string> {
  const days = Math.floor(to / DAY_MS) - Math.floor(from / DAY_MS);
  if (days === 0) return parts;
  const by = [...parts.keys()].filter((name) => /^BY(?!HOUR|MINUTE|SECOND)/.test(name));
  const only = by.length === 1 ? by[0] : undefined;
  const frequency = parts.get("FREQ");
  if (by.length === 0 && frequency !== "MONTHLY") return parts;
  if (only === "BYDAY" && (frequency === "WEEKLY" || frequency === "DAILY")) {
    const list = parts.get("BYDAY")?.split(",") ?? [];
    // Turned days can cross the border of a week, which only a rule for every week survives.
    const plain = list.every((day) => /^[A-Z]{2}$/.test(day));
    if (plain && (list.length === 1 || (parts.get("INTERVAL") ?? "1") === "1")) {
      return parts.set("BYDAY", list.map((day) => turned(day, days)).join(","));
    }
  }
  if (frequency === "MONTHLY" && (by.length === 0 || only === "BYMONTHDAY")) {
    const month_day = Number(parts.get("BYMONTHDAY") ?? new Date(from).getUTCDate());
    // Months without the day have no occurrence, and would get one on most other days.
    if (month_day >= 1 && month_day <= LAST_COMMON_DAY) {
      const turned_day = new Date(to).getUTCDate();
      return only === undefined && turned_day <= LAST_COMMON_DAY
        ? parts
        : new Map([...parts, ...onDayOfMonth(turned_day)]);
    }
  }
  if (only === "BYDAY" && frequency === "MONTHLY") {
    const followed = turnedInMonth(parts.get(only) ?? "", days);
    if (followed !== null) {
      for (const [name, text] of followed) parts.set(name, text);
      return parts;
    }
  }
  throw cannotFollow(line, "day");
}

function cannotFollow(line: RecurrenceLine, what: "day" | "time"): RecurrenceError {
  return new RecurrenceError(
    `The rule "${line.value}" cannot be moved to another ${what} automatically. Send recurrence too.`,
  );
}

/**
 * The parts for one day of every month. A month that lacks the day has it on its last one: RFC 5545
 * alone would skip that month.
 */
export function onDayOfMonth(day: number): [name: string, text: string][] {
  if (day <= LAST_COMMON_DAY) return [["BYMONTHDAY", String(day)]];
  const days = [28, 29, 30, 31].filter((candidate) => candidate <= day);
  return [["BYMONTHDAY", days.join(",")], ["BYSETPOS", "-1"]];
}

function turned(day: string, days: number): string {
  const index = WEEKDAY_CODES.findIndex((code) => code === day);
  return WEEKDAY_CODES[(((index + days) % 7) + 7) % 7] ?? day;
}

/**
 * The parts for the days that lie so many days after, say, each second Sunday (2SU). The Monday after
 * it is the second or the third one of its month, but always one of the 9th to the 15th. Null where
 * such a day can be in another month or missing in some.
 */
function turnedInMonth(rule_day: string, days: number): [name: string, text: string][] | null {
  // Some months lack a fifth one.
  const match = /^([+-]?[1-4])([A-Z]{2})$/.exec(rule_day);
  if (match === null) return null;
  const nth = Number(match[1]);
  const weekday = turned(match[2] ?? "", days);
  const weeks = days / 7;
  if (Number.isInteger(weeks)) {
    const moved = nth + weeks;
    const is_in_month = Math.sign(moved) === Math.sign(nth) && Math.abs(moved) <= 4;
    return is_in_month ? [["BYDAY", `${moved}${weekday}`]] : null;
  }
  const first = nth > 0 ? 7 * (nth - 1) + 1 + days : 7 * nth + days;
  const last = first + 6;
  const most = LAST_COMMON_DAY;
  if (nth > 0 ? first < 1 || last > most : first < -most || last > -1) return null;
  const month_days = Array.from({ length: 7 }, (_, index) => first + index);
  return [["BYDAY", weekday], ["BYMONTHDAY", month_days.join(",")]];
}
