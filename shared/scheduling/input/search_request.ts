import { DEFAULT_LOCALE, EXPECTED_LOCALE, isLocale } from "@shared/texts/locale.ts";
import { type Texts, textsOf } from "@shared/texts/texts.ts";
import { startsSeries } from "@shared/time/expand_rule.ts";
import { MINUTES_PER_DAY, parseDate, parseInstant } from "@shared/time/instants.ts";
import { type Interval, unite } from "@shared/time/intervals.ts";
import { type Weekday, weekdayMask, WEEKDAYS } from "@shared/time/weekday.ts";
import { type OffsetSegment, offsetSegments } from "@shared/time/zones.ts";
import type { SeriesRule } from "./recurrence.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { BusyInterval, Constraints } from "./scheduling_request.ts";
import { type DaySpan, readLunch, USUAL_LUNCH } from "./time_of_day.ts";
import { readWindow } from "./time_window.ts";
import { requireTimeZone } from "./time_zone.ts";
import type { Trials } from "./trials.ts";
import { type GivenWeights, namesWeights, readWeights, type ScoreBreakdown } from "./weights.ts";

/** Constraints made ready for arithmetic: instants and lengths in minutes, days since 1970. */
export interface SearchRequest {
  /** The window, `to` exclusive. A meeting starts and ends inside it. */
  from: number;
  to: number;
  /** `from`, or later when it is past or the notice demands it. */
  earliest_start: number;
  /** The same without the notice. */
  earliest_without_notice: number;
  notice: number;
  duration: number;
  interval: number;
  buffer: number;
  timezone: string;
  /** Offsets of `timezone` over the window. */
  offsets: OffsetSegment[];
  /** Minutes of the day between which people without open hours of their own can be met. */
  working_hours: DaySpan;
  /** When people without a lunch time of their own eat; undefined for never. */
  lunch: DaySpan | undefined;
  /** By index of WEEKDAYS. */
  allowed_days: boolean[];
  holidays: ReadonlySet<number>;
  tentative_as_busy: boolean;
  minimum_attendee_percentage: number;
  on_unknown: Constraints["on_unknown"];
  max_candidates: number;
  event_category: string | undefined;
  /** In tenths of a point. */
  weights: ScoreBreakdown;
  /** Whether fragmentation measures the longest time left free, and not the time left too short to use. */
  keeps_focus: boolean;
  /** Whether a meeting may start on a local day, where it must be one of a recurrence. */
  may_start_on: ((day: number) => boolean) | undefined;
  /** The language of everything that the answer says. */
  texts: Texts;
  /** Time in which no meeting is offered. */
  excluded: readonly Interval[];
  /** Of a search that is tried instead of the one that was asked: what is left for it. */
  trials?: Trials;
}

/** What else a request may say; each has a default. */
export interface FurtherRequest {
  /** In points. */
  weights?: GivenWeights | undefined;
  recurrence?: SeriesRule | undefined;
  locale?: string | undefined;
  excluded?: readonly BusyInterval[] | undefined;
}

/**
 * Reads the constraints as of `now`; the usual weights and English when left out. Throws SchedulingInputError with the
 * field's path.
 */
