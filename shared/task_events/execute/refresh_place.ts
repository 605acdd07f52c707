import { FailureError } from "@shared/failures/failure.ts";
import type { BegunTaskEvent, TaskEventRow } from "@shared/database/task_events.ts";
import { accountOf } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import { settleGone } from "./execute_deletion.ts";
import { leaseEvent } from "./lease_event.ts";
import { followMove, locateTaskEvent } from "./locate_task_event.ts";

/** Google may not show a new event immediately; an older event that it does not return was deleted. */
const SURELY_SHOWN_MS = 3_600_000;

/**
 * Reads whether an event that a row shows was deleted on Google, in which case the row is marked as
 * deleted, or moved, in which case the row follows it; true: the row has changed. Where Google or the
 * calendar cannot be read, and for an event that was handed to another person, the row is used.
 */
export async function refreshPlace(
  dependencies: TaskEventDependencies,
  row: TaskEventRow,
  connection: BegunTaskEvent["connection"],
): Promise<boolean> {
  try {
    const account = accountOf(dependencies, connection);
    const place = await locateTaskEvent(account, row.calendar_id, row.calendar_event_id);
    if (place.kind === "there") {
      await followMove(account, row, place.calendar_id);
      return place.calendar_id !== row.calendar_id;
    }
    const age_ms = dependencies.now().valueOf() - Date.parse(row.last_synced_at ?? "");
    if (place.event === null && age_ms <= SURELY_SHOWN_MS) return false;
    const leased = await leaseEvent(dependencies, row);
    if (leased !== null) await settleGone(account, leased, row.calendar_event_id, false);
    return true;
  } catch (thrown) {
    if (thrown instanceof FailureError) return false;
    throw thrown;
  }
}
