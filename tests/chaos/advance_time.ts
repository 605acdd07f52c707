import { requestsFinished } from "./requests_finished.ts";
import { endPollIntervals } from "./syncs.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";
import type { WorkerPool } from "./worker_pool.ts";

/**
 * Advances the time of about `share` of the meetings and calendars by hours: their due times are reached, and
 * their leases and holds expire. Waits for all requests to Google first, since they would have finished by then.
 */
export async function advanceTime(stack: ChaosStack, random: Random, share: number): Promise<void> {
  await requestsFinished(stack);
  await stack.platform.sql(
    `update private.work
        set due_at = case when due_at < 'infinity' then least(due_at, clock_timestamp()) else due_at end,
            leased_until = least(leased_until, clock_timestamp())
      where kind in ('search', 'write', 'sync')
        and (due_at > clock_timestamp() or leased_until > clock_timestamp())
        and abs(hashtext(subject_id || $1::text)) % 1000 < $2::integer`,
    [String(random.next()), Math.round(share * 1000)],
  );
  await stack.platform.sql(
    `update private.slot_holds
        set expires_at = clock_timestamp()
      where expires_at > clock_timestamp()
        and abs(hashtext(meeting_id || $1::text)) % 1000 < $2::integer`,
    [String(random.next()), Math.round(share * 1000)],
  );
  // A meeting that failed hours ago does not return to its time without a search.
  await stack.platform.sql(
    `update public.meetings
        set writeback_attempted_at = writeback_attempted_at - interval '1 hour'
      where writeback_status = 'failed'`,
  );
  await endPollIntervals(stack, random, share);
  await stack.platform.sql(
    "update private.google_connections set paused_until = null, writes_paused_until = null",
  );
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
      `update private.work
          set leased_until = clock_timestamp()
        where kind = 'write' and leased_until > clock_timestamp()
          and attempts = 0
          and abs(hashtext(subject_id || $1::text)) % 3 = 0`,
      [String(random.next())],
    );
    await pool.post("write-back", { batch: true, limit: 20 });
  }
  await ended;
}
