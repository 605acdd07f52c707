import type { ReachedLimit } from "@shared/failures/reached_limit.ts";
import type { NamedFields } from "./event_fields.ts";
import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { ProfiledConnection } from "./calendar_profiles.ts";
import type { StoredPreferences } from "./scheduling_preferences.ts";
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
  named_fields: NamedFields;
  google_account_id: string | null;
  /** That the meeting is to move to another time automatically; absent or null: it is not. */
  move?: MoveSearch | null;
};

/** What the search for another time of a meeting needs beside the meeting. Instants are RFC 3339. */
export interface MoveSearch {
  /** Code of the guard rail, or of what has changed since: there is nothing to search any more. */
  reason: string | null;
  /** The declined time. */
  starts_at: string;
  ends_at: string;
  /** The proposal that the organizer accepted: only this time is verified. */
  accepted_starts_at: string | null;
  freeze_hours: number;
  window_days: number;
  /** Declined times, with as much time before and after them. */
  excluded: { start: string; end: string }[];
}

export type SchedulingDecision =
  | "scheduled"
  | "in_progress"
  /** The search that the caller has waited for found no slot, for good or for now. */
  | "failed"
  | "retrying"
  | "cancelled"
  | "not_found"
  /** Another user has a meeting with the id that the caller chose for a new one. */
  | "taken"
  | "incomplete"
  | "limit_reached"
  | "processing_paused"
  | "frozen";

/** What a search knows of people beyond their calendars. */
export interface KnownPeople {
  /** The healthy connections of those among organizer and participants who are users. */
  own_connections: ProfiledConnection[];
  /** What those among them have said about their time, as far as the organizer may use it. */
  preferences: StoredPreferences;
  /** Points that earlier meetings of the same people have cost, by lower-case address; 0 where absent. */
  burdens: Record<string, number>;
  /** In how many of the organizer's recent meetings a group chose a member, by lower-case address; 0 where absent. */
  turns: Record<string, number>;
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
    /** The caller has waited for another lease: it gets the result of that search, also a failure. */
    is_waiting?: boolean;
  },
): Promise<BegunScheduling> {
  return call(database, "begin_scheduling", {
    p_meeting_id: request.meeting_id,
    p_user_id: userIdOf(request.actor),
    p_meeting: request.given,
    p_reschedule: request.reschedule,
    ...(request.is_waiting === true ? { p_is_waiting: true } : {}),
  });
}

/** `has_availability` false: `participants` comes without, because the caller has given the same list. */
export type BegunScheduling =
  & (ClaimedScheduling | NotClaimed<SchedulingDecision>)
  & { has_availability?: boolean };

export type SchedulingContext =
  | (
    & ({ decision: "stored"; meeting: LeasedSearch } | {
      /** No such meeting yet. */
      decision: "new";
      /** The setting: what a meeting has that names none. */
      description_details: "summary" | "none" | "full";
    })
    & { connection: StoredConnection | null }
    & KnownPeople
  )
  | { decision: "frozen"; path: string }
  | { decision: "taken" }
  | { decision: "limit_reached" } & ReachedLimit
  | { decision: "not_found" };

/** What a search needs of a meeting as `given` would change it, with the row as it is; nothing is leased or stored. Spends the organizer's budgets. */
export function readSchedulingContext(
  database: Database,
  request: {
    meeting_id: string;
    actor: Actor;
    given: Record<string, unknown> | null;
    /** Its search was spent from the organizer's budget when it was claimed. Default: it is spent now. */
    is_claimed?: boolean;
  },
): Promise<SchedulingContext> {
  return call(database, "read_scheduling_context", {
    p_meeting_id: request.meeting_id,
    p_user_id: userIdOf(request.actor),
    p_meeting: request.given,
    p_is_new_search: request.is_claimed !== true,
  });
}

/** The lease of a search, without the row. */
export type SearchLease =
  & Pick<
    LeasedSearch,
    | "meeting_id"
    | "organizer_user_id"
    | "lease_token"
    | "attempts"
    | "max_attempts"
    | "lease_seconds"
  >
  & {
    /** The row may have megabytes, so few such rows are processed at once. */
    is_large: boolean;
  };

/** Leases meetings that wait for a slot. */
export function claimSchedulings(
  database: Database,
  limit: number,
): Promise<SearchLease[]> {
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
      /** Whose time is held for the meeting, as far as they come: e-mail addresses. */
      held: readonly string[];
      /** How many candidates are stored, the chosen one first. */
      max_candidates: number;
      /** Of a series: the times that each candidate takes, in the order of the candidates. */
      occurrences?: readonly (readonly OccurrenceTime[])[];
      /** Of a meeting with groups: who takes part of them at each candidate. */
      choices?: readonly (readonly { index: number; chosen: readonly string[] }[])[];
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
 * meetings hold every candidate; `too_many_holds`: with this one, the organizer's unwritten meetings
 * would hold more than `limit` times; the lease stays valid after both. `lease_lost`: another worker
 * has the meeting now. Of a meeting that is to move automatically also `proposed`: the candidate waits for
 * the organizer, and `kept`: a guard rail (`reason`) holds now.
 */
export type Settlement =
  | { decision: "settled"; candidate?: number; retry_after_seconds?: number | null }
  | { decision: "proposed"; candidate: number }
  | { decision: "kept"; reason: string }
  | { decision: "too_many_holds"; limit: number }
  | { decision: "taken" | "lease_lost" };

/** Settles a search, with the first candidate that no other meeting holds. */
export function settleScheduling(
  database: Database,
  meeting: Pick<LeasedSearch, "meeting_id" | "lease_token">,
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
