import { formatInTimeZone, fromZonedTime } from "date-fns-tz";
import type { EventTimeInput, GoogleEventTime } from "@shared/google/event.ts";

/**
 * What a clock on the wall shows, as milliseconds that would show the same in UTC. Series repeat on
 * the wall's time, so their arithmetic is done on it and no clock change disturbs it.
 */
export type WallTime = number;

/** When an event starts or ends: a wall time in an IANA zone, or a whole day (`zone` null). */
export interface EventMoment {
  wall: WallTime;
  zone: string | null;
}

export const DAY_MS = 86_400_000;

/** The wall time of an instant in a zone, to the second. */
export function wallOf(instant: string | number, zone: string): WallTime {
  return Date.parse(`${formatInTimeZone(new Date(instant), zone, "yyyy-MM-dd'T'HH:mm:ss")}Z`);
}

/** The instant of a wall time, in milliseconds; a time that a clock change skips moves on by the gap. */
export function instantOf(wall: WallTime, zone: string): number {
  return fromZonedTime(new Date(wall).toISOString().slice(0, 19), zone).valueOf();
}

/** A date such as 2030-01-07 as the wall time of its first second. */
export function wallOfDay(day: string): WallTime {
  return Date.parse(`${day}T00:00:00Z`);
}

/** The date of a wall time. */
export function dayOf(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** A moment given as a date or as an RFC 3339 instant, which is then read in `zone`. */
export function readMoment(text: string, zone: string): EventMoment {
  return isDay(text)
    ? { wall: wallOfDay(text), zone: null }
    : { wall: wallOf(Date.parse(text), zone), zone };
}

/** Google's start or end; null where it says none. Instants without a zone are read in `fallback_zone`. */
export function momentOf(
  time: GoogleEventTime | undefined,
  fallback_zone: string,
): EventMoment | null {
  if (time?.date !== undefined) return readMoment(time.date, fallback_zone);
  if (time?.dateTime === undefined) return null;
  return readMoment(time.dateTime, time.timeZone ?? fallback_zone);
}

/** As Google takes a start or end: with offset and zone, because a naive date-time is read in two ways. */
export function googleTime({ wall, zone }: EventMoment): EventTimeInput {
  if (zone === null) return { date: dayOf(wall) };
  return { dateTime: rfc3339({ wall, zone }), timeZone: zone };
}

/** An instant with the zone's offset, or a date; how Google names an original start. */
export function rfc3339({ wall, zone }: EventMoment): string {
  if (zone === null) return dayOf(wall);
  return formatInTimeZone(new Date(instantOf(wall, zone)), zone, "yyyy-MM-dd'T'HH:mm:ssXXX");
}

/** The instant at which a moment is; a whole day begins at UTC midnight where no zone is known. */
export function instantIso({ wall, zone }: EventMoment): string {
  return new Date(zone === null ? wall : instantOf(wall, zone)).toISOString();
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}
