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
  const known = new Map<number, readonly number[]>();
  return {
    rule,
    search: longer,
    people: layOutAgain(people, longer, wider),
    daysFrom: (day) => {
      let days = known.get(day);
      if (days === undefined) known.set(day, days = daysFrom(rule, day));
      return days;
    },
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
  const { rule, search, excluded, added, offsets } = series;
  const start_wall = start + offsetAt(search.offsets, start);
  const of_rule = occurrencesOfRule(series, start, start_wall);
  if (excluded.length === 0 && added.length === 0) return of_rule;
  if (of_rule.length === 0) return of_rule;
  const instant = (date: SeriesDate) => instantOfDate(date, { start, start_wall }, offsets);
  const gone = new Set(excluded.map(instant));
  const last = start + HORIZON_DAYS * MINUTES_PER_DAY;
  const more = added.map(instant).filter((one) => one > start && one <= last);
  const all = [...new Set([...of_rule, ...more])].filter((one) => !gone.has(one));
  all.sort((a, b) => a - b);
  return all[0] === start ? all.slice(0, rule.horizon) : [];
}

function occurrencesOfRule(series: Series, start: number, wall: number): number[] {
  const { rule, offsets } = series;
  const day = Math.floor(wall / MINUTES_PER_DAY);
  const in_day = wall - day * MINUTES_PER_DAY;
  const { wall: last_wall = Infinity, instant: last = Infinity } = rule.until ?? {};
  const occurrences: number[] = [];
  for (const day_of_series of series.daysFrom(day)) {
    const then = day_of_series * MINUTES_PER_DAY + in_day;
    // The first occurrence of a repeated hour may be the second of the two.
    const instant = then === wall ? start : instantAt(offsets, then);
    if (then <= last_wall && instant <= last) occurrences.push(instant);
  }
  return occurrences;
}

function daysFrom(rule: SeriesRule, day: number): readonly number[] {
  return expandRule(rule, day, mostDays(rule), day + HORIZON_DAYS);
}

/** Each excluded date takes the place of one occurrence at most. */
function mostDays({ horizon, excluded }: SeriesRule): number {
  return horizon + excluded.length;
}
