import { mergeGuests } from "@shared/calendar_events/merge_guests.ts";
import { replyOf } from "@shared/google/attendee_input.ts";
import type { AttendeeInput, GoogleAttendee } from "@shared/google/event.ts";
import { attendee } from "./compose_event.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/**
 * The guests that a changed event gets, from three sources: the meeting's participants, what the
 * event shows now, and whom changes have taken off the list (lower-case addresses). Participants
 * keep their answer; guests whom people added on the event stay.
 */
export function mergeMeetingGuests(
  meeting: WritableMeeting,
  shown: readonly GoogleAttendee[],
  removed: readonly string[],
): AttendeeInput[] {
  return mergeGuests({
    before: removed.map((email) => ({ email })),
    present: shown,
    wanted: meeting.participants,
    invite: (participant) => attendee(participant, meeting),
    keep: (participant, present) => ({ ...attendee(participant, meeting), ...replyOf(present) }),
  });
}
