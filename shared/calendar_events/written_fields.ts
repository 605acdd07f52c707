import type { EventField, WrittenFields } from "@shared/database/event_fields.ts";
import { hasConference } from "@shared/google/event.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { instantIso, momentOf } from "@shared/time/wall_time.ts";
import { textMark } from "./text_mark.ts";

/** The fields of an event in the form in which they are kept and compared. */
export function fieldsOf(event: GoogleEvent): WrittenFields {
  const start = momentOf(event.start, "UTC");
  const end = momentOf(event.end, start?.zone ?? "UTC");
  return {
    title: event.summary ?? "",
    description: textMark(event.description ?? ""),
    location: event.location ?? "",
    time: {
      start: start === null ? null : instantIso(start),
      end: end === null ? null : instantIso(end),
      zone: start?.zone ?? null,
    },
    recurrence: event.recurrence ?? [],
    conference: hasConference(event) ? "meet" : "none",
    reminders: event.reminders ?? null,
    guests_can_modify: event.guestsCanModify ?? false,
    guests_can_invite_others: event.guestsCanInviteOthers ?? true,
    guests_can_see_other_guests: event.guestsCanSeeOtherGuests ?? true,
    guests: (event.attendees ?? []).map(({ email = "" }) => email.toLowerCase()).sort(),
  };
}

/** `before` with the fields that this write sent, as the event shows them now; null: the write sent every field. */
export function writtenFields(
  before: WrittenFields | null,
  event: GoogleEvent,
  sent: readonly (EventField | "guests")[] | null,
): WrittenFields {
  const now = fieldsOf(event);
  if (sent === null) return now;
  const written = { ...before };
  for (const field of sent) {
    const name = field === "zone" ? "time" : field;
    written[name] = now[name];
  }
  return written;
}
