import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { type Interval, unite } from "@shared/time/intervals.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetSegments } from "@shared/time/zones.ts";

/** On these weekdays (by index of WEEKDAYS) open from minute `start` of the local day until `end`, exclusive. */
export interface OpenHoursRule {
  timezone: string;
  weekdays: readonly boolean[];
  start: number;
  end: number;
}

/** Days since 1970 on which no one is open, counted in the zone of each rule. */
export type Holidays = ReadonlySet<number>;

/**
 * The instants between `from` and `to` whose local wall clock lies in one of the rules. Clock changes need no special
 * case: each stretch of constant offset is computed separately, so a skipped hour is absent and a repeated one is there
 * twice. `wider` opens every rule that many minutes earlier and later, within its day.
 */
export function openIntervals(
  rules: readonly OpenHoursRule[],
  from: number,
  to: number,
  holidays: Holidays,
  wider = 0,
): Interval[] {
  const open: Interval[] = [];
  for (const rule of rules) {
    const start = Math.max(0, rule.start - wider);
    const end = Math.min(MINUTES_PER_DAY, rule.end + wider);
    for (const segment of offsetSegments(rule.timezone, from, to)) {
      const last_day = Math.floor((segment.to - 1 + segment.offset) / MINUTES_PER_DAY);
      let day = Math.floor((segment.from + segment.offset) / MINUTES_PER_DAY);
      for (; day <= last_day; day++) {
        if (!rule.weekdays[weekdayIndex(day)] || holidays.has(day)) continue;
        const midnight = day * MINUTES_PER_DAY - segment.offset;
        const opens = Math.max(midnight + start, segment.from);
        const closes = Math.min(midnight + end, segment.to);
        if (opens < closes) open.push([opens, closes]);
      }
    }
  }
  return unite(open);
}
