import { CODES } from "@shared/failures/codes.ts";
import { beginWithinMs } from "@shared/database/lease.ts";
import { FailureError, isTemporary } from "@shared/failures/failure.ts";
import { claimTaskEvents, isUnwritten, settleTaskEvent } from "@shared/database/task_events.ts";
import type { BegunTaskEvent, TaskEventRow } from "@shared/database/task_events.ts";
import { accountOf } from "./account.ts";
import type { Account, TaskEventDependencies } from "./account.ts";
import { executeChange } from "./execute_change.ts";
import { executeDeletion } from "./execute_deletion.ts";
import { keepsChanging, MAX_PLANS } from "./change_limits.ts";
import { executedChangeSettlement, releaseAfter } from "./change_settlement.ts";
import { findPlace, followLeased } from "./locate_task_event.ts";
import { makePlan, requireOwn } from "../plan/make_plan.ts";
import { PENDING_CHANGE } from "../plan/change_plan.ts";
import type { ChangePlan } from "../plan/change_plan.ts";
import type { ChangeTarget } from "../plan/change_state.ts";
import { findTarget, readChangeState } from "./read_change_state.ts";
import { writeTaskEvent } from "./schedule_task.ts";

interface Finishing {
  has_time(): boolean;
  /** Shows, when a FailureError is thrown, whether part of the change has taken effect. */
  progress: { took_effect: boolean };
  /** The caller continues with the row. */
  keep_lease: boolean;
}

/**
 * Completes creations and changes that were interrupted or deferred, and returns how each row went. A
 * row that fails in an unexpected way is deferred and reported to `onUnexpected`.
 */
export async function finishDue(
  dependencies: TaskEventDependencies,
  limit: number,
  onUnexpected: (id: string, thrown: unknown) => void,
): Promise<{ id: string; success: boolean; error?: string; message?: string }[]> {
  const results: { id: string; success: boolean; error?: string; message?: string }[] = [];
  while (results.length < limit) {
    const room = limit - results.length;
    const claimed = await claimTaskEvents(dependencies.database, room);
    if (claimed.length === 0) break;
    for (const begun of claimed) {
      results.push(await finishClaimed(dependencies, begun, onUnexpected));
    }
  }
  return results;
}

async function finishClaimed(
  dependencies: TaskEventDependencies,
  begun: BegunTaskEvent,
  onUnexpected: (id: string, thrown: unknown) => void,
) {
  const id = begun.event?.id ?? "";
  try {
    await finishOne(dependencies, begun);
    return { id, success: true };
  } catch (thrown) {
    const { code, message } = thrown instanceof FailureError ? thrown : UNEXPECTED;
    if (!(thrown instanceof FailureError)) {
      onUnexpected(id, thrown);
      await defer(dependencies, begun);
    }
    return { id, success: false, error: code, message };
  }
}

const UNEXPECTED = {
  code: "internal",
  message: `${CODES.internal.message} The change is retried later.`,
} as const;

/** A row that always fails does not keep the others waiting: the backoff grows. */
async function defer({ database }: TaskEventDependencies, { event: row }: BegunTaskEvent) {
  if (row === null) return;
  await settleTaskEvent(database, row, {
    columns: { outcome_unknown: true, sync_error: `${UNEXPECTED.code}: ${UNEXPECTED.message}` },
    due_again: { verdict: "unknown", not_before_seconds: null },
  });
}

async function finishOne(
  dependencies: TaskEventDependencies,
  begun: BegunTaskEvent,
): Promise<void> {
  const row = begun.event;
  if (row === null) return;
  if (isUnwritten(row) && row.sync_status === "pending") {
    await writeTaskEvent(dependencies, begun, { is_wake_up: true });
    return;
  }
  const started = dependencies.now().valueOf();
  const has_time = () => dependencies.now().valueOf() - started < beginWithinMs(row);
  if (row.pending_change === null) {
    await settleTaskEvent(dependencies.database, row, { columns: { outcome_unknown: false } });
    return;
  }
  const progress = { took_effect: false };
  try {
    const account = accountOf(dependencies, begun.connection);
    await finishPending(account, row, { has_time, progress, keep_lease: false });
  } catch (thrown) {
    if (thrown instanceof FailureError) {
      await releaseAfter(dependencies, row, thrown, progress.took_effect || staysOpen(thrown));
    }
    throw thrown;
  }
}

/** Whether an unfinished change may remain: Google could not be read, or it can be completed later. */
export function staysOpen({ failure }: FailureError): boolean {
  return isTemporary(failure) || failure.verdict === "reconnect";
}

/**
 * Completes the pending change of a row, and settles it. Returns the row, which has followed its
 * event to the calendar to which it was moved meanwhile. Throws FailureError.
 */
export async function finishPending(
  account: Account,
  leased: TaskEventRow,
  finishing: Finishing,
): Promise<TaskEventRow> {
  const pending = PENDING_CHANGE.parse(leased.pending_change);
  const place = await findPlace(account, leased.calendar_id, leased.calendar_event_id);
  const row = place === null ? leased : await followLeased(account, leased, place.calendar_id);
  if (pending.kind === "change") return await finishChange(account, row, pending, finishing);
  await executeDeletion({ ...finishing, account, row, plan: pending, resumed: true });
  return row;
}

async function finishChange(
  account: Account,
  leased: TaskEventRow,
  first: ChangePlan,
  { has_time, progress, keep_lease }: Finishing,
): Promise<TaskEventRow> {
  let row = leased;
  let plan = first;
  for (let plans = 0; plans < MAX_PLANS; plans++) {
    const result = await executeChange({ account, row, plan, resumed: true, progress, has_time });
    if (result.kind === "done") {
      const settlement = executedChangeSettlement(row, plan, result, account.now());
      await settleTaskEvent(account.database, row, { ...settlement, keep_lease });
      return row;
    }
    // Nothing of it was sent, and the event has changed or moved since: decide again.
    const target = await findTarget(account, row.calendar_id, plan.request);
    requireOwn(target.event);
    row = await followLeased(account, row, target.calendar_id);
    plan = await planAgain(account, row, target, plan);
  }
  throw keepsChanging(30);
}

async function planAgain(
  account: Account,
  row: TaskEventRow,
  target: ChangeTarget,
  plan: ChangePlan,
): Promise<ChangePlan> {
  const state = await readChangeState(account, target, plan.request, row);
  const again = makePlan(
    plan.change_id,
    plan.tail?.event_key ?? crypto.randomUUID(),
    target,
    plan.request,
    state,
  );
  await settleTaskEvent(account.database, row, {
    columns: { pending_change: again as unknown as TaskEventRow["pending_change"] },
    keep_lease: true,
  });
  return again;
}
