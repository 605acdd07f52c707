import { possibleAmong } from "../availability/free_starts.ts";
import type { Person } from "../availability/person.ts";
import { layOutSeries, occurrencesOf } from "../availability/series.ts";
import { formatTime } from "../explaining/phrases.ts";
import type { SeriesRule } from "../input/recurrence.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { hoursNeeded } from "./hours_needed.ts";

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
  const shares = sharesOf(changed, starts, series.rule);
  return starts.filter((_, i) => {
    const { free, occurrences } = shares[i]!;
    return occurrences > 0 && (!series.whole || free === occurrences);
  });
}

/** When a start is, and of a series how many of its occurrences can be held. */
export function formatStart(changed: Changed, start: number, series: SeriesGoal): string {
  const said = formatTime(changed.search, start);
  if (series === undefined) return said;
  const [share] = sharesOf(changed, Int32Array.of(start), series.rule);
  const { free = 0, occurrences = 0 } = share ?? {};
  return changed.search.texts.suggestions.occurrences(said, free, occurrences);
}

function sharesOf(
  { search, people, widened }: Changed,
  starts: Int32Array,
  rule: SeriesRule,
): { free: number; occurrences: number }[] {
  const series = layOutSeries(rule, search, people, widened?.minutes);
  const own = Array.from(starts, (start) => occurrencesOf(series, start));
  const all = Int32Array.from(new Set(own.flat())).sort();
  const held = new Set(possibleAmong(series.search, series.people, all));
  const asks_no_more = (occurrence: number, start: number) =>
    widened === undefined ||
    widened.entitled.every((person) => fits(search, person, occurrence, start));
  return own.map((occurrences, i) => ({
    free: occurrences.filter((one) => held.has(one) && asks_no_more(one, starts[i]!)).length,
    occurrences: occurrences.length,
  }));
}

/** Whether the hours that a person would need at a start do for a later occurrence too, when clocks have changed. */
function fits(search: SearchRequest, person: Person, occurrence: number, start: number): boolean {
  const needed = hoursNeeded(search, person, occurrence);
  if (needed === undefined) return true;
  const { early, late } = hoursNeeded(search, person, start) ?? { early: 0, late: 0 };
  return needed.early <= early && needed.late <= late;
}
