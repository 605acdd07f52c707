import { SYSTEM } from "@shared/database/actor.ts";
import type { SearchLease } from "@shared/database/schedulings.ts";
import { claimSchedulings, readSchedulingContext } from "@shared/database/schedulings.ts";
import { callRowsOf } from "./call_rows.ts";
import { logUnlessTemporary } from "./failed_alone.ts";
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

export interface ScheduledBatch<Element> {
  elements: Element[];
  /** What the claimed rows count for in the limit; those that were deleted meanwhile count too, and have no element. */
  used: number;
}

/**
 * Schedules meetings that wait for a slot, organizers side by side, each organizer's one after the other. A meeting
 * whose worker has died is claimed alone, so that it takes no neighbour along, and so is one with megabytes of busy time.
 * What `elementOf` makes of a result is kept, and nothing else of a meeting.
 */
export async function scheduleBatch<Element>(
  dependencies: ScheduleDependencies,
  limit: number,
  elementOf: (result: BatchResult) => Element,
): Promise<ScheduledBatch<Element>> {
  const claim_until = performance.now() + LAST_CLAIM_MS;
  const elements: Element[] = [];
  let used = 0;
  while (used < limit && performance.now() < claim_until) {
    const claimed = await claimSchedulings(
      dependencies.database,
      Math.min(limit - used, SLICE_ROWS),
    );
    if (claimed.length === 0) break;
    used += callRowsOf(claimed);
    const claimed_at = performance.now();
    const by_organizer = Map.groupBy(claimed, (meeting) => meeting.organizer_user_id);
    const settled = await Promise.all(
      Array.from(
        by_organizer.values(),
        (leases) => scheduleAll(dependencies, leases, claimed_at, elementOf),
      ),
    );
    elements.push(...settled.flat());
  }
  return { elements, used };
}

async function scheduleAll<Element>(
  dependencies: ScheduleDependencies,
  leases: readonly SearchLease[],
  claimed_at: number,
  elementOf: (result: BatchResult) => Element,
): Promise<Element[]> {
  const elements: Element[] = [];
  for (const { is_large: _, ...lease } of leases) {
    const { meeting_id } = lease;
    const begin_until = claimed_at + lease.lease_seconds * 1000 * SHARE_OF_LEASE_TO_BEGIN;
    if (performance.now() >= begin_until) {
      // An expired lease would count as a crash.
      elements.push(elementOf({ meeting_id, scheduled: await defer(dependencies, lease) }));
      continue;
    }
    const scheduled = await scheduleLeased(dependencies, lease).catch(
      (thrown: unknown): Scheduled => {
        logUnlessTemporary(dependencies, thrown, "search_failed", meeting_id);
        return { kind: "lease_lost" };
      },
    );
    if (scheduled !== null) elements.push(elementOf({ meeting_id, scheduled }));
  }
  return elements;
}

/** Null: the meeting was deleted since it was claimed. */
async function scheduleLeased(
  dependencies: ScheduleDependencies,
  lease: Omit<SearchLease, "is_large">,
): Promise<Scheduled | null> {
  const context = await readSchedulingContext(dependencies.database, {
    meeting_id: lease.meeting_id,
    actor: SYSTEM,
    given: null,
    is_claimed: true,
  });
  if (context.decision === "limit_reached") {
    return await deferForLimit(dependencies, lease, context);
  }
  if (context.decision !== "stored") return null;
  return await scheduleMeeting(dependencies, { ...context.meeting, ...lease }, context);
}
