import type { MeetingRow } from "@shared/database/meetings.ts";
import { HttpFault } from "@shared/http/fault.ts";
import type { FaultCode } from "@shared/http/fault.ts";
import { refuse } from "@shared/http/respond.ts";
import type { Failure, WritebackFailureCode } from "@shared/writeback/failure.ts";
import type { WritebackResult } from "@shared/writeback/write_back.ts";
import type { BatchReport } from "@shared/writeback/write_back_batch.ts";

/** What a caller gets for each way an event was not written. */
const FAULTS: Record<WritebackFailureCode, FaultCode> = {
  not_connected: "needs_reauth",
  invalid_grant: "needs_reauth",
  invalid_credentials: "needs_reauth",
  insufficient_permissions: "needs_reauth",
  wrong_account: "needs_reauth",
  account_changed: "busy",
  invalid_request: "invalid_request",
  slot_expired: "slot_expired",
  foreign_event: "google_rejected",
  event_missing: "google_rejected",
  organizer_deleted: "google_rejected",
  google_rejected: "google_rejected",
  google_unavailable: "google_unavailable",
  rate_limited: "rate_limited",
  out_of_time: "busy",
  token_unreadable: "internal",
  internal_error: "internal",
};

interface Written {
  meeting_id: string;
  google_event_id: string;
  google_event_link: string | null;
  already_exists: boolean;
}

export function successAnswer(written: Written) {
  const { meeting_id, google_event_id, google_event_link, already_exists } = written;
  return {
    success: true,
    message: already_exists
      ? "Calendar event already exists"
      : "Calendar event created successfully",
    results: [{ meeting_id, success: true, google_event_id, google_event_link, already_exists }],
  };
}

/** The event of a cancelled meeting is gone; `google_event_id` null: there never was one. */
export function cancelledAnswer(cancelled: Extract<WritebackResult, { cancelled: true }>) {
  return { success: true, message: "Calendar event cancelled", results: [cancelled] };
}

/** A refusal that also carries `results[]`, so that both readers of errors find theirs. */
export function failureAnswer(meeting_id: string, failure: Failure): Response {
  const { code, message } = failure;
  const fault = new HttpFault(
    FAULTS[code],
    message,
    { meeting_id, reason: code },
    failure.should_retry ? failure.not_before_seconds ?? 30 : undefined,
  );
  return refuse(fault, {
    success: false,
    results: [{ meeting_id, success: false, error: code, message }],
  });
}

/** The answer for a meeting that failed before: what the row says, in the same shape. */
export function storedFailureAnswer(meeting_id: string, writeback_error: string | null): Response {
  const [, code = "", message = ""] = /^([a-z_]+): (.*)$/s.exec(writeback_error ?? "") ?? [];
  const known = Object.hasOwn(FAULTS, code) ? code as WritebackFailureCode : "google_rejected";
  const text = message === "" ? writeback_error ?? "The write-back failed." : message;
  return refuse(new HttpFault(FAULTS[known], text, { meeting_id, reason: known }), {
    success: false,
    results: [{ meeting_id, success: false, error: known, message: text }],
  });
}

export function batchAnswer({ results, remaining }: BatchReport) {
  const succeeded = results.filter((result) => result.success).length;
  return {
    success: succeeded === results.length,
    message: `Processed ${results.length} meetings: ${succeeded} succeeded, ${
      results.length - succeeded
    } failed`,
    results: results.map(batchElement),
    total_processed: results.length,
    succeeded,
    failed: results.length - succeeded,
    remaining,
  };
}

function batchElement(result: WritebackResult) {
  if (result.success) return result;
  const { meeting_id, failure } = result;
  return failure === null
    ? {
      meeting_id,
      success: false,
      error: "in_progress",
      message: "Another worker has taken the meeting over.",
    }
    : { meeting_id, success: false, error: failure.code, message: failure.message };
}

/** The state of one write-back in the words of the origin. */
export function statusAnswer(meeting: MeetingRow) {
  return {
    meeting_id: meeting.meeting_id,
    status: meeting.writeback_status,
    google_event_id: meeting.google_event_id,
    google_event_link: meeting.google_event_link,
    error: meeting.writeback_error,
    retry_count: meeting.writeback_retry_count,
    succeeded_at: meeting.writeback_succeeded_at,
  };
}
