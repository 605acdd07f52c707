import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { SeenEvent } from "./event_fields.ts";
import type { MeetingRow } from "./meetings.ts";
import type { TaskEventRow } from "./task_events.ts";

/** A meeting at rest, with the account that its event was written with. */
export type AuditableMeeting = Omit<MeetingRow, "write_due_at" | "search_due_at"> & {
  google_account_id: string;
  outcome_unknown: boolean;
};
import type { WritebackSuccess } from "./writebacks.ts";

/** Meetings at rest that Google was asked about, by meeting_id: a page after `after`, or the given ones. */
export function listAuditableMeetings(
  database: Database,
  page: { limit: number; after: string | null; meeting_ids: readonly string[] | null },
): Promise<AuditableMeeting[]> {
  return call(database, "list_auditable_meetings", {
    p_limit: page.limit,
    p_after: page.after,
    p_meeting_ids: page.meeting_ids,
  });
}

export interface AuditableCalendar {
  user_id: string;
  google_calendar_id: string;
  /** How many there are in all. */
  calendars: number;
}

/** The calendars of the connections that work, at most `limit`. */
export function listAuditableCalendars(
  database: Database,
  limit: number,
): Promise<AuditableCalendar[]> {
  return call(database, "list_auditable_calendars", { p_limit: limit });
}

/** Those of the event keys that a meeting or the event of a task has. */
export function findEventKeys(
  database: Database,
  event_keys: readonly string[],
): Promise<string[]> {
  return call(database, "find_event_keys", { p_event_keys: event_keys });
}

/** Events of tasks at rest that Google was asked about, by id: a page after `after`. */
export function listAuditableTaskEvents(
  database: Database,
  page: { limit: number; after: string | null; ids: readonly string[] | null },
): Promise<TaskEventRow[]> {
  return call(database, "list_auditable_task_events", {
    p_limit: page.limit,
    p_after: page.after,
    p_ids: page.ids,
  });
}

export interface FailedSearch {
  meeting_id: string;
  title: string | null;
  scheduling_error: string | null;
  scheduling_reason: string | null;
}

/** Meetings without a slot whose search failed, at most `limit`. */
export function listFailedSearches(database: Database, limit: number): Promise<FailedSearch[]> {
  return call(database, "list_failed_searches", { p_limit: limit });
}

/**
 * Makes a row say what Google says of its event, as sync does. False when nothing changed, when a write is due or leased,
 * or when the row has another event.
 */
export function adoptGoogleEvent(
  database: Database,
  subject: { kind: "meeting" | "task_event"; id: string },
  event: SeenEvent,
): Promise<boolean> {
  return call(database, "adopt_google_event", {
    p_kind: subject.kind,
    p_subject_id: subject.id,
    p_event: event,
  });
}

/** Stores the event as Google returned it. False when the row is leased or has another event. */
export function refreshWrittenEvent(
  database: Database,
  meeting_id: string,
  written: Pick<WritebackSuccess, "google_event_id" | "google_event_link" | "event">,
): Promise<boolean> {
  return call(database, "refresh_written_event", {
    p_meeting_id: meeting_id,
    p_google_event_id: written.google_event_id,
    p_google_event_link: written.google_event_link,
    p_event: written.event,
  });
}
