import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { timePatch } from "./new_times.ts";
import type { EventTimes } from "./new_times.ts";
import type { MigratedException } from "./change_plan.ts";
import { placed } from "./series_times.ts";
import { originalStart } from "./original_start.ts";
import { occurrenceStart, rfc3339, wallTimeOf } from "@shared/time/wall_time.ts";
import type { WallTime } from "@shared/time/wall_time.ts";

export interface MovedSeries {
  from: EventTimes;
  to: EventTimes;
  exceptions: readonly GoogleEvent[];
  /** Original starts, before the move, of occurrences that are not deleted. */
  live: ReadonlySet<WallTime>;
  /** What an unchanged occurrence has after the move, but for its times. */
  content: EventPatch;
}

/**
 * Google knows changed and deleted occurrences by their original start alone. When a series moves by
 * whole days, another occurrence comes to stand on such a start and would be taken for it: each of
 * those is given what it should have, in `migrated`, with its own changes if it has some.
 */
export function freeOccupied(
  migrated: readonly MigratedException[],
  { from, to, exceptions, live, content }: MovedSeries,
): MigratedException[] {
  const entries = new Map(migrated.map((entry) => [entry.original_start, entry]));
  const by = wallTimeOf(to.start).wall - wallTimeOf(from.start).wall;
  for (const exception of exceptions) {
    const original = originalStart(exception, from.start);
    if (original === null || !live.has(original - by)) continue;
    const place = placed(to, original);
    const original_start = rfc3339(place.start);
    const own = entries.get(original_start);
    entries.set(original_start, {
      old_id: own?.old_id ?? exception.id,
      was: rfc3339(occurrenceStart(from.start, original - by)),
      original_start,
      patch: { ...content, ...timePatch(place), status: "confirmed", ...own?.patch },
      is_own: own !== undefined,
    });
  }
  return [...entries.values()];
}
