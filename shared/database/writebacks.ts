import type { SeenEvent } from "./event_fields.ts";
import type { WrittenFields } from "./event_fields.ts";
import { isTemporary, isUnknown, waitOf } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { StoredConnection } from "./google_connections.ts";
import type { Claimed, LeasedMeeting, NotClaimed } from "./meetings.ts";

/** A request to Google as the ledger holds it. */
export interface RecordedRequest {
  method: string;
  event_id: string;
  calendar_id: string;
  /** Of a patch: what it sent, and what people had set before. */
  fields?: readonly string[];
  overwritten?: readonly { field: string; was: unknown }[];
}

/** One row of the ledger from a worker; the settlement adds the last one. */
export interface Step {
  step: "requested" | "answered";
  at: string;
  request?: RecordedRequest;
  status?: number | null;
  reason?: string;
  outcome?: string;
  duration_ms?: number;
}

export type WritebackDecision =
  | "created"
  | "failed"
  | "in_progress"
  /** The attempt that the caller has waited for failed, and is repeated. */
  | "retrying"
  | "paused"
  | "processing_paused"
  | "limit_reached"
  | "no_slot"
  | "cancelled"
  | "not_found";

/** Why a write was not leased. */
export interface UnclaimedWriteback extends NotClaimed<WritebackDecision> {
  /** Of a leased row: the operation of the lease. */
  operation?: LeasedMeeting["operation"];
  /** Of `created`, after a wait for the creation: false for the first caller that waited for it. */
  already_exists?: boolean;
  /** The outcome of the last request is unknown until Google is read then (RFC 3339). */
  verified_at?: string;
}

/**
 * Leases one meeting for its write-back, or returns why not. `waited_for`: the operation whose lease
 * the caller has waited for; it gets the result of that attempt, also a failure.
 */
export function beginWriteback(
  database: Database,
  meeting_id: string,
  actor: Actor,
  waited_for: LeasedMeeting["operation"] | null = null,
): Promise<Claimed | UnclaimedWriteback> {
  return call(database, "begin_writeback", {
    p_meeting_id: meeting_id,
    p_user_id: userIdOf(actor),
    ...(waited_for === null ? {} : { p_waited_for: waited_for }),
  });
}

/** Meetings leased together, with the connections of their organizers. */
export interface WritebackSlice {
  meetings: LeasedMeeting[];
  connections: StoredConnection[];
  /** When more fits under Google's quotas; null: they hold nothing back. */
  quota_seconds: number | null;
  /** Due rows were left: of the same organizers, of organizers with a live lease, or beyond the quotas. */
  is_more: boolean;
}

/**
 * Leases what is due and fits under Google's quotas, at most a slice of each organizer;
 * `reclaim`: one row alone whose lease expired, if there is one. Settle before the leases end.
 */
export function claimWritebackSlice(
  database: Database,
  limit: number,
  reclaim: boolean,
): Promise<WritebackSlice> {
  return call(database, "claim_writeback_slice", {
    p_limit: limit,
    p_reclaim: reclaim,
  });
}

export interface WritebackSuccess {
  /** Null: a cancelled meeting of which no event ever existed. */
  google_event_id: string | null;
  google_calendar_id: string;
  google_event_link: string | null;
  /** Left out, what the row knows of the event stays. */
  event?: {
    meet_link: string | null;
    organizer_email: string | null;
    organizer_display_name: string | null;
    organizer_self: boolean | null;
    /** Left out where Google returned a part of the list only. */
    attendees?: unknown[];
    /** Code, colon, sentence; null ends an earlier error. */
    meet_link_error?: string | null;
  };
  /** The event as Google returned it, and what of it Convene has written. */
  seen?: SeenEvent;
  written_fields?: WrittenFields | null;
  written_version: number;
  event_generation: number;
}

/** What became of one lease. `released`: nothing was tried, the row is due as it was before. */
export type Settlement =
  & { meeting_id: string; lease_token: string | null; steps: readonly Step[] }
  & (
    | {
      outcome: "written";
      operation: string;
      /** The event was created, and no caller reads the response that says so. */
      is_unacknowledged?: true;
      /** People had moved the event before an automatic move, so it kept their time. */
      is_move_withdrawn?: true;
    } & WritebackSuccess
    | { outcome: "failed"; failure: Failure; event_generation: number }
    | { outcome: "released" }
  );

/** Settles leases in one statement. Names the meetings whose lease was lost: others decide about them. */
export async function settleWritebacks(
  database: Database,
  settlements: readonly Settlement[],
): Promise<{ lost: Set<string> }> {
  const settled: { meeting_id: string; settled: boolean }[] = await call(
    database,
    "settle_writebacks",
    { p_settlements: settlements.map(settlementColumns) },
  );
  return {
    lost: new Set(settled.filter(({ settled }) => !settled).map(({ meeting_id }) => meeting_id)),
  };
}

function settlementColumns(settlement: Settlement) {
  if (settlement.outcome !== "failed") return settlement;
  const { failure, ...rest } = settlement;
  return { ...rest, error: `${failure.code}: ${failure.message}`, ...flagsOf(failure) };
}

/** A verdict as the settling helper takes it. */
function flagsOf(failure: Failure) {
  const { verdict } = failure;
  return {
    should_retry: isTemporary(failure),
    outcome_unknown: isUnknown(failure),
    // Attempts bound writes: limits, verification reads and our own deadline spend none.
    spends_attempt: !["unverified", "defer", "exhausted"].includes(verdict),
    not_before_seconds: waitOf(failure),
  };
}
