import { asAttendeeInput, byEmail, replyOf } from "@shared/google/attendee_input.ts";
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
  return [...wanted, ...added.map(([email, guest]) => asAttendeeInput(guest, email))];
}
