import { eventId } from "@shared/google/event_id.ts";
import { askGoogle } from "./ask_google.ts";
import { deferral, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import { attemptsSpent, stillUnknown } from "./attempt_failure.ts";
import { findEvent, isGone } from "./find_event.ts";
import type { Looking } from "./find_event.ts";
import { MAX_GENERATIONS_A_LEASE } from "./write_event.ts";

/** Everything that deleting one meeting's event takes; what the event should show no longer matters. */
export interface Cancelling extends Looking {
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
 * at no other (a second one is 410), so a lost answer is simply asked for again, three times in all;
 * then a look tells whether one of them got through.
 */
export async function cancelEvent(cancelling: Cancelling): Promise<CancelOutcome> {
  const { row } = cancelling;
  if (row.writeback_status !== "created") return await deleteWhatLanded(cancelling);
  const id = row.google_event_id ?? eventId(row.event_key, row.event_generation);
  const failure = row.writeback_retry_count < 3
    ? await deleteEvent(cancelling, id)
    : await whyItIsStillThere(cancelling, id);
  return failure === null ? { kind: "cancelled", event_id: id } : failed(cancelling, failure);
}

/** The attempts are spent. Null when a deletion whose answer was lost has landed. */
async function whyItIsStillThere(cancelling: Cancelling, id: string): Promise<Failure | null> {
  const { writeback_outcome_unknown, writeback_lease_losses } = cancelling.row;
  const found = await findEvent(cancelling, id, writeback_outcome_unknown);
  if (found.kind === "unreadable") return found.failure;
  return "event" in found
    ? attemptsSpent(writeback_lease_losses, "the event is still on Google Calendar")
    : null;
}

/**
 * An event that may exist has the id of the row's generation, or of one that a worker went on to
 * before it died. Each is looked at, because the ids may also be free, or a stranger's.
 */
async function deleteWhatLanded(cancelling: Cancelling): Promise<CancelOutcome> {
  const { row } = cancelling;
  if (row.writeback_lease_losses >= 3) return failed(cancelling, crashedThreeTimes());
  let event_id: string | null = null;
  for (let step = 0; step < MAX_GENERATIONS_A_LEASE; step++) {
    const id = eventId(row.event_key, row.event_generation + step);
    const found = await findEvent(cancelling, id, true);
    if (found.kind === "unreadable") return failed(cancelling, found.failure);
    if (found.kind === "absent" || found.kind === "foreign") continue;
    event_id = id;
    if (found.kind === "tombstone") continue;
    const failure = await deleteEvent(cancelling, id);
    // It does exist, so it must not be given up: a failed meeting would have an event.
    if (failure !== null) return failed(cancelling, stillUnknown(true, failure));
  }
  return { kind: "cancelled", event_id };
}

/** Null when the event is gone, by this request or before. */
async function deleteEvent(cancelling: Cancelling, id: string): Promise<Failure | null> {
  if (!cancelling.has_time()) return deferral("out_of_time", 1);
  const deleted = await askGoogle(
    cancelling,
    "delete",
    id,
    (token) =>
      cancelling.calendar.deleteEvent(token, cancelling.row.google_calendar_id, id, {
        sendUpdates: "all",
      }),
  );
  return deleted.verdict === "done" || isGone(deleted) ? null : deleted;
}

/** The event may exist, so nothing is given up; but a row that crashes its workers gets an hour between them. */
function crashedThreeTimes(): Failure {
  return stillUnknown(true, rejection("internal_error", "Processing crashed three times."));
}

function failed(cancelling: Cancelling, failure: Failure): CancelOutcome {
  return { kind: "failed", failure, generation: cancelling.row.event_generation };
}
