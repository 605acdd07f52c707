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
import { DAY_MS } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

export interface SplitSeries {
  /** The series that keeps the occurrences before the split. */
  before: string[];
  /** The series that begins at the split, still at the old time. */
  after: string[];
}

/**
 * Divides a series in two at the original start `at` of one of its occurrences, which begins the
 * second part. A COUNT becomes an UNTIL in both parts, so that nothing has to be counted:
 * `last` is the start of the last occurrence that the rule gives (needed only for a COUNT).
 */
export function splitSeries(
  lines: readonly string[],
  series: EventMoment,
  at: WallTime,
  last: WallTime | null,
): SplitSeries {
  const parsed = parseLines(lines);
  const rules = parsed.filter(({ name }) => name === "RRULE");
  if (parsed.some(({ name }) => name === "EXRULE") || rules.length !== 1) {
    throw new RecurrenceError(
      "A series with several rules cannot be split. Change it with update_scope all or single.",
    );
  }
  if (parsed.some((line) => line.name === "RDATE" && datesOf(line, series).includes(at))) {
    throw new RecurrenceError(
      "This occurrence is an extra date (RDATE) of the series, so the series cannot be split here. Change it with update_scope single.",
    );
  }
  return {
    before: trimSeries(lines, series, at),
    after: parsed.flatMap((line) =>
      isRule(line) ? [remaining(line, series, last)] : dates(line, series, (wall) => wall >= at)
    ),
  };
}

/** The series that keeps only the occurrences before the original start `at`. */
export function trimSeries(
  lines: readonly string[],
  series: EventMoment,
  at: WallTime,
): string[] {
  return parseLines(lines).flatMap((line) =>
    isRule(line) ? [trimmed(line, series, at)] : dates(line, series, (wall) => wall < at)
  );
}

/** Whether a series ends by COUNT, whose end is known only from its occurrences. */
export function endsByCount(lines: readonly string[]): boolean {
  return parseLines(lines).some((line) => isRule(line) && ruleParts(line.value).has("COUNT"));
}

/** The extra dates of a series, which no rule gives. */
export function extraDates(lines: readonly string[], series: EventMoment): WallTime[] {
  return parseLines(lines).flatMap((line) => line.name === "RDATE" ? datesOf(line, series) : []);
}

function isRule({ name }: RecurrenceLine): boolean {
  return name === "RRULE" || name === "EXRULE";
}

function trimmed(line: RecurrenceLine, series: EventMoment, at: WallTime): string {
  const parts = ruleParts(line.value);
  const until = parts.get("UNTIL");
  const end = at - (series.zone === null ? DAY_MS : 1000);
  parts.delete("COUNT");
  if (until === undefined || readUntil(until, series) > end) {
    parts.set("UNTIL", untilOf({ ...series, wall: end }));
  }
  return ruleLine(line.name, parts);
}

function remaining(line: RecurrenceLine, series: EventMoment, last: WallTime | null): string {
  const parts = ruleParts(line.value);
  if (parts.has("COUNT")) {
    if (last === null) throw new RecurrenceError("The last occurrence of the series is unknown.");
    parts.delete("COUNT");
    parts.set("UNTIL", untilOf({ ...series, wall: last }));
  }
  return ruleLine(line.name, parts);
}

function dates(
  line: RecurrenceLine,
  series: EventMoment,
  belongs: (wall: WallTime) => boolean,
): string[] {
  const kept = dateLine(line.name, datesOf(line, series).filter(belongs), series);
  return kept === null ? [] : [kept];
}
