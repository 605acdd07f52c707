import * as z from "zod/mini";
import { BUSY_LIST } from "./busy_intervals.ts";
import type { GivenBusy } from "./busy_intervals.ts";
import { hasOnly, withFastPath } from "./fast_path.ts";
import {
  HOUR,
  isHour,
  isWeekdayList,
  listOf,
  numberBetween,
  text,
  TIMEZONE,
  WEEKDAY_LIST,
} from "./fields.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

const TIMES = {
  preferred_days: z.optional(WEEKDAY_LIST),
  preferred_hours_start: z.optional(HOUR),
  preferred_hours_end: z.optional(HOUR),
};

const SHARE = numberBetween(0, 1, "Expected a number from 0 to 1");

const CATEGORY_TIMES = z.strictObject(TIMES);

const TIMES_FIELDS = new Set(Object.keys(TIMES));

const EVENT_CATEGORIES = withFastPath(
  ofKind(
    { most: LIMITS.event_categories },
    z.record(text(LIMITS.category_characters), CATEGORY_TIMES).check(
      z.refine(
        (categories) => Object.keys(categories).length <= LIMITS.event_categories,
        `Expected at most ${LIMITS.event_categories} categories`,
      ),
    ),
  ),
  areCategories,
);

function areCategories(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length <= LIMITS.event_categories &&
    names.every((name) =>
      name !== "__proto__" && name.length <= LIMITS.category_characters &&
      areTimes((value as Record<string, unknown>)[name])
    );
}

function areTimes(value: unknown): boolean {
  return hasOnly(value, TIMES_FIELDS) && isAbsentOr(isWeekdayList, value.preferred_days) &&
    isAbsentOr(isHour, value.preferred_hours_start) &&
    isAbsentOr(isHour, value.preferred_hours_end);
}

function isAbsentOr(isValid: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || isValid(value);
}

/** What a person prefers. Hours are hours of the day in their own zone; categories name the meeting's `event_category`. */
export const PREFERENCES = z.strictObject({
  ...TIMES,
  avoid_back_to_back: z.optional(z.boolean()),
  morning_person_score: z.optional(SHARE),
  event_categories: z.optional(EVENT_CATEGORIES),
});

export type GivenPreferences = z.output<typeof PREFERENCES>;

/** The origin's patterns. Lengths and gaps are statistics of the past, not preferences, so nothing is derived from them. */
const PATTERNS = z.strictObject({
  ...TIMES,
  avg_meeting_duration_minutes: z.optional(z.number()),
  buffer_minutes: z.optional(z.number()),
  avoids_back_to_back: z.optional(z.boolean()),
  morning_person_score: z.optional(SHARE),
});

/** What the origin's callers send about a person's calendar: busy time, a zone, patterns. */
export const CALENDAR_SUMMARY = z.strictObject({
  user_id: z.optional(text(LIMITS.name_characters)),
  timezone: z.optional(TIMEZONE),
  busy_slots: z.optional(BUSY_LIST),
  preference_patterns: z.optional(PATTERNS),
  weekly_meeting_count: z.optional(z.number()),
  peak_meeting_hours: z.optional(listOf(HOUR, LIMITS.peak_meeting_hours, "hours")),
  data_compressed: z.optional(z.boolean()),
  compression_period_days: z.optional(z.number()),
});

/** What a summary says, in our own words. */
export function fromSummary(
  { timezone, busy_slots, preference_patterns }: z.output<typeof CALENDAR_SUMMARY>,
): { timezone?: string; busy?: GivenBusy[]; preferences?: GivenPreferences } {
  return {
    ...(timezone === undefined ? {} : { timezone }),
    ...(busy_slots === undefined ? {} : { busy: busy_slots }),
    ...(preference_patterns === undefined
      ? {}
      : { preferences: fromPatterns(preference_patterns) }),
  };
}

function fromPatterns(patterns: z.output<typeof PATTERNS>): GivenPreferences {
  const { preferred_days, preferred_hours_start, preferred_hours_end } = patterns;
  return {
    preferred_days,
    preferred_hours_start,
    preferred_hours_end,
    avoid_back_to_back: patterns.avoids_back_to_back,
    morning_person_score: patterns.morning_person_score,
  };
}
