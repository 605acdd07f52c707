import { lookedAt, marksOf, possibleAmong } from "../availability/free_starts.ts";
import { startsWhere } from "../availability/grid.ts";
import { type Occurrences, occurrencesFrom } from "../availability/occurrences.ts";
import type { Person } from "../availability/person.ts";
import { layOutSeries } from "../availability/series.ts";
import { formatTime } from "../explaining/phrases.ts";
import type { SeriesRule } from "../input/recurrence.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { tryStarts } from "../input/trials.ts";
import { newWidenings, widenings } from "./hours_needed.ts";

/** A search as a suggestion changes it, with its people. */
export interface Changed {
  search: SearchRequest;
  people: readonly Person[];
  /** Where hours are widened: by how many minutes at most, and the people in the hours that are theirs. */
  widened?: { minutes: number; entitled: readonly Person[] };
}

/** What a suggestion may name: a start whose every occurrence can be held, or one that has any. */
export type SeriesGoal = { rule: SeriesRule; whole: boolean } | undefined;

/** Of the starts (ascending) of a changed search, those that a suggestion may name. */
export function nameable(changed: Changed, starts: Int32Array, series: SeriesGoal): Int32Array {
  if (series === undefined || starts.length === 0) return starts;
  const { search, people } = changed;
  const { horizon } = series.rule;
  const tried = tryStarts(search.trials, starts, horizon + lookedAt(search, people) * horizon / 8);
  const { begun, free, count } = sharesOf(changed, tried, series.rule);
  return series.whole ? startsWhere(begun, (_, i) => free[i] === count[i]) : begun;
}

/** When a start is, and of a series how many of its occurrences can be held. */
export function formatStart(changed: Changed, start: number, series: SeriesGoal): string {
  const said = formatTime(changed.search, start);
  if (series === undefined) return said;
  const { free, count } = sharesOf(changed, Int32Array.of(start), series.rule);
  return changed.search.texts.suggestions.occurrences(said, free[0] ?? 0, count[0] ?? 0);
}

/** Of the starts, those at which the series can begin; of each, how many occurrences it has and how many can be held. */
function sharesOf(
  { search, people, widened }: Changed,
  starts: Int32Array,
  rule: SeriesRule,
): { begun: Int32Array; free: Int32Array; count: Int32Array } {
  const series = layOutSeries(rule, search, people, widened?.minutes);
  const { starts: begun, instants, first, all, at } = occurrencesFrom(series, starts);
  const held = marksOf(all, possibleAmong(series.search, series.people, all));
  const asks_more = widened === undefined
    ? undefined
    : askingMore(search, widened.entitled, { starts: begun, instants, first, all, at });
  const free = new Int32Array(begun.length);
  for (let i = 0; i < begun.length; i++) {
    for (let k = first[i]!; k < first[i + 1]!; k++) {
      if (held[at[k]!] === 1 && asks_more?.[k] !== 1) free[i]!++;
    }
  }
  return { begun, free, count: begun.map((_, i) => first[i + 1]! - first[i]!) };
}

/**
 * Marks the occurrences for which the hours that someone would need at the start do not do, when clocks have changed: 1
 * for each, in the order of `instants`.
 */
function askingMore(
  search: SearchRequest,
  people: readonly Person[],
  { starts, instants, first, all, at }: Occurrences,
): Uint8Array {
  const marks = new Uint8Array(instants.length);
  const found = newWidenings(all.length);
  // People with the same hours need the same.
  const needed = people.filter((person) => person.needed);
  for (const members of Map.groupBy(needed, ({ open }) => open).values()) {
    widenings(search, members[0]!, all, found);
    const { early, late } = found;
    for (let i = 0; i < starts.length; i++) {
      const begin = at[first[i]!]!;
      const earliest = early[begin]!;
      const latest = late[begin]!;
      for (let k = first[i]!; k < first[i + 1]!; k++) {
        const index = at[k]!;
        if (early[index]! > earliest || late[index]! > latest) marks[k] = 1;
      }
    }
  }
  return marks;
}
