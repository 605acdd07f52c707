import { call } from "./call.ts";
import type { Database } from "./call.ts";

/** Which failed rows; all fields must match. */
export interface FailedWorkFilter {
  /** Error code. */
  reason?: string | undefined;
  user_id?: string | undefined;
  /** RFC 3339: failed then or later. */
  since?: string | undefined;
  /** RFC 3339: failed earlier. */
  before?: string | undefined;
  kind?: string | undefined;
}

export interface Requeued {
  requeued: number;
  /** How many were left, by their state. */
  not_requeued: Record<string, number>;
  /** `after` of a further request; null: none is needed. */
  next_after: string | null;
}

/** Each transaction locks this many rows, and stays far below the statement timeout of a hosted project. */
const ROWS_AT_ONCE = 200;

/** A request ends before the gateway gives up on it; the next one continues with `next_after`. */
const MOST_ROWS = 5_000;

/** Requeues every failed row that a filter names, in the order of their ids: of meetings only, or of every kind. */
export async function requeueAll(
  database: Database,
  rows_of: "requeue_meetings" | "requeue_failed_work",
  filter: FailedWorkFilter,
  after: string | null,
): Promise<Requeued> {
  let requeued = 0;
  let next_after = after;
  const not_requeued: Record<string, number> = {};
  for (let rows = 0; rows < MOST_ROWS; rows += ROWS_AT_ONCE) {
    const page: Requeued = await call(database, rows_of, {
      ...parametersOf(filter),
      p_limit: ROWS_AT_ONCE,
      p_after: next_after,
    });
    requeued += page.requeued;
    for (const [decision, count] of Object.entries(page.not_requeued)) {
      not_requeued[decision] = (not_requeued[decision] ?? 0) + count;
    }
    next_after = page.next_after;
    if (next_after === null) break;
  }
  return { requeued, not_requeued, next_after };
}

/** How many rows of each kind and reason a filter names, most first. */
export function countFailedWork(
  database: Database,
  filter: FailedWorkFilter,
): Promise<{ kind: string; reason: string | null; rows: number }[]> {
  return call(database, "count_failed_work", parametersOf(filter));
}

/** Requeues one row: `requeued`, or its state, as the SQL function has it. */
export function requeueWork(database: Database, kind: string, id: string): Promise<string> {
  return call(database, "requeue_work", { p_kind: kind, p_subject_id: id });
}

function parametersOf({ reason, user_id, since, before, kind }: FailedWorkFilter) {
  return {
    p_reason: reason ?? null,
    p_user_id: user_id ?? null,
    p_since: since ?? null,
    p_before: before ?? null,
    p_kind: kind ?? null,
  };
}
