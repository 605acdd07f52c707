import { deferral, FailureError } from "@shared/failures/failure.ts";
import { beginEventChange } from "@shared/database/task_events.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { TaskEventDependencies } from "./account.ts";

/** The leased row of an event that is to be changed; null when it was deleted here. Throws FailureError. */
export async function leaseEvent(
  { database }: TaskEventDependencies,
  event: { user_id: string; calendar_id: string; calendar_event_id: string },
): Promise<TaskEventRow | null> {
  const begun = await beginEventChange(database, event);
  if (begun.decision === "deleted") return null;
  if (begun.decision !== "claimed" || begun.event === null) {
    throw inProgress(begun.retry_after_seconds);
  }
  return begun.event;
}

/** Another worker holds the lease of the row. */
export function inProgress(retry_after_seconds: number | null): FailureError {
  return new FailureError(deferral("in_progress", Math.min(retry_after_seconds ?? 2, 2)));
}
