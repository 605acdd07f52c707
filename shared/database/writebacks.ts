import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { Claimed, MeetingRow, NotClaimed } from "./meetings.ts";

/** One row of the ledger as a worker hands it in; the settling helper adds the last one. */
export interface Step {
  step: "requested" | "answered";
  at: string;
  request?: { method: string; event_id: string; calendar_id: string };
  status?: number | null;
  reason?: string;
  outcome?: string;
  duration_ms?: number;
}

export type WritebackDecision =
  | "created"
  | "failed"
  | "in_progress"
  | "paused"
  | "no_slot"
  | "cancelled"
  | "not_found";

/** Leases one meeting for writing, or says why not (`user_id` null: a key asks, any meeting). */
export function beginWriteback(
  database: Database,
  meeting_id: string,
  user_id: string | null,
  lease_seconds: number,
): Promise<Claimed | NotClaimed<WritebackDecision>> {
  return call(database, "begin_writeback", {
    p_meeting_id: meeting_id,
    p_user_id: user_id,
    p_lease_seconds: lease_seconds,
  });
}

/** Leases meetings that are due. Settle each before its lease ends. */
export function claimWritebacks(
  database: Database,
  limit: number,
  lease_seconds: number,
): Promise<MeetingRow[]> {
  return call(database, "claim_writebacks", { p_limit: limit, p_lease_seconds: lease_seconds });
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
    attendees: unknown[];
  };
  written_version: number;
  event_generation: number;
}

/** The event is as the row wants it: there, or gone. False when the lease was lost: somebody else decides about the meeting now. */
export function markWritebackSuccess(
  database: Database,
  meeting: MeetingRow,
  success: WritebackSuccess,
  steps: readonly Step[],
): Promise<boolean> {
  return call(database, "mark_writeback_success", {
    p_meeting_id: meeting.meeting_id,
    p_google_event_id: success.google_event_id,
    p_google_calendar_id: success.google_calendar_id,
    p_google_event_link: success.google_event_link,
    p_lease_token: meeting.writeback_lease_token,
    p_event: success.event ?? {},
    p_written_version: success.written_version,
    p_event_generation: success.event_generation,
    p_steps: steps,
  });
}

export interface WritebackFailure {
  /** Code, colon, sentence. */
  error: string;
  should_retry: boolean;
  outcome_unknown: boolean;
  spends_attempt: boolean;
  not_before_seconds: number | null;
  event_generation: number;
}

/** The attempt failed. False when the lease was lost. */
export function markWritebackFailure(
  database: Database,
  meeting: MeetingRow,
  failure: WritebackFailure,
  steps: readonly Step[],
): Promise<boolean> {
  return call(database, "mark_writeback_failure", {
    p_meeting_id: meeting.meeting_id,
    p_error_message: failure.error,
    p_should_retry: failure.should_retry,
    p_lease_token: meeting.writeback_lease_token,
    p_outcome_unknown: failure.outcome_unknown,
    p_spends_attempt: failure.spends_attempt,
    p_not_before_seconds: failure.not_before_seconds,
    p_event_generation: failure.event_generation,
    p_steps: steps,
  });
}
