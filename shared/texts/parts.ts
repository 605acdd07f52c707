import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { type Weekday, WEEKDAYS } from "@shared/time/weekday.ts";

/** A day as people of a locale write it, in parts: a text of a language puts them in order. */
export interface DateParts {
  weekday: string;
  day: string;
  month: string;
  year: string;
}

/** The names of days and months in one locale. */
export interface DateNames {
  /** The day that contains a wall time, in minutes since 1970 on that clock. */
  at(wall: number): DateParts;
  weekday(day: Weekday): string;
}

/** 1970-01-05, a Monday, counted from 1970-01-01. */
const A_MONDAY = 4;

/** The names of days and months in a BCP 47 locale, by Intl. */
export function dateNames(locale: string): DateNames {
  let formatter: Intl.DateTimeFormat | undefined;
  const at = (wall: number): DateParts => {
    // Wall times are converted with the offsets of the search, so the formatter must not convert them.
    formatter ??= new Intl.DateTimeFormat(locale, {
      calendar: "gregory",
      numberingSystem: "latn",
      timeZone: "UTC",
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
    });
    const parts = formatter.formatToParts(wall * 60_000);
    const part = (type: Intl.DateTimeFormatPartTypes) =>
      parts.find((one) => one.type === type)?.value ?? "";
    return {
      weekday: part("weekday"),
      day: part("day"),
      month: part("month"),
      year: part("year"),
    };
  };
  return {
    at,
    weekday: (day) => at((A_MONDAY + WEEKDAYS.indexOf(day)) * MINUTES_PER_DAY).weekday,
  };
}

/** The same from lists, for a language whose names are alike in all regions: the first formatter of Intl costs 12 ms. */
export function listedDateNames(
  weekdays: readonly string[],
  months: readonly string[],
): DateNames {
  return {
    at(wall) {
      const date = new Date(wall * 60_000);
      return {
        weekday: weekdays[(date.getUTCDay() + 6) % 7]!,
        day: String(date.getUTCDate()),
        month: months[date.getUTCMonth()]!,
        year: String(date.getUTCFullYear()),
      };
    },
    weekday: (day) => weekdays[WEEKDAYS.indexOf(day)]!,
  };
}

/** "09:00" for minute 540 of a day; "24:00" for its end. */
export function formatTimeOfDay(minute: number): string {
  const hours = String(Math.floor(minute / 60)).padStart(2, "0");
  return `${hours}:${String(minute % 60).padStart(2, "0")}`;
}

/** "09:00" for a wall time in minutes since 1970. */
export function formatWallTime(wall: number): string {
  const minute = Math.floor(wall);
  return formatTimeOfDay(minute - Math.floor(minute / MINUTES_PER_DAY) * MINUTES_PER_DAY);
}

/** "New York" for "America/New_York". */
export function formatPlace(timezone: string): string {
  return timezone.slice(timezone.lastIndexOf("/") + 1).replaceAll("_", " ");
}

/** "a", "a and b", "a, b and c", with the conjunction of a language. */
export function joined(parts: readonly string[], conjunction: string): string {
  return parts.length < 2
    ? parts.join("")
    : `${parts.slice(0, -1).join(", ")} ${conjunction} ${parts.at(-1)}`;
}

/** The largest unit of which a length is a whole number. */
export function lengthIn(minutes: number): { unit: "days" | "hours" | "minutes"; count: number } {
  const days = minutes / MINUTES_PER_DAY;
  if (Number.isInteger(days)) return { unit: "days", count: days };
  const hours = minutes / 60;
  return Number.isInteger(hours)
    ? { unit: "hours", count: hours }
    : { unit: "minutes", count: minutes };
}

/** What is left too short to use on one side of a meeting or on both, in minutes; other sides are left out. */
export function shortSides(before: number, after: number, usable: number): number[] {
  return [before, after].filter((minutes) => minutes > 0 && minutes < usable);
}
