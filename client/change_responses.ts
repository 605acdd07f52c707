import type { Instant, MeetingStatus, ParticipantInput, TimeZone } from "./meeting_requests.ts";
import type { Move } from "./meeting_responses.ts";

/** What `change`, `cancel` and `requeue` return. */
export interface ChangedMeeting {
  success: true;
  message: string;
  meeting_id: string;
  version: number;
  status: MeetingStatus;
  stage: "search" | "write" | null;
  reason: string | null;
  until: Instant | null;
  /** Whether the event is still to be written. */
  event_is_due: boolean;
  google_event_id: string | null;
  meet_link: string | null;
  title: string | null;
  description: string | null;
  location: string | null;
  description_details: string | null;
  participants: ParticipantInput[];
  start_time: Instant | null;
  end_time: Instant | null;
  timezone: TimeZone | null;
  recurrence: string[] | null;
  conference: string;
  error: string | null;
  cancelled_at: Instant | null;
}

export interface CancelledMeeting extends ChangedMeeting {
  already_cancelled: boolean;
}

/** Of a preview: nothing was stored. */
export interface Preview {
  dry_run: true;
  /** The former values. */
  before: {
    title: string | null;
    description: string | null;
    location: string | null;
    participants: ParticipantInput[];
    timezone: TimeZone | null;
    recurrence: string[] | null;
    conference: string;
    start_time: Instant | null;
    end_time: Instant | null;
    /** For `expected_version`. */
    version: number;
  };
  /** Addresses that Google would notify. */
  mail_recipients: string[];
}

export interface PreviewedChange extends ChangedMeeting, Preview {}

export interface PreviewedCancellation extends CancelledMeeting, Preview {}

export interface RequeuedMeeting extends ChangedMeeting {
  /** False: there was nothing to requeue; `message` says why. */
  requeued: boolean;
}

/** What `decideMove` returns. An accepted time is verified before the event moves. */
export interface DecidedMove {
  success: true;
  meeting_id: string;
  message: string;
  move: Move;
}
