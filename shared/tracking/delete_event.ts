import { beginEventChange, readTaskEvent, settleTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent, SendUpdates } from "@shared/google/event.ts";
import { calendarIdFor, findEvent, openAccount } from "./account.ts";
import type { TrackingDependencies } from "./account.ts";
import { releaseAfter } from "./change_settlement.ts";
import { finishDeletion, finishPending, staysOpen } from "./finish_pending.ts";
import { requireOwn } from "./make_plan.ts";
import { otherGuests, ownershipOfEvent, sendUpdatesFor } from "./ownership.ts";
import type { PlannedDeletion } from "./planned_change.ts";
import { eventNotFound } from "./read_change_state.ts";
import { Refusal } from "./refusal.ts";
import { inProgress, LEASE_SECONDS } from "./schedule_task.ts";

export interface Deletion {
  event_id: string;
  calendar_id?: string | undefined;
  sendUpdates?: SendUpdates | undefined;
}

/**
 * Deletes an event that the user organizes, or one occurrence of it by its id, on Google; the row
 * stays, marked as deleted. That it is gone already is success. Throws Refusal.
 */
export async function deleteEvent(
  dependencies: TrackingDependencies,
  user_id: string,
  deletion: Deletion,
): Promise<{ already_deleted: boolean }> {
  const account = await openAccount(dependencies, user_id);
  const calendar_id = calendarIdFor(account, deletion.calendar_id);
  const event = await findEvent(account, calendar_id, deletion.event_id);
  if (event !== null) requireOwn(event);

  const row_id = event?.recurringEventId ?? deletion.event_id;
  const identity = { user_id, calendar_id, calendar_event_id: row_id };
  if (event === null && await readTaskEvent(dependencies.database, identity) === null) {
    // Neither Google nor we know of it, so the id may as well be mistyped.
    throw eventNotFound(deletion.event_id);
  }
  const begun = await beginEventChange(dependencies.database, identity, LEASE_SECONDS);
  if (begun.decision === "deleted" && event === null) return { already_deleted: true };
  if (begun.decision === "deleted") {
    throw new Refusal(
      "cancelled",
      "The event was deleted here and restored on Google Calendar. Delete it there.",
    );
  }
  if (begun.decision !== "claimed" || begun.event === null) {
    throw inProgress(begun.retry_after_seconds);
  }
  const row = begun.event;
  const planned: PlannedDeletion = {
    kind: "delete",
    event_id: deletion.event_id,
    sendUpdates: tell(deletion, event),
  };
  const progress = { landed: false };
  let finishing = row.pending_change !== null;
  try {
    if (finishing) {
      // A divided series is put together first, so that nothing half done is left behind.
      await finishPending(account, row, { has_time: () => true, progress, keep_lease: true });
      finishing = false;
      progress.landed = false;
    }
    const columns = { pending_change: planned as unknown as TaskEventRow["pending_change"] };
    if (!await settleTaskEvent(dependencies.database, row, { columns, keep_lease: true })) {
      throw inProgress(null);
    }
    await finishDeletion(account, row, planned);
    return { already_deleted: event === null };
  } catch (thrown) {
    if (thrown instanceof Refusal) {
      const open = progress.landed || (finishing && staysOpen(thrown));
      await releaseAfter(dependencies, row, thrown, open);
    }
    throw thrown;
  }
}

function tell({ sendUpdates }: Deletion, event: GoogleEvent | null): SendUpdates {
  if (event === null) return "none";
  const has_guests = otherGuests(event.attendees ?? []).length > 0;
  return sendUpdatesFor(sendUpdates, ownershipOfEvent(event), has_guests);
}
