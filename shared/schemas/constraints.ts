import * as z from "zod/mini";
import { readTimeWindow, TimeWindowError } from "@shared/time/time_window.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { isTimeZone } from "@shared/time/zones.ts";
import {
  DAY_OR_INSTANT,
  HOUR,
  listOf,
  listOfDays,
  LUNCH,
  minutes,
  text,
  TIMEZONE,
  WEEKDAY,
  wholeNumber,
} from "./fields.ts";
import { withJsonSchema } from "./json_schema.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

const dividesADay = (minutes: number) => 1440 % minutes === 0;

const DIVISORS_OF_A_DAY = Array.from({ length: 236 }, (_, i) => 5 + i).filter(dividesADay);

const GIVEN = z.strictObject({
  duration_minutes: z.optional(minutes(5, 1440)),
  earliest_date: z.optional(DAY_OR_INSTANT),
  latest_date: z.optional(DAY_OR_INSTANT),
  working_hours_start: z.optional(HOUR),
  working_hours_end: z.optional(HOUR),
  allowed_days: z.optional(
    listOf(WEEKDAY, LIMITS.weekdays, "weekdays").check(
      z.minLength(1, "Expected at least one weekday"),
    ),
  ),
  buffer_minutes: z.optional(minutes(0, 480)),
  timezone: z.optional(TIMEZONE),
  max_candidates: z.optional(
    wholeNumber(1, LIMITS.candidates, `Expected a whole number from 1 to ${LIMITS.candidates}`),
  ),
  holiday_dates: z.optional(listOfDays(LIMITS.holiday_dates)),
  event_category: z.optional(text(LIMITS.category_characters)),
  interval_minutes: z.optional(
    ofKind(
      { type: "whole_number", least: 5, most: 240, whole: "divides_day" },
      withJsonSchema(
        minutes(5, 240).check(
          z.refine(dividesADay, "Expected minutes that divide a day, e.g. 15 or 30"),
        ),
        { type: "integer", enum: DIVISORS_OF_A_DAY },
      ),
    ),
  ),
  minimum_notice_minutes: z.optional(minutes(0, 60 * 24 * 365)),
  tentative_as_busy: z.optional(z.boolean()),
  minimum_attendee_percentage: z.optional(
    ofKind(
      { type: "number", least: 0, most: 100 },
      withJsonSchema(
        z.number("Expected a percentage from 0 to 100").check(
          z.refine((value) => value >= 0 && value <= 100, "Expected a percentage from 0 to 100"),
        ),
        { type: "number", minimum: 0, maximum: 100 },
      ),
    ),
  ),
  on_unknown: z.optional(z.enum(["refuse", "ignore_optional", "ignore"])),
  priority: z.optional(z.enum(["balanced", "soonest", "comfort", "focus"])),
  lunch: z.optional(LUNCH),
  recurrence_horizon: z.optional(
    wholeNumber(
      1,
      LIMITS.occurrences,
      `Expected a whole number of occurrences from 1 to ${LIMITS.occurrences}`,
    ),
  ),
});

export type GivenConstraints = z.output<typeof GIVEN>;

/**
 * When a meeting may take place, as the caller says it. Days are whole days in `timezone`,
 * `working_hours_*` are hours of the day in each participant's own zone.
 */
export const CONSTRAINTS = ofKind(
  { whole: "constraints" },
  GIVEN.check(
    z.superRefine((given, context) => {
      const problem = windowProblem(given);
      if (problem !== null) context.addIssue({ code: "custom", input: given, ...problem });
    }),
    z.refine(
      ({ working_hours_start = 9, working_hours_end = 17 }) =>
        working_hours_start < working_hours_end,
      {
        path: ["working_hours_end"],
        error: "Expected an end after the start (working_hours_start)",
      },
    ),
  ),
);

/** The constraints with every gap filled: a half-hour meeting within the next two weeks, 9 to 17, Monday to Friday. */
export function completeConstraints(given: GivenConstraints, now: Date): CompleteConstraints {
  const earliest = given.earliest_date ?? now.toISOString();
  return {
    duration_minutes: 30,
    latest_date: new Date(Math.max(firstInstant(earliest), now.valueOf()) + 14 * DAY_MS)
      .toISOString(),
    working_hours_start: 9,
    working_hours_end: 17,
    allowed_days: WEEKDAYS.slice(0, 5),
    buffer_minutes: 0,
    timezone: "UTC",
    max_candidates: 10,
    holiday_dates: [],
    interval_minutes: 15,
    minimum_notice_minutes: 0,
    tentative_as_busy: true,
    minimum_attendee_percentage: 0,
    on_unknown: "refuse",
    priority: "balanced",
    lunch: { start: "12:00", end: "13:00" },
    recurrence_horizon: 12,
    ...defined(given),
    earliest_date: earliest,
  };
}

export type CompleteConstraints =
  & {
    [Key in Exclude<keyof GivenConstraints, "event_category">]-?: Exclude<
      GivenConstraints[Key],
      undefined
    >;
  }
  & { event_category?: string };

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function defined<T extends object>(given: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

function firstInstant(value: string): number {
  return Date.parse(value);
}

/** What is wrong with the window, as the search would say it. */
function windowProblem({ earliest_date, latest_date, timezone = "UTC" }: GivenConstraints) {
  if (earliest_date === undefined || latest_date === undefined) return null;
  // An invalid zone was already reported.
  if (!isTimeZone(timezone)) return null;
  try {
    readTimeWindow({ earliest_date, latest_date, timezone });
    return null;
  } catch (thrown) {
    if (thrown instanceof TimeWindowError) return { path: [thrown.field], message: thrown.message };
    throw thrown;
  }
}
