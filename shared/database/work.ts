import { call } from "./call.ts";
import type { Database } from "./call.ts";

export type WorkKind = "search" | "write" | "meet_link" | "task_event" | "notification";

/** How many rows of a kind are still due; `wake` has its function called again if there are any. */
export function finishBatch(database: Database, kind: WorkKind, wake: boolean): Promise<number> {
  return call(database, "finish_batch", { p_kind: kind, p_wake: wake });
}
