import { lookOnceMore } from "./look_once_more.ts";

/** The window of the quotas slides, so a slice may become possible a little later than computed. */
const LEAST_WAIT_MS = 500;

/** Rows of the queue that one function processes. */
export interface Queue {
  /** Processes at most `limit` rows that are due; returns how many it took, where a dear row may count for several. */
  process(limit: number): Promise<number>;
  /** What is left; `wake`: has the function called again if anything is. */
  finish(wake: boolean): Promise<Rest>;
}

export interface Rest {
  /** How many rows are still due. */
  remaining: number;
  /** When more fits under Google's quotas; null: they hold nothing back. */
  quota_seconds: number | null;
}

/** What one call may take; CPU time bounds the rows. */
export interface Allowance {
  rows: number;
  /** Rows that are claimed together. */
  slice_rows: number;
  /** No slice is begun later; a function has 150 s in all. */
  last_slice_ms: number;
  /** A caller named the rows: no further call is begun for the rest. */
  is_named?: boolean;
}

/** A caller who names a limit means it: no more rows than that. */
export function allowanceOf(woken: Allowance, limit: number | undefined): Allowance {
  return limit === undefined ? woken : { ...woken, rows: limit, is_named: true };
}

/**
 * The work of a call by a wake-up: slice after slice until nothing is due, waiting for Google's quotas where that fits
 * into the call. What the allowance does not cover is left to a further call, begun at once instead of by the next sweep.
 */
export async function drainWoken(queue: Queue, allowance: Allowance): Promise<void> {
  let is_continued = false;
  const run = async () => {
    if (!is_continued) is_continued = await drain(queue, allowance);
  };
  await lookOnceMore(run(), run);
}

/** Returns whether rows were left to a further call. */
export async function drain(
  queue: Queue,
  { rows, slice_rows, last_slice_ms, is_named = false }: Allowance,
): Promise<boolean> {
  const started = performance.now();
  const msLeft = () => last_slice_ms - (performance.now() - started);
  let rows_left = rows;
  while (rows_left > 0 && msLeft() > 0) {
    const taken = await queue.process(Math.min(slice_rows, rows_left));
    rows_left -= taken;
    if (taken > 0) continue;
    const { remaining, quota_seconds } = await queue.finish(false);
    // What nothing but other workers hold is theirs to continue.
    if (remaining === 0 || quota_seconds === null) return false;
    const wait_ms = Math.max(LEAST_WAIT_MS, quota_seconds * 1000);
    if (wait_ms >= msLeft()) break;
    await new Promise((resolve) => setTimeout(resolve, wait_ms));
  }
  const { remaining } = await queue.finish(!is_named);
  return remaining > 0;
}
