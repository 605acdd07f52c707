import type ICAL from "ical.js";
import type { EventBody } from "../calendar/event_types.ts";
import { addDays, formatInstant } from "../calendar/zones.ts";
import { type FileZones, ianaZone, type IcsZone } from "./file_zones.ts";
import { parameterOf } from "./read_component.ts";

/** A time of an iCalendar text. */
export type IcsTime =
  | { kind: "date"; date: string }
  | {
    kind: "instant";
    ms: number;
    zone: IcsZone;
    /** How the text names the zone: a TZID, UTC, or not at all. */
    named: "tzid" | "utc" | "floating";
  };

/** How long an event lasts: DURATION counts days by the calendar, DTEND elapsed time (RFC 5545,
 * 3.8.5.3). */
export interface IcsLength {
  days: number;
  ms: number;
}

export const utc_zone = ianaZone("UTC");

/** The zone of a property's times that are not in UTC. */
export function zoneOf(property: ICAL.Property, zones: FileZones, floating: IcsZone): IcsZone {
  const tzid = parameterOf(property, "tzid");
  return tzid === undefined || tzid === "" ? floating : zones.find(tzid);
}

/** Reads a date or a time. `is_date`: VALUE=DATE, which some programs give to times at midnight. */
export function readTime(
  text: string,
  zone: IcsZone,
  { is_date, named }: { is_date: boolean; named: boolean },
): IcsTime {
  const [, date, hour, minute, second = "00", utc] =
    /^(\d{4}-\d\d-\d\d)(?:T(?:(\d\d):(\d\d):(\d\d)?(Z?)|::))?$/.exec(text.trim()) ?? [];
  if (date === undefined) throw new Error(`Not an iCalendar date or time: ${text}`);
  // Throws for 30 February.
  const day = addDays(date, 0);
  if (is_date || hour === undefined) return { kind: "date", date: day };
  // ISO 8601's end of the day.
  const wall = hour === "24"
    ? `${addDays(date, 1)}T00:${minute}:${second}`
    : `${date}T${hour}:${minute}:${second}`;
  const time_zone = utc === "Z" ? utc_zone : zone;
  const ms = time_zone.toInstant(wall);
  if (Number.isNaN(ms)) throw new Error(`Not an iCalendar date or time: ${text}`);
  return {
    kind: "instant",
    ms,
    zone: time_zone,
    named: utc === "Z" ? "utc" : named ? "tzid" : "floating",
  };
}

/** Reads a DURATION; the sign counts. */
export function readLength(text: string): IcsLength {
  const match =
    /^([+-]?)P(?=[\dT])(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/
      .exec(text.trim().toUpperCase());
  if (match === null) throw new Error(`Not an iCalendar duration: ${text}`);
  const [weeks, days, hours, minutes, seconds] = match.slice(2).map((part) => Number(part ?? 0));
  const sign = match[1] === "-" ? -1 : 1;
  return {
    days: sign * ((weeks ?? 0) * 7 + (days ?? 0)),
    ms: sign * (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000,
  };
}

/** The end of an event of that length. A whole-day event lasts whole days, at least one. */
export function endAfter(start: IcsTime, length: IcsLength): IcsTime {
  if (length.days < 0 || length.ms < 0) throw new Error("The event ends before it starts");
  if (start.kind === "date") {
    const days = length.days + Math.ceil(length.ms / 86_400_000);
    return { kind: "date", date: addDays(start.date, Math.max(1, days)) };
  }
  const [date = "", clock] = start.zone.toWall(start.ms).split("T");
  const ms = length.days === 0
    ? start.ms
    : start.zone.toInstant(`${addDays(date, length.days)}T${clock}`);
  return { ...start, ms: ms + length.ms };
}

/** Google's object of a time. */
export function toGoogle(time: IcsTime, calendar_zone: string): NonNullable<EventBody["start"]> {
  if (time.kind === "date") return { date: time.date };
  const zone = time.zone.iana ?? calendar_zone;
  return { dateTime: formatInstant(time.ms, zone), timeZone: zone };
}
