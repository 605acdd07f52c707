import type { TaskEventColumns } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { extractOrganizerMetadata, normalizeAttendees } from "@shared/google/event_people.ts";
import { dayOf, instantIso, momentOf, wallTimeOf } from "@shared/time/wall_time.ts";

/** What a row says about an event, all of it taken from Google's own answer. */
export function eventColumns(event: GoogleEvent, now: Date): TaskEventColumns {
  const zone = event.start?.timeZone ?? "UTC";
  const start = momentOf(event.start, zone);
  const end = momentOf(event.end, zone);
  const original = momentOf(event.originalStartTime, zone);
  return {
    calendar_event_id: event.id,
    event_link: event.htmlLink ?? null,
    event_title: event.summary ?? null,
    event_start: start === null ? null : instantIso(start),
    event_end: end === null ? null : instantIso(end),
    timezone: start?.zone ?? null,
    is_all_day: start !== null && start.zone === null,
    ...extractOrganizerMetadata(event),
    attendees: normalizeAttendees(event.attendees).map((guest) => ({ ...guest })),
    recurrence_rule: event.recurrence?.join("\n") ?? null,
    is_master_event: event.recurrence !== undefined,
    recurrence_master_id: event.recurringEventId ?? null,
    recurrence_instance_date: original === null ? null : dayOf(wallTimeOf(original).wall),
    original_start_time: event.originalStartTime?.dateTime ?? event.originalStartTime?.date ?? null,
    is_exception: event.recurringEventId !== undefined,
    exception_type: exceptionType(event),
    sync_status: "synced",
    sync_error: null,
    last_synced_at: now.toISOString(),
    etag: event.etag ?? null,
    deleted_at: null,
  };
}

function exceptionType(event: GoogleEvent): string | null {
  if (event.recurringEventId === undefined) return null;
  if (event.status === "cancelled") return "cancelled";
  const start = event.start?.dateTime ?? event.start?.date;
  const original = event.originalStartTime?.dateTime ?? event.originalStartTime?.date;
  return start !== undefined && original !== undefined && Date.parse(start) !== Date.parse(original)
    ? "moved"
    : "modified";
}
