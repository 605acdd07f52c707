import type { Database } from "@shared/database/call.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { settleScheduling } from "@shared/database/schedulings.ts";
import type { SchedulingVerdict } from "@shared/database/schedulings.ts";
import type { BusyReader } from "./read_busy.ts";
import { search } from "./search.ts";
import type { SearchOutcome } from "./search.ts";

/** Longer than a freeBusy chunk with a refreshed token takes (20 s a request). */
export const LEASE_SECONDS = 90;

export interface ScheduleDependencies extends BusyReader {
  database: Database;
  now: () => Date;
}

/** `settled` false: the lease ended before the search did, and somebody else decides. */
export interface Scheduled {
  outcome: SearchOutcome;
  settled: boolean;
}

/** Finds the slot of one leased meeting and stores the answer; a slot makes its write-back due. */
export async function scheduleMeeting(
  dependencies: ScheduleDependencies,
  row: MeetingRow,
  connection: StoredConnection | null,
): Promise<Scheduled> {
  const outcome = await search(dependencies, row, connection, dependencies.now());
  return { outcome, settled: await settleScheduling(dependencies.database, row, verdict(outcome)) };
}

function verdict(outcome: SearchOutcome): SchedulingVerdict {
  switch (outcome.kind) {
    case "found": {
      const { slot, timezone, result } = outcome;
      const { candidates, message, total_candidates_evaluated, analytics, unknown } = result;
      return {
        slot: {
          starts_at: slot.start_time,
          ends_at: slot.end_time,
          timezone,
          score: slot.score,
          reasoning: slot.reasoning,
        },
        candidates,
        details: { message, total_candidates_evaluated, analytics, unknown },
      };
    }
    case "refused":
      return {
        slot: null,
        error: outcome.code,
        reason: outcome.reason,
        details: outcome.details,
        retry_after_seconds: null,
      };
    case "postponed":
      return {
        slot: null,
        error: outcome.code,
        reason: outcome.reason,
        details: {},
        retry_after_seconds: outcome.retry_after_seconds,
      };
  }
}
