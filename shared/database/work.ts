import { call } from "./call.ts";
import type { Database } from "./call.ts";

export type WorkKind =
  | "search"
  | "conflict_check"
  | "write"
  | "meet_link"
  | "task_event"
  | "notification"
  | "holidays"
  | "sync";

/**
 * How many rows of a kind are still due, and after how many seconds Google's quotas let more of them through (null: they
 * hold nothing back); `wake` has its function called again if there are any.
 */
export function finishBatch(
  database: Database,
  kind: WorkKind,
  wake: boolean,
): Promise<{ remaining: number; quota_seconds: number | null }> {
  return call(database, "finish_batch", { p_kind: kind, p_wake: wake });
}
