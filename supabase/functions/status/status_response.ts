import type { LedgerStep, ListedMeeting, MeetingRow } from "@shared/database/meetings.ts";
import { adviceFor } from "@shared/failures/codes.ts";
import { rsvpSummary } from "@shared/schemas/rsvp.ts";

/** As many as are stored; rows of earlier versions may have more. */
const MAX_CANDIDATES = 10;

/** One meeting in full: the origin's fields, then slot, event and error. */
export function meetingResponse(meeting: MeetingRow & { steps?: LedgerStep[] }) {
  const failure = lastFailure(meeting);
  return {
    ...summary(meeting),
    version: meeting.desired_version,
    reasoning: meeting.reasoning,
    retry_count: meeting.writeback_retry_count,
    attempted_at: meeting.writeback_attempted_at,
    succeeded_at: meeting.writeback_succeeded_at,
    next_attempt_at: meeting.write_due_at ?? meeting.search_due_at,
    google_calendar_id: meeting.google_calendar_id,
    meet_link_error: meeting.meet_link_error,
    organizer_email: meeting.organizer_email,
    organizer_self: meeting.organizer_self,
    attendees: meeting.attendees,
    rsvp: meeting.google_event_id === null
      ? null
      : rsvpSummary(meeting.participants, meeting.attendees),
    candidates: Array.isArray(meeting.candidates)
      ? meeting.candidates.slice(0, MAX_CANDIDATES)
      : [],
    scheduling_details: meeting.scheduling_details,
    what_to_do: failure === null ? null : adviceFor(failure.code, isFinal(meeting)),
    ...(meeting.steps === undefined ? {} : { attempts: meeting.steps }),
  };
}

/** One meeting of a list. Instants are RFC 3339. */
export function summary(meeting: ListedMeeting) {
  return {
    meeting_id: meeting.meeting_id,
    title: meeting.title,
    status: meeting.writeback_status,
    scheduling_status: meeting.scheduling_status,
    start_time: meeting.starts_at,
    end_time: meeting.ends_at,
    timezone: meeting.timezone,
    score: meeting.score,
    google_event_id: meeting.google_event_id,
    google_event_link: meeting.google_event_link,
    meet_link: meeting.meet_link,
    error: lastFailure(meeting)?.text ?? null,
    created_at: meeting.created_at,
    cancelled_at: meeting.cancelled_at,
  };
}

/** The share, in percent, of the meetings that came to an end which ended as an event; null before any did. */
export function successRate(counts: Readonly<Record<string, number>>): number | null {
  const created = counts.created ?? 0;
  const ended = created + (counts.failed ?? 0);
  return ended === 0 ? null : Math.round((created / ended) * 10_000) / 100;
}

function isFinal(meeting: MeetingRow): boolean {
  return meeting.write_due_at === null && meeting.search_due_at === null;
}

/** The current error: of the write-back if there is one, otherwise of the search. */
function lastFailure(
  meeting: ListedMeeting & Partial<Pick<MeetingRow, "scheduling_details">>,
): { code: string; text: string } | null {
  if (meeting.writeback_error !== null) {
    const [code = ""] = meeting.writeback_error.split(":", 1);
    return { code, text: meeting.writeback_error };
  }
  const { scheduling_error } = meeting;
  if (scheduling_error === null) return null;
  const text = `${scheduling_error}: ${meeting.scheduling_reason ?? ""}`;
  return { code: reasonIn(meeting.scheduling_details) ?? scheduling_error, text };
}

/** The more precise code of a search that failed: never connected is not the same as revoked. */
function reasonIn(details: unknown): string | null {
  if (typeof details !== "object" || details === null || !("reason" in details)) return null;
  const { reason } = details;
  return typeof reason === "string" && adviceFor(reason, false) !== null ? reason : null;
}
