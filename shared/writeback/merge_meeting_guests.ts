import { mergeGuests } from "@shared/calendar_events/merge_guests.ts";
import type { GuestChange } from "@shared/database/event_fields.ts";
import { asAttendeeInput, replyOf } from "@shared/google/attendee_input.ts";
import type { AttendeeInput, GoogleAttendee } from "@shared/google/event.ts";
import { attendee } from "./compose_event.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/**
 * The guests that a changed event gets, from three sources: the meeting's participants, what the
 * event shows now, and what changes have named of each guest (addresses in lower case). Guests keep their
 * reply; one whom people added stays until a change removes them, and one whom people removed comes back
 * only when a change adds them.
 */
export function mergeMeetingGuests(
  meeting: WritableMeeting,
  shown: readonly GoogleAttendee[],
  named: ReadonlyMap<string, GuestChange>,
): AttendeeInput[] {
  const changeOf = ({ email }: { email: string }) => named.get(email.toLowerCase());
  return mergeGuests({
    before: [...named].flatMap(([email, change]) => change === "removed" ? { email } : []),
    present: shown,
    wanted: meeting.participants,
    invite: (guest) => changeOf(guest) === "added" ? attendee(guest, meeting) : null,
    keep: (guest, present) => {
      const shown_guest = asAttendeeInput(present, guest.email);
      if (changeOf(guest) === undefined) return shown_guest;
      const { email, optional: _, ...others } = shown_guest;
      return { ...others, ...attendee(guest, meeting), ...replyOf(present), email };
    },
  });
}
