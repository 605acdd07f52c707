import { MINUTES_PER_DAY, parseDate, parseInstant } from "./instants.ts";
import { seriesDays } from "./expand_rule.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type { RecurrenceRequest } from "@shared/scheduling/input/scheduling_request.ts";

const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
const DAY_CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const DEFAULT_HORIZON = 12;
const LONGEST_HORIZON = 400;
/** Calendars are not filled further ahead, and what is not in them yet would count as free. */
export const HORIZON_DAYS = 366;

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
  /** The most occurrences that are looked at. */
  horizon: number;
}

/** Whether a series that starts on a local day begins with that day, as the rule wants it. */
export function startsSeries(rule: RecurrenceRule, day: number): boolean {
  return seriesDays(rule, day, 1, day).length === 1;
}

/** Reads the one RRULE of a recurrence. Throws SchedulingInputError with the field's path. */
export function readRecurrence({ rules, horizon }: RecurrenceRequest): RecurrenceRule {
  const text = rules[0] ?? "";
  if (rules.length !== 1 || !/^(RRULE:)?[A-Z-]+=/i.test(text)) {
    throw new SchedulingInputError(
      "recurrence.rules",
      "Give exactly one RRULE; dates that are added or left out depend on the slot and come after it",
    );
  }
  if (horizon !== undefined && !within(horizon, 1, LONGEST_HORIZON)) {
    throw new SchedulingInputError(
      "recurrence.horizon",
      `Give a whole number from 1 to ${LONGEST_HORIZON}, not ${horizon}`,
    );
  }
  const parts = new Map(
    text.replace(/^RRULE:/i, "").toUpperCase().split(";").filter((part) => part !== "")
      .map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]),
  );
  return { ...readParts(parts, text), horizon: horizon ?? DEFAULT_HORIZON };
}

function readParts(parts: Map<string, string>, text: string): Omit<RecurrenceRule, "horizon"> {
  const take = (name: string) => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const numbers = (name: string, least: number, most: number) =>
    take(name)?.split(",").map((part) => {
      const value = Number(part);
      if (part !== "" && value !== 0 && within(value, least, most)) return value;
      throw unreadable(text, `${name} wants whole numbers up to ${most}`);
    });
  const one = (name: string) => numbers(name, 1, 10_000)?.[0];
  const given_frequency = take("FREQ");
  const frequency = FREQUENCIES.find((name) => name === given_frequency);
  if (frequency === undefined) {
    throw unreadable(text, `FREQ wants one of ${FREQUENCIES.join(", ")}`);
  }
  const rule = {
    frequency,
    interval: one("INTERVAL") ?? 1,
    count: one("COUNT"),
    until: readUntil(take("UNTIL"), text),
    months: numbers("BYMONTH", 1, 12),
    month_days: numbers("BYMONTHDAY", -31, 31),
    weekdays: take("BYDAY")?.split(",").map((part) => readWeekday(part, text)),
    positions: numbers("BYSETPOS", -366, 366),
    week_start: readWeekday(take("WKST") ?? "MO", text).weekday,
  };
  const [other] = parts.keys();
  if (other !== undefined) {
    throw unreadable(text, `${other} has no place in it: the time of day is what is looked for`);
  }
  if (rule.count !== undefined && rule.until !== undefined) {
    throw unreadable(text, "it ends either by COUNT or by UNTIL");
  }
  const by_days = frequency === "DAILY" || frequency === "WEEKLY";
  if (by_days && rule.weekdays?.some(({ nth }) => nth !== 0)) {
    throw unreadable(text, `BYDAY wants plain weekdays with FREQ=${frequency}`);
  }
  if (frequency === "WEEKLY" && rule.month_days !== undefined) {
    throw unreadable(text, "BYMONTHDAY has no place in FREQ=WEEKLY");
  }
  return rule;
}

function readWeekday(part: string, text: string): { nth: number; weekday: number } {
  const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(part);
  const weekday = DAY_CODES.indexOf(match?.[2] ?? "");
  if (weekday === -1) throw unreadable(text, `BYDAY and WKST want ${DAY_CODES.join(", ")}`);
  return { nth: Number(match?.[1] ?? 0), weekday };
}

function readUntil(value: string | undefined, text: string): SeriesEnd | undefined {
  if (value === undefined) return undefined;
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(value);
  const date = match === null ? "" : `${match[1]}-${match[2]}-${match[3]}`;
  const day = parseDate(date);
  if (match === null || Number.isNaN(day)) {
    throw unreadable(text, "UNTIL wants a date such as 20301231 or 20301231T235959Z");
  }
  if (match[4] === undefined) return { day, wall: (day + 1) * MINUTES_PER_DAY - 1 };
  const minute = parseInstant(`${date}T${match[4]}:${match[5]}:${match[6]}Z`);
  if (Number.isNaN(minute)) throw unreadable(text, "UNTIL has a time that does not exist");
  return match[7] === "Z" ? { day: day + 1, instant: minute } : { day, wall: minute };
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function unreadable(text: string, why: string): SchedulingInputError {
  return new SchedulingInputError("recurrence.rules[0]", `${JSON.stringify(text)}: ${why}`);
}
