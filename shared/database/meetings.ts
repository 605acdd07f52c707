import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { StoredConnection } from "./google_connections.ts";
import type { Database as Schema } from "./types.ts";

/**
 * A row of `public.meetings` with when its write and its search are due (RFC 3339; null: nothing is).
 * The reader validates its jsonb columns.
 */
export type MeetingRow = Schema["public"]["Tables"]["meetings"]["Row"] & {
  write_due_at: string | null;
  search_due_at: string | null;
};

/** A meeting whose write is leased: its row without candidates, and what the queue knows of it. */
export type LeasedMeeting = MeetingRow & {
  lease_token: string;
  lease_seconds: number;
  operation: "create" | "update" | "cancel";
  /** Failed attempts of this operation, of at most `max_attempts`. */
  attempts: number;
  max_attempts: number;
  /** Leases in a row that expired without a settlement. */
  crashes: number;
  /** An earlier request may have taken effect: verify before writing. */
  outcome_unknown: boolean;
  /** Google account (sub) that the event is written with, frozen at the first attempt. */
  google_account_id: string | null;
  removed_participants: string[];
  /** The version at which conference, reminders or guest permissions changed last. */
  settings_version: number;
};

/** A row of `public.writeback_ledger`, without its owner. */
export type LedgerStep = Omit<
  Schema["public"]["Tables"]["writeback_ledger"]["Row"],
  "organizer_user_id"
>;

/** What a worker needs to act on a meeting: the leased row and the organizer's connection, if any. */
export interface Claimed<Meeting extends MeetingRow = LeasedMeeting> {
  decision: "claimed";
  meeting: Meeting;
  connection: StoredConnection | null;
}

/** Why a meeting was not leased; `retry_after_seconds` where waiting helps. */
export interface NotClaimed<Decision extends string> {
  decision: Decision;
  meeting?: MeetingRow;
  /** What is missing, or cannot be changed, where the decision is `incomplete` or `frozen`. */
  path?: string;
  retry_after_seconds?: number;
}

/** One meeting, with its ledger if asked; null when there is none or it belongs to another user. */
export function readMeeting(
  database: Database,
  meeting_id: string,
  actor: Actor,
  attempts = false,
): Promise<(MeetingRow & { steps?: LedgerStep[] }) | null> {
  return call(database, "read_meeting", {
    p_meeting_id: meeting_id,
    p_user_id: userIdOf(actor),
    p_attempts: attempts,
  });
}

/** A meeting of a list, without the large fields. */
export type ListedMeeting = Omit<
  MeetingRow,
  | "write_due_at"
  | "search_due_at"
  | "candidates"
  | "scheduling_details"
  | "participants"
  | "constraints"
  | "attendees"
  | "description"
  | "reasoning"
>;

/** A page of meetings, newest first, and how many there are by status. */
export function listMeetings(
  database: Database,
  page: {
    actor: Actor;
    limit: number;
    before: { created_at: string; meeting_id: string } | null;
  },
): Promise<{ meetings: ListedMeeting[]; counts: Record<string, number> }> {
  return call(database, "list_meetings", {
    p_user_id: userIdOf(page.actor),
    p_limit: page.limit,
    p_before: page.before?.created_at ?? null,
    p_before_meeting_id: page.before?.meeting_id ?? null,
  });
}
