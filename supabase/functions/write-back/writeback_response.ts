import type { MeetingWithState } from "@shared/database/meetings.ts";
import type { Overwritten } from "@shared/writeback/compose_patch.ts";
import { CODES, isFailureCode } from "@shared/failures/codes.ts";
import type { FailureCode } from "@shared/failures/codes.ts";
import { deferral, isTemporary, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import { faultOf } from "@shared/http/fault.ts";
import { errorResponse } from "@shared/http/respond.ts";
import { shownInstant } from "@shared/time/shown_time.ts";
import type { WriteWarning } from "@shared/writeback/time_taken.ts";
import type { WritebackResult } from "@shared/writeback/write_back.ts";
import type { BatchReport } from "@shared/writeback/write_back_batch.ts";

interface Written {
  meeting_id: string;
  google_event_id: string;
  google_event_link: string | null;
  already_exists: boolean;
  warnings?: WriteWarning[];
  /** What people had set on Google and a change of the same field has replaced. */
  overwritten?: readonly Overwritten[] | undefined;
}

export function successResponse(written: Written) {
  const { meeting_id, google_event_id, google_event_link, already_exists, warnings, overwritten } =
    written;
  return {
    success: true,
    message: already_exists
      ? "Calendar event already exists"
      : "Calendar event created successfully",
    results: [{
      meeting_id,
      success: true,
      google_event_id,
      google_event_link,
      already_exists,
      ...(warnings === undefined ? {} : { warnings }),
      ...(overwritten === undefined ? {} : { overwritten }),
    }],
  };
}

/** The event of a cancelled meeting is gone; `google_event_id` null: there never was one. */
export function cancelledResponse(cancelled: Extract<WritebackResult, { cancelled: true }>) {
  return { success: true, message: "Calendar event cancelled", results: [cancelled] };
}

/** Where a failure names no time, the queue tries again in about half a minute. */
const RETRY_SECONDS = 30;

/** An error response that also carries `results[]`, so that both readers of errors find theirs. */
export function failureResponse(meeting_id: string, failure: Failure): Response {
  const { code, message } = failure;
  const timed = isTemporary(failure)
    ? { ...failure, not_before_seconds: failure.not_before_seconds ?? RETRY_SECONDS }
    : failure;
  return errorResponse(faultOf(timed, { meeting_id, reason: code }), {
    success: false,
    results: [{ meeting_id, success: false, error: code, message }],
  });
}

/** The response for a meeting that failed before: the same fields, from the row. */
export function storedFailureResponse(
  meeting_id: string,
  writeback_error: string | null,
): Response {
  const { code, message } = storedFailure(writeback_error);
  return failureResponse(meeting_id, rejection(code, message));
}

/** The response for a meeting whose last attempt failed and that is attempted again in `wait` seconds. */
export function retriedFailureResponse(
  meeting_id: string,
  writeback_error: string | null,
  wait: number,
): Response {
  const { code, message } = storedFailure(writeback_error);
  return failureResponse(meeting_id, deferral(code, wait, message));
}

function storedFailure(writeback_error: string | null): { code: FailureCode; message: string } {
  const [, code = "", message = ""] = /^([a-z_]+): (.*)$/s.exec(writeback_error ?? "") ?? [];
  return {
    code: isFailureCode(code) ? code : "google_rejected",
    message: message === "" ? writeback_error ?? "The write-back failed." : message,
  };
}

export function batchResponse({ results, remaining }: BatchReport) {
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
      message: CODES.in_progress.message,
    }
    : { meeting_id, success: false, error: failure.code, message: failure.message };
}

/** The state of one write-back, in the fields of the origin. */
export function statusResponse(meeting: MeetingWithState) {
  return {
    meeting_id: meeting.meeting_id,
    status: meeting.state,
    stage: meeting.stage,
    reason: meeting.reason,
    until: shownInstant(meeting.until),
    google_event_id: meeting.google_event_id,
    google_event_link: meeting.google_event_link,
    error: meeting.writeback_error,
    retry_count: meeting.writeback_retry_count,
    succeeded_at: shownInstant(meeting.writeback_succeeded_at),
  };
}
