import { expandRule } from "@shared/time/expand_rule.ts";
import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import {
  datesInZone,
  instantOfDate,
  nearDayOf,
  type SeriesDate,
} from "@shared/time/series_dates.ts";
import { instantAt, offsetAt, type OffsetSegment, offsetSegments } from "@shared/time/zones.ts";
import { HORIZON_DAYS, type SeriesRule } from "../input/recurrence.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { layOutAgain, type Person } from "./person.ts";

/** A search about a meeting that repeats, with everybody laid out as far as its occurrences reach. */
export interface Series {
  rule: SeriesRule;
  search: SearchRequest;
  people: readonly Person[];
  /** The local days of the rule when the series starts on a day. */
  daysFrom: (day: number) => readonly number[];
  /** The dates that are left out and added, as the zone of the search has them. */
  excluded: readonly SeriesDate[];
  added: readonly SeriesDate[];
  /** The instants of both that are known, by the minute of the day at which a series starts. */
  dates: Map<number, DatesOfSeries>;
  /** Offsets of that zone, wide enough for every date that can be one of the series. */
  offsets: readonly OffsetSegment[];
}

/** A clock is at most a day away from UTC, and a date from its local day. */
const AROUND_MINUTES = 2 * MINUTES_PER_DAY;

/** The latest that an occurrence of a series begun in the window can end, in minutes since 1970; a little late. */
export function seriesReach(
  rule: SeriesRule,
  { from, to }: Pick<SearchRequest, "from" | "to">,
): number {
  const first = Math.floor(from / MINUTES_PER_DAY) - 1;
  const last = Math.floor(to / MINUTES_PER_DAY) + 1;
  const added = rule.added.map(nearDayOf).sort((a, b) => a - b);
  let latest = last;
  for (let day = first; day <= last; day++) {
    const days = daysFrom(rule, day);
    latest = Math.max(latest, days.at(-1) ?? day);
    // As many days of the rule are enough for the horizon; an end by an instant may take the last of them.
    if (days.length === mostDays(rule) && rule.until === undefined) continue;
    latest = Math.max(latest, added.findLast((one) => one <= day + HORIZON_DAYS + 1) ?? day);
  }
  // A local day ends within a day of its namesake in UTC, and a meeting takes at most a day.
  return (latest + 3) * MINUTES_PER_DAY;
}

/** Lays a search that begins a series, and its people (with `wider` hours), out over all occurrences. */
export function layOutSeries(
  rule: SeriesRule,
  search: SearchRequest,
  people: readonly Person[],
  wider = 0,
): Series {
  const { from, timezone } = search;
  const to = seriesReach(rule, search);
  const longer = { ...search, to, offsets: offsetSegments(timezone, from, to) };
  return {
    rule,
    search: longer,
    people: layOutAgain(people, longer, wider),
    daysFrom: (day) => daysFrom(rule, day),
    dates: new Map(),
    excluded: datesInZone(rule.excluded, timezone),
    added: datesInZone(rule.added, timezone),
    offsets: offsetSegments(timezone, from - AROUND_MINUTES, to + AROUND_MINUTES),
  };
}

/**
 * The occurrences of a series that starts at an instant, itself first, in minutes since 1970: the same wall time on the
 * days of the rule, and the added dates, without the excluded ones; as many as the horizon has. Empty when the rule ends
 * before, or the start itself is excluded: the event would then begin with an occurrence that it does not have.
 */
export function occurrencesOf(series: Series, start: number): number[] {
  const { rule, search, offsets } = series;
  const start_wall = start + offsetAt(search.offsets, start);
  const day = Math.floor(start_wall / MINUTES_PER_DAY);
  const in_day = start_wall - day * MINUTES_PER_DAY;
  const { wall: last_wall = Infinity, instant: last = Infinity } = rule.until ?? {};
  const { excluded, added } = datesAt(series, start, start_wall);
  const last_added = start + HORIZON_DAYS * MINUTES_PER_DAY;
  const occurrences: number[] = [];
  let next_added = after(added, start);
  let next_excluded = after(excluded, start - 1);
  const isExcluded = (instant: number) => {
    while (next_excluded < excluded.length && excluded[next_excluded]! < instant) next_excluded++;
    return excluded[next_excluded] === instant;
  };
  const take = (instant: number) => {
    if (instant !== occurrences.at(-1) && !isExcluded(instant)) occurrences.push(instant);
  };
  /** Those before an instant. */
  const takeAdded = (before: number) => {
    for (; next_added < added.length; next_added++) {
      const instant = added[next_added]!;
      if (instant >= before || instant > last_added) return;
      take(instant);
    }
  };
  let begins = false;
  for (const day_of_series of series.daysFrom(day)) {
    const wall = day_of_series * MINUTES_PER_DAY + in_day;
    // The first occurrence of a repeated hour may be the second of the two.
    const instant = wall === start_wall ? start : instantAt(offsets, wall);
    if (wall > last_wall || instant > last) continue;
    begins = true;
    takeAdded(instant);
    take(instant);
    if (occurrences.length >= rule.horizon) break;
  }
  if (!begins) return [];
  takeAdded(Infinity);
  return occurrences[0] === start ? occurrences.slice(0, rule.horizon) : [];
}

/** The instants of the dates that are left out and added, ascending; of dates with seconds they are no whole minutes. */
interface DatesOfSeries {
  excluded: Float64Array;
  added: Float64Array;
}

/** Of a series that starts at an instant. They depend on its time of day, unless it is the second of a repeated hour. */
function datesAt(series: Series, start: number, start_wall: number): DatesOfSeries {
  const { excluded, added, dates, offsets } = series;
  const find = (): DatesOfSeries => {
    const instants = (some: readonly SeriesDate[]) =>
      Float64Array.from(some, (date) => instantOfDate(date, { start, start_wall }, offsets)).sort();
    return { excluded: instants(excluded), added: instants(added) };
  };
  if (instantAt(offsets, start_wall) !== start) return find();
  const in_day = start_wall - Math.floor(start_wall / MINUTES_PER_DAY) * MINUTES_PER_DAY;
  let known = dates.get(in_day);
  if (known === undefined) dates.set(in_day, known = find());
  return known;
}

/** The index of the first of the instants (ascending) after `minute`. */
function after(instants: Float64Array, minute: number): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instants[middle]! <= minute) low = middle + 1;
    else high = middle;
  }
  return low;
}

const known_days = new WeakMap<SeriesRule, Map<number, readonly number[]>>();

/** Found once for all windows in which a search tries its series. */
function daysFrom(rule: SeriesRule, day: number): readonly number[] {
  let known = known_days.get(rule);
  if (known === undefined) known_days.set(rule, known = new Map());
  let days = known.get(day);
  if (days === undefined) {
    known.set(day, days = expandRule(rule, day, mostDays(rule), day + HORIZON_DAYS));
  }
  return days;
}

/** Each excluded date takes the place of one occurrence at most. */
function mostDays({ horizon, excluded }: SeriesRule): number {
  return horizon + excluded.length;
}
