import { formatInstant } from "./instants.ts";
import { instantAt, offsetAt, offsetSegments } from "./zones.ts";

/**
 * What a wall clock shows, as the milliseconds at which a clock in UTC shows the same. Series repeat
 * at a wall time, so their arithmetic uses it and no clock change disturbs it.
 */
export type WallTime = number;

/** A wall time in an IANA zone, or a whole day (`zone` null): where the occurrences of a series are. */
export interface ZonedWallTime {
  wall: WallTime;
  zone: string | null;
}

/**
 * When an event starts or ends: an instant in milliseconds with the IANA zone that it is shown in, or
 * a whole day (`zone` null) as the first instant of that date in UTC. The difference of two moments is
 * elapsed time. A wall time alone would lose which hour was meant where clocks are put back.
 */
export interface EventMoment {
  instant: number;
  zone: string | null;
}

/** A start or end as Google Calendar writes it: a date, or a date-time with its zone. */
export interface CalendarTime {
  date?: string | undefined;
  dateTime?: string | undefined;
  timeZone?: string | undefined;
}

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_AROUND = 2 * 1440;

/** The wall time of an instant in a zone, to the second. Throws RangeError for an unknown zone or no instant. */
export function wallOf(instant: string | number, zone: string): WallTime {
  const ms = typeof instant === "number" ? instant : Date.parse(instant);
  if (Number.isNaN(ms)) throw new RangeError(`Expected an instant instead of "${instant}"`);
  return wholeSeconds(ms) + offsetMinutes(ms, zone) * MINUTE_MS;
}

/**
 * The instant of a wall time, in milliseconds: the first of two where clocks are put back. A time
 * that a clock change skips is read with the offset before the change (RFC 5545, 3.3.5), so it moves
 * on by the gap.
 */
export function instantOf(wall: WallTime, zone: string): number {
  const minute = Math.floor(wall / MINUTE_MS);
  const segments = offsetSegments(zone, minute - MINUTES_AROUND, minute + MINUTES_AROUND);
  return instantAt(segments, minute) * MINUTE_MS + (wall - minute * MINUTE_MS);
}

/** A date such as 2030-01-07 as the wall time of its first second. */
export function wallOfDay(day: string): WallTime {
  return Date.parse(`${day}T00:00:00Z`);
}

/** The date of a wall time. */
export function dayOf(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** Milliseconds since the midnight of a wall time. */
export function timeOfDay(wall: WallTime): number {
  return ((wall % DAY_MS) + DAY_MS) % DAY_MS;
}

/** A moment given as a date or as an RFC 3339 instant, to the second, which is then shown in `zone`. */
export function readMoment(text: string, zone: string): EventMoment {
  if (isDay(text)) return { instant: wallOfDay(text), zone: null };
  return { instant: wholeSeconds(Date.parse(text)), zone };
}

/** The moment at which a clock in the zone shows a wall time; see `instantOf`. */
export function momentOn({ wall, zone }: ZonedWallTime): EventMoment {
  return { instant: zone === null ? wall : instantOf(wall, zone), zone };
}

/** What the clock shows at a moment. */
export function wallTimeOf({ instant, zone }: EventMoment): ZonedWallTime {
  return { wall: zone === null ? instant : wallOf(instant, zone), zone };
}

/**
 * The occurrence of a series at a wall time. Only the start of the series was given as an instant, so
 * only it can be in the second of two equal hours.
 */
export function occurrenceStart(series: EventMoment, wall: WallTime): EventMoment {
  return wall === wallTimeOf(series).wall ? series : momentOn({ wall, zone: series.zone });
}

/**
 * The wall time at which the rule of a series has an occurrence that is at this instant. Where a clock
 * change skips the time of day of the series, the clock shows a later one.
 */
export function seriesWallOf(instant: number, { wall, zone }: ZonedWallTime): WallTime {
  if (zone === null) return instant;
  const shown = wallOf(instant, zone);
  const regular = shown - timeOfDay(shown) + timeOfDay(wall);
  // The skipped times can be the last ones of the day before.
  return [regular, regular - DAY_MS].find((one) =>
    one < shown && instantOf(one, zone) === instant
  ) ??
    shown;
}

/** Google's start or end; null where it has none. Instants without a zone are read in `fallback_zone`. */
export function momentOf(
  time: CalendarTime | undefined,
  fallback_zone: string,
): EventMoment | null {
  if (time?.date !== undefined) return readMoment(time.date, fallback_zone);
  if (time?.dateTime === undefined) return null;
  return readMoment(time.dateTime, time.timeZone ?? fallback_zone);
}

/** As Google accepts a start or end: with offset and zone, because Google reads a naive date-time in two ways. */
export function googleTime(moment: EventMoment): { date: string } | {
  dateTime: string;
  timeZone: string;
} {
  const { instant, zone } = moment;
  if (zone === null) return { date: dayOf(instant) };
  return { dateTime: rfc3339(moment), timeZone: zone };
}

/** An instant with the zone's offset, or a date; how Google names an original start. */
export function rfc3339({ instant, zone }: EventMoment): string {
  if (zone === null) return dayOf(instant);
  return formatInstant(instant / MINUTE_MS, offsetMinutes(instant, zone));
}

/** The instant at which a moment is; a whole day begins at UTC midnight where no zone is known. */
export function instantIso({ instant }: EventMoment): string {
  return new Date(instant).toISOString();
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

function offsetMinutes(instant_ms: number, zone: string): number {
  const minute = Math.floor(instant_ms / MINUTE_MS);
  return offsetAt(offsetSegments(zone, minute, minute + 1), minute);
}

/** Google stores whole seconds. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
