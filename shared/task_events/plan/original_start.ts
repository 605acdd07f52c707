import type { GoogleEvent } from "@shared/google/event.ts";
import { momentOf, readMoment } from "@shared/time/wall_time.ts";
import type { EventMoment, WallTime } from "@shared/time/wall_time.ts";

/** The original start of an occurrence on the wall clock of its series. */
export function originalStart(event: GoogleEvent, { zone }: EventMoment): WallTime | null {
  const original = momentOf(event.originalStartTime, zone ?? "UTC");
  if (original === null) return null;
  // An instant is read in the zone of the series, whatever zone Google writes it in.
  const text = event.originalStartTime?.dateTime;
  return text === undefined || zone === null ? original.wall : readMoment(text, zone).wall;
}
