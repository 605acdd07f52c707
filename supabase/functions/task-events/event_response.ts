import type { Actor } from "@shared/database/actor.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { extractOrganizerMetadata, normalizeAttendees } from "@shared/google/event_people.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { shownCalendarTime, shownTime } from "@shared/time/shown_time.ts";
import { dayOf } from "@shared/time/wall_time.ts";

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
    start_time: shownCalendarTime(event.start),
    end_time: shownCalendarTime(event.end),
    ...(event.recurrence === undefined ? {} : { recurrence: event.recurrence }),
    ...extractOrganizerMetadata(event),
    attendees: normalizeAttendees(event.attendees),
  };
}

/** A stored event in the same words. */
export function rowResponse(event: TaskEventRow) {
  // A row has a whole day as its midnight in UTC.
  const shown = (stored: string | null) =>
    stored !== null && event.is_all_day
      ? dayOf(Date.parse(stored))
      : shownTime(stored, event.timezone);
  return {
    event_id: event.calendar_event_id,
    event_link: event.event_link,
    calendar_id: event.calendar_id,
    summary: event.event_title,
    start_time: shown(event.event_start),
    end_time: shown(event.event_end),
    recurrence: event.recurrence_rule === null ? null : event.recurrence_rule.split("\n"),
    organizer_email: event.organizer_email,
    organizer_display_name: event.organizer_display_name,
    organizer_self: event.organizer_self,
    attendees: event.attendees,
  };
}
