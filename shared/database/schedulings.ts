import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { Claimed, MeetingRow, NotClaimed } from "./meetings.ts";

export type SchedulingDecision =
  | "scheduled"
  | "in_progress"
  | "cancelled"
  | "not_found"
  | "incomplete";

/**
 * Leases one meeting for a slot search. An id that does not exist yet is inserted from `given`;
 * one that has a slot already is not leased, unless `reschedule`.
 */
export function beginScheduling(
  database: Database,
  request: {
    meeting_id: string;
    user_id: string | null;
    given: Record<string, unknown> | null;
    reschedule: boolean;
    lease_seconds: number;
  },
): Promise<Claimed | NotClaimed<SchedulingDecision>> {
  return call(database, "begin_scheduling", {
    p_meeting_id: request.meeting_id,
    p_user_id: request.user_id,
    p_meeting: request.given,
    p_reschedule: request.reschedule,
    p_lease_seconds: request.lease_seconds,
  });
}

/** Leases meetings that wait for a slot. */
export function claimSchedulings(
  database: Database,
  limit: number,
  lease_seconds: number,
): Promise<MeetingRow[]> {
  return call(database, "claim_schedulings", { p_limit: limit, p_lease_seconds: lease_seconds });
}

export type SchedulingVerdict =
  | {
    slot: {
      starts_at: string;
      ends_at: string;
      timezone: string;
      score: number;
      reasoning: string;
    };
    candidates: readonly unknown[];
    details: Record<string, unknown>;
  }
  | {
    slot: null;
    error: string;
    reason: string;
    details: Record<string, unknown>;
    /** Null: the search failed for good. */
    retry_after_seconds: number | null;
  };

/** Ends a slot search. False when the lease was lost: somebody else decides about the meeting now. */
export function settleScheduling(
  database: Database,
  meeting: MeetingRow,
  verdict: SchedulingVerdict,
): Promise<boolean> {
  return call(database, "settle_scheduling", {
    p_meeting_id: meeting.meeting_id,
    p_lease_token: meeting.scheduling_lease_token,
    p_slot: verdict.slot,
    p_details: verdict.details,
    ...(verdict.slot === null
      ? {
        p_error: verdict.error,
        p_reason: verdict.reason,
        p_retry_after_seconds: verdict.retry_after_seconds,
      }
      : { p_candidates: verdict.candidates }),
  });
}
