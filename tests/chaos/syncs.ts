import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";
import type { WorkerPool } from "./worker_pool.ts";

const EXPIRY = 0.3;
const PUSH_MODES = ["once", "once", "lost", "twice", "held"] as const;

/** Lets the messages of a round travel in another way than those of the last one, and perhaps ends all cursors. */
export async function disturbSyncs({ google }: ChaosStack, random: Random): Promise<void> {
  await google.pushMode(random.pick(PUSH_MODES));
  await google.releasePushMessages({ order: random.pick(["sent", "reversed"]) });
  if (random.chance(EXPIRY)) await google.expireSyncTokens();
}

/** No more messages: what is true at the end is found by a sweep alone. */
export async function losePushMessages({ google }: ChaosStack): Promise<void> {
  await google.pushMode("lost");
}

/** Lets the poll intervals of about `share` of the calendars end. */
export async function endPollIntervals(
  { platform }: ChaosStack,
  random: Random,
  share: number,
): Promise<void> {
  await platform.sql(
    `update private.sync_calendars
        set next_sync_at = clock_timestamp(), channel_retry_at = null
      where abs(hashtext(sync_id || $1::text)) % 1000 < $2::integer`,
    [String(random.next()), Math.round(share * 1000)],
  );
}

/** Reads the calendars that are due, at two workers at the same time. */
export async function sweepSyncs(pool: WorkerPool): Promise<void> {
  const sweep = () => pool.post("google-webhook/sync", { batch: true, limit: 50 });
  await Promise.all([sweep(), sweep()]);
}

/** Ends the leases of dead workers, and lets syncs go on that were put off. */
export async function makeSyncsDue({ platform }: ChaosStack): Promise<void> {
  await platform.sql(
    `update private.work
        set due_at = clock_timestamp(), leased_until = least(leased_until, clock_timestamp())
      where kind = 'sync'`,
  );
}
