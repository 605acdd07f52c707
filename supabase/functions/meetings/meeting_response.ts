import type { MeetingRow } from "@shared/database/meetings.ts";
import { HttpFault } from "@shared/http/fault.ts";

/** State of a meeting after a change request; `event_is_due`: the event is not written yet. */
export function meetingResponse(meeting: MeetingRow, message: string) {
  return {
    success: true,
    message,
    meeting_id: meeting.meeting_id,
    version: meeting.desired_version,
    status: meeting.writeback_status,
    event_is_due: meeting.write_due_at !== null,
    google_event_id: meeting.google_event_id,
    meet_link: meeting.meet_link,
    title: meeting.title,
    description: meeting.description,
    location: meeting.location,
    participants: meeting.participants,
    start_time: meeting.starts_at,
    end_time: meeting.ends_at,
    timezone: meeting.timezone,
    error: meeting.writeback_error,
    cancelled_at: meeting.cancelled_at,
  };
}

export function versionConflict(meeting: MeetingRow): HttpFault {
  return new HttpFault(
    "version_conflict",
    `The meeting has changed: its version is ${meeting.desired_version}. Read it again, then repeat the change.`,
    { meeting_id: meeting.meeting_id, version: meeting.desired_version },
  );
}
