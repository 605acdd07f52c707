import { SYSTEM } from "@shared/database/actor.ts";
import type { SearchLease } from "@shared/database/schedulings.ts";
import { claimSchedulings, readSchedulingContext } from "@shared/database/schedulings.ts";
import { defer, deferForLimit, scheduleMeeting } from "./schedule_meeting.ts";
import type { Scheduled, ScheduleDependencies } from "./schedule_meeting.ts";

/** Searches that are claimed together. */
export const SLICE_ROWS = 10;

/** No slice is claimed later than this; a function has 150 s in all. */
const LAST_CLAIM_MS = 45_000;

/** The rest is more than slow calendars take: 20 s a request, before which there may be a refreshed token. */
const SHARE_OF_LEASE_TO_BEGIN = 0.5;

/** What scheduling one meeting of a batch came to. */
export interface BatchResult {
  meeting_id: string;
  scheduled: Scheduled;
}

export interface ScheduledBatch {
  results: BatchResult[];
  /** Rows that were leased; those that were deleted meanwhile have no result. */
  claimed: number;
}

/**
 * Schedules meetings that wait for a slot, organizers side by side, each organizer's one after the
 * other. A meeting whose worker has died is claimed alone, so that it takes no neighbour along.
 */
export async function scheduleBatch(
  dependencies: ScheduleDependencies,
  limit: number,
): Promise<ScheduledBatch> {
  const claim_until = performance.now() + LAST_CLAIM_MS;
  const results: BatchResult[] = [];
  let left = limit;
  while (left > 0 && performance.now() < claim_until) {
    const claimed = await claimSchedulings(
      dependencies.database,
      Math.min(left, SLICE_ROWS),
    );
    if (claimed.length === 0) break;
    left -= claimed.length;
    const claimed_at = performance.now();
    const byOrganizer = Map.groupBy(claimed, (meeting) => meeting.organizer_user_id);
    const [large, small] = partition([...byOrganizer.values()]);
    const settled = await Promise.all(
      small.map((leases) => scheduleAll(dependencies, leases, claimed_at)),
    );
    results.push(...settled.flat());
    for (const leases of large) {
      results.push(...await scheduleAll(dependencies, leases, claimed_at));
    }
  }
  return { results, claimed: limit - left };
}

/** Organizers with large rows one after the other: side by side they would need gigabytes. */
function partition(organizers: SearchLease[][]): [large: SearchLease[][], small: SearchLease[][]] {
  const { true: large = [], false: small = [] } = Object.groupBy(
    organizers,
    (leases) => String(leases.some(({ is_large }) => is_large)) as "true" | "false",
  );
  return [large, small];
}

async function scheduleAll(
  dependencies: ScheduleDependencies,
  leases: readonly SearchLease[],
  claimed_at: number,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  for (const { is_large: _, ...lease } of leases) {
    const { meeting_id } = lease;
    const begin_until = claimed_at + lease.lease_seconds * 1000 * SHARE_OF_LEASE_TO_BEGIN;
    if (performance.now() >= begin_until) {
      // An expired lease would count as a crash.
      results.push({ meeting_id, scheduled: await defer(dependencies, lease) });
      continue;
    }
    const context = await readSchedulingContext(dependencies.database, {
      meeting_id,
      actor: SYSTEM,
      given: null,
      is_claimed: true,
    });
    if (context.decision === "limit_reached") {
      const scheduled = await deferForLimit(dependencies, lease, context);
      results.push({ meeting_id, scheduled });
      continue;
    }
    // The meeting was deleted since it was claimed.
    if (context.decision !== "stored") continue;
    const meeting = { ...context.meeting, ...lease };
    const scheduled = await scheduleMeeting(dependencies, meeting, context);
    results.push({ meeting_id, scheduled });
  }
  return results;
}
