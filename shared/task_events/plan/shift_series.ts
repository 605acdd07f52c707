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
import { DAY_MS, timeOfDay } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

const HOUR_MS = 3_600_000;

export const WEEKDAY_CODES = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

/**
 * The lines of a series whose start moves from one moment to another: end and excluded dates move
 * along, else deleted occurrences would come back, and the days of its rule follow the new day.
 * Throws RecurrenceError for a rule that cannot follow.
 */
export function shiftSeries(
  lines: readonly string[],
  from: EventMoment,
  to: EventMoment,
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
      parts.set("UNTIL", untilOf({ ...to, wall: moved(readUntil(until, from)) }));
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

/** The rule's parts with its days turned by as many days as the start moves. */
function followDays(
  line: RecurrenceLine,
  parts: Map<string, string>,
  from: WallTime,
  to: WallTime,
): Map<string, string> {
  const days = Math.floor(to / DAY_MS) - Math.floor(from / DAY_MS);
  if (days === 0) return parts;
  const by = [...parts.keys()].filter((name) => /^BY(?!HOUR|MINUTE|SECOND)/.test(name));
  if (by.length === 0) return parts;
  const only = by.length === 1 ? by[0] : undefined;
  const frequency = parts.get("FREQ");
  if (only === "BYDAY" && (frequency === "WEEKLY" || frequency === "DAILY")) {
    const list = parts.get("BYDAY")?.split(",") ?? [];
    // Turned days can cross the border of a week, which only a rule for every week survives.
    const plain = list.every((day) => /^[A-Z]{2}$/.test(day));
    if (plain && (list.length === 1 || (parts.get("INTERVAL") ?? "1") === "1")) {
      return parts.set("BYDAY", list.map((day) => turned(day, days)).join(","));
    }
  }
  if (only === "BYMONTHDAY" && frequency === "MONTHLY" && /^\d+$/.test(parts.get(only) ?? "")) {
    return parts.set(only, String(new Date(to).getUTCDate()));
  }
  if (only === "BYDAY" && frequency === "MONTHLY") {
    const ordinal = /^(-?\d)[A-Z]{2}$/.exec(parts.get(only) ?? "")?.[1];
    const followed = ordinal === undefined ? null : weekdayOfMonth(to, ordinal);
    if (followed !== null) return parts.set(only, followed);
  }
  throw cannotFollow(line, "day");
}

function cannotFollow(line: RecurrenceLine, what: "day" | "time"): RecurrenceError {
  return new RecurrenceError(
    `The rule "${line.value}" cannot be moved to another ${what} automatically. Send recurrence too.`,
  );
}

function turned(day: string, days: number): string {
  const index = WEEKDAY_CODES.findIndex((code) => code === day);
  return WEEKDAY_CODES[(((index + days) % 7) + 7) % 7] ?? day;
}

/** "2TU" for a second Tuesday; null when the last weekday was meant and this is not the last. */
function weekdayOfMonth(wall: WallTime, ordinal: string): string | null {
  const date = new Date(wall);
  const code = WEEKDAY_CODES[date.getUTCDay()] ?? "";
  const nth = Math.ceil(date.getUTCDate() / 7);
  if (!ordinal.startsWith("-")) return `${nth}${code}`;
  const is_last = new Date(wall + 7 * DAY_MS).getUTCMonth() !== date.getUTCMonth();
  return ordinal === "-1" && is_last ? `-1${code}` : null;
}
