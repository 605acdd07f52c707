import type { Database } from "@shared/database/call.ts";
import { requeueMeeting } from "@shared/database/meeting_changes.ts";
import type { Asked } from "@shared/database/meeting_changes.ts";
import type { MeetingWithState } from "@shared/database/meetings.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { meetingResponse } from "./meeting_response.ts";

/** Messages for requeue requests of a meeting that is not given up. */
const STANDING = {
  created: "The event is on Google Calendar; there is nothing to requeue.",
  pending: "The meeting is already in the queue.",
  retrying: "The meeting is already in the queue and is retried automatically.",
  no_slot: "The meeting has no slot. Schedule it first.",
  cancelled: "The meeting was cancelled; there is nothing to requeue.",
};

/** Requeues a meeting that was given up, or returns its state. */
export async function requeue(database: Database, asked: Asked): Promise<Response> {
  const decided = await requeueMeeting(database, asked);
  switch (decided.decision) {
    case "not_found":
      throw meetingNotFound(asked.meeting_id);
    case "slot_expired":
      throw new HttpFault(
        "slot_expired",
        'The slot has passed. Change the time, or schedule the meeting again with "reschedule": true.',
        { meeting_id: asked.meeting_id },
      );
    case "slot_taken":
      throw new HttpFault("slot_taken", undefined, { meeting_id: asked.meeting_id });
    case "requeued":
      return json({
        ...meetingResponse(decided.meeting, messageFor(decided.meeting)),
        requeued: true,
      });
    default:
      return json({
        ...meetingResponse(decided.meeting, STANDING[decided.decision]),
        requeued: false,
      });
  }
}

function messageFor({ starts_at }: MeetingWithState): string {
  return starts_at === null
    ? "The meeting is scheduled again, because it has no time or its time may have been taken."
    : "The meeting is in the queue again.";
}
