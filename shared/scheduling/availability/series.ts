import { expandRule } from "@shared/time/expand_rule.ts";
import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { instantAt, offsetAt, offsetSegments } from "@shared/time/zones.ts";
import { HORIZON_DAYS, type SeriesRule } from "../input/recurrence.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { layOutAgain, type Person } from "./person.ts";

/** A search about a meeting that repeats, with everybody laid out as far as its occurrences reach. */
export interface Series {
  rule: SeriesRule;
  search: SearchRequest;
  people: readonly Person[];
  /** The local days of the series that starts on a day. */
  daysFrom: (day: number) => readonly number[];
}

/** The latest that an occurrence of a series begun in the window can end, in minutes since 1970; a little late. */
export function seriesReach(
  rule: SeriesRule,
  { from, to }: Pick<SearchRequest, "from" | "to">,
): number {
  const first = Math.floor(from / MINUTES_PER_DAY) - 1;
  const last = Math.floor(to / MINUTES_PER_DAY) + 1;
  let latest = last;
  for (let day = first; day <= last; day++) {
    latest = Math.max(latest, daysFrom(rule, day).at(-1) ?? day);
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
  const to = seriesReach(rule, search);
  const longer = { ...search, to, offsets: offsetSegments(search.timezone, search.from, to) };
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
  };
}

/**
 * The occurrences of a series that starts at an instant, itself first, in minutes since 1970: the same wall time on the
 * days of the rule. Empty when the rule ends before.
 */
export function occurrencesOf(series: Series, start: number): number[] {
  const { rule, search } = series;
  const { offsets } = search;
  const wall = start + offsetAt(offsets, start);
  const day = Math.floor(wall / MINUTES_PER_DAY);
  const in_day = wall - day * MINUTES_PER_DAY;
  return series.daysFrom(day).flatMap((day_of_series) => {
    const then = day_of_series * MINUTES_PER_DAY + in_day;
    // The first occurrence of a repeated hour may be the second of the two.
    const instant = then === wall ? start : instantAt(offsets, then);
    const { wall: last_wall = Infinity, instant: last = Infinity } = rule.until ?? {};
    return then <= last_wall && instant <= last ? [instant] : [];
  });
}

function daysFrom(rule: SeriesRule, day: number): readonly number[] {
  return expandRule(rule, day, rule.horizon, day + HORIZON_DAYS);
}
