import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { type Weekday, weekdayMask, WEEKDAYS } from "@shared/time/weekday.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";

/** Days and hours that a person prefers for meetings. Hours are of the day, 0 to 24 in their own zone, perhaps fractional. */
export interface PreferredTimes {
  preferred_days?: readonly Weekday[];
  preferred_hours_start?: number;
  preferred_hours_end?: number;
}

/**
 * What a person prefers, all of it optional. `morning_person_score` goes from 0 (afternoons) over 0.5 (no matter) to 1
 * (mornings). Times under `event_categories` replace the general ones for meetings of that `event_category`.
 */
export interface Preferences extends PreferredTimes {
  avoid_back_to_back?: boolean;
  morning_person_score?: number;
  event_categories?: Readonly<Record<string, PreferredTimes>>;
}

/** Preferences made ready for arithmetic. Undefined stands for no preference. */
export interface ParsedPreferences {
  /** By index of WEEKDAYS. */
  days: readonly boolean[] | undefined;
  /** Minutes of the day; what was left open of an interval is undefined. */
  hours: { start: number | undefined; end: number | undefined } | undefined;
  avoid_back_to_back: boolean | undefined;
  /** From -1,000 (afternoons) to 1,000 (mornings). */
  mornings: number;
}

/** The same object for all who ask for nothing, so that they are recognised by identity. */
export const NO_PREFERENCES: ParsedPreferences = {
  days: undefined,
  hours: undefined,
  avoid_back_to_back: undefined,
  mornings: 0,
};

/** Reads preferences for a meeting of `category`. Throws SchedulingInputError with the field's path. */
export function readPreferences(
  preferences: Preferences | undefined,
  category: string | undefined,
  path: string,
): ParsedPreferences {
  if (preferences === undefined) return NO_PREFERENCES;
  const { morning_person_score: score = 0.5, avoid_back_to_back, event_categories } = preferences;
  if (!(score >= 0 && score <= 1)) {
    throw new SchedulingInputError(
      `${path}.morning_person_score`,
      `Give a number from 0 to 1, not ${score}`,
    );
  }
  const key = categoryNamed(event_categories ?? {}, category);
  const own = key === undefined ? undefined : event_categories?.[key];
  const times = { ...preferences, ...own };
  const where = own === undefined ? path : `${path}.event_categories.${key}`;
  return {
    days: readDays(times.preferred_days, where),
    hours: readHours(times, where),
    avoid_back_to_back,
    mornings: Math.round((2 * score - 1) * 1_000),
  };
}

/** The key of a category in any case of letters; undefined where there is none. */
export function categoryNamed(categories: object, category: string | undefined) {
  const wanted = category?.toLowerCase();
  return Object.keys(categories).find((name) => name.toLowerCase() === wanted);
}

function readDays(days: readonly Weekday[] | undefined, path: string): boolean[] | undefined {
  if (days === undefined || days.length === 0) return undefined;
  const wrong = days.find((day) => !WEEKDAYS.includes(day));
  if (wrong !== undefined) {
    throw new SchedulingInputError(
      `${path}.preferred_days`,
      `Name days among ${WEEKDAYS.join(", ")}; ${JSON.stringify(wrong)} is none`,
    );
  }
  return weekdayMask(days);
}

function readHours(times: PreferredTimes, path: string): ParsedPreferences["hours"] {
  const start = readHour(times, "preferred_hours_start", path);
  const end = readHour(times, "preferred_hours_end", path);
  if (start === undefined && end === undefined) return undefined;
  if ((end ?? MINUTES_PER_DAY) <= (start ?? 0)) {
    throw new SchedulingInputError(
      `${path}.preferred_hours_end`,
      "Name an hour later than preferred_hours_start, and at most 24",
    );
  }
  return { start, end };
}

function readHour(
  times: PreferredTimes,
  field: "preferred_hours_start" | "preferred_hours_end",
  path: string,
): number | undefined {
  const hour = times[field];
  if (hour === undefined) return undefined;
  if (!(hour >= 0 && hour <= 24)) {
    throw new SchedulingInputError(`${path}.${field}`, `Give an hour from 0 to 24, not ${hour}`);
  }
  return Math.round(hour * 60);
}
