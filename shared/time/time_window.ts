import { MINUTES_PER_DAY, parseDate, parseInstant } from "./instants.ts";
import { offsetAt, offsetSegments } from "./zones.ts";

/** A window in minutes since 1970, `to` exclusive. */
export interface TimeWindow {
  from: number;
  to: number;
}

/** Edges of a window that make no sense; `field` is the edge to change, `message` says how. */
export class TimeWindowError extends RangeError {
  override readonly name = "TimeWindowError";

  constructor(readonly field: "earliest_date" | "latest_date", message: string) {
    super(message);
  }
}

/** A year of minutes is 64 kB of map; longer windows are mistakes more often than requests. */
const LONGEST_WINDOW_DAYS = 366;

/**
 * Reads two edges, each a date or an RFC 3339 instant. A date is the whole local day in `timezone`
 * (an IANA name), the latest one included; seconds of instants round inwards. Throws TimeWindowError.
 */
export function readTimeWindow(
  { earliest_date, latest_date, timezone }: {
    earliest_date: string;
    latest_date: string;
    timezone: string;
  },
): TimeWindow {
  const from = readEdge(earliest_date, 0, timezone, "earliest_date");
  const to = readEdge(latest_date, 1, timezone, "latest_date");
  const window = { from: Math.ceil(from), to: Math.floor(to) };
  if (window.to <= window.from) {
    throw new TimeWindowError(
      "latest_date",
      `Name a time after earliest_date: ${latest_date} is not later than ${earliest_date}`,
    );
  }
  if (isTooLong(window, timezone)) {
    throw new TimeWindowError(
      "latest_date",
      `Send a time window of at most ${LONGEST_WINDOW_DAYS} days`,
    );
  }
  return window;
}

function readEdge(
  text: string,
  days_later: number,
  timezone: string,
  field: TimeWindowError["field"],
): number {
  const date = parseDate(text);
  if (!Number.isNaN(date)) return localMidnight(date + days_later, timezone);
  const instant = parseInstant(text);
  if (Number.isNaN(instant)) {
    throw new TimeWindowError(
      field,
      `Write a date such as 2030-01-07 or a date-time with offset such as 2030-01-07T09:00:00Z, ` +
        `not ${JSON.stringify(text)}`,
    );
  }
  return instant;
}

/** The instant at which a local day begins: midnight, or the first minute after it where a clock change skips it. */
function localMidnight(day: number, timezone: string): number {
  const wall = day * MINUTES_PER_DAY;
  // No zone is further than 14 hours from UTC, so the day begins inside these bounds.
  const segments = offsetSegments(timezone, wall - MINUTES_PER_DAY, wall + MINUTES_PER_DAY);
  for (const segment of segments) {
    const instant = Math.max(wall - segment.offset, segment.from);
    if (instant < segment.to) return instant;
  }
  return wall - offsetAt(segments, wall);
}

/** Days are counted by the wall clock: a year from summer into winter is an hour longer. */
function isTooLong({ from, to }: TimeWindow, timezone: string): boolean {
  const longest = LONGEST_WINDOW_DAYS * MINUTES_PER_DAY;
  if (to - from <= longest) return false;
  const offsets = offsetSegments(timezone, from, to);
  return to + offsetAt(offsets, to - 1) - from - offsetAt(offsets, from) > longest;
}
