import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { offsetSegments } from "@shared/time/zones.ts";
import { freeStarts } from "../availability/free_starts.ts";
import { layOutAgain } from "../availability/person.ts";
import { formatTime } from "../explaining/phrases.ts";
import type { EmptySearch } from "./tried_change.ts";

const LATER_DAYS = 28;

/**
 * When people can be met after the window, where no change inside it helps. Their calendars were not read for that time,
 * and the sentence says so.
 */
export function laterWindow({ search, people }: EmptySearch): string {
  const from = Math.max(search.to, search.earliest_start);
  const to = from + LATER_DAYS * MINUTES_PER_DAY;
  const offsets = offsetSegments(search.timezone, from, to);
  const later = { ...search, from, to, earliest_start: from, offsets };
  const [first] = freeStarts(later, layOutAgain(people, later)).starts;
  const { suggestions } = search.texts;
  return first === undefined
    ? suggestions.nothing_near
    : suggestions.later_window(formatTime(later, first));
}
