import * as z from "zod/mini";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { isTimeZone } from "@shared/time/zones.ts";

/** What may stand between the dots of an address: no space of any kind, no control, nothing that would need quotes. */
const ATOM =
  '[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u3000\\ufeff<>()\\[\\]\\\\,;:@".]+';

/**
 * An e-mail address as Google takes it for a guest: plain, without a name around it. 254 characters is the limit of RFC
 * 5321. The database checks the same (private.is_email).
 */
export const EMAIL = z.string("Expected an e-mail address").check(
  z.maxLength(254, "Expected an e-mail address"),
  z.regex(
    new RegExp(`^${ATOM}(\\.${ATOM})*@${ATOM}(\\.${ATOM})+$`),
    "Expected an e-mail address",
  ),
);

/** Text of at most so many characters, counted as Postgres counts them: an emoji is one. */
export const text = (most: number) => textBetween(0, most, `Expected at most ${most} characters`);

/** Text of `least` to `most` characters. */
export const textBetween = (least: number, most: number, expected: string) =>
  z.string(expected).check(
    z.refine((value) => {
      // Counting takes time, and no text has more characters than code units.
      if (value.length >= least && value.length <= most && least <= 1) return true;
      const characters = [...value].length;
      return characters >= least && characters <= most;
    }, expected),
  );

/** The id of a calendar, or "primary". A path could be climbed with dots alone. */
export const CALENDAR_ID = z.string("Expected the id of a calendar, or primary").check(
  z.refine(
    (value) => value !== "." && value !== ".." && value.length >= 1 && value.length <= 300,
    "Expected the id of a calendar, or primary",
  ),
);

/** An IANA time zone as written in its database and known to this runtime, e.g. Europe/Paris (private.is_timezone). */
export const TIMEZONE = z.string("Expected an IANA time zone, e.g. Europe/Paris").check(
  z.refine(isTimeZone, "Expected an IANA time zone, e.g. Europe/Paris"),
);

export const WEEKDAY = z.pipe(
  z.pipe(z.string("Expected a weekday, e.g. monday"), z.transform((day) => day.toLowerCase())),
  z.enum(WEEKDAYS, "Expected a weekday, e.g. monday"),
);

/** An instant: RFC 3339 with an offset. A date-time without one means different instants to different readers. */
export const INSTANT = z.string().check(
  z.refine(isInstant, "Expected a date-time with an offset, e.g. 2030-01-07T09:00:00+01:00"),
);

/** A whole day, or an instant. */
export const DAY_OR_INSTANT = z.string().check(
  z.refine(
    (value) => isDay(value) || isInstant(value),
    "Expected a date (2030-01-07) or a date-time with an offset (2030-01-07T09:00:00+01:00)",
  ),
);

export const DAY = z.string().check(z.refine(isDay, "Expected a date, e.g. 2030-01-07"));

/** A number of minutes that makes sense for a meeting or a gap. */
export const minutes = (least: number, most: number) =>
  wholeNumber(least, most, `Expected whole minutes from ${least} to ${most}`);

/** A whole number between two others. */
export const wholeNumber = (least: number, most: number, expected: string) =>
  z.number(expected).check(
    z.refine((value) => Number.isInteger(value) && value >= least && value <= most, expected),
  );

/** An hour of the day, perhaps fractional: 8.5 is 08:30. */
export const HOUR = z.number().check(
  z.refine((hour) => hour >= 0 && hour <= 24, "Expected an hour from 0 to 24"),
);

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const instant = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(instant.valueOf()) && instant.toISOString().startsWith(value);
}

/** RFC 3339 with an offset, on a day that exists. */
export function isInstant(value: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/.exec(
    value,
  );
  return match?.[1] !== undefined && isDay(match[1]) && !Number.isNaN(Date.parse(value));
}

/** A time of day; 24:00 is the end of it. */
export const TIME_OF_DAY = z.string("Expected a time of day, e.g. 09:30").check(
  z.regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "Expected a time of day, e.g. 09:30"),
);

/** When people eat, by their own clocks; null for no lunch. */
export const LUNCH = z.nullable(
  z.strictObject({ start: TIME_OF_DAY, end: TIME_OF_DAY }).check(
    z.refine(
      ({ start, end }) => start < end,
      { path: ["end"], error: "Expected an end after the start" },
    ),
  ),
);
