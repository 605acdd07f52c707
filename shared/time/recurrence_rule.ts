import { MINUTES_PER_DAY } from "./instants.ts";
import { type LineName, parseStamp, RecurrenceError } from "./recurrence_lines.ts";

const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
const DAY_CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** The parts of an RRULE that is accepted as input, each with the form of its value. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,3}$/,
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL: /^\d{8}(T\d{6}Z)?$/,
  BYDAY: /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTH: /^\d{1,2}(,\d{1,2})*$/,
  BYMONTHDAY: /^-?\d{1,2}(,-?\d{1,2})*$/,
  BYYEARDAY: /^-?\d{1,3}(,-?\d{1,3})*$/,
  BYWEEKNO: /^-?\d{1,2}(,-?\d{1,2})*$/,
  BYSETPOS: /^-?\d{1,3}(,-?\d{1,3})*$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
};

/** The last moment of a series; a floating or whole-day end is read by the wall clock of the request. */
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

/** The parts of a rule in their order, upper-case. */
export function ruleParts(value: string): Map<string, string> {
  return new Map(splitParts(value.toUpperCase()).filter(([name]) => name !== ""));
}

/** A line of these parts in their order. */
export function ruleLine(name: LineName, parts: ReadonlyMap<string, string>): string {
  return `${name}:${[...parts].map(([part, text]) => `${part}=${text}`).join(";")}`;
}

/** What is wrong with the value of an RRULE that a caller gives, as a sentence; null for nothing. */
export function ruleProblem(value: string): string | null {
  const named = new Set<string>();
  for (const [name, text] of splitParts(value)) {
    const pattern = PARTS[name];
    if (pattern === undefined) {
      return `${name || `=${text}`} is no part of an RRULE that can be used here`;
    }
    if (named.has(name)) return `${name} is given twice`;
    if (!pattern.test(text)) return `${name}=${text} cannot be used`;
    named.add(name);
  }
  if (!named.has("FREQ")) return "An RRULE needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY";
  if (named.has("COUNT") && named.has("UNTIL")) return "An RRULE has COUNT or UNTIL, not both";
  return null;
}

/** Reads the value of an RRULE by whole days. Throws RecurrenceError for one without a meaning for days. */
export function parseRule(value: string): RecurrenceRule {
  const parts = ruleParts(value);
  const take = (name: string) => {
    const text = parts.get(name);
    parts.delete(name);
    return text;
  };
  const numbers = (name: string, least: number, most: number) =>
    take(name)?.split(",").map((part) => {
      const number = Number(part);
      const fits = Number.isInteger(number) && number >= least && number <= most;
      if (part !== "" && number !== 0 && fits) return number;
      throw new RecurrenceError(`${name} wants whole numbers up to ${most}`);
    });
  const one = (name: string) => numbers(name, 1, 10_000)?.[0];
  const given_frequency = take("FREQ");
  const frequency = FREQUENCIES.find((name) => name === given_frequency);
  if (frequency === undefined) {
    throw new RecurrenceError(`FREQ must be one of ${FREQUENCIES.join(", ")}`);
  }
  const rule: RecurrenceRule = {
    frequency,
    interval: one("INTERVAL") ?? 1,
    count: one("COUNT"),
    until: readEnd(take("UNTIL")),
    months: numbers("BYMONTH", 1, 12),
    month_days: numbers("BYMONTHDAY", -31, 31),
    weekdays: take("BYDAY")?.split(",").map(readWeekday),
    positions: numbers("BYSETPOS", -366, 366),
    week_start: readWeekday(take("WKST") ?? "MO").weekday,
  };
  const [other] = parts.keys();
  if (other !== undefined) {
    throw new RecurrenceError(
      `${other} is not supported, because the search chooses the time of day`,
    );
  }
  if (rule.count !== undefined && rule.until !== undefined) {
    throw new RecurrenceError("it ends either by COUNT or by UNTIL");
  }
  const by_days = frequency === "DAILY" || frequency === "WEEKLY";
  if (by_days && rule.weekdays?.some(({ nth }) => nth !== 0)) {
    throw new RecurrenceError(`BYDAY wants plain weekdays with FREQ=${frequency}`);
  }
  if (frequency === "WEEKLY" && rule.month_days !== undefined) {
    throw new RecurrenceError("BYMONTHDAY has no place in FREQ=WEEKLY");
  }
  return rule;
}

function splitParts(value: string): [name: string, text: string][] {
  return value.split(";").map((part) => {
    const at = part.indexOf("=");
    return at === -1 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
  });
}

function readWeekday(part: string): { nth: number; weekday: number } {
  const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(part);
  const weekday = DAY_CODES.indexOf(match?.[2] ?? "");
  if (weekday === -1) {
    throw new RecurrenceError(`BYDAY and WKST must be of ${DAY_CODES.join(", ")}`);
  }
  return { nth: Number(match?.[1] ?? 0), weekday };
}

function readEnd(text: string | undefined): SeriesEnd | undefined {
  if (text === undefined) return undefined;
  const stamp = parseStamp(text);
  if (stamp === undefined) {
    throw new RecurrenceError("UNTIL wants a date such as 20301231 or 20301231T235959Z");
  }
  const minute = stamp.wall / 60_000;
  const day = Math.floor(minute / MINUTES_PER_DAY);
  if (stamp.is_date) return { day, wall: minute + MINUTES_PER_DAY - 1 };
  return stamp.is_utc ? { day: day + 1, instant: minute } : { day, wall: minute };
}
