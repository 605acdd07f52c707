import type { MeetingRow } from "@shared/database/meetings.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { json, refuse } from "@shared/http/respond.ts";
import type { Scheduled } from "@shared/finding_time/schedule_meeting.ts";
import type { FoundSlots, PostponedSearch, RefusedSearch } from "@shared/finding_time/search.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";

/** The answer to a search that has just run; `elapsed_ms` is our time and Google's. */
export function answer(meeting_id: string, scheduled: Scheduled, elapsed_ms: number): Response {
  switch (scheduled.kind) {
    case "lease_lost":
      throw new HttpFault(
        "in_progress",
        "Another worker has taken the meeting over. Ask again shortly.",
        { meeting_id },
        2,
      );
    case "found":
      return json(foundBody(meeting_id, scheduled, elapsed_ms));
    default:
      return answerNothing(meeting_id, scheduled, elapsed_ms);
  }
}

/** The answer with slots; the first candidate is the selected one. */
export function foundBody(meeting_id: string, found: FoundSlots, elapsed_ms: number) {
  const { timezone, candidates, result } = found;
  const [slot] = candidates;
  const { total_candidates_evaluated, analytics, unknown, negotiation_rounds } = result;
  return {
    meeting_id,
    success: true,
    message: messageOf(result.message, result.candidates[0], slot),
    selected_slot: { ...slot, timezone },
    candidates,
    total_candidates_evaluated,
    processing_time_ms: Math.round(elapsed_ms),
    negotiation_rounds,
    analytics,
    unknown,
  };
}

/** The answer without one: a refusal with what would change it. */
export function answerNothing(
  meeting_id: string,
  outcome: RefusedSearch | PostponedSearch,
  elapsed_ms: number,
  more: Record<string, unknown> = {},
): Response {
  return refuse(asFault(meeting_id, outcome), {
    meeting_id,
    success: false,
    selected_slot: null,
    candidates: [],
    total_candidates_evaluated: 0,
    processing_time_ms: Math.round(elapsed_ms),
    ...(outcome.kind === "refused" ? outcome.details : {}),
    ...more,
  });
}

function messageOf(message: string, best: Candidate | undefined, slot: Candidate | undefined) {
  if (slot === undefined || best === slot) return message;
  return best === undefined
    ? "Nothing fits everyone; the best slot asks for concessions."
    : "The best slot that other meetings did not take meanwhile.";
}

function asFault(meeting_id: string, outcome: RefusedSearch | PostponedSearch): HttpFault {
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
    negotiation_rounds: 0,
    ...(meeting.scheduling_details as object | null),
  };
}

/** One meeting of a batch. */
export function batchElement(meeting_id: string, scheduled: Scheduled) {
  switch (scheduled.kind) {
    case "lease_lost":
      return { meeting_id, success: false, error: "in_progress" };
    case "found": {
      const { start_time, score } = scheduled.slot;
      return { meeting_id, success: true, start_time, score };
    }
    default:
      return { meeting_id, success: false, error: scheduled.code, message: scheduled.reason };
  }
}
