import { requestsFinished } from "./requests_finished.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";
import type { WorkerPool } from "./worker_pool.ts";

const TIME_COLUMNS = [
  "scheduling_next_attempt_at",
  "scheduling_leased_until",
  "writeback_next_attempt_at",
  "writeback_leased_until",
];

/**
 * Advances the time of about `share` of the meetings by hours: their due times are reached and their
 * leases expire. Waits for all requests to Google first, since they would have finished by then.
 */
export async function advanceTime(stack: ChaosStack, random: Random, share: number): Promise<void> {
  await requestsFinished(stack);
  const chance = String(random.next());
  for (const column of TIME_COLUMNS) {
    await stack.platform.sql(
      `update public.meetings
          set ${column} = now()
        where ${column} > now() and abs(hashtext(meeting_id || $1::text)) % 1000 < $2::integer`,
      [chance, Math.round(share * 1000)],
    );
  }
  await stack.platform.sql("update private.google_connections set paused_until = null");
}

/**
 * While `calls` are in progress: expires leases as if their workers had been suspended for minutes,
 * and lets other workers reclaim the rows. Only in first attempts: a worker that continues with its
 * insert after the last attempt was verified and given up leaves an event that only the audit finds.
 */
export async function expireLeasesDuring(
  stack: ChaosStack,
  pool: WorkerPool,
  random: Random,
  calls: Promise<unknown>,
): Promise<void> {
  let is_in_progress = true;
  const ended = calls.finally(() => is_in_progress = false);
  while (is_in_progress) {
    await stack.platform.sql(
      `update public.meetings
          set writeback_leased_until = now()
        where writeback_leased_until > now()
          and writeback_retry_count = 0
          and abs(hashtext(meeting_id || $1::text)) % 3 = 0`,
      [String(random.next())],
    );
    await pool.post("write-back", { batch: true, limit: 20 });
  }
  await ended;
}
