import { daysOfRule } from "@shared/time/expand_rule.ts";
import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { datesInZone, instantOfDate } from "@shared/time/series_dates.ts";
import { instantAt, offsetAt, offsetSegments } from "@shared/time/zones.ts";
import { HORIZON_DAYS, readRecurrence } from "./input/recurrence.ts";
import type { RecurrenceRequest } from "./input/scheduling_request.ts";

/** A clock is at most a day away from UTC. */
const AROUND_DAYS = 2;

/**
 * The occurrences of a series that exists, in minutes since 1970, ascending: as many as the horizon has, within a year.
 * Unlike the series that a search places, it may start beside its rule, and its start may be left out. Throws
 * SchedulingInputError for lines that no search expands.
 */
export function seriesStarts(request: RecurrenceRequest, start: number, zone: string): number[] {
  const rule = readRecurrence(request);
  const around = AROUND_DAYS * MINUTES_PER_DAY;
  const last = start + HORIZON_DAYS * MINUTES_PER_DAY;
  const offsets = offsetSegments(zone, start - around, last + around);
  const start_wall = start + offsetAt(offsets, start);
  const day = Math.floor(start_wall / MINUTES_PER_DAY);
  const in_day = start_wall - day * MINUTES_PER_DAY;
  const { wall: until_wall = Infinity, instant: until = Infinity } = rule.until ?? {};
  const most = rule.horizon + rule.excluded.length + 1;
  const of_rule = daysOfRule(rule, day, most, day + HORIZON_DAYS).flatMap((day_of_rule) => {
    const wall = day_of_rule * MINUTES_PER_DAY + in_day;
    // The start of a repeated hour may be the second of the two.
    const instant = wall === start_wall ? start : instantAt(offsets, wall);
    return wall <= until_wall && instant <= until ? [instant] : [];
  });
  const instantIn = (dates: typeof rule.added) =>
    datesInZone(dates, zone).map((date) => instantOfDate(date, { start, start_wall }, offsets));
  const gone = new Set(instantIn(rule.excluded));
  return [...new Set([start, ...of_rule, ...instantIn(rule.added)])]
    .filter((instant) => instant >= start && instant <= last && !gone.has(instant))
    .sort((a, b) => a - b)
    .slice(0, rule.horizon);
}
