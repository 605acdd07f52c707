import type { NamedFields } from "./event_fields.ts";
import type { WrittenFields } from "./event_fields.ts";
import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { ReachedLimit } from "@shared/failures/reached_limit.ts";
import type { Move } from "./moves.ts";
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

/** A word for the whole meeting: search, write and cancellation together. */
export const MEETING_STATES = [
  "searching",
  "waiting",
  "pending",
  "retrying",
  "created",
  "changing",
  "cancelling",
  "cancelled",
  "failed",
] as const;

/** What `private.meeting_state` returns. */
export interface MeetingState {
  state: typeof MEETING_STATES[number];
  /** What is left to do, or was done last where it failed; null when nothing is left to do. */
  stage: "search" | "write" | null;
  /** Code of why the meeting waits, is retried or failed. */
  reason: string | null;
  /** When the work continues (RFC 3339); null for at once. */
  until: string | null;
}

/** A meeting as the status function reads it, and as a decision about it returns it. */
export type MeetingWithState = MeetingRow & MeetingState;

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
  /** Google account (sub) that the event is written with, fixed at the first attempt. */
  google_account_id: string | null;
  /** Another meeting was given its time; null: none was. */
  time_taken: TimeTaken | null;
  /** What changes have named, each with the version that last named it. */
  named_fields: NamedFields;
  /** What Convene last wrote; null: unknown. */
  written_fields: WrittenFields | null;
  /** The time from which Convene moves it automatically; null: it does not. */
  moved_from: { starts_at: string; ends_at: string } | null;
  /** A deletion of the event was sent to Google before. */
  deletion_sent: boolean;
};

export interface TimeTaken {
  /** Whose time it is: of the organizer, and of people who share with the organizer; lower-case addresses. */
  people: string[];
  /**
   * A search found the time: only an event of an earlier attempt may be adopted, and then another time is searched.
   * Otherwise the caller gave the time, and the event is written with a warning.
   */
  is_searched: boolean;
}

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
export interface NotClaimed<Decision extends string> extends Partial<ReachedLimit> {
  decision: Decision;
  /** Of processing_paused: when the pause ends (RFC 3339); absent: when an operator ends it. */
  paused_until?: string;
  meeting?: MeetingRow;
  /** What is missing, or cannot be changed, where the decision is `incomplete` or `frozen`. */
  path?: string;
  /** Another worker has the lease: its result is awaited for at most `wait_seconds`. */
  is_leased?: boolean;
  wait_seconds?: number;
}

/** A meeting as `status` reads it; `waits_for`: the limit for which its search or write waits. */
export type StatusRow = MeetingWithState & {
  waits_for: ReachedLimit | null;
  move: Move | null;
  /** Participants, in lower case, whom a change has added and who are not written to the event yet. */
  to_invite: string[];
  /** Google's address of the organizer; null while no account is connected. */
  account_email: string | null;
  /** Work is due, but the database is not configured to call a function. */
  is_stuck: boolean;
  steps?: LedgerStep[];
};

/** One meeting, with its ledger if asked; null when there is none or it belongs to another user. */
export function readMeeting(
  database: Database,
  meeting_id: string,
  actor: Actor,
  attempts = false,
): Promise<StatusRow | null> {
  return call(database, "read_meeting", {
    p_meeting_id: meeting_id,
    p_user_id: userIdOf(actor),
    p_attempts: attempts,
  });
}

/** A meeting of a list, without the large fields; participants only where it has no title. */
export type ListedMeeting = Omit<
  MeetingWithState,
  | "write_due_at"
  | "search_due_at"
  | "candidates"
  | "scheduling_details"
  | "constraints"
  | "attendees"
  | "description"
  | "reasoning"
>;

/** Which meetings a list has; without a field all of them. */
export interface MeetingFilter {
  state: MeetingState["state"] | null;
  reason: string | null;
  /** RFC 3339: created then or later. */
  since: string | null;
}

/** A page of meetings, newest first, and how many there are by state (also since `filter.since`). */
export function listMeetings(
  database: Database,
  page: {
    actor: Actor;
    limit: number;
    before: { created_at: string; meeting_id: string } | null;
    filter: MeetingFilter;
  },
): Promise<{ meetings: ListedMeeting[]; counts: Record<string, number> }> {
  return call(database, "list_meetings", {
    p_user_id: userIdOf(page.actor),
    p_limit: page.limit,
    p_before: page.before?.created_at ?? null,
    p_before_meeting_id: page.before?.meeting_id ?? null,
    p_state: page.filter.state,
    p_reason: page.filter.reason,
    p_since: page.filter.since,
  });
}
