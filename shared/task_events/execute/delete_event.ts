import { FailureError, rejection } from "@shared/failures/failure.ts";
import { beginWithinMs } from "@shared/database/lease.ts";
import { discardTaskEvent, isUnwritten, readTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { SendUpdates } from "@shared/google/event.ts";
import { openAccount } from "./account.ts";
import type { Account, TaskEventDependencies } from "./account.ts";
import { executeDeletion, settleGone } from "./execute_deletion.ts";
import type { ChangeScope, DeletionRequest } from "../plan/change_request.ts";
import { inProgress, leaseEvent } from "./lease_event.ts";
import { followMove } from "./locate_task_event.ts";
import { releaseAfter } from "./change_settlement.ts";
import { finishPending, staysOpen } from "./finish_pending.ts";
import { requireDivisible } from "../plan/event_type_rules.ts";
import { readable, requireOwn } from "../plan/make_plan.ts";
import { planDeletion } from "../plan/plan_deletion.ts";
import { eventNotFound } from "./read_change_state.ts";
import { readDeletion } from "./read_deletion.ts";
import { resolveEvent } from "./resolve_event.ts";
import type { NamedEvent } from "./resolve_event.ts";
import type { DeletionState, GoneAlready } from "../plan/change_state.ts";

export interface DeletedEvent {
  scope: ChangeScope;
  sendUpdates: SendUpdates;
  /** What is left of a series whose rest was deleted. */
  recurrence: string[] | null;
  /** Changed occurrences that went with the rest of their series. */
  deleted_exceptions: string[];
}

/**
 * Deletes an event that the user organizes on Google: one event or occurrence, a whole series, or
 * its rest from one occurrence on. The rows stay, marked as deleted. Null: it was gone before, and
 * no mail was sent. Throws FailureError.
 */
export async function deleteEvent(
  dependencies: TaskEventDependencies,
  user_id: string,
  { id, event_id, calendar_id, ...scope }: Omit<DeletionRequest, "event_id"> & NamedEvent,
): Promise<{ event_id: string; deleted: DeletedEvent | null }> {
  const account = await openAccount(dependencies, user_id);
  const named = await resolveEvent(account, { id, event_id, calendar_id });
  const request = { ...scope, event_id: named.event_id };
  const deleted = await deleteResolved(account, named.calendar_id, request);
  return { event_id: named.event_id, deleted };
}

async function deleteResolved(
  account: Account,
  asked_calendar_id: string,
  request: DeletionRequest,
): Promise<DeletedEvent | null> {
  const { user_id } = account.connection;
  const state = await readDeletion(account, asked_calendar_id, request);
  if (state.kind === "there") {
    requireOwn(state.event);
    requireDivisible(state.event, state.scope);
  }
  const row_id = state.kind === "there"
    ? state.event.id
    : await rowLeftBehind(account, asked_calendar_id, state);
  if (row_id === null) return null;

  const left = { user_id, calendar_id: asked_calendar_id, calendar_event_id: row_id };
  const identity = state.kind === "there" ? { ...left, calendar_id: state.calendar_id } : left;
  await followMove(account, left, identity.calendar_id);
  const row = await leaseEvent(account, identity);
  if (row === null && state.kind === "gone") return null;
  if (row === null) {
    throw new FailureError(rejection(
      "cancelled",
      "The event was deleted with Convene and restored on Google Calendar. Delete it on Google Calendar.",
    ));
  }
  return await deleteLeased(account, row, request, state);
}

async function deleteLeased(
  account: Account,
  leased: TaskEventRow,
  request: DeletionRequest,
  state: DeletionState | GoneAlready,
): Promise<DeletedEvent | null> {
  const progress = { took_effect: false };
  let row = leased;
  let finishing = row.pending_change !== null;
  try {
    if (finishing) {
      // A divided series is put together first, so that nothing half done is left behind.
      row = await finishOrDrop(account, row, progress);
      finishing = false;
      progress.took_effect = false;
    }
    if (state.kind === "gone") {
      await settleGone(account, row, state.event_id, false);
      return null;
    }
    const plan = readable(() => planDeletion(crypto.randomUUID(), request, state));
    const done = await executeDeletion({
      account,
      row,
      plan,
      resumed: false,
      progress,
      keep_lease: false,
    });
    return {
      scope: done.plan.scope,
      sendUpdates: done.plan.sendUpdates,
      recurrence: done.event === null ? null : done.event.recurrence ?? [],
      deleted_exceptions: done.plan.removed,
    };
  } catch (thrown) {
    if (thrown instanceof FailureError) {
      const open = progress.took_effect || (finishing && staysOpen(thrown));
      await releaseAfter(account, row, thrown, open);
    }
    throw thrown;
  }
}

/** What can no longer be changed because it is gone does not stand in the way of its deletion. */
async function finishOrDrop(
  account: Account,
  row: TaskEventRow,
  progress: { took_effect: boolean },
): Promise<TaskEventRow> {
  const started = account.now().valueOf();
  const has_time = () => account.now().valueOf() - started < beginWithinMs(row);
  try {
    return await finishPending(account, row, { has_time, progress, keep_lease: true });
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    if (thrown.code !== "cancelled" && thrown.code !== "event_not_found") throw thrown;
    return row;
  }
}

/** The row whose lease covers an event that is gone; null when nothing is left to be marked as deleted. */
async function rowLeftBehind(
  account: Account,
  calendar_id: string,
  { event_id, series_id, is_shown }: GoneAlready,
): Promise<string | null> {
  const { user_id } = account.connection;
  const rowOf = (id: string) =>
    readTaskEvent(account.database, { user_id, calendar_id, calendar_event_id: id });
  const series = series_id === null ? null : await rowOf(series_id);
  // An interrupted deletion of ours is finished by the next call, and not only by the sweep.
  if (series !== null && series.pending_change !== null) return series.calendar_event_id;
  if (event_id === null) return null;
  const row = await rowOf(event_id);
  if (row === null) {
    // Where neither Google nor we know of it, the id may as well be mistyped.
    if (series_id === null && !is_shown) throw eventNotFound(event_id);
    return null;
  }
  if (row.deleted_at !== null) return null;
  if (!isUnwritten(row)) return row.recurrence_master_id ?? row.calendar_event_id;
  if (!await discardTaskEvent(account.database, row)) throw inProgress(null);
  return null;
}
