import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { StoredConnection } from "./google_connections.ts";
import type { MeetingRow } from "./meetings.ts";
import type { Step } from "./writebacks.ts";

/** An event whose Meet link is looked for now. `meeting.reads` counts this read. */
export interface ClaimedLook {
  meeting: MeetingRow & { lease_token: string; reads: number };
  connection: StoredConnection;
}

/** Events to look at; each claim makes the next look due later, so a lost one costs only the wait. */
export function claimMeetLinks(database: Database, limit: number): Promise<ClaimedLook[]> {
  return call(database, "claim_meet_links", { p_limit: limit });
}

/** What one look found. `is_over`: no further look makes sense, `error` (code, colon, sentence) says why. */
export interface MeetLinkLook {
  meeting_id: string;
  meet_link: string | null;
  error: string | null;
  is_over: boolean;
  lease_token: string;
  /** Until the next read; null where it is over. */
  not_before_seconds: number | null;
  steps: readonly LookStep[];
}

/** Ends looks in one statement; `steps` go to the ledger under `lease_token`. */
export function settleMeetLinks(
  database: Database,
  looks: readonly MeetLinkLook[],
): Promise<number> {
  return call(database, "settle_meet_links", { p_reads: looks });
}

/** A step of a look as the ledger takes it; the last one says what was decided. */
export type LookStep = Step | { step: "settled"; decision: string };
