import type { CountingProxy } from "./counting_proxy.ts";
import type { Stack } from "./stack.ts";

/** The most events that Google puts on a page. */
const PAGE = 2500;

export interface BackfillCost {
  seconds: number;
  updated: number;
  missing: number;
  failed: number;
  /** The calendars with the most calls, by how many events they hold. */
  google: Record<string, { calls: number; allowed: number }>;
  /** Pages that Google was asked for. */
  pages: number;
  /** Statements that stored what a page said, and all others of the backfill. */
  stores: number;
  others: number;
}

/** Runs a backfill and counts what it asked of Google and of the database. */
export async function backfillCost(
  stack: Stack,
  api: CountingProxy,
  calendars: readonly { email: string; events: number }[],
  backfill: () => Promise<{ updated: number; missing: number; failed: number }>,
): Promise<BackfillCost> {
  const since_id = (await stack.google.requests()).at(-1)?.id ?? 0;
  api.takePaths();
  const started = performance.now();
  const { updated, missing, failed } = await backfill();
  const seconds = (performance.now() - started) / 1000;
  const statements = api.takePaths();
  const calls = (await stack.google.requests({ since_id }))
    .filter(({ path }) => path.startsWith("/calendar/v3/"));
  const google: BackfillCost["google"] = {};
  for (const { email, events } of calendars) {
    const label = `a calendar of ${events} events`;
    google[label] = {
      calls: Math.max(
        google[label]?.calls ?? 0,
        calls.filter(({ user }) => user === email).length,
      ),
      allowed: 1 + Math.ceil(events / PAGE),
    };
  }
  const stores = statements.filter((path) => path.endsWith("/store_event_people")).length;
  return {
    seconds,
    updated,
    missing,
    failed,
    google,
    pages: calls.length,
    stores,
    others: statements.length - stores,
  };
}
