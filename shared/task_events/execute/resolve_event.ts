import { FailureError, rejection } from "@shared/failures/failure.ts";
import { findTaskEvent } from "@shared/database/task_events.ts";
import { calendarIdFor } from "./account.ts";
import type { Account } from "./account.ts";
import { eventNotFound } from "./read_change_state.ts";

/** How a request names an event: by the id of its row, or by its id on Google and its calendar. */
export interface NamedEvent {
  id?: string | undefined;
  event_id?: string | undefined;
  calendar_id?: string | undefined;
}

export interface ResolvedEvent {
  event_id: string;
  /** The calendar that is named, or else that of the row; it may have left it. */
  calendar_id: string;
}

/**
 * The event that a request names, from the rows alone. Throws FailureError for an unknown row, for
 * the event of a meeting, which only the function meetings changes, and for an event of another
 * Google account than the connected one.
 */
export async function resolveEvent(account: Account, named: NamedEvent): Promise<ResolvedEvent> {
  const { user_id, google_account_id } = account.connection;
  const calendar_id = named.calendar_id === undefined
    ? undefined
    : calendarIdFor(account, named.calendar_id);
  const { event, meeting_id } = await findTaskEvent(account.database, user_id, {
    id: named.id,
    calendar_id,
    calendar_event_id: named.event_id,
  });
  const event_id = named.event_id ?? event?.calendar_event_id;
  if (event_id === undefined) throw eventNotFound(named.id ?? "");
  if (meeting_id !== null) throw meetingEvent(event_id, meeting_id);
  if (
    event !== null && event.deleted_at === null && event.google_account_id !== null &&
    event.google_account_id !== google_account_id
  ) {
    throw new FailureError(rejection("wrong_account"));
  }
  return { event_id, calendar_id: calendar_id ?? event?.calendar_id ?? "primary" };
}

function meetingEvent(event_id: string, meeting_id: string): FailureError {
  return new FailureError(
    rejection(
      "meeting_event",
      `The event belongs to the meeting ${meeting_id}. Change it with PATCH meetings, or cancel it with DELETE meetings.`,
    ),
    { event_id, meeting_id, function: "meetings" },
  );
}
