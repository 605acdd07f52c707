import type { MeetingRow } from "@shared/database/meetings.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { eventId } from "@shared/google/event_id.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { askGoogle } from "./ask_google.ts";
import type { Asking } from "./ask_google.ts";
import { shownKey } from "./compose_event.ts";
import { fromGoogle, outOfTime, unlessUnknown } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { MAX_GENERATIONS_A_LEASE } from "./write_event.ts";

/** Everything that deleting one meeting's event takes; what the event should show no longer matters. */
export interface Cancelling extends Asking {
  row: MeetingRow;
  calendar: GoogleCalendar;
  has_time(): boolean;
}

export type CancelOutcome =
  | {
    kind: "cancelled";
    /** Null: no event of this meeting was ever there. */
    event_id: string | null;
  }
  | { kind: "failed"; failure: Failure; generation: number };

/**
 * Deletes the event of a cancelled meeting. Google mails the guests at the deletion that happens and
 * at no other (a second one is 410), so a lost answer is simply asked for again.
 */
export async function cancelEvent(cancelling: Cancelling): Promise<CancelOutcome> {
  const { row } = cancelling;
  if (row.writeback_status === "created") {
    const id = row.google_event_id ?? eventId(row.event_key, row.event_generation);
    const failure = await deleteEvent(cancelling, id);
    return failure === null ? { kind: "cancelled", event_id: id } : failed(cancelling, failure);
  }
  return await deleteWhatLanded(cancelling);
}

/**
 * An event that may exist has the id of the row's generation, or of one that a worker went on to
 * before it died. Each is looked at, because the ids may also be free, or a stranger's.
 */
async function deleteWhatLanded(cancelling: Cancelling): Promise<CancelOutcome> {
  const { row } = cancelling;
  let event_id: string | null = null;
  for (let step = 0; step < MAX_GENERATIONS_A_LEASE; step++) {
    const id = eventId(row.event_key, row.event_generation + step);
    const found = await askGoogle(
      cancelling,
      "get",
      id,
      (token) => cancelling.calendar.getEvent(token, row.google_calendar_id, id),
    );
    if (isGone(found)) continue;
    if (found.kind !== "done") return failed(cancelling, fromGoogle(found, "look", true));
    if (shownKey(found.value) !== row.event_key) continue;
    event_id = id;
    if (found.value.status === "cancelled") continue;
    const failure = await deleteEvent(cancelling, id);
    // It does exist, so it must not be given up: a failed meeting would have an event.
    if (failure !== null) return failed(cancelling, unlessTemporary(failure));
  }
  return { kind: "cancelled", event_id };
}

/** Null when the event is gone, by this request or before. */
async function deleteEvent(cancelling: Cancelling, id: string): Promise<Failure | null> {
  if (!cancelling.has_time()) return outOfTime(false);
  const deleted = await askGoogle(
    cancelling,
    "delete",
    id,
    (token) =>
      cancelling.calendar.deleteEvent(token, cancelling.row.google_calendar_id, id, {
        sendUpdates: "all",
      }),
  );
  if (deleted.kind === "done" || isGone(deleted)) return null;
  return fromGoogle(deleted, "write", false);
}

function unlessTemporary(failure: Failure): Failure {
  return failure.should_retry
    ? { ...failure, outcome_unknown: true }
    : unlessUnknown(true, failure);
}

function isGone(outcome: GoogleOutcome<unknown>): boolean {
  return outcome.kind === "reject" && [404, 410].includes(outcome.fault.status ?? 0);
}

function failed(cancelling: Cancelling, failure: Failure): CancelOutcome {
  return { kind: "failed", failure, generation: cancelling.row.event_generation };
}
