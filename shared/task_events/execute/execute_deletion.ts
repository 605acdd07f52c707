import { deleteEvent, isGone, isOutdated } from "@shared/calendar_events/event_calendar.ts";
import { FailureError } from "@shared/failures/failure.ts";
import { inProgress } from "./lease_event.ts";
import { settleTaskEvent } from "@shared/database/task_events.ts";
import type { Settlement, TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { calendarOf, failedRequest } from "./account.ts";
import type { Account } from "./account.ts";
import { cancelExceptions, patchOnce } from "./execute_change.ts";
import { findPlace, followLeased } from "./locate_task_event.ts";
import { keepsChanging, MAX_PLANS } from "./change_limits.ts";
import { rowOf } from "./change_settlement.ts";
import { eventColumns } from "./event_columns.ts";
import { readable, requireOwn } from "../plan/make_plan.ts";
import { planDeletion } from "../plan/plan_deletion.ts";
import type { DeletionPlan } from "../plan/change_plan.ts";
import { readDeletion } from "./read_deletion.ts";

const DONE = { pending_change: null, outcome_unknown: false, sync_error: null };

export interface DeletionExecution {
  account: Account;
  row: TaskEventRow;
  plan: DeletionPlan;
  /** The plan was begun before, so it is verified which part took effect. */
  resumed: boolean;
  /** Becomes true once the deletion took effect. */
  progress: { took_effect: boolean };
  /** The caller continues with the row. */
  keep_lease: boolean;
}

export interface ExecutedDeletion {
  plan: DeletionPlan;
  /** The series without its rest; null where the event itself is gone. */
  event: GoogleEvent | null;
}

/**
 * Deletes what a plan says and settles its row, which stays: that something is gone already is
 * success, once Google shows that it was not moved. A version that was not read is read first, as it may have other guests or
 * another organizer. Throws FailureError.
 */
export async function executeDeletion(
  { account, row: leased, plan: first, resumed, progress, keep_lease }: DeletionExecution,
): Promise<ExecutedDeletion> {
  let row = leased;
  let plan = first;
  for (let plans = 0; plans < MAX_PLANS; plans++) {
    await record(account, row, plan);
    const event = await send(account, row, plan, resumed);
    if (event !== "outdated") {
      progress.took_effect = true;
      const settlement = settlementOf(row, plan, event, account.now());
      if (!await settleTaskEvent(account.database, row, { ...settlement, keep_lease })) {
        throw inProgress(null);
      }
      return { plan, event };
    }
    const state = await readDeletion(account, row.calendar_id, plan.request);
    if (state.kind === "gone") {
      await settleGone(account, row, state.event_id, keep_lease);
      return { plan, event: null };
    }
    requireOwn(state.event);
    row = await followLeased(account, row, state.calendar_id);
    const { change_id, request } = plan;
    plan = readable(() => planDeletion(change_id, request, state));
  }
  throw keepsChanging(2);
}

/** Settles a row after something of its series was found to be gone; nothing is asked of Google. */
export async function settleGone(
  { database, now }: Account,
  row: TaskEventRow,
  event_id: string | null,
  keep_lease: boolean,
): Promise<void> {
  const settlement = event_id === row.calendar_event_id
    ? { columns: { ...deletedColumns(now()), ...DONE } }
    : { columns: DONE, gone: event_id === null ? [] : [event_id] };
  if (!await settleTaskEvent(database, row, { ...settlement, keep_lease })) throw inProgress(null);
}

/** Stored before the first request to Google, so that another worker can complete it. */
async function record(account: Account, row: TaskEventRow, plan: DeletionPlan): Promise<void> {
  const columns = { pending_change: plan as unknown as TaskEventRow["pending_change"] };
  if (!await settleTaskEvent(account.database, row, { columns, keep_lease: true })) {
    throw inProgress(null);
  }
}

async function send(
  account: Account,
  row: TaskEventRow,
  plan: DeletionPlan,
  resumed: boolean,
): Promise<GoogleEvent | null | "outdated"> {
  const { patch } = plan;
  if (patch !== null) {
    try {
      const event = await patchOnce({ account, row, plan: { ...plan, patch }, resumed });
      if (event === null) return "outdated";
      await cancelExceptions({ account, row, plan }, event, plan.removed);
      return event;
    } catch (thrown) {
      if (thrown instanceof FailureError && thrown.code === "cancelled") return "outdated";
      throw thrown;
    }
  }
  const { event_id, sendUpdates, if_match: etag } = plan;
  const at = calendarOf(account, row.calendar_id);
  const outcome = await deleteEvent(at, event_id, { sendUpdates, etag });
  if (outcome.verdict === "done") return null;
  if (isOutdated(outcome)) return "outdated";
  if (isGone(outcome)) {
    // Deleted by an earlier request of ours or by a person, or moved to another calendar.
    return await findPlace(account, row.calendar_id, event_id) === null ? null : "outdated";
  }
  throw failedRequest(outcome);
}

function settlementOf(
  row: TaskEventRow,
  plan: DeletionPlan,
  event: GoogleEvent | null,
  now: Date,
): Settlement {
  const deleted = deletedColumns(now);
  if (event !== null) {
    return {
      columns: { ...eventColumns(event, now), series_update_scope: plan.scope, ...DONE },
      gone: plan.removed,
    };
  }
  if (plan.event_id === row.calendar_event_id) return { columns: { ...deleted, ...DONE } };
  // Google returns nothing more of a deleted occurrence, so its values are kept here.
  const rows = plan.occurrence === null ? [] : [{
    ...rowOf(row, plan.scope, { ...plan.occurrence, status: "cancelled" }, null, now),
    ...deleted,
    etag: null,
  }];
  return { columns: DONE, rows, gone: [plan.event_id] };
}

function deletedColumns(now: Date) {
  const at = now.toISOString();
  return { deleted_at: at, sync_status: "cancelled", last_synced_at: at };
}
