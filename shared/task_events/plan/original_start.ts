import type { GoogleEvent } from "@shared/google/event.ts";
import { momentOf, seriesWallOf, wallTimeOf } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

/** The original start of an occurrence on the wall clock of its series. */
export function originalStart(event: GoogleEvent, series: EventMoment): WallTime | null {
  const original = momentOf(event.originalStartTime, series.zone ?? "UTC");
  if (original === null) return null;
  // An instant is read in the zone of the series, whatever zone Google writes it in.
  return original.zone === null || series.zone === null
    ? wallTimeOf(original).wall
    : seriesWallOf(original.instant, wallTimeOf(series));
}
