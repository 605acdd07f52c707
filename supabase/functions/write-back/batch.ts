import { readGoogleConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { claimWritebacks } from "@shared/database/writebacks.ts";
import { LEASE_SECONDS, writeBack } from "@shared/writeback/write_back.ts";
import type { WritebackDependencies, WritebackResult } from "@shared/writeback/write_back.ts";

const DEFAULT_LIMIT = 10;

/**
 * Writes meetings that are due, organizers side by side and each organizer's one after the other:
 * Google throttles rapid writes to one calendar.
 */
export async function writeBackBatch(
  dependencies: WritebackDependencies,
  limit = DEFAULT_LIMIT,
): Promise<WritebackResult[]> {
  const claimed = await claimWritebacks(dependencies.database, limit, LEASE_SECONDS);
  const byOrganizer = Map.groupBy(claimed, (meeting) => meeting.organizer_user_id);
  const results = await Promise.all(
    [...byOrganizer].map(([user_id, meetings]) => writeBackAll(dependencies, user_id, meetings)),
  );
  return results.flat();
}

async function writeBackAll(
  dependencies: WritebackDependencies,
  user_id: string | null,
  meetings: readonly MeetingRow[],
): Promise<WritebackResult[]> {
  const connection = user_id === null
    ? null
    : await readGoogleConnection(dependencies.database, user_id);
  const results: WritebackResult[] = [];
  for (const meeting of meetings) {
    results.push(await writeBack(dependencies, meeting, connection));
  }
  return results;
}
