import type { MeetingRow } from "@shared/database/meetings.ts";
import type { DryRun } from "@shared/finding_time/dry_run.ts";
import type { Alternatives } from "@shared/finding_time/find_alternatives.ts";
import type { NotSearched } from "@shared/finding_time/not_searched.ts";
import type { BatchResult } from "@shared/finding_time/schedule_batch.ts";
import type { FailedElsewhere, ScheduledOne } from "@shared/finding_time/schedule_one.ts";
import { refused } from "@shared/finding_time/search.ts";
import type { FoundSlots, PostponedSearch, RefusedSearch } from "@shared/finding_time/search.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { errorResponse, json, pending } from "@shared/http/respond.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { storedLocale } from "@shared/texts/locale.ts";
import { textsOf } from "@shared/texts/texts.ts";
import { shownSlot } from "@shared/time/shown_time.ts";
import { previewWrite } from "@shared/writeback/preview_write.ts";
import { previewMeeting } from "./preview_meeting.ts";

/** The response to a request for one meeting; `elapsed_ms` is our time and Google's. Throws HttpFault where nothing was searched. */
export function scheduledResponse(
  meeting_id: string,
  scheduled: ScheduledOne,
  elapsed_ms: number,
): Response {
  switch (scheduled.kind) {
    case "not_searched":
      throw asFault(scheduled);
    case "already_scheduled":
      return json(storedBody(scheduled.meeting));
    case "lease_lost":
      return pendingResponse(meeting_id, LOST_SECONDS, elapsed_ms);
    case "pending":
      return pendingResponse(meeting_id, scheduled.retry_after_seconds, elapsed_ms);
    case "found":
      return json(foundBody(meeting_id, scheduled, elapsed_ms));
    case "proposed":
    case "kept":
      throw new Error(`A request for a slot moved meeting ${meeting_id} automatically`);
    default:
      return noSlotResponse(meeting_id, scheduled, elapsed_ms);
  }
}

/**
 * The response to a dry run: what scheduling would respond, the request that write-back would send to
 * Google, and who would be mailed. Throws HttpFault where nothing was searched.
 */
export function dryRunResponse(
  calendar: GoogleCalendar,
  meeting_id: string,
  outcome: DryRun | RefusedSearch | PostponedSearch | NotSearched,
  elapsed_ms: number,
): Response {
  if (outcome.kind === "not_searched") throw asFault(outcome);
  const dry_run = { dry_run: true };
  if (outcome.kind !== "dry_run") return noSlotResponse(meeting_id, outcome, elapsed_ms, dry_run);
  const { found } = outcome;
  const preview = previewMeeting(outcome);
  if (preview === null) {
    const message = "The stored meeting has invalid fields and cannot be written.";
    return noSlotResponse(
      meeting_id,
      refused("invalid_request", message, {}),
      elapsed_ms,
      dry_run,
    );
  }
  const { google_request, mail_recipients } = previewWrite(
    calendar,
    preview.meeting,
    preview.target,
  );
  return json({
    ...foundBody(meeting_id, found, elapsed_ms),
    ...dry_run,
    google_request,
    mail_recipients,
  });
}

/** The response to a request for alternatives. Throws HttpFault where nothing was searched. */
export function alternativesResponse(
  meeting_id: string,
  alternatives: Alternatives | NotSearched,
  elapsed_ms: number,
): Response {
  if (alternatives.kind === "not_searched") throw asFault(alternatives);
  const { outcome, current_slot } = alternatives;
  if (outcome.kind !== "found") {
    return noSlotResponse(meeting_id, outcome, elapsed_ms, { current_slot });
  }
  const { selected_slot: _, ...body } = foundBody(meeting_id, outcome, elapsed_ms);
  return json({
    ...body,
    message: textsOf(outcome.locale).results.alternatives(body.candidates.length),
    current_slot,
  });
}

/** One meeting of a batch. */
export function batchElement({ meeting_id, scheduled }: BatchResult) {
  switch (scheduled.kind) {
    case "lease_lost":
      return {
        meeting_id,
        success: false,
        error: "in_progress",
        message: "The search was not completed by this call. It is repeated automatically.",
      };
    case "found": {
      const { start_time, score } = scheduled.slot;
      return { meeting_id, success: true, start_time, score };
    }
    case "proposed":
      return { meeting_id, success: true, proposed_start_time: scheduled.slot.start_time };
    case "kept":
      return { meeting_id, success: true, kept: scheduled.reason };
    default:
      return { meeting_id, success: false, error: scheduled.code, message: scheduled.reason };
  }
}

