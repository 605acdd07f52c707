import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { asInput } from "./merge_task_guests.ts";
import { lengthOf, timePatch, timesOf } from "./new_times.ts";
import type { MigratedException } from "./change_plan.ts";
import { dateLine } from "@shared/time/recurrence_lines.ts";
import { originalStart } from "./original_start.ts";
import { occurrenceStart, rfc3339 } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

export interface SeriesMove {
  /** The start of the series as it is. */
  from: EventMoment;
  /** The start of the series to be, which may be the rest of the old one. */
  to: EventMoment;
  /** What an occurrence moves on the wall. */
  by: number;
  /** The original start of the occurrence for which a time was asked. */
  named: WallTime | null;
}

export interface MigratedExceptions {
  migrated: MigratedException[];
  /** Original starts, in the new series, of occurrences that stay deleted. */
  cancelled: WallTime[];
}

/**
 * What changed occurrences take along when their series moves: deleted ones stay deleted, moved ones
 * stay where they were moved to, and so do their own texts and replies. The occurrence that is `named` takes the time that is asked for, and keeps the rest.
 */
export function migrateExceptions(
  exceptions: readonly GoogleEvent[],
  master: GoogleEvent,
  { from, to, by, named }: SeriesMove,
): MigratedExceptions {
  const migrated: MigratedException[] = [];
  const cancelled: WallTime[] = [];
  for (const exception of exceptions) {
    const was = originalStart(exception, from);
    if (was === null) continue;
    if (exception.status === "cancelled") {
      cancelled.push(was + by);
      continue;
    }
    const own = ownChanges(exception, master, occurrenceStart(from, was));
    const patch = was === named ? withoutTimes(own) : own;
    if (Object.keys(patch).length === 0) continue;
    migrated.push({
      old_id: exception.id,
      was: rfc3339(occurrenceStart(from, was)),
      original_start: rfc3339(occurrenceStart(to, was + by)),
      patch,
      is_own: true,
    });
  }
  return { migrated, cancelled };
}

/** The lines of a series with more occurrences left out. */
export function withoutOccurrences(
  lines: readonly string[],
  walls: readonly WallTime[],
  series: Pick<EventMoment, "zone">,
): string[] {
  const line = dateLine("EXDATE", walls, series);
  return line === null ? [...lines] : [...lines, line];
}

function withoutTimes({ start: _start, end: _end, ...patch }: EventPatch): EventPatch {
  return patch;
}

/** What this occurrence has differently from its series. */
function ownChanges(
  exception: GoogleEvent,
  master: GoogleEvent,
  original: EventMoment,
): EventPatch {
  const times = timesOf(exception);
  const is_moved = times.start.instant !== original.instant ||
    times.start.zone !== original.zone || lengthOf(times) !== lengthOf(timesOf(master));
  const guests = asInput(exception.attendees ?? []);
  return {
    ...(is_moved ? timePatch(times) : {}),
    ...(exception.summary === master.summary ? {} : { summary: exception.summary ?? null }),
    ...(exception.description === master.description
      ? {}
      : { description: exception.description ?? null }),
    ...(exception.location === master.location ? {} : { location: exception.location ?? null }),
    ...(exception.attendeesOmitted === true || master.attendeesOmitted === true ||
        JSON.stringify(guests) === JSON.stringify(asInput(master.attendees ?? []))
      ? {}
      : { attendees: guests }),
  };
}
