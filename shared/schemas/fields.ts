import * as z from "zod/mini";
import { MINUTES_PER_DAY, parseDate } from "@shared/time/instants.ts";
import { EXPECTED_LOCALE, isLocale } from "@shared/texts/locale.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { isTimeZone } from "@shared/time/zones.ts";
import { isListOf, withFastPath } from "./fast_path.ts";
import { withJsonSchema } from "./json_schema.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

/** What may stand between the dots of an address: no space of any kind, no control, nothing that would need quotes. */
const ATOM =
  '[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u3000\\ufeff<>()\\[\\]\\\\,;:@".]+';

const ADDRESS = new RegExp(`^${ATOM}(\\.${ATOM})*@${ATOM}(\\.${ATOM})+$`);

/**
 * An e-mail address as Google takes it for a guest: plain, without a name around it. 254 characters is the limit of RFC
 * 5321. The database checks the same (private.is_email).
 */
export const EMAIL = ofKind(
  { type: "email" },
  withJsonSchema(
    z.string("Expected an e-mail address").check(
      z.refine(
        (value) => value.length <= LIMITS.email_characters && ADDRESS.test(value),
        "Expected an e-mail address",
      ),
    ),
    { type: "string", format: "email", maxLength: LIMITS.email_characters },
  ),
);

/** Text of at most so many characters, counted as Postgres counts them: an emoji is one. */
export const text = (most: number) => textBetween(0, most, `Expected at most ${most} characters`);

/** Text of `least` to `most` characters. */
export const textBetween = (least: number, most: number, expected: string) =>
  ofKind(
    { type: "text", least, most },
    withJsonSchema(
      z.string(expected).check(
        z.refine((value) => {
          // Counting takes time, and no text has more characters than code units.
          if (value.length >= least && value.length <= most && least <= 1) return true;
          const characters = [...value].length;
          return characters >= least && characters <= most;
        }, expected),
      ),
      { type: "string", ...(least === 0 ? {} : { minLength: least }), maxLength: most },
    ),
  );

/** An id of 1 to `most` characters. */
export const idOf = (most: number) => textBetween(1, most, `Expected 1 to ${most} characters`);

/** The code of a stored error (docs/errors.md). */
export const ERROR_CODE = z.string("Expected an error code").check(
  z.regex(/^[a-z_]{1,60}$/, "Expected an error code"),
);

/** The id of a calendar, or "primary". A path could be climbed with dots alone. */
export const CALENDAR_ID = ofKind(
  { type: "calendar_id" },
  withJsonSchema(
    z.string("Expected the id of a calendar, or primary").check(
      z.refine(
        (value) =>
          value !== "." && value !== ".." && value.length >= 1 &&
          value.length <= LIMITS.calendar_id_characters,
        "Expected the id of a calendar, or primary",
      ),
    ),
    { type: "string", minLength: 1, maxLength: LIMITS.calendar_id_characters },
  ),
);

/** An IANA time zone as written in its database and known to this runtime, e.g. Europe/Paris (private.is_timezone). */
export const TIMEZONE = ofKind(
  { type: "timezone" },
  withJsonSchema(
    z.string("Expected an IANA time zone, e.g. Europe/Paris").check(
      z.refine(
        isZoneName,
        "Expected an IANA time zone, e.g. Europe/Paris",
      ),
    ),
    { type: "string", maxLength: LIMITS.timezone_characters, examples: ["Europe/Paris"] },
  ),
);

/** Whether a text passes TIMEZONE. */
export function isZoneName(text: string): boolean {
  return text.length <= LIMITS.timezone_characters && isTimeZone(text);
}

/** A list of at most so many items; `what` they are, in the plural. */
export const listOf = <T extends z.ZodMiniType>(item: T, most: number, what: string) =>
  z.array(item).check(z.maxLength(most, `Expected at most ${most} ${what}`));
/** The language of texts for people (private.is_locale). */
export const LOCALE = ofKind(
  { type: "locale" },
  withJsonSchema(
    z.string(EXPECTED_LOCALE).check(z.refine(isLocale, EXPECTED_LOCALE)),
    { type: "string", description: EXPECTED_LOCALE.replace(/^Expected a/, "A") },
  ),
);

/** How much an event says of how its time was found (private.meeting_problem). */
export const DESCRIPTION_DETAILS = z.enum(
  ["summary", "none", "full"],
  "Expected summary, none or full",
);

export type DescriptionDetails = z.output<typeof DESCRIPTION_DETAILS>;

export const WEEKDAY = ofKind(
  { type: "weekday" },
  withJsonSchema(
    z.pipe(
      z.pipe(z.string("Expected a weekday, e.g. monday"), z.transform((day) => day.toLowerCase())),
      z.enum(WEEKDAYS, "Expected a weekday, e.g. monday"),
    ),
    { type: "string", anyOf: [{ enum: WEEKDAYS }, { pattern: inAnyCase(WEEKDAYS) }] },
  ),
);

const WEEKDAY_NAMES: ReadonlySet<unknown> = new Set(WEEKDAYS);

/** Whether a value is what WEEKDAY_LIST returns. */
export const isWeekdayList = (value: unknown): boolean =>
  isListOf(value, LIMITS.weekdays, (day) => WEEKDAY_NAMES.has(day));

export const WEEKDAY_LIST = withFastPath(
  listOf(WEEKDAY, LIMITS.weekdays, "weekdays"),
  isWeekdayList,
);

