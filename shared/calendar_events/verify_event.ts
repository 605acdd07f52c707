import type { MeetingRow } from "@shared/database/meetings.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { askGoogle } from "./ask_google.ts";
import type { Asking } from "./ask_google.ts";
import { shownKey } from "./compose_event.ts";
import { ofRead, stillUnknown } from "./attempt_failure.ts";

export interface Looking extends Asking {
  row: MeetingRow;
  calendar: GoogleCalendar;
}

/** What Google shows under one of a meeting's event ids. */
export type Found =
  | { kind: "ours"; event: GoogleEvent }
  /** Unknown to Google: never there, or no longer shown. */
  | { kind: "absent" }
  /** Deleted, with or without our key; Google keeps its id taken. */
  | { kind: "tombstone" }
  /** Another's live event, or ours without the key that somebody took away. */
  | { kind: "foreign"; event: GoogleEvent }
  | { kind: "unreadable"; failure: Failure };

/**
 * Looks at one of the meeting's events. `outcome_unknown`: whether an event may exist that nobody has
 * seen yet, which decides what an unanswered look means for the row.
 */
export async function findEvent(
  looking: Looking,
  id: string,
  outcome_unknown: boolean,
): Promise<Found> {
  const { row, calendar } = looking;
  const got = await askGoogle(
    looking,
    "get",
    id,
    (token) => calendar.getEvent(token, row.google_calendar_id, id),
  );
  if (got.verdict === "reject" && got.google.status === 404) return { kind: "absent" };
  if (isGone(got)) return { kind: "tombstone" };
  if (got.verdict !== "done") {
    return { kind: "unreadable", failure: stillUnknown(outcome_unknown, ofRead(got)) };
  }
  if (got.value.status === "cancelled") return { kind: "tombstone" };
  return { kind: shownKey(got.value) === row.event_key ? "ours" : "foreign", event: got.value };
}

/** Google no longer has the event, or never had it: for a change too late, for a deletion good news. */
export function isGone(outcome: GoogleOutcome<unknown>): boolean {
  return outcome.verdict === "reject" && [404, 410].includes(outcome.google.status ?? 0);
}