export function readSearchRequest(
  constraints: Constraints,
  now: Date,
  { weights, recurrence, locale = DEFAULT_LOCALE, excluded = [] }: FurtherRequest = {},
): SearchRequest {
  const { timezone } = constraints;
  requireTimeZone(timezone, "constraints.timezone");
  if (!isLocale(locale)) throw new SchedulingInputError("locale", EXPECTED_LOCALE);
  // Comparisons with an invalid date are all false, as for a window that is over.
  if (Number.isNaN(now.getTime())) throw new SchedulingInputError("now", "Give a valid date");
  const { from, to } = readWindow(constraints);
  const duration = wholeMinutes(constraints, "duration_minutes", 1, MINUTES_PER_DAY);
  const notice = wholeMinutes(constraints, "minimum_notice_minutes", 0, 366 * MINUTES_PER_DAY);
  const now_minute = Math.ceil(now.getTime() / 60_000);
  return {
    from,
    to,
    earliest_start: Math.max(from, now_minute + notice),
    earliest_without_notice: Math.max(from, now_minute),
    notice,
    duration,
    interval: wholeMinutes(constraints, "interval_minutes", 1, MINUTES_PER_DAY),
    buffer: wholeMinutes(constraints, "buffer_minutes", 0, MINUTES_PER_DAY),
    timezone,
    offsets: offsetSegments(timezone, from, to),
    working_hours: readWorkingHours(constraints),
    lunch: readLunch(constraints.lunch, "constraints.lunch", USUAL_LUNCH),
    allowed_days: readAllowedDays(constraints.allowed_days),
    holidays: new Set(constraints.holiday_dates.map(readHoliday)),
    tentative_as_busy: constraints.tentative_as_busy,
    minimum_attendee_percentage: number(constraints, "minimum_attendee_percentage", 0, 100),
    on_unknown: constraints.on_unknown,
    max_candidates: wholeMinutes(constraints, "max_candidates", 1, 1_000),
    event_category: constraints.event_category,
    weights: readWeights(weights, constraints.priority),
    keeps_focus: constraints.priority === "focus" && !namesWeights(weights),
    may_start_on: recurrence === undefined ? undefined : onceADay(recurrence),
    texts: textsOf(locale),
    excluded: unite(excluded.map(wholeMinutesAround)),
  };
}

/** Seconds round outwards, as those of busy time do. */
function wholeMinutesAround({ start, end }: BusyInterval, i: number): Interval {
  const interval: Interval = [Math.floor(parseInstant(start)), Math.ceil(parseInstant(end))];
  if (interval.some(Number.isNaN)) {
    throw new SchedulingInputError(
      `excluded[${i}]`,
      "Give start and end as date-times with offset",
    );
  }
  return interval;
}

function onceADay(recurrence: SeriesRule): (day: number) => boolean {
  const known = new Map<number, boolean>();
  for (const date of recurrence.excluded) if ("day" in date) known.set(date.day, false);
  return (day) => {
    let starts = known.get(day);
    if (starts === undefined) known.set(day, starts = startsSeries(recurrence, day));
    return starts;
  };
}

function readWorkingHours(constraints: Constraints): DaySpan {
  const start = Math.round(number(constraints, "working_hours_start", 0, 24) * 60);
  const end = Math.round(number(constraints, "working_hours_end", 0, 24) * 60);
  if (end <= start) {
    throw new SchedulingInputError(
      "constraints.working_hours_end",
      "Name an hour later than working_hours_start; give people who work past midnight open_hours of their own",
    );
  }
  return { start, end };
}

function readAllowedDays(days: readonly Weekday[]): boolean[] {
  const unknown = days.find((day) => !WEEKDAYS.includes(day));
  if (days.length === 0 || unknown !== undefined) {
    throw new SchedulingInputError(
      "constraints.allowed_days",
      `Name at least one of ${WEEKDAYS.join(", ")}` +
        (unknown === undefined ? "" : `; ${JSON.stringify(unknown)} is none`),
    );
  }
  return weekdayMask(days);
}

function readHoliday(text: string, i: number): number {
  const day = parseDate(text);
  if (Number.isNaN(day)) {
    throw new SchedulingInputError(
      `constraints.holiday_dates[${i}]`,
      `Write a date such as 2030-12-25, not ${JSON.stringify(text)}`,
    );
  }
  return day;
}

type NumberField = {
  [K in keyof Constraints]-?: Constraints[K] extends number ? K : never;
}[keyof Constraints];

function number(constraints: Constraints, field: NumberField, least: number, most: number): number {
  const value = constraints[field];
  if (!(value >= least && value <= most)) {
    throw new SchedulingInputError(
      `constraints.${field}`,
      `Give a number from ${least} to ${most}, not ${value}`,
    );
  }
  return value;
}

function wholeMinutes(
  constraints: Constraints,
  field: NumberField,
  least: number,
  most: number,
): number {
  const value = number(constraints, field, least, most);
  if (!Number.isInteger(value)) {
    throw new SchedulingInputError(`constraints.${field}`, `Give a whole number, not ${value}`);
  }
  return value;
}
