import { mergeGuests } from "@shared/calendar_events/merge_guests.ts";
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
 * The guests of a changed event: `before` (last read, on which the change is based), `present`
 * (what Google has now) and `wanted`. Whom others removed stays away.
 */
export function mergeTaskGuests(
  before: readonly GoogleAttendee[],
  present: readonly GoogleAttendee[],
  wanted: readonly WantedGuest[],
): AttendeeInput[] {
  return mergeGuests({
    before,
    present,
    wanted,
    invite: (guest, earlier) => earlier === undefined ? newGuest(guest) : null,
    keep: (guest, there, earlier) => ({
      ...asAttendeeInput(there, guest.email.trim().toLowerCase()),
      ...changedFields(guest, earlier),
    }),
  });
}

/** All guests as Google returns them, so that sending them back keeps their replies. */
export function asInput(attendees: readonly GoogleAttendee[]): AttendeeInput[] {
  return [...byEmail(attendees)].map(([email, guest]) => asAttendeeInput(guest, email));
}

/** The differences between the requested guests and those on which the request is based. */
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
