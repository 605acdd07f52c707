import type { GoogleEvent } from "@shared/google/event.ts";
import type { EventChange } from "./change_request.ts";
import { newTimes } from "./new_times.ts";
import type { EventTimes } from "./new_times.ts";
import { originalStart } from "./original_start.ts";
import type { WallTime } from "@shared/time/wall_time.ts";

/**
 * When a series will be; null when no time is asked for. With an occurrence named, times are meant
 * for it and move the series along with it.
 */
export function seriesTimes(
  request: EventChange,
  occurrence: GoogleEvent | null,
  now: EventTimes,
): EventTimes | null {
  const at = occurrence === null ? null : originalStart(occurrence, now.start);
  if (at === null) return newTimes(now, request);
  const here = placed(now, at);
  const times = newTimes(here, request);
  if (times === null) return null;
  const start = { ...times.start, wall: now.start.wall + (times.start.wall - here.start.wall) };
  return { start, end: { ...times.end, wall: start.wall + (times.end.wall - times.start.wall) } };
}

/** The times of the occurrence that stands at `at`, unmoved. */
export function placed({ start, end }: EventTimes, at: WallTime): EventTimes {
  return { start: { ...start, wall: at }, end: { ...end, wall: at + (end.wall - start.wall) } };
}
