import type { MeetingRow } from "@shared/database/meetings.ts";
import { claimSchedulings, readSchedulingContext } from "@shared/database/schedulings.ts";
import { batchElement } from "./answers.ts";
import { LEASE_SECONDS, scheduleMeeting } from "./schedule_meeting.ts";
import type { ScheduleDependencies } from "./schedule_meeting.ts";

const DEFAULT_LIMIT = 10;

/** Schedules meetings that wait for a slot, organizers side by side, each organizer's one after the other. */
export async function scheduleBatch(dependencies: ScheduleDependencies, limit = DEFAULT_LIMIT) {
  const claimed = await claimSchedulings(dependencies.database, limit, LEASE_SECONDS);
  const byOrganizer = Map.groupBy(claimed, (meeting) => meeting.organizer_user_id);
  const results = await Promise.all(
    [...byOrganizer.values()].map((meetings) => scheduleAll(dependencies, meetings)),
  );
  return results.flat();
}

async function scheduleAll(
  dependencies: ScheduleDependencies,
  meetings: readonly MeetingRow[],
) {
  const results = [];
  for (const meeting of meetings) {
    const { meeting_id } = meeting;
    const context = await readSchedulingContext(dependencies.database, {
      meeting_id,
      user_id: null,
      given: null,
    });
    // Somebody deleted the meeting since it was claimed.
    if (context.decision === "not_found") continue;
    const scheduled = await scheduleMeeting(dependencies, meeting, context);
    results.push(batchElement(meeting_id, scheduled));
  }
  return results;
}
