import type { Actor } from "@shared/database/actor.ts";
import { beginWriteback } from "@shared/database/writebacks.ts";
import type { WritebackDecision } from "@shared/database/writebacks.ts";
import type { MeetingRow, NotClaimed } from "@shared/database/meetings.ts";
import { CODES } from "@shared/failures/codes.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { writeBack } from "@shared/writeback/write_back.ts";
import type { WritebackDependencies } from "@shared/writeback/write_back.ts";
import {
  cancelledResponse,
  failureResponse,
  storedFailureResponse,
  successResponse,
} from "./writeback_response.ts";

/** Others who ask while a meeting is being written come back after about one Google call. */
const IN_PROGRESS_SECONDS = 2;

/** Writes one meeting's event now, due or not. */
export async function writeBackMeeting(
  dependencies: WritebackDependencies,
  meeting_id: string,
  actor: Actor,
): Promise<Response> {
  const begun = await beginWriteback(dependencies.database, meeting_id, actor);
  if (begun.decision !== "claimed") return unclaimedResponse(meeting_id, begun);

  const result = await writeBack(dependencies, begun.meeting, begun.connection);
  if (result.success) {
    return json("cancelled" in result ? cancelledResponse(result) : successResponse(result));
  }
  if (result.failure === null) throw inProgress(meeting_id, IN_PROGRESS_SECONDS);
  return failureResponse(meeting_id, result.failure);
}

function unclaimedResponse(meeting_id: string, begun: NotClaimed<WritebackDecision>): Response {
  const wait = begun.retry_after_seconds ?? IN_PROGRESS_SECONDS;
  switch (begun.decision) {
    case "created":
      return json(successResponse({ ...written(begun.meeting), already_exists: true }));
    case "failed":
      return storedFailureResponse(meeting_id, begun.meeting?.writeback_error ?? null);
    case "in_progress":
      throw inProgress(meeting_id, Math.min(wait, IN_PROGRESS_SECONDS));
    case "paused":
      throw new HttpFault(
        "rate_limited",
        CODES.connection_paused.message,
        { meeting_id },
        wait,
      );
    case "no_slot":
      throw noSlot(meeting_id, begun.meeting);
    case "cancelled":
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

function inProgress(meeting_id: string, wait: number): HttpFault {
  return new HttpFault(
    "in_progress",
    "The event is being written. Try again shortly.",
    { meeting_id },
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
