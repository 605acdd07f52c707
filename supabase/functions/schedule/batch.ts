import { readGoogleConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { claimSchedulings, readOwnConnections } from "@shared/database/schedulings.ts";
import { batchElement } from "./answers.ts";
import { LEASE_SECONDS, scheduleMeeting } from "./schedule_meeting.ts";
import type { ScheduleDependencies } from "./schedule_meeting.ts";

const DEFAULT_LIMIT = 10;

/** Schedules meetings that wait for a slot, organizers side by side, each organizer's one after the other. */
export async function scheduleBatch(dependencies: ScheduleDependencies, limit = DEFAULT_LIMIT) {
  const claimed = await claimSchedulings(dependencies.database, limit, LEASE_SECONDS);
  const byOrganizer = Map.groupBy(claimed, (meeting) => meeting.organizer_user_id);
  const results = await Promise.all(
    [...byOrganizer].map(([user_id, meetings]) => scheduleAll(dependencies, user_id, meetings)),
  );
  return results.flat();
}

async function scheduleAll(
  dependencies: ScheduleDependencies,
  user_id: string | null,
  meetings: readonly MeetingRow[],
) {
  const organizer = user_id === null
    ? null
    : await readGoogleConnection(dependencies.database, user_id);
  const results = [];
  for (const meeting of meetings) {
    const own = await readOwnConnections(dependencies.database, meeting);
    const scheduled = await scheduleMeeting(dependencies, meeting, { organizer, own });
    results.push(batchElement(meeting.meeting_id, scheduled));
  }
  return results;
}
