import type { MeetingRow, MeetingWithState } from "@shared/database/meetings.ts";
import { rejection } from "@shared/failures/failure.ts";
import type { NotWritable } from "@shared/database/meeting_changes.ts";
import { faultOf, HttpFault } from "@shared/http/fault.ts";
import { shownInstant, shownTime } from "@shared/time/shown_time.ts";

/** State of a meeting after a change request; `event_is_due`: the event is not written yet. */
export function meetingResponse(meeting: MeetingWithState, message: string) {
  return {
    success: true,
    message,
    meeting_id: meeting.meeting_id,
    version: meeting.desired_version,
    status: meeting.state,
    stage: meeting.stage,
    reason: meeting.reason,
    until: shownInstant(meeting.until),
    event_is_due: meeting.write_due_at !== null,
    google_event_id: meeting.google_event_id,
    meet_link: meeting.meet_link,
    title: meeting.title,
    description: meeting.description,
    location: meeting.location,
    description_details: meeting.description_details,
    participants: meeting.participants,
    start_time: shownTime(meeting.starts_at, meeting.timezone),
    end_time: shownTime(meeting.ends_at, meeting.timezone),
    timezone: meeting.timezone,
    recurrence: meeting.recurrence,
    conference: meeting.conference,
    error: meeting.writeback_error,
    cancelled_at: shownInstant(meeting.cancelled_at),
  };
}

/** The event is left as it is; the response names who can change it. */
export function notWritable(decision: NotWritable, meeting: MeetingRow): HttpFault {
  const { meeting_id, organizer_email } = meeting;
  if (decision === "wrong_account") {
    return faultOf(rejection("wrong_account"), { meeting_id, reason: "wrong_account" });
  }
  return new HttpFault(
    "not_organizer",
    `${organizer_email} organizes the event on Google Calendar now. Ask ${organizer_email} to change or delete it, or to move it back.`,
    { meeting_id, organizer_email },
  );
}

export function versionConflict(meeting: MeetingRow): HttpFault {
  return new HttpFault(
    "version_conflict",
    `The meeting has changed: its version is ${meeting.desired_version}. Read it again, then repeat the change.`,
    { meeting_id: meeting.meeting_id, version: meeting.desired_version },
  );
}
