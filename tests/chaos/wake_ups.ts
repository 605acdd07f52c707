import type { Platform } from "../../local/platform.ts";
import { inGroups } from "./in_groups.ts";
import type { Random } from "./random.ts";
import type { WorkerPool } from "./worker_pool.ts";

const LOST = 0.2;
const REPEATED = 0.2;
const AT_ONCE = 12;
const FUNCTIONS = "/functions/v1/";

/**
 * Delivers the wake-ups that the database has queued in pg_net, in any order: some are lost and some
 * arrive twice, at the same time and perhaps at two workers.
 */
export async function deliverWakeUps(
  platform: Platform,
  pool: WorkerPool,
  random: Random,
): Promise<void> {
  const queued = await platform.sql<{ url: string; body: string }>(
    "delete from net.http_request_queue returning url, convert_from(body, 'UTF8') as body",
  );
  const deliveries = queued.flatMap((request) => {
    if (random.chance(LOST)) return [];
    return random.chance(REPEATED) ? [request, request] : [request];
  });
  await inGroups(deliveries, AT_ONCE, async ({ url, body }) => {
    await pool.post(url.slice(url.indexOf(FUNCTIONS) + FUNCTIONS.length), JSON.parse(body));
  });
}
