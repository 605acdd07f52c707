import { MINUTES_PER_DAY } from "./instants.ts";
import { type LineName, parseStamp, RecurrenceError } from "./recurrence_lines.ts";

const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
const DAY_CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** More than a calendar can hold; Google gives no limit. */
const MOST = 9_999;

interface RulePart {
  fits: (text: string) => boolean;
  /** Completes "Expected ...". */
  expected: string;
}

/**
 * What each part of an RRULE may hold (RFC 5545, 3.3.10). Google rejects all else with 400, and has answered rules more
 * frequent than daily with 500.
 */
const PARTS: Readonly<Record<string, RulePart>> = {
  FREQ: {
    fits: (text) => FREQUENCIES.some((name) => name === text),
    expected: "DAILY, WEEKLY, MONTHLY or YEARLY",
  },
  INTERVAL: { fits: isNumber(1, MOST), expected: `a whole number from 1 to ${MOST}` },
  COUNT: { fits: isNumber(1, MOST), expected: `a whole number from 1 to ${MOST}` },
  UNTIL: {
    fits: (text) => {
      const stamp = parseStamp(text);
      return stamp !== undefined && (stamp.is_date || stamp.is_utc);
    },
    expected: "a date such as 20301231, or an instant in UTC such as 20301231T235959Z",
  },
  BYSECOND: numbers(0, 60),
  BYMINUTE: numbers(0, 59),
  BYHOUR: numbers(0, 23),
  BYDAY: {
    fits: listOf((text) => weekdayOf(text) !== undefined),
    expected: "weekdays such as MO, or 2MO for the second and -1MO for the last one (1 to 53)",
  },
  BYMONTHDAY: signedNumbers(31),
  BYYEARDAY: signedNumbers(366),
  BYWEEKNO: signedNumbers(53),
  BYMONTH: numbers(1, 12),
  BYSETPOS: signedNumbers(366),
  WKST: { fits: (text) => DAY_CODES.includes(text), expected: "a weekday such as MO" },
};

/** The last moment of a series; a whole-day end is read by the wall clock of the request. */
export interface SeriesEnd {
  /** Local days after this one cannot be in the series, whatever the zone. */
  day: number;
  /** Minutes since 1970: of the wall clock, or of the instant. */
  wall?: number;
  instant?: number;
}

/** An RRULE of RFC 5545 made ready for arithmetic. Days are counted since 1970, weekdays as in WEEKDAYS. */
export interface RecurrenceRule {
  frequency: typeof FREQUENCIES[number];
  interval: number;
  count: number | undefined;
  until: SeriesEnd | undefined;
  months: number[] | undefined;
  month_days: number[] | undefined;
  /** `nth` 0 stands for every such weekday. */
  weekdays: { nth: number; weekday: number }[] | undefined;
  positions: number[] | undefined;
  week_start: number;
}

/** The parts of a rule in their order, upper-case, of a rule that Google has accepted. */
export function ruleParts(value: string): Map<string, string> {
  return new Map(splitParts(value.toUpperCase()).filter(([name]) => name !== ""));
}

/** A line of these parts in their order. */
export function ruleLine(name: LineName, parts: ReadonlyMap<string, string>): string {
  return `${name}:${[...parts].map(([part, text]) => `${part}=${text}`).join(";")}`;
}

/** The parts of a rule that a caller gives. Throws RecurrenceError for one that Google would reject. */
export function readRule(value: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const [name, text] of splitParts(value)) {
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (part === undefined) {
      throw new RecurrenceError(`${name || `=${text}`} is no part of an RRULE`);
    }
    if (parts.has(name)) throw new RecurrenceError(`${name} is given twice`);
    if (!part.fits(text)) {
      throw new RecurrenceError(`${name}=${text} cannot be used. Expected ${part.expected}`);
    }
    parts.set(name, text);
  }
  checkTogether(parts);
  return parts;
}

