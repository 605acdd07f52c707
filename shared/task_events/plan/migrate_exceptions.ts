import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { asInput } from "./merge_task_guests.ts";
import { timePatch, timesOf } from "./new_times.ts";
import type { MigratedException } from "./change_plan.ts";
import { dateLine } from "@shared/time/recurrence_lines.ts";
import { originalStart } from "./original_start.ts";
import { rfc3339 } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

export interface MigratedExceptions {
  migrated: MigratedException[];
  /** Original starts, in the new series, of occurrences that stay deleted. */
  cancelled: WallTime[];
}

/**
 * What changed occurrences take along when their series moves from one start to another: deleted
 * ones stay deleted, moved ones stay where they were moved to, and so do their own texts and replies.
 * The occurrence that is `named` takes the time that is asked for, and keeps the rest.
 */
export function migrateExceptions(
  exceptions: readonly GoogleEvent[],
  master: GoogleEvent,
  from: EventMoment,
  to: EventMoment,
  named: WallTime | null = null,
): MigratedExceptions {
  const migrated: MigratedException[] = [];
  const cancelled: WallTime[] = [];
  for (const exception of exceptions) {
    const was = originalStart(exception, from);
    if (was === null) continue;
    const now = { ...to, wall: was + (to.wall - from.wall) };
    if (exception.status === "cancelled") {
      cancelled.push(now.wall);
      continue;
    }
    const own = ownChanges(exception, master, { ...from, wall: was });
    const patch = was === named ? withoutTimes(own) : own;
    if (Object.keys(patch).length === 0) continue;
    migrated.push({
      old_id: exception.id,
      was: rfc3339({ ...from, wall: was }),
      original_start: rfc3339(now),
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
  series: EventMoment,
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
  const length = timesOf(master).end.wall - timesOf(master).start.wall;
  const is_moved = rfc3339(times.start) !== rfc3339({ ...original, zone: times.start.zone }) ||
    times.end.wall - times.start.wall !== length;
  const guests = asInput(exception.attendees ?? []);
  return {
    ...(is_moved ? timePatch(times) : {}),
    ...(exception.summary === master.summary ? {} : { summary: exception.summary ?? null }),
    ...(exception.description === master.description
      ? {}
      : { description: exception.description ?? null }),
    ...(exception.location === master.location ? {} : { location: exception.location ?? null }),
    ...(JSON.stringify(guests) === JSON.stringify(asInput(master.attendees ?? []))
      ? {}
      : { attendees: guests }),
  };
}
