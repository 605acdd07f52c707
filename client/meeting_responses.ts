import type { TrackedAttendee } from "./attendee.ts";
import type { Instant, MeetingStatus, TimeZone } from "./meeting_requests.ts";

/** A possible time of a meeting. Times have the offset of the request's zone. */
export interface Candidate {
  start_time: Instant;
  end_time: Instant;
  /** 0 to 100. */
  score: number;
  /** Points that add up to the score. */
  score_breakdown: ScoreBreakdown;
  /** Facts, as codes with arguments. */
  reasons: CodedReason[];
  /** The same in one to four sentences. */
  reasoning: string;
  participant_availability: ParticipantAvailability[];
  /** Who takes part of each group; absent without groups. */
  groups?: ChosenMembers[];
  /** Only for a series. */
  recurrence?: SeriesAvailability;
  /** Constraints were relaxed: which ones, and the same as a sentence. */
  conceded?: true;
  concessions?: CodedReason[];
  concession?: string;
}

/** A fact as a code with its arguments. */
export interface CodedReason {
  code: string;
  args: Record<string, unknown>;
}

export interface ScoreBreakdown {
  availability: number;
  preference: number;
  conflict_proximity: number;
  fragmentation: number;
  optimization: number;
}

/** One participant at one candidate. */
export interface ParticipantAvailability {
  email: string;
  name?: string;
  status: "free" | "busy" | "tentative" | "unknown" | "outside_hours";
  /** The start in the participant's own zone. */
  local_start: Instant;
  /** Inconvenience of the hour, 1 to 100; absent where there is none. */
  burden?: number;
}

export interface ChosenMembers {
  /** Which of the groups, from 0. */
  index: number;
  name?: string;
  /** How many are wanted. */
  count: number;
  /** Addresses. */
  chosen: string[];
  why: "chosen_before" | "only_free" | "fewest_turns" | "first_free";
  free: number;
  members: number;
}

export interface SeriesAvailability {
  start_times: Instant[];
  /** How many were checked, and how many of them fit all required participants. */
  occurrences: number;
  free: number;
  /** Their ratio, 0 to 1. */
  share_free: number;
  /** The first five who cannot come, and how many more, if any. */
  clashes: { start_time: Instant; names: string[]; others?: number }[];
}

/** The best candidate with the zone of the request. A time that the caller had given has only its times. */
export type SelectedSlot =
  & Pick<Candidate, "start_time" | "end_time">
  & Partial<Omit<Candidate, "start_time" | "end_time" | "score" | "reasoning">>
  & { timezone: TimeZone | null; score: number | null; reasoning: string | null };

/** What `schedule` returns: docs/schedule.md, "The response". */
export interface Scheduled {
  meeting_id: string;
  success: true;
  /** A sentence for people. */
  message: string;
  selected_slot: SelectedSlot;
  /** The best first. */
  candidates: Candidate[];
  total_candidates_evaluated: number;
  /** Google's time included. */
  processing_time_ms: number;
  /** 0 if a slot fits everyone, otherwise the rounds of relaxing constraints. */
  negotiation_rounds: number;
  /** Absent where an earlier search is returned that had none. */
  analytics?: SearchAnalytics;
  /** Addresses of participants whose calendar could not be read. */
  unknown?: string[];
  warnings?: { code: "tentative_unknown"; message: string; participants: string[] }[];
}

export interface SearchAnalytics {
  participants: number;
  unknown: number;
  /** 0 to 1: how much of the open hours is busy. */
  density: number;
  /** 0 to 1: how many starts within everyone's hours clash. */
  conflict_rate: number;
  /** At most three addresses, the busiest first. */
  most_constrained_participants: string[];
}

/** What `dryRun` returns. Nothing was stored and nothing was written. */
export interface DryRun extends Scheduled {
  dry_run: true;
  /** The request that Google would receive. */
  google_request: {
    method: string;
    path: string;
    query: Record<string, unknown>;
    body: Record<string, unknown>;
  };
  /** Addresses that Google would notify. */
  mail_recipients: string[];
}

/** What `alternatives` returns: the next best times. */
export interface Alternatives extends Omit<Scheduled, "selected_slot"> {
  /** The stored one; null: there is none. */
  current_slot: {
    start_time: Instant;
    end_time: Instant;
    timezone: TimeZone | null;
    score: number | null;
  } | null;
}

/** What `writeBack` returns; `results` has one element. */
export interface WrittenBack {
  success: true;
  message: string;
  results: [WriteResult];
}

export interface WriteResult {
  meeting_id: string;
  success: true;
  /** Null only for a cancelled meeting that never had an event. */
  google_event_id: string | null;
  google_event_link?: string | null;
  /** Whether an earlier attempt or call created the event. */
  already_exists?: boolean;
  /** The event of a cancelled meeting is deleted. */
  cancelled?: true;
  /** `slot_taken`: the time was given by you, and another meeting has it. */
  warnings?: { code: "slot_taken"; message: string }[];
  /** What people had set on Google and this change has replaced. */
  overwritten?: { field: string; was: unknown }[];
}

