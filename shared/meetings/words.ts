import * as z from "zod/mini";

/** An e-mail address as Google takes it for a guest; 254 characters is the limit of RFC 5321. */
export const EMAIL = z.string().check(
  z.maxLength(254, "Expected an e-mail address"),
  z.regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "Expected an e-mail address"),
);

/** An IANA time zone that this runtime knows, e.g. Europe/Paris. */
export const TIMEZONE = z.string().check(
  z.refine(isTimeZone, "Expected an IANA time zone, e.g. Europe/Paris"),
);

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

export const WEEKDAY = z.pipe(
  z.pipe(z.string(), z.transform((day) => day.toLowerCase())),
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
  z.number().check(
    z.refine(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `Expected whole minutes from ${least} to ${most}`,
    ),
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

function isTimeZone(value: string): boolean {
  // Intl also takes offsets such as +01:00, which know nothing of daylight saving time.
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
