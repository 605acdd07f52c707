import { allLanded } from "./requests_finished.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";
import type { WorkerPool } from "./worker_pool.ts";

const TIMES = [
  "scheduling_next_attempt_at",
  "scheduling_leased_until",
  "writeback_next_attempt_at",
  "writeback_leased_until",
];

/**
 * Lets hours pass for about `share` of the meetings: what they waited for is due and leases have
 * ended. Whatever was on its way to Google has arrived by then, as it would have in that time.
 */
export async function passTime(stack: ChaosStack, random: Random, share: number): Promise<void> {
  await allLanded(stack);
  const chance = String(random.next());
  for (const column of TIMES) {
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
 * While calls are under way: ends leases as if their workers had stood still for minutes, and lets
 * others take over. Only first attempts: a worker that wakes up and writes when the last attempt has
 * been looked at and given up leaves an event that only the audit finds.
 */
export async function overtakeWorkers(
  stack: ChaosStack,
  pool: WorkerPool,
  random: Random,
  calls: Promise<unknown>,
): Promise<void> {
  let under_way = true;
  const ended = calls.finally(() => under_way = false);
  while (under_way) {
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
