import { SYSTEM } from "@shared/database/actor.ts";
import type { LeasedSearch } from "@shared/database/schedulings.ts";
import { claimSchedulings, readSchedulingContext } from "@shared/database/schedulings.ts";
import { finishBatch } from "@shared/database/work.ts";
import { defer, scheduleMeeting } from "./schedule_meeting.ts";
import type { Scheduled, ScheduleDependencies } from "./schedule_meeting.ts";

const DEFAULT_LIMIT = 10;
/** A call that a wake-up caused does so many, and has the function called again for the rest. */
const WOKEN_LIMIT = 40;

/** No slice is claimed later than this; a function has 150 s in all. */
const LAST_CLAIM_MS = 45_000;

/** The rest is more than slow calendars take: 20 s a request, before which there may be a refreshed token. */
const SHARE_OF_LEASE_TO_BEGIN = 0.5;

/** What scheduling one meeting of a batch came to. */
export interface BatchResult {
  meeting_id: string;
  scheduled: Scheduled;
}

/**
 * Schedules meetings that wait for a slot, organizers side by side, each organizer's one after the
 * other. A meeting whose worker has died is claimed alone, so that it takes no neighbour along.
 */
export async function scheduleBatch(
  dependencies: ScheduleDependencies,
  { limit, wake }: { limit: number | undefined; wake: boolean },
): Promise<BatchResult[]> {
  const claim_until = performance.now() + LAST_CLAIM_MS;
  const results: BatchResult[] = [];
  let left = limit ?? (wake ? WOKEN_LIMIT : DEFAULT_LIMIT);
  while (left > 0 && performance.now() < claim_until) {
    const claimed = await claimSchedulings(
      dependencies.database,
      Math.min(left, DEFAULT_LIMIT),
    );
    if (claimed.length === 0) break;
    left -= claimed.length;
    const claimed_at = performance.now();
    const byOrganizer = Map.groupBy(claimed, (meeting) => meeting.organizer_user_id);
    const settled = await Promise.all(
      [...byOrganizer.values()].map((meetings) => scheduleAll(dependencies, meetings, claimed_at)),
    );
    results.push(...settled.flat());
  }
  if (wake && limit === undefined && left <= 0) {
    await finishBatch(dependencies.database, "search", true);
  }
  return results;
}

async function scheduleAll(
  dependencies: ScheduleDependencies,
  meetings: readonly LeasedSearch[],
  claimed_at: number,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  for (const meeting of meetings) {
    const { meeting_id } = meeting;
    const begin_until = claimed_at + meeting.lease_seconds * 1000 * SHARE_OF_LEASE_TO_BEGIN;
    if (performance.now() >= begin_until) {
      // An expired lease would count as a crash.
      results.push({ meeting_id, scheduled: await defer(dependencies, meeting) });
      continue;
    }
    const context = await readSchedulingContext(dependencies.database, {
      meeting_id,
      actor: SYSTEM,
      given: null,
    });
    // The meeting was deleted since it was claimed.
    if (context.decision !== "stored") continue;
    const scheduled = await scheduleMeeting(dependencies, meeting, context);
    results.push({ meeting_id, scheduled });
  }
  return results;
}
