import { SYSTEM } from "@shared/database/actor.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { claimSchedulings, readSchedulingContext } from "@shared/database/schedulings.ts";
import { defer, LEASE_SECONDS, scheduleMeeting } from "./schedule_meeting.ts";
import type { Scheduled, ScheduleDependencies } from "./schedule_meeting.ts";

const DEFAULT_LIMIT = 10;

/** A search that begins this long after its claim has still half the lease: more than slow calendars take. */
const BEGIN_WITHIN_MS = LEASE_SECONDS * 1000 / 2;

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
  limit = DEFAULT_LIMIT,
): Promise<BatchResult[]> {
  const begin_until = performance.now() + BEGIN_WITHIN_MS;
  const results: BatchResult[] = [];
  let left = limit;
  while (left > 0 && performance.now() < begin_until) {
    const claimed = await claimSchedulings(dependencies.database, left, LEASE_SECONDS);
    if (claimed.length === 0) break;
    left -= claimed.length;
    const until = performance.now() + BEGIN_WITHIN_MS;
    const byOrganizer = Map.groupBy(claimed, (meeting) => meeting.organizer_user_id);
    const settled = await Promise.all(
      [...byOrganizer.values()].map((meetings) => scheduleAll(dependencies, meetings, until)),
    );
    results.push(...settled.flat());
  }
  return results;
}

async function scheduleAll(
  dependencies: ScheduleDependencies,
  meetings: readonly MeetingRow[],
  begin_until: number,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  for (const meeting of meetings) {
    const { meeting_id } = meeting;
    if (performance.now() >= begin_until) {
      // Left to its lease, it would look like one that kills its workers.
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
