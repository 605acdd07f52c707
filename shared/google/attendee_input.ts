import type { AttendeeInput, GoogleAttendee } from "./event.ts";

/** Guests by address without case; the first of several, and no guest without an address. */
export function byEmail<Guest extends { email?: string | undefined }>(
  guests: readonly Guest[],
): Map<string, Guest> {
  const found = new Map<string, Guest>();
  for (const guest of guests) {
    const email = guest.email?.trim().toLowerCase();
    if (email !== undefined && email !== "" && !found.has(email)) found.set(email, guest);
  }
  return found;
}

/** A guest as Google shows it, to be sent back; `email` where Google shows none. */
export function asAttendeeInput(guest: GoogleAttendee, email: string): AttendeeInput {
  return {
    email: guest.email ?? email,
    ...(guest.displayName === undefined ? {} : { displayName: guest.displayName }),
    ...(guest.optional === undefined ? {} : { optional: guest.optional }),
    ...(guest.resource === undefined ? {} : { resource: guest.resource }),
    ...replyOf(guest),
  };
}

/** What a guest answered. Google resets the answer of a guest who is sent without it. */
export function replyOf(guest: GoogleAttendee | undefined): Partial<AttendeeInput> {
  return {
    ...(guest?.responseStatus === undefined ? {} : { responseStatus: guest.responseStatus }),
    ...(guest?.comment === undefined ? {} : { comment: guest.comment }),
    ...(guest?.additionalGuests === undefined ? {} : { additionalGuests: guest.additionalGuests }),
  };
}
