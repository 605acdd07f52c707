import { MINUTES_PER_DAY } from "./instants.ts";

/** From instant `from` until `to` (exclusive) the wall clock shows instant + `offset`; all in minutes. */
export interface OffsetSegment {
  from: number;
  to: number;
  offset: number;
}

/** Names of the IANA database without a slash. Engines know more short names, but read "IST" or "PST" as one of many. */
const SHORT_NAMES = new Set(
  ("CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran " +
    "Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK " +
    "Singapore Turkey UCT UTC Universal W-SU WET Zulu").split(" "),
);
const LONG_NAME = /^(?!SystemV\/)[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)+$/;

/** Known without asking Intl, whose first formatter costs milliseconds of a cold start. */
const WITHOUT_OFFSET = new Set(["UTC", "Etc/UTC", "GMT"]);

const SAMPLE_MINUTES = 7 * MINUTES_PER_DAY;
const KEPT_YEARS = 4_096;

const formatters = new Map<string, Intl.DateTimeFormat | undefined>();
const years = new Map<string, OffsetSegment[]>();

/** Whether `name` is an IANA zone name as written in the database ("America/New_York", "US/Pacific", "UTC"). */
export function isTimeZone(name: string): boolean {
  return WITHOUT_OFFSET.has(name) || formatterOf(name) !== undefined;
}

/** Whether two names are names of the same zone, such as Asia/Calcutta and Asia/Kolkata. */
export function isSameZone(a: string, b: string): boolean {
  if (a === b || (WITHOUT_OFFSET.has(a) && WITHOUT_OFFSET.has(b))) return true;
  const canonical = formatterOf(a)?.resolvedOptions().timeZone;
  return canonical !== undefined && canonical === formatterOf(b)?.resolvedOptions().timeZone;
}

/**
 * The offsets of a zone between two instants, in order, neighbours different. Throws RangeError for an unknown zone.
 * The offsets of a zone are computed once a year and kept: Intl is too slow for a call for each slot.
 */
export function offsetSegments(zone: string, from: number, to: number): OffsetSegment[] {
  if (WITHOUT_OFFSET.has(zone)) return [{ from, to, offset: 0 }];
  const segments: OffsetSegment[] = [];
  for (let year = yearOf(from); year <= yearOf(to - 1); year++) {
    for (const kept of segmentsOfYear(zone, year)) {
      const start = Math.max(kept.from, from);
      const end = Math.min(kept.to, to);
      if (start >= end) continue;
      const last = segments.at(-1);
      if (last?.offset === kept.offset) last.to = end;
      else segments.push({ from: start, to: end, offset: kept.offset });
    }
  }
  return segments;
}

/** The offset in minutes at an instant, from segments that contain it. */
export function offsetAt(segments: readonly OffsetSegment[], minute: number): number {
  for (let i = 0; i < segments.length; i++) {
    if (minute < segments[i]!.to) return segments[i]!.offset;
  }
  return segments.at(-1)?.offset ?? 0;
}

/**
 * The instant at which a wall clock shows `wall`, the first of two. A time that a clock change skips is read with the
 * offset before the change, as RFC 5545 says.
 */
export function instantAt(segments: readonly OffsetSegment[], wall: number): number {
  let before = 0;
  for (let i = 0; i < segments.length; i++) {
    const { from, to, offset } = segments[i]!;
    const instant = wall - offset;
    if (instant < from) return wall - before;
    if (instant < to) return instant;
    before = offset;
  }
  return wall - before;
}

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formatters.has(zone)) return formatters.get(zone);
  if (!SHORT_NAMES.has(zone) && !LONG_NAME.test(zone)) return undefined;
  let formatter: Intl.DateTimeFormat | undefined;
  try {
    formatter = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Not kept: callers choose the names, and there is no end of wrong ones.
    return undefined;
  }
  formatters.set(zone, formatter);
  return formatter;
}

/**
 * Sampled weekly and bisected to the minute. For every zone and every day of 1990 to 2040 this agrees with asking Intl
 * about that day: no zone changes its clock twice within a week.
 */
function segmentsOfYear(zone: string, year: number): OffsetSegment[] {
  const key = `${zone} ${year}`;
  const kept = years.get(key);
  if (kept !== undefined) return kept;
  const formatter = formatterOf(zone);
  if (formatter === undefined) throw new RangeError(`Unknown time zone "${zone}"`);
  const from = yearStart(year);
  const to = yearStart(year + 1);
  const segments: OffsetSegment[] = [];
  let current: OffsetSegment = { from, to, offset: offsetByIntl(formatter, from) };
  for (let before = from; before < to - 1;) {
    const after = Math.min(before + SAMPLE_MINUTES, to - 1);
    const offset = offsetByIntl(formatter, after);
    if (offset !== current.offset) {
      const change = firstMinuteWithout(formatter, current.offset, before, after);
      segments.push({ ...current, to: change });
      current = { from: change, to, offset };
    }
    before = after;
  }
  segments.push(current);
  if (years.size >= KEPT_YEARS) years.clear();
  years.set(key, segments);
  return segments;
}

function firstMinuteWithout(
  formatter: Intl.DateTimeFormat,
  offset: number,
  before: number,
  after: number,
): number {
  let low = before;
  let high = after;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsetByIntl(formatter, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/** Reads the "GMT-05:30" that ends the text; plain "GMT" is zero. Seconds occur only before 1973 and are dropped. */
function offsetByIntl(formatter: Intl.DateTimeFormat, minute: number): number {
  const match = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(formatter.format(minute * 60_000));
  const size = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
  return match?.[1] === "-" ? -size : size;
}

function yearOf(minute: number): number {
  return new Date(minute * 60_000).getUTCFullYear();
}

function yearStart(year: number): number {
  return Date.UTC(year, 0, 1) / 60_000;
}