/** A pattern of JSON Schema, which has no flags. */
function inAnyCase(words: readonly string[]): string {
  const letters = (word: string) =>
    [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join("");
  return `^(${words.map(letters).join("|")})$`;
}

const YEARS = `from ${LIMITS.first_year} to ${LIMITS.last_year}`;
const MS_PER_DAY = MINUTES_PER_DAY * 60_000;
const FIRST_INSTANT = Date.UTC(LIMITS.first_year, 0, 1);
const END_OF_INSTANTS = Date.UTC(LIMITS.last_year + 1, 0, 1);
const FIRST_DAY = FIRST_INSTANT / MS_PER_DAY;
const END_OF_DAYS = END_OF_INSTANTS / MS_PER_DAY;
/** More digits of a second than anyone measures. */
const MAX_INSTANT_LENGTH = 40;

/** An instant: RFC 3339 with an offset. A date-time without one means different instants to different readers. */
export const INSTANT = ofKind(
  { type: "instant" },
  withJsonSchema(
    z.string().check(
      z.refine(
        isInstant,
        `Expected a date-time with an offset, e.g. 2030-01-07T09:00:00+01:00, ${YEARS}`,
      ),
    ),
    { type: "string", format: "date-time" },
  ),
);

/** A whole day, or an instant. */
export const DAY_OR_INSTANT = ofKind(
  { type: "day_or_instant" },
  withJsonSchema(
    z.string().check(
      z.refine(
        (value) => isDay(value) || isInstant(value),
        `Expected a date (2030-01-07) or a date-time with an offset (2030-01-07T09:00:00+01:00), ${YEARS}`,
      ),
    ),
    { type: "string", anyOf: [{ format: "date" }, { format: "date-time" }] },
  ),
);

const EXPECTED_DAY = `Expected a date, e.g. 2030-01-07, ${YEARS}`;

/**
 * A list of at most so many dates. 200 people hand in 366 each, for which a schema of each date allocates more than the
 * search: this looks at each once, and names the first that is wrong all the same.
 */
export const listOfDays = (most: number) =>
  ofKind(
    { type: "days", most, expected_item: EXPECTED_DAY },
    withJsonSchema(
      z.pipe(
        z.unknown(),
        z.transform((value, context): string[] => {
          const problem = daysProblem(value, most);
          if (problem === null) return value as string[];
          context.issues.push({ code: "custom", input: value, ...problem });
          return z.NEVER;
        }),
      ),
      { type: "array", items: { type: "string", format: "date" }, maxItems: most },
    ),
  );

function daysProblem(
  value: unknown,
  most: number,
): { path: PropertyKey[]; message: string } | null {
  if (!Array.isArray(value)) return { path: [], message: "Expected a list of dates" };
  if (value.length > most) return { path: [], message: `Expected at most ${most} dates` };
  const wrong = value.findIndex((day) => typeof day !== "string" || !isDay(day));
  return wrong === -1 ? null : { path: [wrong], message: EXPECTED_DAY };
}

/** A number of minutes that makes sense for a meeting or a gap. */
export const minutes = (least: number, most: number) =>
  wholeNumber(least, most, `Expected whole minutes from ${least} to ${most}`);

/** A whole number between two others. */
export const wholeNumber = (least: number, most: number, expected: string) =>
  ofKind(
    { type: "whole_number", least, most },
    withJsonSchema(
      z.number(expected).check(
        z.refine((value) => Number.isInteger(value) && value >= least && value <= most, expected),
      ),
      { type: "integer", minimum: least, maximum: most },
    ),
  );

/** A number between two others, perhaps fractional. */
export function numberBetween(least: number, most: number, expected: string) {
  return ofKind(
    { type: "number", least, most },
    withJsonSchema(
      z.number().check(z.refine((value) => value >= least && value <= most, expected)),
      { type: "number", minimum: least, maximum: most },
    ),
  );
}

/** An hour of the day, perhaps fractional: 8.5 is 08:30. */
export const HOUR = numberBetween(0, 24, "Expected an hour from 0 to 24");

/** Whether a value passes HOUR. */
export const isHour = (value: unknown): boolean =>
  typeof value === "number" && value >= 0 && value <= 24;

function isDay(value: string): boolean {
  const day = parseDate(value);
  return day >= FIRST_DAY && day < END_OF_DAYS;
}

/** Whether an instant, in milliseconds since 1970, is in a year that is accepted; NaN is not. */
export function isInYears(instant: number): boolean {
  return instant >= FIRST_INSTANT && instant < END_OF_INSTANTS;
}

/**
 * RFC 3339 with an offset, on a day that exists, in the years that are accepted. Offsets end at 15:59, as Postgres's do; no
 * zone is further from UTC than 14 hours.
 */
export function isInstant(value: string): boolean {
  if (value.length > MAX_INSTANT_LENGTH) return false;
  const match =
    /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-](0\d|1[0-5]):[0-5]\d)$/.exec(
      value,
    );
  return match?.[1] !== undefined && isDay(match[1]) && isInYears(Date.parse(value));
}

const TIME_OF_DAY_TEXT = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** Whether a value passes TIME_OF_DAY. */
export const isTimeOfDay = (value: unknown): boolean =>
  typeof value === "string" && TIME_OF_DAY_TEXT.test(value);

/** A time of day; 24:00 is the end of it. */
export const TIME_OF_DAY = ofKind(
  { type: "time_of_day" },
  z.string("Expected a time of day, e.g. 09:30").check(
    z.regex(TIME_OF_DAY_TEXT, "Expected a time of day, e.g. 09:30"),
  ),
);

/** When people eat, by their own clocks; null for no lunch. */
export const LUNCH = z.nullable(
  ofKind(
    { whole: "hours" },
    z.strictObject({ start: TIME_OF_DAY, end: TIME_OF_DAY }).check(
      z.refine(
        ({ start, end }) => start < end,
        { path: ["end"], error: "Expected an end after the start" },
      ),
    ),
  ),
);
