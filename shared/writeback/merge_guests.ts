import type { AttendeeInput, GoogleAttendee } from "@shared/google/event.ts";
import { attendee } from "./compose_event.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/**
 * The guests that a changed event gets, from three sources: the meeting's participants, what the
 * event shows now, and whom changes have taken off the list (lower-case addresses). Google replaces
 * the list as a whole and resets the answer of anybody sent without it, so everyone keeps theirs;
 * guests whom people added on the event stay.
 */
export function mergeGuests(
  meeting: WritableMeeting,
  shown: readonly GoogleAttendee[],
  removed: readonly string[],
): AttendeeInput[] {
  const present = byEmail(shown);
  const wanted = meeting.participants.map((participant) => ({
    ...attendee(participant, meeting),
    ...replyOf(present.get(participant.email.toLowerCase())),
  }));
  const named = new Set(wanted.map(({ email }) => email.toLowerCase()));
  const added = [...present].filter(([email]) => !named.has(email) && !removed.includes(email));
  return [...wanted, ...added.map(([email, guest]) => asInput(email, guest))];
}

function byEmail(attendees: readonly GoogleAttendee[]): Map<string, GoogleAttendee> {
  const found = new Map<string, GoogleAttendee>();
  for (const guest of attendees) {
    if (guest.email !== undefined) found.set(guest.email.toLowerCase(), guest);
  }
  return found;
}

function asInput(email: string, guest: GoogleAttendee): AttendeeInput {
  return {
    email: guest.email ?? email,
    ...(guest.displayName === undefined ? {} : { displayName: guest.displayName }),
    ...(guest.optional === undefined ? {} : { optional: guest.optional }),
    ...(guest.resource === undefined ? {} : { resource: guest.resource }),
    ...replyOf(guest),
  };
}

function replyOf(guest: GoogleAttendee | undefined): Partial<AttendeeInput> {
  return {
    ...(guest?.responseStatus === undefined ? {} : { responseStatus: guest.responseStatus }),
    ...(guest?.comment === undefined ? {} : { comment: guest.comment }),
    ...(guest?.additionalGuests === undefined ? {} : { additionalGuests: guest.additionalGuests }),
  };
}
