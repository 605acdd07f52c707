import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetAt, type OffsetSegment, offsetSegments } from "@shared/time/zones.ts";
import { attendance, newAttendance, OUTSIDE_HOURS } from "../availability/attendance.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";

/**
 * Minutes of the clock by which hours would have to begin `early` and end `late`, the same in words, and how many minutes
 * that is in all: minutes that the clock skips ask nothing of people.
 */
export interface HoursNeeded {
  minutes: number;
  early: number;
  late: number;
  text: string;
}

/**
 * By how much a person who is needed would have to open their hours on the day of a meeting at `start`, and the same in words
 * ("open until 18:00 (Europe/Paris)"); undefined when the meeting lies in their hours. Infinitely much where no change
 * of one day's hours would do, as past midnight.
 */
export function hoursNeeded(
  search: SearchRequest,
  person: Person,
  start: number,
): HoursNeeded | undefined {
  if (!person.needed || person.rules === undefined) return undefined;
  const { concessions } = search.texts;
  const end = start + search.duration;
  if (person.open.some(([opens, closes]) => opens <= start && end <= closes)) return undefined;
  const own_day = Math.floor((start + offsetAt(person.offsets, start)) / MINUTES_PER_DAY);
  const is_day_off = search.holidays.has(own_day) || person.away.includes(own_day) ||
    search.allowed_days[weekdayIndex(own_day)] !== true;
  const widenings = person.rules.flatMap((rule) => {
    if (is_day_off) return [];
    const offsets = offsetSegments(rule.timezone, start - MINUTES_PER_DAY, end + MINUTES_PER_DAY);
    const day = Math.floor((start + offsetAt(offsets, start)) / MINUTES_PER_DAY);
    const midnight = day * MINUTES_PER_DAY;
    // Where clocks are put back inside the meeting, its end is not the latest time that the clock shows.
    const inside = offsets.filter((one) => one.from < end && start < one.to);
    const from = Math.min(...inside.map((one) => Math.max(start, one.from) + one.offset)) -
      midnight;
    const until = Math.max(...inside.map((one) => Math.min(end, one.to) + one.offset)) - midnight;
    if (rule.weekdays[weekdayIndex(day)] !== true || until > MINUTES_PER_DAY) return [];
    const early = Math.max(0, rule.start - from);
    const late = Math.max(0, until - rule.end);
    const skipped = skippedMinutes(offsets, midnight + from, midnight + rule.start) +
      skippedMinutes(offsets, midnight + rule.end, midnight + until);
    return [{
      minutes: early + late - skipped,
      early,
      late,
      text: concessions.open({
        from: early > 0 ? from : undefined,
        until: late > 0 ? until : undefined,
        timezone: rule.timezone,
      }),
    }];
  });
  const nearest = widenings.toSorted((a, b) => a.minutes - b.minutes)[0];
  return nearest ??
    { minutes: Infinity, early: Infinity, late: Infinity, text: concessions.open_on_another_day };
}

/** Minutes between two times that no clock shows; 0 if `until` is not later than `from`. */
function skippedMinutes(offsets: readonly OffsetSegment[], from: number, until: number): number {
  let skipped = 0;
  for (const [i, next] of offsets.entries()) {
    const before = offsets[i - 1];
    if (before === undefined) continue;
    const last_shown = Math.max(from, before.to + before.offset);
    const next_shown = Math.min(until, next.from + next.offset);
    skipped += Math.max(0, next_shown - last_shown);
  }
  return skipped;
}

/** Of starts that wider hours would allow, the one that asks for the fewest extra minutes in all; the earlier of two. */
export function leastWidening(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): number | undefined {
  const minutes = new Float64Array(starts.length);
  const found = newAttendance(starts.length);
  const with_hours = people.filter(({ needed, rules }) => needed && rules !== undefined);
  for (const members of Map.groupBy(with_hours, ({ open }) => open).values()) {
    const person = members[0]!;
    // Their hours count, also when their calendar cannot be read.
    attendance({ ...person, unknown: false }, starts, search.duration, found);
    starts.forEach((start, i) => {
      if (found.status[i] !== OUTSIDE_HOURS) return;
      minutes[i]! += members.length * (hoursNeeded(search, person, start)?.minutes ?? 0);
    });
  }
  let best: number | undefined;
  for (let i = 0; i < starts.length; i++) {
    if (minutes[i] === Infinity) continue;
    if (best === undefined || minutes[i]! < minutes[best]!) best = i;
  }
  return best === undefined ? undefined : starts[best];
}
