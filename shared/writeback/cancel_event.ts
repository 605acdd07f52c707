import {
  deleteEvent,
  isGone,
  isOutdated,
  isWithoutAccess,
} from "@shared/calendar_events/event_calendar.ts";
import { locateEvent } from "@shared/calendar_events/find_moved_event.ts";
import type { Located } from "@shared/calendar_events/find_moved_event.ts";
import { MAX_GENERATIONS } from "@shared/calendar_events/insert_once.ts";
import { shownKey } from "@shared/calendar_events/own_event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { deferral, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import {
  attemptsSpent,
  keepsChanging,
  notOrganizer,
  stillUnknown,
  whyOutOfReach,
} from "./attempt_failure.ts";
import type { LeasedContext } from "./write_context.ts";

export type CancelOutcome =
  | {
    kind: "cancelled";
    /** Null: no event of this meeting was ever there. */
    event_id: string | null;
    /** Where the event was: another calendar than the row's if people moved it. */
    calendar_id: string;
  }
  | { kind: "failed"; failure: Failure; generation: number };

/** A change by people between our read and our deletion makes Google answer 412; read again, this often. */
const MAX_READS = 3;

/**
 * Deletes the event of a cancelled meeting on the calendar that organizes it; a deletion of another copy
 * would only decline for that guest. Google mails the guests at the deletion that happens and at no
 * other, so a lost response leads to another read, three times in all.
 */
export async function cancelEvent(context: LeasedContext): Promise<CancelOutcome> {
  const { row, at } = context;
  const id = row.google_event_id;
  if (id === null) return await deletePossibleEvents(context);
  for (let reads = 1; reads <= MAX_READS; reads++) {
    const found = await locateEvent(at, id);
    // After a deletion of ours, a calendar that cannot be read any more is no reason to doubt it.
    if (
      found.kind === "deleted" || found.kind === "absent" ||
      found.kind === "no_access" && row.deletion_sent
    ) {
      return { kind: "cancelled", event_id: id, calendar_id: at.calendar_id };
    }
    const deleted = await deleteFound(context, found);
    if (deleted === "done") {
      const calendar_id = found.kind === "there" ? found.at.calendar_id : at.calendar_id;
      return { kind: "cancelled", event_id: id, calendar_id };
    }
    if (deleted !== "outdated") return failed(context, deleted);
  }
  return failed(context, keepsChanging());
}

/**
 * An event that may exist has the id of the row's generation, or of one that a worker went on to
 * before it died. Each is read, because the ids may also be free, or have a foreign event.
 */
async function deletePossibleEvents(context: LeasedContext): Promise<CancelOutcome> {
  const { row, at } = context;
  if (row.crashes >= row.max_attempts) return failed(context, crashedTooOften(row));
  let event_id: string | null = null;
  let calendar_id = at.calendar_id;
  for (let step = 0; step < MAX_GENERATIONS; step++) {
    const id = eventId(row.event_key, row.event_generation + step);
    const found = await locateEvent(at, id);
    if (found.kind === "absent" || isForeign(context, found)) continue;
    event_id = id;
    if (found.kind === "deleted") continue;
    const deleted = await deleteFound(context, found);
    // It may exist, so it must not be given up: a failed meeting would have an event.
    if (deleted !== "done") {
      const failure = deleted === "outdated" ? keepsChanging() : deleted;
      return failed(context, stillUnknown(true, failure));
    }
    if (found.kind === "there") calendar_id = found.at.calendar_id;
  }
  return { kind: "cancelled", event_id, calendar_id };
}

/** On the calendar of the row only an event with the row's key is ours; a move leaves no doubt, and may drop the key. */
function isForeign({ row, at }: LeasedContext, found: Located): boolean {
  return found.kind === "there" && found.at.calendar_id === at.calendar_id &&
    shownKey(found.event) !== row.event_key;
}

/** Deletes what was read, unless it has changed since. */
async function deleteFound(
  context: LeasedContext,
  found: Located,
): Promise<"done" | "outdated" | Failure> {
  const { row, at } = context;
  const out_of_reach = whyOutOfReach(row, at, found);
  if (out_of_reach !== null) return out_of_reach;
  if (found.kind !== "there") return "done";
  if (row.google_event_id !== null && row.attempts >= row.max_attempts) {
    return attemptsSpent(row, "the event is still on Google Calendar");
  }
  if (!context.has_time()) return deferral("out_of_time", 1);
  const { event } = found;
  const deleted = await deleteEvent(found.at, event.id, { sendUpdates: "all", etag: event.etag });
  if (deleted.verdict === "done") return "done";
  // Moved or deleted after it was read: the next read shows which.
  if (isOutdated(deleted) || isGone(deleted)) return "outdated";
  return isWithoutAccess(deleted)
    ? notOrganizer(event.organizer?.email ?? found.at.calendar_id)
    : deleted;
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