/** One meeting of a list. */
export interface MeetingSummary {
  meeting_id: string;
  /** The title that the event has or will have. */
  title: string | null;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why the meeting waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or nothing is left. */
  until: Instant | null;
  /** Null until there is a slot. */
  writeback_status: "pending" | "created" | "failed" | "retrying" | null;
  scheduling_status: "pending" | "retrying" | "scheduled" | "failed";
  start_time: Instant | null;
  end_time: Instant | null;
  timezone: TimeZone | null;
  score: number | null;
  google_event_id: string | null;
  google_event_link: string | null;
  meet_link: string | null;
  /** `code: sentence`. */
  error: string | null;
  created_at: Instant;
  cancelled_at: Instant | null;
}

/** What `status` returns. */
export interface MeetingState extends MeetingSummary {
  /** The limit of the organizer for which the meeting waits. */
  waits_for: { limit: string; allowed: number; until?: Instant | null } | null;
  /** For `expected_version`. */
  version: number;
  reasoning: string | null;
  retry_count: number;
  attempted_at: Instant | null;
  succeeded_at: Instant | null;
  next_attempt_at: Instant | null;
  google_calendar_id: string;
  meet_link_error: string | null;
  organizer_email: string | null;
  organizer_self: boolean | null;
  /** In Google's words; null before there is an event. */
  attendees: TrackedAttendee[] | null;
  /** Null before there is an event. */
  rsvp: Rsvp | null;
  move: (Move & { message: string | null }) | null;
  /** What to do about `error`; null: nothing. */
  what_to_do: string | null;
  /** With `candidates: true`: at most ten. */
  candidates?: Candidate[];
  scheduling_details?: Record<string, unknown> | null;
  /** With `attempts: true`: every step, oldest first. */
  attempts?: LedgerStep[];
}

/** What `writeStatus` returns. */
export interface WriteStatus extends
  Pick<
    MeetingState,
    | "meeting_id"
    | "status"
    | "stage"
    | "reason"
    | "until"
    | "google_event_id"
    | "google_event_link"
    | "error"
    | "retry_count"
    | "succeeded_at"
  > {}

/** One step of `writeback_ledger`. */
export interface LedgerStep {
  ledger_id: number;
  meeting_id: string;
  at: Instant;
  step: string;
  lease_token: string | null;
  /** What was asked of Google. */
  request: unknown;
  /** HTTP status of Google. */
  status: number | null;
  reason: string | null;
  outcome: string | null;
  decision: string | null;
  duration_ms: number | null;
  /** The request of Convene that made the step. */
  request_id: string | null;
}

/** The replies of the guests. */
export interface Rsvp {
  status: "awaiting" | "confirmed" | "declined_by_required" | "quorum_lost";
  accepted: number;
  declined: number;
  tentative: number;
  needs_action: number;
  /** Addresses of required people and rooms. */
  awaiting: string[];
  declined_by: string[];
}

/** The last decision to move a meeting automatically, or not to. */
export interface Move {
  trigger: "required_declined" | "quorum_lost" | "conflict";
  /** `proposed`: it waits for `decideMove` until `expires_at`. */
  decision: "searching" | "proposed" | "moved" | "kept" | "rejected";
  reason: string | null;
  at: Instant;
  from: { start_time: Instant; end_time: Instant };
  to: { start_time: Instant; end_time: Instant } | null;
  /** Who has something else at the time of the meeting; of the trigger `conflict`. */
  conflicts: Conflict[];
  /** The times of a proposal, or other times where there is a conflict; best first. */
  alternatives: OtherTime[];
  expires_at: Instant | null;
  /** Zone of the meeting. */
  timezone: TimeZone | null;
  /** How often the meeting has moved automatically. */
  moves: number;
}

/** A time at which everybody is free. */
export interface OtherTime {
  start_time: Instant;
  end_time: Instant;
  score: number;
  reasoning: string;
}

/** Who has something else at the time of a meeting, as far as its organizer may know. */
export interface Conflict {
  email: string;
  type: "required" | "optional" | "resource";
  /** False: it may be the meeting's own event, with another one directly before or after it. */
  is_certain: boolean;
  busy: { start_time: Instant; end_time: Instant }[];
}

/** Of a change that names a time, unless conflicts are ignored. */
export interface ConflictReport {
  /** Null: the calendars could not be read now (`conflict_check`), and are read again later. */
  conflicts?: Conflict[] | null;
  /** Times at which everybody is free. */
  alternatives?: OtherTime[];
  /** Addresses of people whose calendars could not be read. */
  unchecked?: string[];
  conflict_check?: { error: string; message: string };
}

/** A page of meetings. */
export interface MeetingPage {
  meetings: MeetingSummary[];
  /** How many of the caller's meetings have each status. */
  counts: Partial<Record<MeetingStatus, number>>;
  /** Percent of the meetings that ended which ended as an event; null before any did. */
  success_rate: number | null;
  /** For the next page; null: this is the last one. */
  next_cursor: string | null;
}