/** Which parts RFC 5545 allows together. */
function checkTogether(parts: ReadonlyMap<string, string>): void {
  const frequency = parts.get("FREQ");
  const refuse = (message: string) => {
    throw new RecurrenceError(message);
  };
  if (frequency === undefined) refuse("An RRULE needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY");
  if (parts.has("COUNT") && parts.has("UNTIL")) refuse("An RRULE has COUNT or UNTIL, not both");
  const by_number = parts.get("BYDAY")?.split(",").map(weekdayOf).filter((day) => day?.nth !== 0) ??
    [];
  if (by_number.length > 0) {
    if (frequency !== "MONTHLY" && frequency !== "YEARLY") {
      refuse(`BYDAY has plain weekdays such as MO with FREQ=${frequency}`);
    }
    if (parts.has("BYWEEKNO")) refuse("BYDAY has plain weekdays such as MO with BYWEEKNO");
    if (frequency === "MONTHLY" && by_number.some((day) => Math.abs(day?.nth ?? 0) > 5)) {
      refuse("BYDAY has at most the fifth weekday of a month, such as 5MO");
    }
  }
  if (parts.has("BYMONTHDAY") && frequency === "WEEKLY") {
    refuse("BYMONTHDAY cannot be used with FREQ=WEEKLY");
  }
  if (parts.has("BYYEARDAY") && frequency !== "YEARLY") refuse("BYYEARDAY needs FREQ=YEARLY");
  if (parts.has("BYWEEKNO") && frequency !== "YEARLY") refuse("BYWEEKNO needs FREQ=YEARLY");
  const other = [...parts.keys()].some((name) => name.startsWith("BY") && name !== "BYSETPOS");
  if (parts.has("BYSETPOS") && !other) refuse("BYSETPOS needs another BY part, such as BYDAY");
}

/** Parts that Google accepts, but that say more than on which days a series is, or that no search expands. */
const NOT_SEARCHED = ["BYSECOND", "BYMINUTE", "BYHOUR", "BYYEARDAY", "BYWEEKNO"];

/** Reads the value of an RRULE by whole days. Throws RecurrenceError for any other, and for one that Google would reject. */
export function parseRule(value: string): RecurrenceRule {
  const parts = readRule(value);
  const other = NOT_SEARCHED.find((name) => parts.has(name));
  if (other !== undefined) {
    throw new RecurrenceError(
      other === "BYYEARDAY" || other === "BYWEEKNO"
        ? `${other} is not supported. Use BYMONTH, BYMONTHDAY and BYDAY`
        : `${other} is not supported, because the search chooses the time of day`,
    );
  }
  // What is given twice is no more than once, and would be looked at twice for every day.
  const texts = (name: string) => {
    const text = parts.get(name);
    return text === undefined ? undefined : [...new Set(text.split(","))];
  };
  const list = (name: string) => {
    const numbers = texts(name)?.map(Number);
    return numbers && [...new Set(numbers)];
  };
  return {
    frequency: FREQUENCIES.find((name) => name === parts.get("FREQ")) ?? "DAILY",
    interval: list("INTERVAL")?.[0] ?? 1,
    count: list("COUNT")?.[0],
    until: endOf(parts.get("UNTIL")),
    months: list("BYMONTH"),
    month_days: list("BYMONTHDAY"),
    weekdays: texts("BYDAY")?.flatMap((text) => weekdayOf(text) ?? []),
    positions: list("BYSETPOS"),
    week_start: DAY_CODES.indexOf(parts.get("WKST") ?? "MO"),
  };
}

function splitParts(value: string): [name: string, text: string][] {
  return value.split(";").map((part) => {
    const at = part.indexOf("=");
    return at === -1 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
  });
}

function isNumber(least: number, most: number): (text: string) => boolean {
  return (text) => /^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function listOf(fits: (text: string) => boolean): (text: string) => boolean {
  return (text) => text.split(",").every(fits);
}

function numbers(least: number, most: number): RulePart {
  return {
    fits: listOf(isNumber(least, most)),
    expected: `whole numbers from ${least} to ${most}`,
  };
}

/** Numbers that count from the beginning, or with a minus from the end. */
function signedNumbers(most: number): RulePart {
  const unsigned = isNumber(1, most);
  return {
    fits: listOf((text) => unsigned(text.replace(/^[+-]/, ""))),
    expected: `whole numbers from 1 to ${most}, or from -1 to -${most}`,
  };
}

function weekdayOf(text: string): { nth: number; weekday: number } | undefined {
  const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text);
  const weekday = DAY_CODES.indexOf(match?.[2] ?? "");
  if (weekday === -1) return undefined;
  if (match?.[1] === undefined) return { nth: 0, weekday };
  const nth = Number(match[1]);
  return Math.abs(nth) >= 1 && Math.abs(nth) <= 53 ? { nth, weekday } : undefined;
}

function endOf(text: string | undefined): SeriesEnd | undefined {
  const stamp = text === undefined ? undefined : parseStamp(text);
  if (stamp === undefined) return undefined;
  const minute = stamp.wall / 60_000;
  const day = Math.floor(minute / MINUTES_PER_DAY);
  return stamp.is_date
    ? { day, wall: minute + MINUTES_PER_DAY - 1 }
    : { day: day + 1, instant: minute };
}
