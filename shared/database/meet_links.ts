import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { StoredConnection } from "./google_connections.ts";
import type { MeetingRow } from "./meetings.ts";
import type { Step } from "./writebacks.ts";

/** An event to read for its Meet link. `meeting.reads` includes this read. */
export interface ClaimedRead {
  meeting: MeetingRow & { lease_token: string; reads: number };
  connection: StoredConnection;
}

/** Leases events to read; each claim makes the next read due later, so that a lost one is repeated. */
export function claimMeetLinks(database: Database, limit: number): Promise<ClaimedRead[]> {
  return call(database, "claim_meet_links", { p_limit: limit });
}

/** The result of one read. `is_over`: there is no further read, and `error` (code, colon, sentence) has the reason. */
export interface MeetLinkRead {
  meeting_id: string;
  meet_link: string | null;
  error: string | null;
  is_over: boolean;
  lease_token: string;
  /** Until the next read; null where it is over. */
  not_before_seconds: number | null;
  steps: readonly ReadStep[];
}

/** Settles reads in one statement; `steps` go to the ledger under `lease_token`. */
export function settleMeetLinks(
  database: Database,
  reads: readonly MeetLinkRead[],
): Promise<number> {
  return call(database, "settle_meet_links", { p_reads: reads });
}

/** A step of a read for the ledger; the last one has the decision. */
export type ReadStep = Step | { step: "settled"; decision: string };
