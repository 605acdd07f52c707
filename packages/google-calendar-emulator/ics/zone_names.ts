import windows_zones from "cldr-core/windowsZones" with { type: "json" };
import { formatInstant, isZone } from "../calendar/zones.ts";

/** Windows' name in small letters -> the IANA zone that CLDR gives for it, whatever the country. */
const windows = new Map<string, string>();
for (const { mapZone } of windows_zones.supplemental.windowsZones.mapTimezones) {
  if (mapZone._territory === "001") windows.set(mapZone._other.toLowerCase(), mapZone._type);
}

/** IANA zones, the well-known ones of Windows first. */
export const all_zones: readonly string[] = [
  ...new Set([...windows.values(), ...Intl.supportedValuesOf("timeZone")]),
];

/** What a zone's name alone says. */
export interface NamedZone {
  zone: string;
  /** False when the name may stand for other rules elsewhere, so that a definition in the file
   * decides: EST has summer time in some files. */
  sure: boolean;
}

/** The IANA zone that a TZID means by its name: an IANA name, also behind a prefix such as
 * /freeassociation.sourceforge.net/; Windows' name; an offset; the label of Windows' settings. */
export function zoneOfName(given: string): NamedZone | null {
  const name = given.replaceAll("\\", "").replaceAll('"', "").trim();
  if (isZone(name)) return { zone: name, sure: name.includes("/") };
  const known = windowsZone(name);
  if (known !== undefined) return { zone: known, sure: false };
  const suffix = zoneAtEnd(name);
  if (suffix !== undefined) return { zone: suffix, sure: suffix.includes("/") };
  const other = zoneOfOffset(name) ?? zoneOfLabel(name);
  return other === undefined ? null : { zone: other, sure: false };
}

function windowsZone(name: string): string | undefined {
  const standard = name.toLowerCase().replace(/ daylight time$/, " standard time");
  return windows.get(standard) ?? windows.get(standard.replace(/ time \(.*\)$/, " standard time"));
}

/** `/mozilla.org/20050126_1/America/Indiana/Knox` -> `America/Indiana/Knox`. */
function zoneAtEnd(name: string): string | undefined {
  const segments = name.replaceAll(" ", "_").split("/").filter((segment) => segment !== "");
  for (let first = 0; first < segments.length; first++) {
    const suffix = segments.slice(first).join("/");
    if (isZone(suffix)) return /^utc$/i.test(suffix) ? "UTC" : suffix;
  }
  return undefined;
}

/** `GMT+01:00`, `UTC-5`, `+0530`. */
function zoneOfOffset(name: string): string | undefined {
  if (/^z$/i.test(name)) return "UTC";
  const offset = offsetMs(/^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?$/i.exec(name));
  return offset === undefined ? undefined : zoneWithOffset(offset, all_zones);
}

/** `(UTC+01:00) Amsterdam, Berlin, Bern`: the first city that is a zone with that offset. */
function zoneOfLabel(name: string): string | undefined {
  const [, sign, hours, minutes, places = ""] =
    /^\((?:UTC|GMT)(?:([+-])(\d{1,2})[:.](\d\d))?\)\s*(.+)$/i.exec(name) ?? [];
  if (places === "") return undefined;
  const offset = sign === undefined ? 0 : offsetMs([name, sign, hours, minutes]);
  if (offset === undefined) return undefined;
  const label = windowsZone(places);
  if (label !== undefined) return label;
  const cities = places.split(",").map((city) => city.trim().replaceAll(" ", "_").toLowerCase());
  const candidates = cities.flatMap((city) =>
    all_zones.filter((zone) => zone.toLowerCase().endsWith(`/${city}`))
  );
  return candidates.find((zone) => winterOffset(zone) === offset);
}

function offsetMs(match: readonly (string | undefined)[] | null): number | undefined {
  if (match === null) return undefined;
  const [, sign, hours, minutes] = match;
  const ms = (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === "-" ? -ms : ms;
}

function zoneWithOffset(offset_ms: number, zones: readonly string[]): string | undefined {
  const hours = offset_ms / 3_600_000;
  const fixed = hours === 0 ? "UTC" : `Etc/GMT${hours < 0 ? "+" : "-"}${Math.abs(hours)}`;
  if (Number.isInteger(hours) && isZone(fixed)) return fixed;
  return zones.find((zone) =>
    [0, 6].every((month) => zoneOffset(zone, Date.UTC(2030, month, 1)) === offset_ms)
  );
}

function winterOffset(zone: string): number {
  return Math.min(...[0, 6].map((month) => zoneOffset(zone, Date.UTC(2030, month, 1))));
}

/** Milliseconds that a zone is ahead of UTC at an instant. */
export function zoneOffset(zone: string, ms: number): number {
  return Date.parse(`${formatInstant(ms, zone).slice(0, 19)}Z`) - Math.floor(ms / 1000) * 1000;
}
