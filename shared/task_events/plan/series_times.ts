import type { GoogleEvent } from "@shared/google/event.ts";
import type { EventChange } from "./change_request.ts";
import { invalid, lengthOf, newTimes } from "./new_times.ts";
import type { EventTimes } from "./new_times.ts";
import { originalStart } from "./original_start.ts";
import { dayOf, momentOn, occurrenceStart, wallTimeOf } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

/**
 * When a series will be; null when no time is asked for. With an occurrence named, times are meant
 * for it and move the series along with it.
 */
export function seriesTimes(
  request: EventChange,
  occurrence: GoogleEvent | null,
  now: EventTimes,
  calendar_zone: string | null,
): EventTimes | null {
  const at = occurrence === null ? null : originalStart(occurrence, now.start);
  if (at === null) return newTimes(now, request, calendar_zone);
  const here = placed(now, at);
  const times = newTimes(here, request, calendar_zone);
  if (times === null) return null;
  const start = seriesStart(now.start, { at, from: here.start, to: times.start });
  return { start, end: { ...times.end, instant: start.instant + lengthOf(times) } };
}

/** The times of the occurrence that stands at `at`, unmoved. */
export function placed(times: EventTimes, at: WallTime): EventTimes {
  const start = occurrenceStart(times.start, at);
  return { start, end: { ...times.end, instant: start.instant + lengthOf(times) } };
}

/** Where a series starts once its occurrence at the wall time `at` has moved. */
function seriesStart(
  series: EventMoment,
  { at, from, to }: { at: WallTime; from: EventMoment; to: EventMoment },
): EventMoment {
  if (from.instant === series.instant) return to;
  const { wall } = wallTimeOf(series);
  const asked = wallTimeOf(to).wall;
  // What the clock shows differs from `at` where a clock change skips it.
  const moved = asked === wallTimeOf(from).wall ? wall : wall + (asked - at);
  if (moved === wall && to.zone === series.zone) return series;
  const start = momentOn({ wall: moved, zone: to.zone });
  if (wallTimeOf(start).wall === moved) return start;
  throw invalid(
    "start_time",
    `On ${dayOf(moved)}, when the series starts, clocks in ${to.zone} skip this time of day, and ` +
      "the series would repeat at another one. Use update_scope future",
  );
}
