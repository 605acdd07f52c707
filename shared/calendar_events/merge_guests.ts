import { asAttendeeInput, byEmail } from "@shared/google/attendee_input.ts";
import type { AttendeeInput, GoogleAttendee } from "@shared/google/event.ts";
import { normalizeAttendeeResponseStatus } from "@shared/google/event_people.ts";

/** A guest as a caller asks for it. An answer counts only for a guest who is new. */
export interface WantedGuest {
  email: string;
  displayName?: string | undefined;
  optional?: boolean | undefined;
  resource?: boolean | undefined;
  responseStatus?: string | undefined;
}

/**
 * The list to send to Google, from three: `known` (what we last saw, on which the wish is based),
 * `present` (what Google has now) and `wanted`. Whom others added stays, whom others removed stays
 * away, and what a guest answered is Google's word, never ours. Addresses compare without case.
 */
export function mergeGuests(
  known: readonly GoogleAttendee[],
  present: readonly GoogleAttendee[],
  wanted: readonly WantedGuest[],
): AttendeeInput[] {
  const before = byEmail(known);
  const now = byEmail(present);
  const asked = byEmail(wanted);
  const merged: AttendeeInput[] = [];
  for (const [email, guest] of asked) {
    const there = now.get(email);
    if (there !== undefined) {
      merged.push({ ...asAttendeeInput(there, email), ...changedFields(guest, before.get(email)) });
    } else if (!before.has(email)) {
      merged.push(newGuest(guest));
    }
  }
  for (const [email, guest] of now) {
    if (!asked.has(email) && !before.has(email)) merged.push(asAttendeeInput(guest, email));
  }
  return merged;
}

/** Everybody as Google shows them, ready to be sent back without losing an answer. */
export function asInput(attendees: readonly GoogleAttendee[]): AttendeeInput[] {
  return [...byEmail(attendees)].map(([email, guest]) => asAttendeeInput(guest, email));
}

/** What the wish says differently from what it was based on. */
function changedFields(
  { displayName, optional }: WantedGuest,
  before: GoogleAttendee | undefined,
): Partial<AttendeeInput> {
  return {
    ...(displayName === undefined || displayName === before?.displayName ? {} : { displayName }),
    ...(optional === undefined || optional === (before?.optional ?? false) ? {} : { optional }),
  };
}

function newGuest({ email, displayName, optional, resource, responseStatus }: WantedGuest) {
  return {
    email,
    ...(displayName === undefined ? {} : { displayName }),
    ...(optional === undefined ? {} : { optional }),
    ...(resource === undefined ? {} : { resource }),
    ...(responseStatus === undefined
      ? {}
      : { responseStatus: normalizeAttendeeResponseStatus(responseStatus) }),
  };
}
