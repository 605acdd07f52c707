import { byEmail } from "@shared/google/attendee_input.ts";
import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { parseLines } from "@shared/time/recurrence_lines.ts";
import { momentOf } from "@shared/time/wall_time.ts";
import type { CalendarTime } from "@shared/time/wall_time.ts";
import { isSameZone } from "@shared/time/zones.ts";

interface Guest {
  email?: string | undefined;
  displayName?: string | undefined;
  optional?: boolean | undefined;
}

/**
 * Whether people would see a difference after this patch: another name of the same time zone, the case
 * of an address or our own marks are none, and need no mail. In doubt there is a difference.
 */
export function isVisible(event: GoogleEvent, patch: EventPatch): boolean {
  const { summary, description, location, start, end, recurrence, attendees, ...others } = patch;
  const { extendedProperties: _marks, ...settings } = others;
  return Object.keys(settings).length > 0 ||
    isOtherText(event.summary, summary) ||
    isOtherText(event.description, description) ||
    isOtherText(event.location, location) ||
    (start !== undefined && !isSameTime(event.start, start)) ||
    (end !== undefined && !isSameTime(event.end, end)) ||
    (recurrence !== undefined && !isSameRecurrence(event.recurrence ?? [], recurrence ?? [])) ||
    (attendees !== undefined && !isSameGuests(event.attendees ?? [], attendees ?? []));
}

/** Whether two lists name the same guests with the same names and the same weight, in any order. */
export function isSameGuests(a: readonly Guest[], b: readonly Guest[]): boolean {
  return guestKeys(a) === guestKeys(b);
}

function guestKeys(guests: readonly Guest[]): string {
  return [...byEmail(guests)]
    .map(([email, guest]) =>
      JSON.stringify([email, guest.displayName ?? "", guest.optional === true])
    )
    .sort().join("\n");
}

function isOtherText(shown: string | undefined, given: string | null | undefined): boolean {
  return given !== undefined && (shown ?? "") !== (given ?? "");
}

type GivenTime = NonNullable<EventPatch["start"]> | null;

function isSameTime(shown: CalendarTime | undefined, given: GivenTime): boolean {
  const a = momentOf(shown, "UTC");
  const b = momentOf(timeOf(given), "UTC");
  if (a === null || b === null || a.instant !== b.instant) return false;
  if (a.zone === null || b.zone === null) return a.zone === b.zone;
  return isSameZone(a.zone, b.zone);
}

function timeOf(given: GivenTime): CalendarTime {
  const { date, dateTime, timeZone } = given ?? {};
  return {
    ...(typeof date === "string" ? { date } : {}),
    ...(typeof dateTime === "string" ? { dateTime } : {}),
    ...(typeof timeZone === "string" ? { timeZone } : {}),
  };
}

function isSameRecurrence(a: readonly string[], b: readonly string[]): boolean {
  const canonical = (lines: readonly string[]) =>
    parseLines(lines).map((line) => JSON.stringify(line)).sort().join("\n");
  return canonical(a) === canonical(b);
}
