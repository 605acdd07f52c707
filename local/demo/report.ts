import type { ImportedCalendar } from "../../packages/google-calendar-emulator/control.ts";

/** What was read of a calendar file. */
export interface CalendarReport extends
  Pick<
    ImportedCalendar,
    "timezone" | "timezone_source" | "events" | "skipped" | "ignored_lines"
  > {
  /** The file's name without .ics. */
  name: string;
}

/** What `--json` prints: the outcome of the demo, or of the question that had no answer. */
export interface DemoReport {
  meeting_id: string;
  writeback_status: string | null;
  google_event_id: string | null;
  google_event_link: string | null;
  meet_link: string | null;
  /** RFC 3339 with the offset of the organizer's zone. */
  start_time: string | null;
  end_time: string | null;
  score: number | null;
  candidates: unknown[];
  events_on_calendar: number;
  invitations_sent: number;
  second_call_already_exists: boolean;
  recovered_after_lost_reply: boolean;
  elapsed_ms: number;
  calendars: CalendarReport[];
  /** Only with the demo's own people: what two more questions, asked with `dry_run`, were answered. */
  negotiated?: boolean;
  refused_by_name?: boolean;
  answered_with_permission?: boolean;
  /** Only with the demo's own people: what a guest's decline came to. */
  moved_automatically?: boolean;
  same_event_after_move?: boolean;
  mails_per_guest?: number[];
  moved_to?: string | null;
  kept_reason?: string | null;
  room_chosen?: boolean;
  lunch_kept?: boolean;
  /** Only of a refusal: why no time suits, and what would change it. */
  error?: string;
  message?: string;
  empty_reason?: string;
  blocking?: unknown[];
  suggestion?: string;
  unknown?: string[];
  /** What should have held and did not; the exit code says so too. */
  problems?: string[];
}

export function emptyReport(meeting_id: string): DemoReport {
  return {
    meeting_id,
    writeback_status: null,
    google_event_id: null,
    google_event_link: null,
    meet_link: null,
    start_time: null,
    end_time: null,
    score: null,
    candidates: [],
    events_on_calendar: 0,
    invitations_sent: 0,
    second_call_already_exists: false,
    recovered_after_lost_reply: false,
    elapsed_ms: 0,
    calendars: [],
  };
}
