import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { ProfiledConnection } from "./calendar_profiles.ts";
import type { StoredConnection } from "./google_connections.ts";
import type { Claimed, MeetingRow, NotClaimed } from "./meetings.ts";

/** A meeting whose search is leased, or whose search would be. */
export type LeasedSearch = MeetingRow & {
  lease_token: string | null;
  /** Searches in a row that failed at Google, of at most `max_attempts`. */
  attempts: number | null;
  max_attempts: number;
  /** How long its lease lasts from the claim. */
  lease_seconds: number;
  settings_version: number;
  google_account_id: string | null;
};

export type SchedulingDecision =
  | "scheduled"
  | "in_progress"
  | "cancelled"
  | "not_found"
  | "incomplete"
  | "frozen";

/** What a search knows of people beyond their calendars. */
export interface KnownPeople {
  /** The healthy connections of those among organizer and participants who are users. */
  own_connections: ProfiledConnection[];
  /** Points that earlier meetings of the same people have cost, by lower-case address; 0 where absent. */
  burdens: Record<string, number>;
}

/** A meeting leased for a search. */
export type ClaimedScheduling = Claimed<LeasedSearch> & KnownPeople;

/**
 * Leases one meeting for a slot search. An id that does not exist yet is inserted from `given`;
 * one that has a slot already is not leased, unless `reschedule`.
 */
export function beginScheduling(
  database: Database,
  request: {
    meeting_id: string;
    actor: Actor;
    given: Record<string, unknown> | null;
    reschedule: boolean;
  },
): Promise<ClaimedScheduling | NotClaimed<SchedulingDecision>> {
  return call(database, "begin_scheduling", {
    p_meeting_id: request.meeting_id,
    p_user_id: userIdOf(request.actor),
    p_meeting: request.given,
    p_reschedule: request.reschedule,
  });
}

export type SchedulingContext =
  | (
    & ({ decision: "stored"; meeting: LeasedSearch } | {
      /** No such meeting yet. */ decision: "new";
    })
    & { connection: StoredConnection | null }
    & KnownPeople
  )
  | { decision: "frozen"; path: string }
  | { decision: "not_found" };

/** What a search needs of a meeting as `given` would change it, with the row as it is; nothing is leased or stored. */
export function readSchedulingContext(
  database: Database,
  request: { meeting_id: string; actor: Actor; given: Record<string, unknown> | null },
): Promise<SchedulingContext> {
  return call(database, "read_scheduling_context", {
    p_meeting_id: request.meeting_id,
    p_user_id: userIdOf(request.actor),
    p_meeting: request.given,
  });
}

/** Leases meetings that wait for a slot. */
export function claimSchedulings(
  database: Database,
  limit: number,
): Promise<LeasedSearch[]> {
  return call(database, "claim_schedulings", { p_limit: limit });
}

/** One time of a series; `taken`: whom another meeting has then, known before. RFC 3339 instants. */
export interface OccurrenceTime {
  start_time: string;
  end_time: string;
  taken?: readonly string[];
}

export type SchedulingVerdict =
  | {
    slot: {
      timezone: string;
      /** Whose time is promised to the meeting, as far as they come: e-mail addresses. */
      held: readonly string[];
      /** How many candidates are stored, the chosen one first. */
      max_candidates: number;
      /** Of a series: the times that each candidate takes, in the order of the candidates. */
      occurrences?: readonly (readonly OccurrenceTime[])[];
    };
    /** Best first: {start_time, end_time, score, reasoning, participant_availability, ...}. */
    candidates: readonly unknown[];
    details: Record<string, unknown>;
  }
  | {
    slot: null;
    error: string;
    reason: string;
    details: Record<string, unknown>;
    /** reject: it failed for good. retry spends an attempt, defer none. */
    verdict: "reject" | "retry" | "defer";
    /** Replaces the queue's backoff. */
    not_before_seconds?: number | null;
  };

/**
 * `settled` ends the lease; `candidate` is the one that was taken, counted from 0, and
 * `retry_after_seconds` says when the search is due again. `taken`: other
 * meetings hold every candidate; `too_many_holds`: the organizer's other meetings wait to be
 * written; the lease stays valid after both. `lease_lost`: another worker has the meeting now.
 */
export type Settlement =
  | { decision: "settled"; candidate?: number; retry_after_seconds?: number | null }
  | { decision: "taken" | "too_many_holds" | "lease_lost" };

/** Settles a search, with the first candidate that no other meeting holds. */
export function settleScheduling(
  database: Database,
  meeting: LeasedSearch,
  verdict: SchedulingVerdict,
): Promise<Settlement> {
  return call(database, "settle_scheduling", {
    p_meeting_id: meeting.meeting_id,
    p_lease_token: meeting.lease_token,
    p_slot: verdict.slot,
    p_details: verdict.details,
    ...(verdict.slot === null
      ? {
        p_error: verdict.error,
        p_reason: verdict.reason,
        p_verdict: verdict.verdict,
        p_not_before_seconds: verdict.not_before_seconds ?? null,
      }
      : { p_candidates: verdict.candidates }),
  });
}
