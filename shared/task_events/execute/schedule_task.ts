import type { Actor } from "@shared/database/actor.ts";
import { FailureError, isTemporary, isUnknown, rejection } from "@shared/failures/failure.ts";
import { inProgress } from "./lease_event.ts";
import { beginTaskEvent, settleTaskEvent } from "@shared/database/task_events.ts";
import type { BegunTaskEvent, TaskEventRow, TaskRow } from "@shared/database/task_events.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import { accountOf, mustRead } from "./account.ts";
import type { Account, TaskEventDependencies } from "./account.ts";
import {
  composeTaskEvent,
  patternOf,
  unknownPattern,
  WANTED_EVENT,
} from "../plan/compose_task_event.ts";
import type { WantedEvent } from "../plan/compose_task_event.ts";
import { RECURRENCE_PATTERNS } from "../plan/task_series.ts";
import { dueAgain } from "./change_settlement.ts";
import { eventColumns } from "./event_columns.ts";
import { forgetDeleted } from "./forget_deleted.ts";
import { insertTaskEvent } from "./insert_task_event.ts";

export interface ScheduledTask {
  event: TaskEventRow;
  /** The task had this event before the call. */
  already_exists: boolean;
}

/** Puts a task on its owner's calendar, exactly once. */
export async function scheduleTask(
  dependencies: TaskEventDependencies,
  task_id: string,
  actor: Actor,
  wanted: WantedEvent,
): Promise<ScheduledTask> {
  const begin = () => beginTaskEvent(dependencies.database, task_id, actor, wanted);
  let begun = await begin();
  if (begun.decision === "exists" && begun.event !== null) {
    // A user who deleted the event on Google and schedules the task again gets a new event.
    if (await forgetDeleted(dependencies, begun.event, begun.connection)) begun = await begin();
  }
  if (begun.decision === "exists" && begun.event !== null) {
    return { event: begun.event, already_exists: true };
  }
  if (begun.decision === "in_progress") throw inProgress(begun.retry_after_seconds);
  if (begun.decision !== "claimed") {
    throw new FailureError(rejection("task_not_found"), { task_id });
  }
  return await writeTaskEvent(dependencies, begun);
}

/** Writes the event of a leased row and settles it. */
export async function writeTaskEvent(
  dependencies: TaskEventDependencies,
  { event: row, task, connection }: BegunTaskEvent,
): Promise<ScheduledTask> {
  if (row === null || task === null) {
    throw new FailureError(
      rejection("task_not_found", "The task of this event was deleted."),
    );
  }
  try {
    const account = accountOf(dependencies, connection);
    if (row.google_account_id !== account.connection.google_account_id) {
      throw new FailureError(rejection("wrong_account"));
    }
    const parsed = WANTED_EVENT.safeParse(row.wanted ?? {});
    if (!parsed.success) throw invalid(firstIssue(parsed.error).message);
    const unknown = unknownPattern(task, parsed.data);
    if (unknown !== null) {
      throw invalid(
        `recurrence_pattern: The task has ${unknown}, which is none of ` +
          `${RECURRENCE_PATTERNS.join(", ")}; name one of them`,
      );
    }
    const wanted = await withZone(account, row, task, parsed.data);
    const body = composeTaskEvent(task, wanted);
    if (body === null) throw invalid("start_time: Expected one, as the task has no start_date");
    const { event, generation, already_exists } = await insertTaskEvent(account, {
      calendar_id: row.calendar_id,
      event_key: row.event_key,
      generation: row.event_generation,
      body,
      sendUpdates: "none",
      verify_first: row.outcome_unknown,
    });
    const columns = {
      ...eventColumns(event, dependencies.now()),
      event_generation: generation,
      outcome_unknown: false,
    };
    if (!await settleTaskEvent(dependencies.database, row, { columns })) throw inProgress(null);
    return { event: { ...row, ...columns }, already_exists };
  } catch (thrown) {
    if (thrown instanceof FailureError) await settleFailed(dependencies, row, thrown);
    throw thrown;
  }
}

/** A series repeats on the wall clock of its calendar unless another zone is asked for. */
async function withZone(
  account: Account,
  row: TaskEventRow,
  task: TaskRow,
  wanted: WantedEvent,
): Promise<WantedEvent> {
  if (wanted.timeZone !== undefined || patternOf(task, wanted) === undefined) return wanted;
  const { timeZone } = await mustRead(
    account,
    (token) => account.calendar.listEvents(token, row.calendar_id, { maxResults: 1 }),
  );
  return timeZone === undefined ? wanted : { ...wanted, timeZone };
}

function invalid(message: string): FailureError {
  const [path = "body"] = message.split(":", 1);
  return new FailureError(rejection("invalid_request", message), { path });
}

/** A row that may have an event is never given up before a verification. */
async function settleFailed(
  { database }: TaskEventDependencies,
  row: TaskEventRow,
  { code, failure }: FailureError,
): Promise<void> {
  const unknown = row.outcome_unknown || isUnknown(failure);
  const again = unknown || isTemporary(failure);
  await settleTaskEvent(database, row, {
    columns: {
      sync_status: again ? "pending" : "failed",
      sync_error: `${code}: ${failure.message}`,
      outcome_unknown: unknown,
    },
    ...(again ? { due_again: dueAgain(failure) } : {}),
  });
}
