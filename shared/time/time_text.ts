import { formatInTimeZone } from "date-fns-tz";
import { DAY_MS, timeOfDay, wallTimeOf } from "./wall_time.ts";
import type { EventMoment } from "./wall_time.ts";

/**
 * The date of a moment for people, by a pattern of date-fns without hours. date-fns writes through the
 * clock of the host, which skips an hour on some days, but noon on none.
 */
export function dateText(moment: EventMoment, pattern: string): string {
  const { wall } = wallTimeOf(moment);
  return formatInTimeZone(new Date(wall - timeOfDay(wall) + DAY_MS / 2), "UTC", pattern);
}

/** The time of day of a moment, such as 09:30. */
export function timeText(moment: EventMoment): string {
  return new Date(wallTimeOf(moment).wall).toISOString().slice(11, 16);
}

/** The short name of the moment's zone then, such as EST or GMT+1. */
export function zoneText({ instant, zone }: EventMoment): string {
  return formatInTimeZone(new Date(instant), zone ?? "UTC", "zzz");
}
