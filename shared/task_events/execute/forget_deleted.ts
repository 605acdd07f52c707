import { FailureError } from "@shared/failures/failure.ts";
import type { BegunTaskEvent, TaskEventRow } from "@shared/database/task_events.ts";
import { accountOf, readEvent } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import { settleGone } from "./execute_deletion.ts";
import { leaseEvent } from "./lease_event.ts";

/** Google may not show a new event immediately; an older event that it does not return was deleted. */
const SURELY_SHOWN_MS = 3_600_000;

/**
 * Whether an event that a row shows was deleted on Google; its row is then marked as deleted. Where
 * Google cannot be reached the row is used.
 */
export async function forgetDeleted(
  dependencies: TaskEventDependencies,
  row: TaskEventRow,
  connection: BegunTaskEvent["connection"],
): Promise<boolean> {
  try {
    const account = accountOf(dependencies, connection);
    const event = await readEvent(account, row.calendar_id, row.calendar_event_id);
    const age_ms = dependencies.now().valueOf() - Date.parse(row.last_synced_at ?? "");
    const is_deleted = event === null ? age_ms > SURELY_SHOWN_MS : event.status === "cancelled";
    if (!is_deleted) return false;
    const leased = await leaseEvent(dependencies, row);
    if (leased !== null) await settleGone(account, leased, row.calendar_event_id, false);
    return true;
  } catch (thrown) {
    if (thrown instanceof FailureError) return false;
    throw thrown;
  }
}
