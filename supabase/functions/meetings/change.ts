import type { Database } from "@shared/database/call.ts";
import { changeMeeting } from "@shared/database/meeting_changes.ts";
import type { Asked, MeetingChanges } from "@shared/database/meeting_changes.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { meetingResponse, versionConflict } from "./meeting_response.ts";

/** Our columns in the words of requests, where they differ. */
const FIELD_OF_COLUMN: Readonly<Record<string, string>> = {
  starts_at: "start_time",
  ends_at: "end_time",
};

/** Changes one meeting; the queue brings the change to its event. */
export async function change(
  database: Database,
  asked: Asked,
  changes: MeetingChanges,
): Promise<Response> {
  const decided = await changeMeeting(database, asked, changes);
  switch (decided.decision) {
    case "changed":
      return json(meetingResponse(decided.meeting, messageFor(decided.meeting)));
    case "unchanged":
      return json(
        meetingResponse(decided.meeting, "Nothing changed: the meeting already has these values."),
      );
    case "invalid": {
      const path = FIELD_OF_COLUMN[decided.path] ?? decided.path;
      throw new HttpFault("invalid_request", `${path}: ${decided.message}`, { path });
    }
    case "slot_expired":
      throw new HttpFault("slot_expired", "The new time has already passed. Send a later one.", {
        meeting_id: asked.meeting_id,
      });
    case "version_conflict":
      throw versionConflict(decided.meeting);
    case "cancelled":
      throw new HttpFault("cancelled", undefined, {
        meeting_id: asked.meeting_id,
      });
    case "not_found":
      throw meetingNotFound(asked.meeting_id);
  }
}

function messageFor({ writeback_status }: MeetingRow): string {
  switch (writeback_status) {
    case "created":
      return "The meeting was changed; its event is updated next.";
    case "failed":
      return "The meeting was changed, but its event could not be written before. Requeue it to try again.";
    default:
      return "The meeting was changed; its event is created with the change.";
  }
}
