import type { SeenEvent } from "@shared/database/event_fields.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { normalizeAttendees } from "@shared/google/event_people.ts";

/** Fields of an event that are kept as last seen, under Google's names. */
const SEEN_FIELDS = [
  "id",
  "etag",
  "sequence",
  "updated",
  "status",
  "organizer",
  "summary",
  "location",
  "description",
  "start",
  "end",
  "recurrence",
  "attendeesOmitted",
  "hangoutLink",
  "htmlLink",
  "eventType",
] as const satisfies readonly (keyof GoogleEvent)[];

/** What of an event is kept as last seen; `calendar_id` is where it was read. */
export function seenEvent(event: GoogleEvent, calendar_id: string): SeenEvent {
  const seen: SeenEvent = { calendar_id };
  for (const field of SEEN_FIELDS) {
    if (event[field] !== undefined) seen[field] = event[field];
  }
  if (event.attendees !== undefined) seen.attendees = normalizeAttendees(event.attendees);
  return seen;
}