/** The body of a response with slots; the first candidate is the selected one. */
function foundBody(meeting_id: string, found: FoundSlots, elapsed_ms: number) {
  const { timezone, candidates, result, warnings } = found;
  const [slot] = candidates;
  const { total_candidates_evaluated, analytics, unknown, negotiation_rounds } = result;
  return {
    meeting_id,
    success: true,
    message: messageOf(found, slot),
    selected_slot: { ...slot, timezone },
    candidates,
    total_candidates_evaluated,
    processing_time_ms: Math.round(elapsed_ms),
    negotiation_rounds,
    analytics,
    unknown,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** When a caller may repeat a dry run that Google could not answer; a stored search has its queue's time. */
const REPEAT_SECONDS = 30;

/** The worker that has reclaimed the search needs about so long. */
const LOST_SECONDS = 2;

/** The response while another worker searches: the fields of a search that has found no slot yet. */
function pendingResponse(meeting_id: string, wait: number, elapsed_ms: number): Response {
  return pending(wait, "The meeting is being scheduled. Repeat the request shortly.", {
    meeting_id,
    selected_slot: null,
    candidates: [],
    total_candidates_evaluated: 0,
    processing_time_ms: Math.round(elapsed_ms),
  });
}

/** The error response to a search that found no slot, with what would change that. */
function noSlotResponse(
  meeting_id: string,
  outcome: RefusedSearch | PostponedSearch | FailedElsewhere,
  elapsed_ms: number,
  more: Record<string, unknown> = {},
): Response {
  const details = outcome.kind === "postponed" ? {} : outcome.details;
  const retry_after = retryAfter(outcome);
  const fault = new HttpFault(
    outcome.code,
    outcome.reason,
    { meeting_id, ...details },
    retry_after,
  );
  return errorResponse(fault, {
    meeting_id,
    success: false,
    selected_slot: null,
    candidates: [],
    total_candidates_evaluated: 0,
    processing_time_ms: Math.round(elapsed_ms),
    ...details,
    ...more,
  });
}

function retryAfter(
  outcome: RefusedSearch | PostponedSearch | FailedElsewhere,
): number | undefined {
  switch (outcome.kind) {
    case "refused":
      return undefined;
    case "postponed":
      return outcome.retry_after_seconds ?? REPEAT_SECONDS;
    case "failed_elsewhere":
      return outcome.retry_after_seconds ?? undefined;
  }
}

function messageOf({ result, locale }: FoundSlots, slot: Candidate | undefined): string {
  const [best] = result.candidates;
  if (slot === undefined || best === slot) return result.message;
  const { results } = textsOf(locale);
  return best === undefined ? results.conceded : results.next_choice;
}

function asFault({ code, message, details, retry_after_seconds }: NotSearched): HttpFault {
  return new HttpFault(code, message, details, retry_after_seconds);
}

/** The body of the response to a repeated request: what the first one found. */
function storedBody(meeting: MeetingRow) {
  const { meeting_id, starts_at, ends_at, timezone, score, reasoning, candidates } = meeting;
  const first = Array.isArray(candidates) ? candidates[0] : undefined;
  return {
    meeting_id,
    success: true,
    message: textsOf(storedLocale(meeting.locale)).results.has_slot,
    // A slot that the caller gave has no candidates, score or reasoning.
    selected_slot: first === undefined
      ? {
        ...shownSlot({ start_time: starts_at, end_time: ends_at }, timezone),
        timezone,
        score,
        reasoning,
      }
      : { ...(first as object), timezone },
    candidates,
    total_candidates_evaluated: 0,
    processing_time_ms: 0,
    negotiation_rounds: 0,
    ...withoutEventReasoning(meeting.scheduling_details),
  };
}

/** What the event shows of the reasons is in the event. */
function withoutEventReasoning(details: MeetingRow["scheduling_details"]): object {
  const { event_reasoning: _, ...shown } = (details ?? {}) as Record<string, unknown>;
  return shown;
}
