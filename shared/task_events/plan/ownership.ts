import { FailureError, rejection } from "@shared/failures/failure.ts";
import type { GoogleEvent, SendUpdates } from "@shared/google/event.ts";
import { extractOrganizerMetadata } from "@shared/google/event_people.ts";

export type Ownership = "ours" | "theirs" | "unknown";

/** Whose event this is, from the stored or extracted `organizer_self`. */
export function ownershipOf(organizer_self: boolean | null): Ownership {
  if (organizer_self === null) return "unknown";
  return organizer_self ? "ours" : "theirs";
}

/** Whose event Google shows. */
export function ownershipOfEvent(event: GoogleEvent): Ownership {
  return ownershipOf(extractOrganizerMetadata(event).organizer_self);
}

/** An incomplete list of guests would remove the others. Throws FailureError. */
export function requireAllGuests(event: GoogleEvent): void {
  if (event.attendeesOmitted === true) throw new FailureError(rejection("guests_hidden"));
}

interface Guest {
  self?: boolean | undefined;
  resource?: boolean | undefined;
}

/** The guests other than the user and rooms, which get no mail. */
export function otherGuests<T extends Guest>(attendees: readonly T[]): T[] {
  return attendees.filter((guest) => guest.self !== true && guest.resource !== true);
}

/**
 * Whom Google mails about a change of this event, `guests` being all whom it concerns. The organizer
 * is no guest: on a secondary calendar that is the calendar itself.
 */
export function sendUpdatesOf(
  asked: SendUpdates | undefined,
  event: GoogleEvent,
  guests: readonly (Guest & { email?: string | undefined })[],
): SendUpdates {
  const organizer = event.organizer?.email?.toLowerCase();
  const others = otherGuests(guests).filter(({ email }) => email?.toLowerCase() !== organizer);
  return sendUpdatesFor(asked, ownershipOfEvent(event), others.length > 0);
}

/** Value of sendUpdates: as requested, otherwise all if there are other guests and the user organizes. */
export function sendUpdatesFor(
  asked: SendUpdates | undefined,
  ownership: Ownership,
  has_other_guests: boolean,
): SendUpdates {
  return asked ?? (has_other_guests && ownership === "ours" ? "all" : "none");
}
