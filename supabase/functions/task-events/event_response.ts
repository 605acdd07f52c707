import type { Actor } from "@shared/database/actor.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { extractOrganizerMetadata, normalizeAttendees } from "@shared/google/event_people.ts";
import { HttpFault } from "@shared/http/fault.ts";

/** Only a signed-in user has a calendar; a key has to say whose it means. */
export function requireUser(actor: Actor, named: string | undefined): string {
  const user = actor.kind === "user" ? actor.user_id : named;
  if (user === undefined) {
    throw new HttpFault("invalid_request", "user_id: Expected whose event it is, as a key asks", {
      path: "user_id",
    });
  }
  if (named !== undefined && named !== user) {
    throw new HttpFault("forbidden", "Only a secret key may act for another user.");
  }
  return user;
}

/** An event as Google answered, in the words of the tracking document. */
export function eventResponse(event: GoogleEvent) {
  return {
    event_id: event.id,
    event_link: event.htmlLink ?? null,
    summary: event.summary ?? null,
    start_time: event.start?.dateTime ?? event.start?.date ?? null,
    end_time: event.end?.dateTime ?? event.end?.date ?? null,
    ...(event.recurrence === undefined ? {} : { recurrence: event.recurrence }),
    ...extractOrganizerMetadata(event),
    attendees: normalizeAttendees(event.attendees),
  };
}

/** A stored event in the same words. Instants are RFC 3339. */
export function rowResponse(event: TaskEventRow) {
  return {
    event_id: event.calendar_event_id,
    event_link: event.event_link,
    calendar_id: event.calendar_id,
    summary: event.event_title,
    start_time: event.event_start,
    end_time: event.event_end,
    recurrence: event.recurrence_rule === null ? null : event.recurrence_rule.split("\n"),
    organizer_email: event.organizer_email,
    organizer_display_name: event.organizer_display_name,
    organizer_self: event.organizer_self,
    attendees: event.attendees,
  };
}
