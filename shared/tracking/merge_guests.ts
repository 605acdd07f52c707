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
      merged.push({ ...asGuest(there, email), ...changedFields(guest, before.get(email)) });
    } else if (!before.has(email)) {
      merged.push(newGuest(guest));
    }
  }
  for (const [email, guest] of now) {
    if (!asked.has(email) && !before.has(email)) merged.push(asGuest(guest, email));
  }
  return merged;
}

/** Everybody as Google shows them, ready to be sent back without losing an answer. */
export function asInput(attendees: readonly GoogleAttendee[]): AttendeeInput[] {
  return [...byEmail(attendees)].map(([email, guest]) => asGuest(guest, email));
}

function byEmail<T extends { email?: string | undefined }>(guests: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const guest of guests) {
    const email = guest.email?.trim().toLowerCase();
    if (email !== undefined && email !== "" && !found.has(email)) found.set(email, guest);
  }
  return found;
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

/** Google resets the answer of a guest who is sent without it. */
function asGuest(guest: GoogleAttendee, email: string): AttendeeInput {
  return {
    email: guest.email ?? email,
    ...(guest.displayName === undefined ? {} : { displayName: guest.displayName }),
    ...(guest.optional === undefined ? {} : { optional: guest.optional }),
    ...(guest.resource === undefined ? {} : { resource: guest.resource }),
    ...(guest.responseStatus === undefined ? {} : { responseStatus: guest.responseStatus }),
    ...(guest.comment === undefined ? {} : { comment: guest.comment }),
    ...(guest.additionalGuests === undefined ? {} : { additionalGuests: guest.additionalGuests }),
  };
}
