import { isUnknown, waitOf } from "@shared/failures/failure.ts";
import type { Failure, FailureError } from "@shared/failures/failure.ts";
import { settleTaskEvent } from "@shared/database/task_events.ts";
import type { Settlement, TaskEventColumns, TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { TaskEventDependencies } from "./account.ts";
import type { ExecutedChange } from "./execute_change.ts";
import type { ChangeScope } from "../plan/change_request.ts";
import { eventColumns } from "./event_columns.ts";
import type { ChangePlan } from "../plan/change_plan.ts";

/** What the rows of a series say after a change: everything from Google's answers. */
export function executedChangeSettlement(
  row: TaskEventRow,
  plan: ChangePlan,
  { event, tail, migrated, removed }: ExecutedChange,
  now: Date,
): Settlement {
  const own = plan.event_id === row.calendar_event_id;
  const columns = own ? { ...eventColumns(event, now), series_update_scope: plan.scope } : {};
  const others: [GoogleEvent, string | null][] = [
    ...(own ? [] : [[event, null] as [GoogleEvent, null]]),
    ...(tail === null
      ? []
      : [[tail.event, plan.tail?.event_key ?? null] as [GoogleEvent, string | null]]),
    ...migrated.map((exception) => [exception.event, null] as [GoogleEvent, null]),
  ];
  return {
    columns: { ...columns, pending_change: null, outcome_unknown: false, sync_error: null },
    rows: others.map(([other, event_key]) => rowOf(row, plan.scope, other, event_key, now)),
    gone: removed,
  };
}

/** The row of another event of the same series. */
export function rowOf(
  row: TaskEventRow,
  scope: ChangeScope,
  event: GoogleEvent,
  event_key: string | null,
  now: Date,
): TaskEventColumns {
  return {
    user_id: row.user_id,
    task_id: row.task_id,
    calendar_id: row.calendar_id,
    google_account_id: row.google_account_id,
    sync_source: row.sync_source,
    ...eventColumns(event, now),
    ...(event_key === null ? {} : { event_key }),
    series_update_scope: scope,
  };
}

/** When a row whose request failed is due again. */
export function dueAgain(failure: Failure): NonNullable<Settlement["due_again"]> {
  return {
    verdict: isUnknown(failure) ? "unknown" : "defer",
    not_before_seconds: waitOf(failure),
  };
}

/** Settles a row that failed; a change that may have taken effect stays due. */
export async function releaseAfter(
  { database }: TaskEventDependencies,
  row: TaskEventRow,
  { code, failure }: FailureError,
  landed: boolean,
): Promise<void> {
  const unfinished = code !== "cancelled" && code !== "event_not_found" &&
    (landed || isUnknown(failure));
  await settleTaskEvent(database, row, {
    columns: {
      sync_error: `${code}: ${failure.message}`,
      ...(unfinished ? {} : { pending_change: null, outcome_unknown: false }),
    },
    ...(unfinished ? { due_again: dueAgain(failure) } : {}),
  });
}
