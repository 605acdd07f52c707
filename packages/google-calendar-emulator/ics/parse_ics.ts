import type ICAL from "ical.js";
import { type FileZones, readFileZones } from "./file_zones.ts";
import { parameterOf, readComponent, textOf } from "./read_component.ts";
import { type IcsLine, type IcsNode, splitIcs } from "./split_ics.ts";
import { zoneOfName } from "./zone_names.ts";

/** A VEVENT or VFREEBUSY that ical.js has read. */
export interface IcsEntry {
  kind: "VEVENT" | "VFREEBUSY";
  line: number;
  component: ICAL.Component;
  /** Lines that could not be read and are not in the component. */
  unreadable: IcsLine[];
  complete: boolean;
  zones: FileZones;
  method: string | null;
}

/** Where the zone of a calendar comes from. */
export type ZoneSource = "file" | "events" | "definition" | "default";

export interface IcsFile {
  /** X-WR-CALNAME. */
  title: string | undefined;
  /** X-WR-TIMEZONE, else the zone that most events name, else the one that the file defines. */
  zone: string;
  zone_source: ZoneSource;
  entries: IcsEntry[];
}

/** Reads an iCalendar text (RFC 5545). Throws only when it is not one at all. */
export function parseIcs(text: string): IcsFile {
  const calendars = splitIcs(text);
  const years = yearsOf(calendars);
  const entries: IcsEntry[] = [];
  const zones: FileZones[] = [];
  for (const calendar of calendars) {
    const calendar_zones = readFileZones(calendar, years);
    zones.push(calendar_zones);
    for (const node of calendar.children) {
      if (node.kind !== "VEVENT" && node.kind !== "VFREEBUSY") continue;
      const { kind, line, complete, method } = node;
      entries.push({ kind, line, complete, method, zones: calendar_zones, ...readComponent(node) });
    }
  }
  const properties = calendars.map((calendar) => readComponent(calendar).component);
  const first = (name: string) =>
    properties.map((component) => textOf(component, name)).find((value) => value !== undefined);
  return {
    title: first("x-wr-calname"),
    entries,
    ...calendarZone(first("x-wr-timezone"), entries, zones),
  };
}

function calendarZone(
  named: string | undefined,
  entries: readonly IcsEntry[],
  zones: readonly FileZones[],
): { zone: string; zone_source: ZoneSource } {
  const own = named === undefined ? undefined : ianaName(named, zones) ?? zoneOfName(named)?.zone;
  if (own !== undefined) return { zone: own, zone_source: "file" };
  const counts = new Map<string, number>();
  for (const { component, zones } of entries) {
    const start = component.getFirstProperty("dtstart");
    const tzid = start === null ? undefined : parameterOf(start, "tzid");
    const zone = tzid === undefined ? undefined : ianaName(tzid, [zones]);
    if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (most !== undefined) return { zone: most[0], zone_source: "events" };
  for (const one of zones) {
    const zone = one.defined.map((tzid) => ianaName(tzid, [one])).find((name) =>
      name !== undefined
    );
    if (zone !== undefined) return { zone, zone_source: "definition" };
  }
  return { zone: "UTC", zone_source: "default" };
}

function ianaName(tzid: string, zones: readonly FileZones[]): string | undefined {
  for (const one of zones) {
    try {
      return one.find(tzid).iana ?? undefined;
    } catch {
      // Another VCALENDAR of the text may define it.
    }
  }
  return undefined;
}

/** The years in which events start; a definition is compared with IANA's zones in these. */
function yearsOf(calendars: readonly IcsNode[]): { first: number; last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (const { lines } of calendars.flatMap(({ children }) => children)) {
    for (const { text } of lines) {
      const year = Number(/^DTSTART\b.*:\s*((?:19|20)\d\d)\d{4}/i.exec(text)?.[1]);
      if (Number.isNaN(year)) continue;
      first = Math.min(first, year);
      last = Math.max(last, year);
    }
  }
  const this_year = new Date().getUTCFullYear();
  return last < first ? { first: this_year, last: this_year } : { first, last };
}
