import { FailureError, rejection } from "@shared/failures/failure.ts";
import { beginWithinMs } from "@shared/database/lease.ts";
import { readTaskEvent, settleTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { calendarIdFor, findEvent, openAccount } from "./account.ts";
import type { Account, TaskEventDependencies } from "./account.ts";
import { executeChange } from "./execute_change.ts";
import type { ExecutedChange } from "./execute_change.ts";
import type { EventChange } from "../plan/change_request.ts";
import { keepsChanging, MAX_PLANS } from "./change_limits.ts";
import { executedChangeSettlement, releaseAfter } from "./change_settlement.ts";
import { finishPending, staysOpen } from "./finish_pending.ts";
import { inProgress, leaseEvent } from "./lease_event.ts";
import { makePlan, requireOwn } from "../plan/make_plan.ts";
import { otherGuests } from "../plan/ownership.ts";
import type { ChangePlan } from "../plan/change_plan.ts";
import { previewOf } from "../plan/preview_change.ts";
import { eventNotFound, findTarget, readChangeState } from "./read_change_state.ts";
import type { ChangeTarget } from "../plan/change_state.ts";

export interface ChangeOptions {
  /** Returns what would happen and changes nothing. */
  preview?: boolean;
  /** Dividing a series that has guests is wanted. */
  confirm?: boolean;
  /** A further reason not to change the event, thrown as a FailureError. */
  guard?: (event: GoogleEvent) => void;
}

export type ChangedEvent =
  | { kind: "preview"; preview: ReturnType<typeof previewOf> }
  | { kind: "changed"; plan: ChangePlan; result: ExecutedChange };

/**
 * Changes an event that the user organizes: one event or occurrence, a whole series, or a series
 * from one occurrence on. Replies are kept, and a newer version is not overwritten. Throws FailureError.
 */
export async function updateEvent(
  dependencies: TaskEventDependencies,
  user_id: string,
  request: EventChange,
  options: ChangeOptions = {},
): Promise<ChangedEvent> {
  const account = await openAccount(dependencies, user_id);
  const calendar_id = calendarIdFor(account, request.calendar_id);
  const target = await findTarget(account, calendar_id, request);
  requireOwn(target.event);
  options.guard?.(target.event);
  const identity = { user_id, calendar_id, calendar_event_id: target.event.id };

  const asks = options.preview === true || (target.scope === "future" && options.confirm !== true);
  if (asks) {
    const row = await readTaskEvent(dependencies.database, identity);
    const state = await readChangeState(account, calendar_id, target, request, row);
    const plan = makePlan(crypto.randomUUID(), crypto.randomUUID(), target, request, state);
    if (options.preview === true) return { kind: "preview", preview: previewOf(plan, state) };
    if (plan.scope === "future" && otherGuests(target.event.attendees ?? []).length > 0) {
      throw new FailureError(rejection("confirmation_required"), {
        preview: previewOf(plan, state),
      });
    }
  }

  const row = await leaseEvent(dependencies, identity);
  if (row === null) {
    throw new FailureError(rejection("cancelled", "The event was deleted."), {
      event_id: request.event_id,
    });
  }
  return await changeLeased(account, row, target, request);
}

async function changeLeased(
  account: Account,
  row: TaskEventRow,
  target: ChangeTarget,
  request: EventChange,
): Promise<ChangedEvent> {
  const started = account.now().valueOf();
  const has_time = () => account.now().valueOf() - started < beginWithinMs(row);
  const progress = { took_effect: false };
  let finishing = row.pending_change !== null;
  try {
    if (finishing) {
      // An interrupted change comes first: this one is based on its result.
      await finishPending(account, row, { has_time, progress, keep_lease: true });
      finishing = false;
      progress.took_effect = false;
    }
    const change_id = crypto.randomUUID();
    const event_key = crypto.randomUUID();
    for (let plans = 0; plans < MAX_PLANS; plans++) {
      const event = await findEvent(account, row.calendar_id, target.event.id);
      if (event === null) throw eventNotFound(target.event.id);
      requireOwn(event);
      const fresh = { ...target, event };
      const state = await readChangeState(account, row.calendar_id, fresh, request, row);
      const plan = makePlan(change_id, event_key, fresh, request, state);
      const columns = { pending_change: plan as unknown as TaskEventRow["pending_change"] };
      if (!await settleTaskEvent(account.database, row, { columns, keep_lease: true })) {
        throw inProgress(null);
      }
      const result = await executeChange({
        account,
        row,
        plan,
        resumed: false,
        progress,
        has_time,
      });
      if (result.kind === "outdated") continue;
      const settlement = executedChangeSettlement(row, plan, result, account.now());
      if (!await settleTaskEvent(account.database, row, settlement)) throw inProgress(null);
      return { kind: "changed", plan, result };
    }
    throw keepsChanging(2);
  } catch (thrown) {
    if (thrown instanceof FailureError) {
      const open = progress.took_effect || (finishing && staysOpen(thrown));
      await releaseAfter(account, row, thrown, open);
    }
    throw thrown;
  }
}
