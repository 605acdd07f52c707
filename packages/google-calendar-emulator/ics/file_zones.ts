import { formatInstant, wallTimeToInstant } from "../calendar/zones.ts";
import type { IcsNode } from "./split_ics.ts";
import { all_zones, zoneOffset, zoneOfName } from "./zone_names.ts";
import { locationOf, readZoneRules, tzidOf, type ZoneRules } from "./zone_rules.ts";

/** A zone of an iCalendar text. */
export interface IcsZone {
  /** Its IANA name; null when the text defines rules that no IANA zone has. */
  iana: string | null;
  /** Epoch milliseconds of a wall time, 2030-03-12T09:00:00. */
  toInstant(wall: string): number;
  /** The wall time of an instant. */
  toWall(instant_ms: number): string;
}

/** The zones of one VCALENDAR, by the names that its times use. */
export interface FileZones {
  /** Throws when neither the name nor a VTIMEZONE says which zone it is. */
  find(tzid: string): IcsZone;
  /** What the VTIMEZONEs define, in their order. */
  defined: readonly string[];
}

/** A zone that has an IANA name. */
export function ianaZone(iana: string): IcsZone {
  return {
    iana,
    toInstant: (wall) => wallTimeToInstant(wall, iana),
    toWall: (ms) => formatInstant(ms, iana).slice(0, 19),
  };
}

/** Reads the VTIMEZONEs of a calendar. Series need an IANA zone, so that each definition is matched
 * with one that has the same offsets in the last years that events of the text lie in. */
export function readFileZones(
  calendar: IcsNode,
  years: { first: number; last: number },
): FileZones {
  const definitions = new Map<string, IcsNode>();
  for (const node of calendar.children.filter(({ kind }) => kind === "VTIMEZONE")) {
    const tzid = tzidOf(node);
    if (tzid !== undefined) definitions.set(nameKey(tzid), node);
  }
  const found = new Map<string, IcsZone | null>();
  const find = (tzid: string): IcsZone => {
    const key = nameKey(tzid);
    let zone = found.get(key);
    if (zone === undefined) found.set(key, zone = resolve(tzid, definitions.get(key), years));
    if (zone === null) {
      throw new Error(`Unknown time zone ${tzid}: no known name, and the file does not define it`);
    }
    return zone;
  };
  return { find, defined: [...definitions.keys()] };
}

function nameKey(tzid: string): string {
  return tzid.replaceAll("\\", "").replaceAll('"', "").trim();
}

function resolve(
  tzid: string,
  definition: IcsNode | undefined,
  years: { first: number; last: number },
): IcsZone | null {
  const named = zoneOfName(tzid);
  if (named?.sure) return ianaZone(named.zone);
  const rules = definition === undefined ? null : readZoneRules(definition);
  const location = definition === undefined ? undefined : locationOf(definition);
  const located = location === undefined ? null : zoneOfName(location);
  const hints = [named?.zone, located?.zone].filter((zone) => zone !== undefined);
  if (rules === null) return hints[0] === undefined ? null : ianaZone(hints[0]);
  const iana = [...hints, ...all_zones].find((zone) => agrees(rules, zone, years));
  if (iana !== undefined) return ianaZone(iana);
  return {
    iana: null,
    toInstant: (wall) => rules.toInstant(Date.parse(`${wall}Z`)),
    toWall: (ms) => new Date(ms + rules.offsetAt(ms)).toISOString().slice(0, 19),
  };
}

const day_ms = 86_400_000;
const compared_years = 3;

/** True when a zone has the definition's offsets throughout the last years of the events: those
 * long ago often have the rules of today in Outlook's files. */
function agrees(
  rules: ZoneRules,
  zone: string,
  { first, last }: { first: number; last: number },
): boolean {
  const until = Math.min(last, rules.last_year);
  const from_year = Math.max(first, until - compared_years + 1);
  const same = (ms: number) => rules.offsetAt(ms) === zoneOffset(zone, ms);
  const from_ms = Date.UTC(Math.min(from_year, until), 0, 1);
  const to_ms = Date.UTC(until + 1, 0, 1);
  for (let ms = from_ms; ms < to_ms; ms += 91 * day_ms) if (!same(ms)) return false;
  for (let ms = from_ms; ms < to_ms; ms += day_ms) {
    if (!same(ms)) return false;
    const offset = rules.offsetAt(ms);
    if (offset === rules.offsetAt(ms + day_ms)) continue;
    // Both must change at the same minute of this day.
    let [low, high] = [ms, ms + day_ms];
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (rules.offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    if (!same(low) || !same(high)) return false;
  }
  return true;
}
