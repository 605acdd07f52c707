/** True for an IANA zone name, legacy aliases such as US/Pacific included; false for offsets like
 * +02:00. */
export function isZone(name: string): boolean {
  let known = zone_names.get(name);
  if (known === undefined) {
    known = /^[A-Za-z]/.test(name) && accepted(name);
    zone_names.set(name, known);
  }
  return known;
}

// Whether a name is a zone never changes, so the answers may outlive one emulator.
const zone_names = new Map<string, boolean>();

function accepted(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Epoch milliseconds of a wall time in a zone ("2026-11-30T09:00:00"); skipped times move
 * forward, repeated ones are the first. */
export function wallTimeToInstant(wall_time: string, zone: string): number {
  return Temporal.PlainDateTime.from(wall_time).toZonedDateTime(zone).epochMilliseconds;
}

/** RFC 3339 with the zone's offset and whole seconds; `Z` for UTC. */
export function formatInstant(instant_ms: number, zone: string): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(instant_ms);
  if (zone === "UTC") return instant.toString({ smallestUnit: "second" });
  return instant.toString({ timeZone: zone, smallestUnit: "second" });
}

/** `2026-11-30` plus days. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
}
