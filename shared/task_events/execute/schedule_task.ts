import type { Actor } from "@shared/database/actor.ts";
import { isFailureCode } from "@shared/failures/codes.ts";
import {
  deferral,
  FailureError,
  isTemporary,
  isUnknown,
  rejection,
} from "@shared/failures/failure.ts";
import { inProgress, limitReached, processingPaused } from "./lease_event.ts";
import { afterLease } from "@shared/database/lease_wait.ts";
import { beginTaskEvent, settleTaskEvent } from "@shared/database/task_events.ts";
import type {
  BegunTaskEvent,
  OfferedTimes,
  TaskEventRow,
  TaskRow,
} from "@shared/database/task_events.ts";
import { firstIssue, issueText } from "@shared/failures/issues.ts";
import { STORED_TASK } from "@shared/schemas/task.ts";
import { accountOf, calendarZone } from "./account.ts";
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
import { refreshPlace } from "./refresh_place.ts";
import { insertTaskEvent } from "./insert_task_event.ts";

export interface ScheduledTask {
  event: TaskEventRow;
  /** The task had this event before the call. */
  already_exists: boolean;
  /** Which of the offered times the event has, from 0; null: none was offered, or an earlier request was completed. */
  candidate: number | null;
}

/** Times for a task, found again at each call: those that others have taken meanwhile are not among them. */
export type NextTimes = () => Promise<OfferedTimes>;

/**
 * Puts a task on its owner's calendar, exactly once; at the first of the times that a search found which no other
 * meeting holds, if the caller names none. Where another worker has the row, what that one's attempt ends with.
 */
export async function scheduleTask(
  dependencies: TaskEventDependencies,
  task_id: string,
  actor: Actor,
  wanted: WantedEvent,
  nextTimes: NextTimes | null = null,
): Promise<ScheduledTask> {
  let offered = nextTimes === null ? null : await nextTimes();
  const begin = (is_waiting = false) =>
    beginTaskEvent(dependencies.database, { task_id, actor, wanted, offered, is_waiting });
  let begun = await afterLease(await begin(), () => begin(true));
  if (begun.decision === "exists" && begun.event !== null && begun.already_exists !== false) {
    // A user who deleted the event on Google and schedules the task again gets a new event.
    if (await refreshPlace(dependencies, begun.event, begun.connection)) begun = await begin();
  }
  while (begun.decision === "taken" && nextTimes !== null) {
    offered = await nextTimes();
    begun = await begin();
  }
  if (begun.decision === "exists" && begun.event !== null) {
    const { event, already_exists = true } = begun;
    return { event, already_exists, candidate: null };
  }
  if (begun.decision !== "claimed") throw whyNot(task_id, begun);
  return await writeTaskEvent(dependencies, begun);
}

function whyNot(task_id: string, begun: BegunTaskEvent): FailureError {
  const { limit = "", retry_after_seconds, event } = begun;
  switch (begun.decision) {
    case "in_progress":
      return inProgress(retry_after_seconds);
    case "processing_paused":
      return processingPaused(begun);
    case "failed":
      return failedElsewhere(event?.sync_error ?? "", retry_after_seconds);
    case "limit_reached":
      return limitReached(begun);
    case "too_many_holds":
      return new FailureError(deferral(
        "rate_limited",
        TOO_MANY_HOLDS_SECONDS,
        `With this one, the user's events that are not written to Google Calendar yet would hold more than ${limit} times, ` +
          "which is the limit (a series holds one for each occurrence). Repeat the request later.",
      ));
    default:
      return new FailureError(rejection("task_not_found"), { task_id });
  }
}

const TOO_MANY_HOLDS_SECONDS = 60;

/** What the attempt that the caller has waited for ended with. */
function failedElsewhere(sync_error: string, retry_after_seconds: number | null): FailureError {
  const [, stored = "", message = ""] = /^([a-z_]+): (.*)$/s.exec(sync_error) ?? [];
  const code = isFailureCode(stored) ? stored : "google_rejected";
  const sentence = message === "" ? sync_error : message;
  return new FailureError(
    retry_after_seconds === null
      ? rejection(code, sentence)
      : deferral(code, retry_after_seconds, sentence),
  );
}

/** Writes the event of a leased row and settles it. `is_wake_up`: no caller reads the result. */
export async function writeTaskEvent(
  dependencies: TaskEventDependencies,
  { event: row, task, connection, candidate = null }: BegunTaskEvent,
  { is_wake_up }: { is_wake_up: boolean } = { is_wake_up: false },
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
    const stored = STORED_TASK.safeParse(task);
    if (!stored.success) throw invalid(issueText(stored.error));
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
    const body = composeTaskEvent(task, wanted, account.connection.email);
    if (body === null) throw invalid("start_time: Expected one, as the task has no start_date");
    const { event, generation, already_exists } = await insertTaskEvent(account, {
      calendar_id: row.calendar_id,
      event_key: row.event_key,
      generation: row.event_generation,
      body,
      sendUpdates: body.attendees === undefined ? "none" : "all",
      verify_first: row.outcome_unknown,
    });
    const columns = {
      ...eventColumns(event, dependencies.now()),
      event_generation: generation,
      outcome_unknown: false,
    };
    const settlement = {
      columns,
      ...(is_wake_up && !already_exists ? { is_unacknowledged: true as const } : {}),
    };
    if (!await settleTaskEvent(dependencies.database, row, settlement)) throw inProgress(null);
    return { event: { ...row, ...columns }, already_exists, candidate };
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
  const timeZone = await calendarZone(account, row.calendar_id);
  return timeZone === null ? wanted : { ...wanted, timeZone };
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
