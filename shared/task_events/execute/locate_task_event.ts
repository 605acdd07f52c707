import { locateEvent } from "@shared/calendar_events/find_moved_event.ts";
import { FailureError, rejection } from "@shared/failures/failure.ts";
import { followTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { calendarIdFor, calendarOf, failedRequest } from "./account.ts";
import type { Account } from "./account.ts";
import { inProgress } from "./lease_event.ts";
import { notOrganizer } from "../plan/make_plan.ts";

/** Where the event of a row is on Google. */
export type EventPlace =
  /** Alive, on this calendar, to which it may have been moved; whose event it is, it shows. */
  | { kind: "there"; calendar_id: string; event: GoogleEvent }
  /** Deleted, or unknown to a calendar that can be read. `event`: as long as Google shows it. */
  | { kind: "gone"; event: GoogleEvent | null };

/**
 * Reads an event, wherever the user can write that it was moved to. Throws FailureError:
 * `not_organizer` for one that was handed to another person's calendar, `event_unreachable` where the
 * calendar cannot be read, so that nothing is known of the event, and what Google answers else.
 */
export async function locateTaskEvent(
  account: Account,
  calendar_id: string,
  event_id: string,
): Promise<EventPlace> {
  const located = await locateEvent(calendarOf(account, calendar_id), event_id);
  switch (located.kind) {
    case "there":
      return {
        kind: "there",
        calendar_id: calendarIdFor(account, located.at.calendar_id),
        event: located.event,
      };
    case "deleted":
      return { kind: "gone", event: located.event };
    case "absent":
      return { kind: "gone", event: null };
    case "elsewhere":
      throw notOrganizer(
        located.organizer_email,
        "The event was moved to that calendar on Google Calendar, on which this user cannot write.",
      );
    case "no_access":
      throw new FailureError(
        rejection(
          "event_unreachable",
          `The calendar ${calendar_id} can no longer be read with this Google account, so it is unknown whether the event still exists. Nothing was changed. Share the calendar again, then repeat the request.`,
        ),
      );
    case "unreadable":
      throw failedRequest(located.failure);
  }
}

/** The live event at its place; null when it is gone. */
export async function findPlace(
  account: Account,
  calendar_id: string,
  event_id: string,
): Promise<Extract<EventPlace, { kind: "there" }> | null> {
  const place = await locateTaskEvent(account, calendar_id, event_id);
  return place.kind === "there" ? place : null;
}

/** Notes in the rows that an event was moved, before its row is leased. Throws FailureError. */
export async function followMove(
  { database, connection }: Account,
  event: { calendar_id: string; calendar_event_id: string },
  to: string,
): Promise<void> {
  if (event.calendar_id === to) return;
  const moved = await followTaskEvent(database, { ...event, user_id: connection.user_id }, to);
  if (!moved) throw inProgress(null);
}

/** The same for a leased row, which is returned as it is then. */
export async function followLeased(
  { database }: Account,
  row: TaskEventRow,
  to: string,
): Promise<TaskEventRow> {
  if (row.calendar_id === to) return row;
  if (!await followTaskEvent(database, row, to, row.lease_token)) throw inProgress(null);
  return { ...row, calendar_id: to };
}
