import type { Database } from "@shared/database/call.ts";
import { cancelMeeting } from "@shared/database/meeting_changes.ts";
import type { Asked } from "@shared/database/meeting_changes.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { meetingNotFound } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { meetingResponse, versionConflict } from "./meeting_response.ts";

/** Cancels one meeting; the queue deletes its event and Google notifies the guests. */
export async function cancel(database: Database, asked: Asked): Promise<Response> {
  const decided = await cancelMeeting(database, asked);
  switch (decided.decision) {
    case "cancelled":
      return answer(decided.meeting, false);
    case "already_cancelled":
      return answer(decided.meeting, true);
    case "version_conflict":
      throw versionConflict(decided.meeting);
    case "not_found":
      throw meetingNotFound(asked.meeting_id);
  }
}

function answer(meeting: MeetingRow, already_cancelled: boolean): Response {
  const message = already_cancelled
    ? "The meeting was already cancelled."
    : meeting.write_due_at === null
    ? "The meeting was cancelled. It had no event."
    : "The meeting was cancelled; its event is deleted and the guests are notified.";
  return json({ ...meetingResponse(meeting, message), already_cancelled });
}
