import type { MeetingRow } from "@shared/database/meetings.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { json, refuse } from "@shared/http/respond.ts";
import type { Scheduled } from "./schedule_meeting.ts";
import type { SearchOutcome } from "./search.ts";

/** The answer to a search that has just run; `elapsed_ms` is our time and Google's. */
export function answer(meeting_id: string, scheduled: Scheduled, elapsed_ms: number): Response {
  const { outcome, settled } = scheduled;
  if (!settled) {
    throw new HttpFault(
      "in_progress",
      "Another worker has taken the meeting over. Ask again shortly.",
      { meeting_id },
      2,
    );
  }
  const processing_time_ms = Math.round(elapsed_ms);
  if (outcome.kind === "found") return json(found(meeting_id, outcome, processing_time_ms));
  return refuse(asFault(meeting_id, outcome), {
    meeting_id,
    success: false,
    selected_slot: null,
    candidates: [],
    total_candidates_evaluated: 0,
    processing_time_ms,
    ...(outcome.kind === "refused" ? outcome.details : {}),
  });
}

function found(
  meeting_id: string,
  { slot, timezone, result }: Extract<SearchOutcome, { kind: "found" }>,
  processing_time_ms: number,
) {
  const { candidates, message, total_candidates_evaluated, analytics, unknown } = result;
  return {
    meeting_id,
    success: true,
    message,
    selected_slot: { ...slot, timezone },
    candidates,
    total_candidates_evaluated,
    processing_time_ms,
    analytics,
    unknown,
  };
}

function asFault(
  meeting_id: string,
  outcome: Exclude<SearchOutcome, { kind: "found" }>,
): HttpFault {
  return outcome.kind === "postponed"
    ? new HttpFault(outcome.code, outcome.reason, { meeting_id }, outcome.retry_after_seconds)
    : new HttpFault(outcome.code, outcome.reason, { meeting_id, ...outcome.details });
}

/** The answer to a repeated call: what was found then. */
export function storedAnswer(meeting: MeetingRow) {
  const { meeting_id, starts_at, ends_at, timezone, score, reasoning, candidates } = meeting;
  const first = Array.isArray(candidates) ? candidates[0] : undefined;
  return {
    meeting_id,
    success: true,
    message: "The meeting has its slot already.",
    // A slot that the caller gave has no candidates, score or reasoning.
    selected_slot: first === undefined
      ? { start_time: starts_at, end_time: ends_at, timezone, score, reasoning }
      : { ...(first as object), timezone },
    candidates,
    total_candidates_evaluated: 0,
    processing_time_ms: 0,
    ...(meeting.scheduling_details as object | null),
  };
}

/** One meeting of a batch. */
export function batchElement(meeting_id: string, { outcome, settled }: Scheduled) {
  if (!settled) return { meeting_id, success: false, error: "in_progress" };
  return outcome.kind === "found"
    ? { meeting_id, success: true, start_time: outcome.slot.start_time, score: outcome.slot.score }
    : { meeting_id, success: false, error: outcome.code, message: outcome.reason };
}
