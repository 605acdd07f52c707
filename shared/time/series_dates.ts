import { MINUTES_PER_DAY } from "./instants.ts";
import { parseStamp, RecurrenceError, type RecurrenceLine } from "./recurrence_lines.ts";
import { instantOf } from "./wall_time.ts";
import { instantAt, type OffsetSegment } from "./zones.ts";

const MINUTE_MS = 60_000;

/**
 * A date of an EXDATE or RDATE line, in minutes since 1970: a day, at the time of day at which the series starts; a time
 * on the clock of the series, or of the zone that the line names; or an instant.
 */
export type SeriesDate =
  | { day: number }
  | { wall: number; zone?: string }
  | { instant: number };

/** The dates of a line. Throws RecurrenceError. */
export function readSeriesDates({ parameters, value }: RecurrenceLine): SeriesDate[] {
  const zone = /;TZID=([^;]+)/.exec(parameters)?.[1];
  return value.split(",").map((text): SeriesDate => {
    const stamp = parseStamp(text);
    if (stamp === undefined) {
      throw new RecurrenceError(`Expected a date of the series instead of "${text}"`);
    }
    const wall = stamp.wall / MINUTE_MS;
    if (stamp.is_date) return { day: wall / MINUTES_PER_DAY };
    if (stamp.is_utc) return { instant: wall };
    return zone === undefined ? { wall } : { wall, zone };
  });
}

/** About which local day a date is: it is no further from it than a day. */
export function nearDayOf(date: SeriesDate): number {
  if ("day" in date) return date.day;
  return Math.floor(("wall" in date ? date.wall : date.instant) / MINUTES_PER_DAY);
}

/** The dates as a series in a zone has them: a clock of another zone shows nothing that depends on the start. */
export function datesInZone(dates: readonly SeriesDate[], series_zone: string): SeriesDate[] {
  return dates.map((date) => {
    if (!("wall" in date) || date.zone === undefined) return date;
    if (date.zone === series_zone) return { wall: date.wall };
    return { instant: instantOf(date.wall * MINUTE_MS, date.zone) / MINUTE_MS };
  });
}

/**
 * The instant of one of `datesInZone` in the series that starts at the instant `start`, when its clock shows `start_wall`.
 * Of a time that a clock shows twice the first is meant, unless it is the start itself.
 */
export function instantOfDate(
  date: SeriesDate,
  { start, start_wall }: { start: number; start_wall: number },
  offsets: readonly OffsetSegment[],
): number {
  if ("instant" in date) return date.instant;
  const time_of_day = start_wall - Math.floor(start_wall / MINUTES_PER_DAY) * MINUTES_PER_DAY;
  const wall = "wall" in date ? date.wall : date.day * MINUTES_PER_DAY + time_of_day;
  return wall === start_wall ? start : instantAt(offsets, wall);
}
