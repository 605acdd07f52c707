import type { BusyMap } from "../availability/busy_map.ts";
import { freeStarts } from "../availability/free_starts.ts";
import type { Person } from "../availability/person.ts";
import type { SeriesRule } from "../input/recurrence.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { type Changed, formatStart, nameable, type SeriesGoal } from "./suggested_start.ts";

/** A search without a slot, with what its changes are tried on. `now_minute` is in minutes since 1970. */
export interface EmptySearch {
  search: SearchRequest;
  people: readonly Person[];
  now_minute: number;
  /** How many starts the search had before busy time was looked at. */
  on_grid: number;
  rule?: SeriesRule | undefined;
}

/** The same, and what of a series a suggestion may name. */
export interface Tried extends EmptySearch {
  series: SeriesGoal;
}

/** The first nameable start of a changed search, in words. */
export function firstFormatted(
  changed: Changed,
  series: SeriesGoal,
  map?: BusyMap,
): string | undefined {
  const first = firstNameable(changed, series, map);
  return first === undefined ? undefined : formatStart(changed, first, series);
}

export function firstNameable(
  changed: Changed,
  series: SeriesGoal,
  map?: BusyMap,
): number | undefined {
  const { starts } = freeStarts(changed.search, changed.people, map);
  return nameable(changed, starts, series)[0];
}
