import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { firstEndingAfter } from "@shared/time/intervals.ts";
import { weekdayIndex } from "@shared/time/weekday.ts";
import { offsetAt, type OffsetSegment, offsetSegments } from "@shared/time/zones.ts";
import type { OpenHoursRule } from "../availability/open_hours.ts";
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
  const { concessions } = search.texts;
  const found = AT_ONE_START;
  ONE_START[0] = start;
  widenings(search, person, ONE_START, found);
  const minutes = found.minutes[0]!;
  if (minutes === 0 && found.rule[0] === NO_RULE) return undefined;
  const early = found.early[0]!;
  const late = found.late[0]!;
  const rule = person.rules?.[found.rule[0]!];
  if (rule === undefined) return { minutes, early, late, text: concessions.open_on_another_day };
  const { from, until } = wideningBy(
    rule,
    offsetsAround(rule, start, start, search),
    start,
    search,
  )!;
  const text = concessions.open({
    from: early > 0 ? from : undefined,
    until: late > 0 ? until : undefined,
    timezone: rule.timezone,
  });
  return { minutes, early, late, text };
}

const NO_RULE = -1;

/**
 * What a person would have to do at each of a list of starts, as HoursNeeded has it; zeros where the meeting lies in their
 * hours. `rule` is the index of the rule that needs the least, or NO_RULE.
 */
export interface Widenings {
  minutes: Float64Array;
  early: Float64Array;
  late: Float64Array;
  rule: Int16Array;
}

/** Room for the widenings of one person at `length` starts, to be filled again and again. */
export function newWidenings(length: number): Widenings {
  return {
    minutes: new Float64Array(length),
    early: new Float64Array(length),
    late: new Float64Array(length),
    rule: new Int16Array(length),
  };
}

/**
 * Fills `into` for ascending starts in one sweep over the person's hours and clocks: many people may have to be asked
 * about each start of a year.
 */
export function widenings(
  search: SearchRequest,
  person: Person,
  starts: Int32Array,
  into: Widenings,
): void {
  const { minutes, early, late, rule: chosen } = into;
  minutes.fill(0);
  early.fill(0);
  late.fill(0);
  chosen.fill(NO_RULE);
  const first = starts[0];
  if (!person.needed || person.rules === undefined || first === undefined) return;
  const { duration, holidays, allowed_days } = search;
  const { open, offsets } = person;
  const { away } = person;
  const rules = person.rules.map((rule) => ({
    rule,
    offsets: offsetsAround(rule, first, starts.at(-1)!, search),
    at: 0,
  }));
  let block = firstEndingAfter(open, first);
  let next_away = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    const end = start + duration;
    while (block < open.length && open[block]![1] < end) block++;
    if (block < open.length && open[block]![0] <= start) continue;
    minutes[i] = early[i] = late[i] = Infinity;
    const own_day = Math.floor((start + offsetAt(offsets, start)) / MINUTES_PER_DAY);
    while (next_away < away.length && away[next_away]! < own_day) next_away++;
    if (
      holidays.has(own_day) || away[next_away] === own_day ||
      allowed_days[weekdayIndex(own_day)] !== true
    ) continue;
    for (let r = 0; r < rules.length; r++) {
      const one = rules[r]!;
      while (one.offsets[one.at]!.to <= start) one.at++;
      const { from, to, offset } = one.offsets[one.at]!;
      if (from <= start - MINUTES_PER_DAY && end + MINUTES_PER_DAY <= to) {
        // Far from every clock change, as nearly always: the same without looking for skipped minutes.
        const day = Math.floor((start + offset) / MINUTES_PER_DAY);
        const begins = start + offset - day * MINUTES_PER_DAY;
        if (one.rule.weekdays[weekdayIndex(day)] !== true) continue;
        if (begins + duration > MINUTES_PER_DAY) continue;
        const before = Math.max(0, one.rule.start - begins);
        const after = Math.max(0, begins + duration - one.rule.end);
        if (before + after >= minutes[i]!) continue;
        minutes[i] = before + after;
        early[i] = before;
        late[i] = after;
        chosen[i] = r;
        continue;
      }
      const needed = wideningBy(one.rule, one.offsets, start, search);
      if (needed === undefined || needed.minutes >= minutes[i]!) continue;
      minutes[i] = needed.minutes;
      early[i] = needed.early;
      late[i] = needed.late;
      chosen[i] = r;
    }
  }
}

/** Filled again by each hoursNeeded(): new arrays for each person and candidate would cost more than what they hold. */
const AT_ONE_START = newWidenings(1);
const ONE_START = new Int32Array(1);

/** Offsets of a rule's zone, wide enough for meetings from the first to the last start. */
function offsetsAround(
  { timezone }: OpenHoursRule,
  first: number,
  last: number,
  { duration }: SearchRequest,
): OffsetSegment[] {
  return offsetSegments(timezone, first - MINUTES_PER_DAY, last + duration + MINUTES_PER_DAY);
}

/** By how much one rule would have to be widened, on the local day of the start; undefined where that would not do. */
function wideningBy(
  rule: OpenHoursRule,
  offsets: readonly OffsetSegment[],
  start: number,
  { duration }: SearchRequest,
) {
  const end = start + duration;
  const day = Math.floor((start + offsetAt(offsets, start)) / MINUTES_PER_DAY);
  const midnight = day * MINUTES_PER_DAY;
  // Where clocks are put back inside the meeting, its end is not the latest time that the clock shows.
  const inside = offsets.filter((one) => one.from < end && start < one.to);
  const from = Math.min(...inside.map((one) => Math.max(start, one.from) + one.offset)) - midnight;
  const until = Math.max(...inside.map((one) => Math.min(end, one.to) + one.offset)) - midnight;
  if (rule.weekdays[weekdayIndex(day)] !== true || until > MINUTES_PER_DAY) return undefined;
  const early = Math.max(0, rule.start - from);
  const late = Math.max(0, until - rule.end);
  const skipped = skippedMinutes(offsets, midnight + from, midnight + rule.start) +
    skippedMinutes(offsets, midnight + rule.end, midnight + until);
  return { minutes: early + late - skipped, early, late, from, until };
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
  const found = newWidenings(starts.length);
  const with_hours = people.filter(({ needed, rules }) => needed && rules !== undefined);
  for (const members of Map.groupBy(with_hours, ({ open }) => open).values()) {
    // Their hours count, also when their calendar cannot be read.
    widenings(search, members[0]!, starts, found);
    for (let i = 0; i < starts.length; i++) minutes[i]! += members.length * found.minutes[i]!;
  }
  let best: number | undefined;
  for (let i = 0; i < starts.length; i++) {
    if (minutes[i] === Infinity) continue;
    if (best === undefined || minutes[i]! < minutes[best]!) best = i;
  }
  return best === undefined ? undefined : starts[best];
}
