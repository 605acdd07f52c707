import { rfc3339 } from "./wall_time.ts";
import type { CalendarTime } from "./wall_time.ts";
import { isTimeZone } from "./zones.ts";

/** An instant as Postgres or a caller writes it. */
type Stored = string | null | undefined;

interface Slot<Start, End> {
  start_time: Start;
  end_time: End;
}

/**
 * The form of every instant in a response: RFC 3339 in UTC, in whole seconds (a fraction is cut off), such as
 * `2030-01-07T09:00:00Z`. For what happened and what is due: `created_at`, `until`, `expires_at`. What RFC 3339 cannot
 * write stays as it is stored: infinity, and years beyond 9999.
 */
export function shownInstant(stored: string): string;
export function shownInstant(stored: Stored): string | null;
export function shownInstant(stored: Stored): string | null {
  return shownTime(stored, "UTC");
}

/**
 * The form of a start or end of a meeting in a response: the same with the offset of the zone that the meeting has, such
 * as `2030-01-07T10:00:00+01:00`. Without a zone, or with a name that is none (a row that its status reports as
 * invalid), in UTC.
 */
export function shownTime(stored: string, zone: string | null): string;
export function shownTime(stored: Stored, zone: string | null): string | null;
export function shownTime(stored: Stored, zone: string | null): string | null {
  if (stored === null || stored === undefined) return null;
  const instant = Date.parse(stored);
  if (Number.isNaN(instant) || new Date(instant).getUTCFullYear() > 9999) return stored;
  const known = zone !== null && isTimeZone(zone) ? zone : "UTC";
  return rfc3339({ instant: Math.floor(instant / 1000) * 1000, zone: known });
}

/** Start and end in that form. */
export function shownSlot(slot: Slot<string, string>, zone: string | null): Slot<string, string>;
export function shownSlot(
  slot: Slot<string, string | null>,
  zone: string | null,
): Slot<string, string | null>;
export function shownSlot(
  slot: Slot<string | null, string | null>,
  zone: string | null,
): Slot<string | null, string | null>;
export function shownSlot(
  { start_time, end_time }: Slot<string | null, string | null>,
  zone: string | null,
): Slot<string | null, string | null> {
  return { start_time: shownTime(start_time, zone), end_time: shownTime(end_time, zone) };
}

/** A start or end of Google's in that form: a date for a whole day, otherwise with the offset of the event's zone. */
export function shownCalendarTime(time: CalendarTime | undefined): string | null {
  if (time?.dateTime === undefined) return time?.date ?? null;
  // Google names the offset of the calendar; without a zone that is all that is known of the event's.
  return time.timeZone === undefined ? time.dateTime : shownTime(time.dateTime, time.timeZone);
}
