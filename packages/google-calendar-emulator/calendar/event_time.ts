import { GoogleError } from "../contract/google_error.ts";
import { formatInstant, isZone, wallTimeToInstant } from "./zones.ts";

/** A start or end: an instant with the zone it was given in, or a whole day. */
export type EventTime =
  | { kind: "instant"; ms: number; zone: string }
  | { kind: "date"; date: string };

/** Google's start/end object. */
export interface EventDateTime {
  date?: string | null;
  dateTime?: string | null;
  timeZone?: string | null;
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const naive = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2})?(\.\d+)?$/;

/** Epoch milliseconds of an RFC 3339 instant with mandatory offset; null for anything else. */
export function parseInstant(text: string): number | null {
  if (!rfc3339.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** Reads Google's start/end object. A recurring event's timed start and end must name their zone;
 * elsewhere an offset is enough and the calendar's zone is noted. */
export function parseEventTime(
  which: "start" | "end",
  value: EventDateTime,
  calendar_zone: string,
  recurring: boolean,
): EventTime {
  const { date, dateTime, timeZone } = value;
  const wrong = () => new GoogleError("invalid", { message: `Invalid ${which} time.` });
  if (timeZone && !isZone(timeZone)) {
    throw new GoogleError("invalid", {
      message: "Invalid time zone definition for " + which + " time.",
    });
  }
  if (date && dateTime) throw wrong();
  if (date) {
    if (!isDate(date)) throw wrong();
    return { kind: "date", date };
  }
  if (!dateTime) {
    throw new GoogleError("required", {
      message: which === "start" ? "Missing start time." : "Missing end time.",
    });
  }
  const no_zone = () =>
    new GoogleError("required", { message: `Missing time zone definition for ${which} time.` });
  const ms = parseInstant(dateTime);
  if (ms !== null) {
    if (recurring && !timeZone) throw no_zone();
    return { kind: "instant", ms: wholeSeconds(ms), zone: timeZone ?? calendar_zone };
  }
  if (!naive.test(dateTime)) throw wrong();
  if (!timeZone) throw no_zone();
  try {
    return {
      kind: "instant",
      ms: wholeSeconds(wallTimeToInstant(dateTime, timeZone)),
      zone: timeZone,
    };
  } catch {
    throw wrong();
  }
}

/** 400 when the two do not fit together; a zero-length event is let through. */
export function checkOrder(start: EventTime, end: EventTime): void {
  if (start.kind !== end.kind) {
    throw new GoogleError("invalid", {
      message: "Start and end times must either both be date or both be dateTime.",
    });
  }
  const empty = start.kind === "date"
    ? end.kind === "date" && end.date <= start.date
    : end.kind === "instant" && end.ms < start.ms;
  // Google names the query parameter for list and freeBusy; for a body nothing better is known.
  if (empty) throw new GoogleError("timeRangeEmpty");
}

/** Google's object for a time, rendered in a zone; `zone` of an instant is repeated as timeZone. */
export function formatEventTime(time: EventTime, render_zone: string): EventDateTime {
  if (time.kind === "date") return { date: time.date };
  return { dateTime: formatInstant(time.ms, render_zone), timeZone: time.zone };
}

/** Epoch milliseconds; a whole day begins at midnight in the calendar's zone. */
export function timeToMs(time: EventTime, calendar_zone: string): number {
  return time.kind === "instant" ? time.ms : dateToMs(time.date, calendar_zone);
}

/** Midnight at the beginning of a date in a zone. */
export function dateToMs(date: string, zone: string): number {
  return wallTimeToInstant(`${date}T00:00:00`, zone);
}

/** `2026-11-30T09:00:00Z` -> `20261130T090000Z`, and the date alone for a whole day: how instance
 * ids end. */
export function instanceStamp(time: EventTime): string {
  if (time.kind === "date") return time.date.replaceAll("-", "");
  return formatInstant(time.ms, "UTC").replaceAll(/[-:]/g, "");
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = new Date(text + "T00:00:00Z");
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

// Google stores whole seconds.
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
