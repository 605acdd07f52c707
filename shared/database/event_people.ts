import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";

/** Events of one user's calendar that are to be read again, and the time they lie in. */
export interface UnsyncedCalendar {
  user_id: string;
  calendar_id: string;
  event_ids: string[];
  /** Null if no row has the time of its event. */
  time_min: string | null;
  time_max: string | null;
  /** Whether every row has the time of its event, so that the window contains all events. */
  complete_window: boolean;
}

export interface UnsyncedFilter {
  actor: Actor;
  event_ids?: readonly string[];
  task_ids?: readonly string[];
  meeting_id?: string;
  limit: number;
}

/** Events named by the filter, or those without an organizer, a group for each user and calendar. */
export function listUnsyncedEvents(
  database: Database,
  { actor, event_ids, task_ids, meeting_id, limit }: UnsyncedFilter,
): Promise<UnsyncedCalendar[]> {
  return call(database, "list_unsynced_events", {
    p_user_id: userIdOf(actor),
    p_event_ids: event_ids ?? null,
    p_task_ids: task_ids ?? null,
    p_meeting_id: meeting_id ?? null,
    p_limit: limit,
  });
}

export interface EventPeople {
  calendar_event_id: string;
  organizer_email: string | null;
  organizer_display_name: string | null;
  organizer_self: boolean | null;
  /** Null: Google does not show all of them. */
  attendees: readonly unknown[] | null;
  etag: string | null;
  /** The version of the event, by which an earlier one is told; null: Google does not show it. */
  sequence: number | null;
  updated: string | null;
}

/**
 * Stores one page of events in one statement, and which ids Google no longer has; says of each
 * event whether that changed anything. What was written after the page was asked for (`read_at`)
 * stays as it is.
 */
export function storeEventPeople(
  database: Database,
  { user_id, calendar_id }: Pick<UnsyncedCalendar, "user_id" | "calendar_id">,
  events: readonly EventPeople[],
  missing: readonly string[],
  read_at: Date,
): Promise<Record<string, "updated" | "unchanged">> {
  return call(database, "store_event_people", {
    p_user_id: user_id,
    p_calendar_id: calendar_id,
    p_events: events,
    p_missing: missing,
    p_read_at: read_at.toISOString(),
  });
}
