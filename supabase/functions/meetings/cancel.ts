import type { Database } from "@shared/database/call.ts";
import { cancelMeeting, previewCancellation } from "@shared/database/meeting_changes.ts";
import type { Asked, CancelDecision } from "@shared/database/meeting_changes.ts";
import type { MeetingWithState } from "@shared/database/meetings.ts";
import { meetingNotFound } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { meetingResponse, notWritable, versionConflict } from "./meeting_response.ts";
import { asPreview, guestsOnEvent } from "./preview.ts";

/** Cancels one meeting; the queue deletes its event and Google notifies the guests. */
export async function cancelOne(database: Database, asked: Asked): Promise<Response> {
  return json(bodyFor(await cancelMeeting(database, asked), asked));
}

/** What `cancelOne` would return, and who would get mail. Stores nothing. */
export async function previewCancel(database: Database, asked: Asked): Promise<Response> {
  const { before, ...decided } = await previewCancellation(database, asked);
  const body = bodyFor(decided, asked);
  const is_gone = body.already_cancelled || (before?.cancelled_in_google_at ?? null) !== null;
  return json(asPreview(body, before, is_gone ? [] : guestsOnEvent(before)));
}

function bodyFor(decided: CancelDecision, asked: Asked) {
  switch (decided.decision) {
    case "cancelled":
      return cancelledBody(decided.meeting, false);
    case "already_cancelled":
      return cancelledBody(decided.meeting, true);
    case "version_conflict":
      throw versionConflict(decided.meeting);
    case "not_organizer":
    case "wrong_account":
      throw notWritable(decided.decision, decided.meeting);
    case "not_found":
      throw meetingNotFound(asked.meeting_id);
  }
}

const EVENT: Partial<Record<MeetingWithState["state"], string>> = {
  cancelling: "; its event will be deleted and the guests notified.",
  failed: "; its event could not be deleted. Requeue it to try again.",
};

function cancelledBody(meeting: MeetingWithState, already_cancelled: boolean) {
  const before = already_cancelled
    ? "The meeting was already cancelled"
    : "The meeting was cancelled";
  const is_gone = meeting.state === "cancelling" && meeting.cancelled_in_google_at !== null;
  const event = is_gone ? "; people have deleted its event before." : EVENT[meeting.state] ?? ".";
  const message = `${before}${event}`;
  return { ...meetingResponse(meeting, message), already_cancelled };
}
