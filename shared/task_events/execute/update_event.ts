import { FailureError, rejection } from "@shared/failures/failure.ts";
import { beginWithinMs } from "@shared/database/lease.ts";
import { readTaskEvent, settleTaskEvent } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { openAccount } from "./account.ts";
import type { Account, TaskEventDependencies } from "./account.ts";
import { executeChange } from "./execute_change.ts";
import type { ExecutedChange } from "./execute_change.ts";
import type { EventChange } from "../plan/change_request.ts";
import { keepsChanging, MAX_PLANS } from "./change_limits.ts";
import { executedChangeSettlement, releaseAfter } from "./change_settlement.ts";
import { finishPending, staysOpen } from "./finish_pending.ts";
import { inProgress, leaseEvent } from "./lease_event.ts";
import { findPlace, followLeased, followMove } from "./locate_task_event.ts";
import { requireChangeable } from "../plan/event_type_rules.ts";
import { makePlan, requireOwn } from "../plan/make_plan.ts";
import { otherGuests } from "../plan/ownership.ts";
import type { ChangePlan } from "../plan/change_plan.ts";
import { previewOf } from "../plan/preview_change.ts";
import { eventNotFound, findTarget, readChangeState } from "./read_change_state.ts";
import { resolveEvent } from "./resolve_event.ts";
import type { NamedEvent } from "./resolve_event.ts";
import type { ChangeState, ChangeTarget } from "../plan/change_state.ts";
import { eventColumns } from "./event_columns.ts";
import { sameInstants, timesOf } from "../plan/new_times.ts";
import { seriesTimes } from "../plan/series_times.ts";

export interface ChangeOptions {
  /** Returns what would happen and changes nothing. */
  preview?: boolean;
  /** Dividing a series that has guests is wanted. */
  confirm?: boolean;
  /** A further reason not to change the event, thrown as a FailureError. */
  guard?: (event: GoogleEvent) => void;
  /** Awaited before the change is stored, with the event as Google has it. */
  before_change?: (target: ChangeTarget) => Promise<void>;
  /** An event that is at the times of the request already is left alone. */
  only_if_moved?: boolean;
}

export type ChangedEvent =
  | { kind: "preview"; preview: ReturnType<typeof previewOf> }
  | { kind: "unchanged"; event: GoogleEvent }
  | { kind: "changed"; plan: ChangePlan; result: ExecutedChange };

/**
 * Changes an event that the user organizes: one event or occurrence, a whole series, or a series
 * from one occurrence on. Replies are kept, and a newer version is not overwritten. Throws FailureError.
 */
export async function updateEvent(
  dependencies: TaskEventDependencies,
  user_id: string,
  { id, ...change }: Omit<EventChange, keyof NamedEvent> & NamedEvent,
  options: ChangeOptions = {},
): Promise<ChangedEvent> {
  const account = await openAccount(dependencies, user_id);
  const named = await resolveEvent(account, { ...change, id });
  const request: EventChange = { ...change, ...named };
  const target = await findTarget(account, named.calendar_id, request);
  requireOwn(target.event);
  requireChangeable(target.event, target.scope, request);
  options.guard?.(target.event);
  const left = { user_id, calendar_id: named.calendar_id, calendar_event_id: target.event.id };
  const identity = { ...left, calendar_id: target.calendar_id };

  const asks = options.preview === true || (target.scope === "future" && options.confirm !== true);
  if (asks) {
    const row = await readTaskEvent(dependencies.database, identity) ??
      await readTaskEvent(dependencies.database, left);
    const state = await readChangeState(account, target, request, row);
    const plan = makePlan(crypto.randomUUID(), crypto.randomUUID(), target, request, state);
    if (options.preview === true) return { kind: "preview", preview: previewOf(plan, state) };
    if (plan.scope === "future" && otherGuests(target.event.attendees ?? []).length > 0) {
      throw new FailureError(rejection("confirmation_required"), {
        preview: previewOf(plan, state),
      });
    }
  }

  await options.before_change?.(target);
  await followMove(account, left, target.calendar_id);
  const row = await leaseEvent(dependencies, identity, guestsAdded(target.event, change.attendees));
  if (row === null) {
    throw new FailureError(rejection("cancelled", "The event was deleted."), {
      event_id: request.event_id,
    });
  }
  return await changeLeased(account, row, target, request, options);
}

async function changeLeased(
  account: Account,
  leased: TaskEventRow,
  target: ChangeTarget,
  request: EventChange,
  { only_if_moved = false }: ChangeOptions,
): Promise<ChangedEvent> {
  const started = account.now().valueOf();
  const has_time = () => account.now().valueOf() - started < beginWithinMs(leased);
  const progress = { took_effect: false };
  let row = leased;
  let finishing = row.pending_change !== null;
  // Google refuses a change of another version than the one that was read before the lease.
  let fresh = finishing || target.event.etag === undefined ? null : target;
  try {
    if (finishing) {
      // An interrupted change comes first: this one is based on its result.
      row = await finishPending(account, row, { has_time, progress, keep_lease: true });
      finishing = false;
      progress.took_effect = false;
    }
    const change_id = crypto.randomUUID();
    const event_key = crypto.randomUUID();
    for (let plans = 0; plans < MAX_PLANS; plans++) {
      fresh ??= await readAgain(account, row, target);
      const now: ChangeTarget = fresh;
      row = await followLeased(account, row, now.calendar_id);
      const { event } = now;
      const state = await readChangeState(account, now, request, row);
      if (only_if_moved && isAtTimes(state, request)) {
        const columns = {
          ...eventColumns(event, account.now()),
          pending_change: null,
          outcome_unknown: false,
        };
        if (!await settleTaskEvent(account.database, row, { columns })) throw inProgress(null);
        return { kind: "unchanged", event };
      }
      const plan = makePlan(change_id, event_key, now, request, state);
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
      if (result.kind === "outdated") {
        fresh = null;
        continue;
      }
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

/** The same as Google has it now. */
async function readAgain(
  account: Account,
  row: TaskEventRow,
  target: ChangeTarget,
): Promise<ChangeTarget> {
  const place = await findPlace(account, row.calendar_id, target.event.id);
  if (place === null) throw eventNotFound(target.event.id);
  requireOwn(place.event);
  return { ...target, calendar_id: place.calendar_id, event: place.event };
}

/** Whether a single event or a series is at the times of a request, in whatever zone. */
function isAtTimes(
  { event, occurrence, calendar_zone }: ChangeState,
  request: EventChange,
): boolean {
  const now = timesOf(event);
  const times = seriesTimes(request, occurrence, now, calendar_zone);
  return times === null || sameInstants(times, now);
}

/** How many people a change invites whom the event does not show. */
function guestsAdded(
  { attendees = [] }: GoogleEvent,
  wanted: EventChange["attendees"] = [],
): number {
  const known = new Set(attendees.map(({ email = "" }) => email.toLowerCase()));
  const named = new Set(wanted.map(({ email }) => email.trim().toLowerCase()));
  return [...named].filter((email) => !known.has(email)).length;
}
