import { limitMessage } from "@shared/failures/reached_limit.ts";
import { deferral, FailureError } from "@shared/failures/failure.ts";
import { afterLease } from "@shared/database/lease_wait.ts";
import { beginEventChange } from "@shared/database/task_events.ts";
import type { BegunTaskEvent, TaskEventRow } from "@shared/database/task_events.ts";
import type { TaskEventDependencies } from "./account.ts";

/**
 * The leased row of an event that is to be changed, where another worker has it when that one is done; null when it was
 * deleted here. `invites`: how many guests the change adds. Throws FailureError.
 */
export async function leaseEvent(
  { database }: TaskEventDependencies,
  event: { user_id: string; calendar_id: string; calendar_event_id: string },
  invites = 0,
): Promise<TaskEventRow | null> {
  const begin = () => beginEventChange(database, event, invites);
  const begun = await afterLease(await begin(), begin);
  if (begun.decision === "deleted") return null;
  if (begun.decision === "processing_paused") throw processingPaused(begun);
  if (begun.decision === "limit_reached") throw limitReached(begun);
  if (begun.decision !== "claimed" || begun.event === null) {
    throw inProgress(begun.retry_after_seconds);
  }
  return begun.event;
}

/** Another worker holds the lease of the row. */
export function inProgress(retry_after_seconds: number | null): FailureError {
  return new FailureError(deferral("in_progress", Math.min(retry_after_seconds ?? 2, 2)));
}

/** An operator has paused the events of tasks; `until` where the pause has an end. */
export function processingPaused(
  { paused_until, retry_after_seconds }: Pick<
    BegunTaskEvent,
    "paused_until" | "retry_after_seconds"
  >,
): FailureError {
  return new FailureError(
    deferral("processing_paused", retry_after_seconds ?? null),
    paused_until === undefined ? {} : { until: new Date(paused_until).toISOString() },
  );
}

/** The user may invite no more guests now. */
export function limitReached(
  { limit = "", allowed = 0, retry_after_seconds }: Pick<
    BegunTaskEvent,
    "limit" | "allowed" | "retry_after_seconds"
  >,
): FailureError {
  const named = { limit: String(limit), allowed };
  return new FailureError(
    deferral("limit_reached", retry_after_seconds, limitMessage(named)),
    named,
  );
}
