import type { Actor } from "@shared/database/actor.ts";
import { afterLease } from "@shared/database/lease_wait.ts";
import { beginWriteback } from "@shared/database/writebacks.ts";
import type { UnclaimedWriteback } from "@shared/database/writebacks.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { CODES } from "@shared/failures/codes.ts";
import { HttpFault, meetingNotFound, processingPaused } from "@shared/http/fault.ts";
import { json, pending } from "@shared/http/respond.ts";
import { shownInstant } from "@shared/time/shown_time.ts";
import { writeBack } from "@shared/writeback/write_back.ts";
import type { WritebackDependencies } from "@shared/writeback/write_back.ts";
import {
  cancelledResponse,
  failureResponse,
  retriedFailureResponse,
  storedFailureResponse,
  successResponse,
} from "./writeback_response.ts";

/** Others who ask while a meeting is being written come back after about one Google call. */
const IN_PROGRESS_SECONDS = 2;

/**
 * Writes one meeting's event now, due or not. Where another worker is processing it, the response of
 * a call is what that worker's attempt ended with; a wake-up does not wait.
 */
export async function writeBackMeeting(
  dependencies: WritebackDependencies,
  meeting_id: string,
  actor: Actor,
): Promise<Response> {
  const { database, is_wake_up } = dependencies;
  const first = await beginWriteback(database, meeting_id, actor);
  const waited_for = is_wake_up !== true && first.decision === "in_progress"
    ? first.operation ?? null
    : null;
  const begun = first.decision === "claimed" || waited_for === null
    ? first
    : await afterLease(first, () => beginWriteback(database, meeting_id, actor, waited_for));
  if (begun.decision !== "claimed") return unclaimedResponse(meeting_id, begun, waited_for);

  const result = await writeBack(dependencies, begun.meeting, begun.connection);
  if (result.success) {
    return json("cancelled" in result ? cancelledResponse(result) : successResponse(result));
  }
  if (result.failure === null) return writtenElsewhere(meeting_id, IN_PROGRESS_SECONDS);
  return failureResponse(meeting_id, result.failure);
}

function unclaimedResponse(
  meeting_id: string,
  begun: UnclaimedWriteback,
  waited_for: UnclaimedWriteback["operation"] | null,
): Response {
  const wait = begun.retry_after_seconds ?? IN_PROGRESS_SECONDS;
  switch (begun.decision) {
    case "created":
      return json(
        successResponse({
          ...written(begun.meeting),
          already_exists: begun.already_exists ?? true,
        }),
      );
    case "failed":
      return storedFailureResponse(meeting_id, begun.meeting?.writeback_error ?? null);
    case "retrying":
      return retriedFailureResponse(meeting_id, begun.meeting?.writeback_error ?? null, wait);
    case "in_progress":
      if (begun.is_leased === true) {
        const is_later = begun.wait_seconds === 0;
        return writtenElsewhere(meeting_id, is_later ? wait : Math.min(wait, IN_PROGRESS_SECONDS));
      }
      if (begun.verified_at !== undefined) throw unverified(meeting_id, begun.verified_at, wait);
      throw new HttpFault(
        "in_progress",
        "The meeting is given another time. Try again shortly.",
        { meeting_id },
        Math.min(wait, IN_PROGRESS_SECONDS),
      );
    case "paused":
      throw new HttpFault(
        "rate_limited",
        CODES.connection_paused.message,
        { meeting_id },
        wait,
      );
    case "processing_paused":
      throw processingPaused({ meeting_id }, begun);
    case "limit_reached": {
      const { limit = "", allowed = 0 } = begun;
      const message = `The limit ${limit} (${allowed}) is reached. The event is written later.`;
      throw new HttpFault("limit_reached", message, { meeting_id, limit, allowed }, wait);
    }
    case "no_slot":
      throw noSlot(meeting_id, begun.meeting);
    case "cancelled":
      if (waited_for === "cancel") {
        const google_event_id = begun.meeting?.google_event_id ?? null;
        return json(
          cancelledResponse({ meeting_id, success: true, cancelled: true, google_event_id }),
        );
      }
      throw new HttpFault("cancelled", undefined, { meeting_id });
    case "not_found":
      throw meetingNotFound(meeting_id);
  }
}

function written(meeting: MeetingRow | undefined) {
  if (meeting === undefined || meeting.google_event_id === null) {
    throw new Error("A meeting that is created has no event id");
  }
  const { meeting_id, google_event_id, google_event_link } = meeting;
  return { meeting_id, google_event_id, google_event_link };
}

function writtenElsewhere(meeting_id: string, wait: number): Response {
  const message = "The event is being written. Repeat the request shortly.";
  return pending(wait, message, {
    meeting_id,
    results: [{ meeting_id, success: false, status: "pending", message }],
  });
}

function unverified(meeting_id: string, verified_at: string, wait: number): HttpFault {
  const until = shownInstant(verified_at);
  return new HttpFault(
    "in_progress",
    "Google sent no response to the last request, so it is unknown whether the event exists. " +
      `Google Calendar is read again at ${until}.`,
    { meeting_id, until },
    wait,
  );
}

function noSlot(meeting_id: string, meeting: MeetingRow | undefined): HttpFault {
  const reason = meeting?.scheduling_reason;
  return new HttpFault(
    "no_slot",
    reason
      ? `The meeting has no slot: ${reason}`
      : "The meeting has no slot yet. Schedule it first.",
    { meeting_id, scheduling_status: meeting?.scheduling_status },
  );
}
