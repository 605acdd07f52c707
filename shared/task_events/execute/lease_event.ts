import { deferral, FailureError } from "@shared/failures/failure.ts";
import { afterLease } from "@shared/database/lease_wait.ts";
import { beginEventChange } from "@shared/database/task_events.ts";
import type { BegunTaskEvent, TaskEventRow } from "@shared/database/task_events.ts";
import type { TaskEventDependencies } from "./account.ts";

/**
 * The leased row of an event that is to be changed, where another worker has it when that one is done; null when it was
 * deleted here. Throws FailureError.
 */
export async function leaseEvent(
  { database }: TaskEventDependencies,
  event: { user_id: string; calendar_id: string; calendar_event_id: string },
): Promise<TaskEventRow | null> {
  const begin = () => beginEventChange(database, event);
  const begun = await afterLease(await begin(), begin);
  if (begun.decision === "deleted") return null;
  if (begun.decision === "processing_paused") throw processingPaused(begun);
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
