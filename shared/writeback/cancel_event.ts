import { deleteEvent, isGone } from "@shared/calendar_events/event_calendar.ts";
import { MAX_GENERATIONS } from "@shared/calendar_events/insert_once.ts";
import { verifyEvent } from "@shared/calendar_events/verify_event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { deferral, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import { attemptsSpent, ofRead, stillUnknown } from "./attempt_failure.ts";
import type { LeasedContext } from "./write_context.ts";

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
 * then a verification shows whether one of them took effect.
 */
export async function cancelEvent(context: LeasedContext): Promise<CancelOutcome> {
  const { row } = context;
  if (row.google_event_id === null) return await deletePossibleEvents(context);
  const id = row.google_event_id;
  const failure = row.attempts < row.max_attempts
    ? await deleteOwn(context, id)
    : await whyItIsStillThere(context, id);
  return failure === null ? { kind: "cancelled", event_id: id } : failed(context, failure);
}

/** For a row without attempts left. Null when a deletion whose response was lost took effect. */
async function whyItIsStillThere(context: LeasedContext, id: string): Promise<Failure | null> {
  const { row } = context;
  const found = await verifyEvent(context.at, row.event_key, id);
  if (found.kind === "unreadable") {
    return stillUnknown(row.outcome_unknown, ofRead(found.failure));
  }
  return "event" in found ? attemptsSpent(row, "the event is still on Google Calendar") : null;
}

/**
 * An event that may exist has the id of the row's generation, or of one that a worker went on to
 * before it died. Each is read, because the ids may also be free, or have a foreign event.
 */
async function deletePossibleEvents(context: LeasedContext): Promise<CancelOutcome> {
  const { row } = context;
  if (row.crashes >= row.max_attempts) return failed(context, crashedTooOften(row));
  let event_id: string | null = null;
  for (let step = 0; step < MAX_GENERATIONS; step++) {
    const id = eventId(row.event_key, row.event_generation + step);
    const found = await verifyEvent(context.at, row.event_key, id);
    if (found.kind === "unreadable") {
      return failed(context, stillUnknown(true, ofRead(found.failure)));
    }
    if (found.kind === "absent" || found.kind === "foreign") continue;
    event_id = id;
    if (found.kind === "tombstone") continue;
    const failure = await deleteOwn(context, id);
    // It does exist, so it must not be given up: a failed meeting would have an event.
    if (failure !== null) return failed(context, stillUnknown(true, failure));
  }
  return { kind: "cancelled", event_id };
}

/** Null when the event is gone, by this request or before. */
async function deleteOwn(context: LeasedContext, id: string): Promise<Failure | null> {
  if (!context.has_time()) return deferral("out_of_time", 1);
  const deleted = await deleteEvent(context.at, id, { sendUpdates: "all" });
  return deleted.verdict === "done" || isGone(deleted) ? null : deleted;
}

/** The event may exist, so nothing is given up; but a row that crashes its workers gets an hour between them. */
function crashedTooOften(row: LeasedContext["row"]): Failure {
  return stillUnknown(
    true,
    rejection("internal_error", `Processing crashed ${row.max_attempts} times.`),
  );
}

function failed(context: LeasedContext, failure: Failure): CancelOutcome {
  return { kind: "failed", failure, generation: context.row.event_generation };
}
