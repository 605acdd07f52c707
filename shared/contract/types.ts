// Written by `deno task docs:openapi`: the types of the contract (docs/openapi.json).

/** The work continues after the response. */
export type Accepted = { success: true; message: "Accepted" };

/** Other times for a meeting. */
export type Alternatives = {
  meeting_id: string;
  success: true;
  message: string;
  /** The best first. */
  candidates: Candidate[];
  total_candidates_evaluated: number;
  processing_time_ms: number;
  /** 0 if a slot fits everyone. */
  negotiation_rounds: number;
  analytics?: SearchAnalytics;
  /** Addresses whose calendar was not read. */
  unknown?: string[];
  warnings?: { code: "tentative_unknown"; message: string; participants: string[] }[];
  current_slot: {
    start_time: string;
    end_time: string;
    timezone: string | null;
    score: number | null;
  } | null;
};

export type AlternativesRequest = { meeting_id: string; max_candidates?: number };

/** A guest with the reply. */
export type Attendee = {
  email: string;
  displayName?: string;
  organizer?: boolean;
  self?: boolean;
  optional?: boolean;
  resource?: boolean;
  responseStatus: "needsAction" | "declined" | "tentative" | "accepted";
  comment?: string;
  additionalGuests?: number;
};

export type Audit = {
  success: true;
  findings: Finding[];
  /** `after` of the next page; null: the last one. */
  next_after: string | null;
  counts: {
    missing: number;
    moved: number;
    cancelled: number;
    duplicated: number;
    orphaned: number;
    given_up: number;
    search_failed: number;
    outdated: number;
    unreadable: number;
  };
  meetings_checked: number;
  calendars: { checked: number; of: number } | null;
};

export type AuditRequest = {
  audit: true;
  limit?: number;
  subject?: "meetings" | "task_events";
  after?: string;
  meeting_ids?: string[];
  task_event_ids?: string[];
  repair?: boolean;
  delete_orphaned?: string[];
};

/** Whether a meeting moves automatically; false: never. */
export type AutoReschedule = false | {
  on: "required_declined" | "quorum_lost";
  quorum?: number;
  max_moves?: number;
  freeze_hours?: number;
  cooldown_minutes?: number;
  approve?: boolean;
  window_days?: number;
};

/** A permission to use the user's own connection in searches. */
export type AvailabilitySharing = {
  id: string;
  grantee_kind: "person" | "domain" | "everybody";
  grantee: string | null;
  level: "busy" | "habits";
  created_at: string;
  expires_at: string | null;
};

export type AvailabilitySharingList = { availability_sharing: AvailabilitySharing[] };

export type CalendarEvent = {
  event_id: string;
  event_link: string | null;
  summary: string | null;
  start_time: string | null;
  end_time: string | null;
  recurrence?: string[];
  organizer_email: string | null;
  organizer_display_name: string | null;
  /** Null: Google names no organizer. */
  organizer_self: boolean | null;
  attendees: Attendee[];
  id: string;
  recurring_event_id: string | null;
  location: string | null;
  description: string | null;
};

export type CalendarEvents = {
  event_count: number;
  time_range: { start: string; end: string };
  events: CalendarEvent[];
  /** There are more than 10,000. */
  truncated?: true;
};

export type CancelledEvent = {
  meeting_id: string;
  success: true;
  cancelled: true;
  /** Null: there never was an event. */
  google_event_id: string | null;
};

export type CancelledMeeting = {
  success: true;
  message: string;
  meeting_id: string;
  version: number;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why it waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or never. */
  until: string | null;
  /** Whether the event is still to be written. */
  event_is_due: boolean;
  google_event_id: string | null;
  meet_link: string | null;
  title: string | null;
  description: string | null;
  location: string | null;
  /** As the row has it. */
  description_details: string | null;
  /** As the row has them: addresses, objects and groups. */
  participants: unknown;
  start_time: string | null;
  end_time: string | null;
  timezone: string | null;
  recurrence: string[] | null;
  /** `meet` or `none`, as the row has it. */
  conference: string;
  error: string | null;
  cancelled_at: string | null;
  already_cancelled: boolean;
};

/** A possible time of a meeting. */
export type Candidate = {
  start_time: string;
  end_time: string;
  score: number;
  reasoning: string;
  score_breakdown: ScoreBreakdown;
  reasons: { code: string; args: Record<string, unknown> }[];
  participant_availability: ParticipantAvailability[];
  groups?: ChosenMembers[];
  recurrence?: SeriesAvailability;
  /** Constraints were relaxed. */
  conceded?: true;
  concessions?: { code: string; args: Record<string, unknown> }[];
  concession?: string;
};

export type ChangeMeetingRequest = {
  meeting_id: string;
  expected_version?: number;
  dry_run?: boolean;
  title?: string | null;
  description?: string | null;
  location?: string | null;
  description_details?: "summary" | "none" | "full";
  /** A BCP 47 locale in English or German, e.g. en, en-GB or de */
  locale?: string;
  participants?: (string | Participant | ParticipantGroup)[];
  participant_emails?: string[];
  start_time?: string;
  end_time?: string;
  starts_at?: string;
  ends_at?: string;
  timezone?: string;
  timeZone?: string;
  conference?: "meet" | "none";
  recurrence?: Recurrence | null;
  constraints?: Constraints;
  weights?: Weights | null;
  allow_concessions?: boolean;
  google_calendar_id?: string;
  reminders?: Reminders | null;
  auto_reschedule?: AutoReschedule | null;
  on_conflict?: "warn" | "reschedule" | "ignore";
  guests_can_modify?: boolean;
  guests_can_invite_others?: boolean;
  guests_can_see_other_guests?: boolean;
};

export type ChangePreview = {
  success: true;
  preview: true;
  update_scope: UpdateScope;
  event_id: string;
  /** Fields that Google would receive. */
  changes: string[];
  sendUpdates: SendUpdates;
  guests: string[];
  following: { start_time: string | null; end_time: string | null; recurrence: string[] } | null;
  not_carried: NotCarried[];
  recurrence: string[] | null;
  carried_exceptions: { was: string; original_start: string }[];
  cancelled_occurrences: string[];
};

export type ChangeTaskEventRequest = {
  event_id?: string;
  calendar_id?: string;
  start_time?: string;
  end_time?: string;
  summary?: string;
  /** & counts as 5 characters, < and > as 4, an emoji as 2. */
  description?: string;
  location?: string;
  attendees?: {
    email: string;
    displayName?: string;
    optional?: boolean;
    resource?: boolean;
    responseStatus?: "needsAction" | "declined" | "tentative" | "accepted";
  }[];
  timeZone?: string;
  recurrence?: string | string[] | null;
  update_scope?: "single" | "all" | "future";
  instance_date?: string;
  sendUpdates?: "all" | "externalOnly" | "none";
  id?: string;
  user_id?: string;
  preview?: boolean;
  confirm?: boolean;
  timezone?: string;
  on_conflict?: "warn" | "ignore";
};

export type ChangedMeeting = {
  success: true;
  message: string;
  meeting_id: string;
  version: number;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why it waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or never. */
  until: string | null;
  /** Whether the event is still to be written. */
  event_is_due: boolean;
  google_event_id: string | null;
  meet_link: string | null;
  title: string | null;
  description: string | null;
  location: string | null;
  /** As the row has it. */
  description_details: string | null;
  /** As the row has them: addresses, objects and groups. */
  participants: unknown;
  start_time: string | null;
  end_time: string | null;
  timezone: string | null;
  recurrence: string[] | null;
  /** `meet` or `none`, as the row has it. */
  conference: string;
  error: string | null;
  cancelled_at: string | null;
  /** Null: the calendars could not be read (`conflict_check`). */
  conflicts?: Conflict[] | null;
  alternatives?: OtherTime[];
  /** Addresses of people whose calendars could not be read. */
  unchecked?: string[];
  conflict_check?: { error: FailureCode; message: string };
};

export type ChangedTaskEvent = {
  success: true;
  update_scope: UpdateScope;
  sendUpdates: SendUpdates;
  event_id: string;
  event_link: string | null;
  summary: string | null;
  start_time: string | null;
  end_time: string | null;
  recurrence?: string[];
  organizer_email: string | null;
  organizer_display_name: string | null;
  /** Null: Google names no organizer. */
  organizer_self: boolean | null;
  attendees: Attendee[];
  /** The new series of `future`. */
  following: TaskEvent | null;
  carried_exceptions: TaskEvent[];
  cancelled_occurrences: string[];
  lost_exceptions: { was: string; reason: string }[];
  not_carried: NotCarried[];
  /** Null: the calendars could not be read (`conflict_check`). */
  conflicts?: Conflict[] | null;
  alternatives?: { start_time: string; end_time: string }[];
  /** Addresses of people whose calendars could not be read. */
  unchecked?: string[];
  conflict_check?: { error: FailureCode; message: string };
};

export type CheckedConflicts = {
  success: true;
  results: {
    meeting_id: string;
    /** How many people; null: not checked. */
    conflicts: number | null;
  }[];
  total_processed: number;
};

/** Who takes part of a group. */
export type ChosenMembers = {
  /** Which of the groups, from 0. */
  index: number;
  name?: string;
  count: number;
  /** Addresses. */
  chosen: string[];
  why: "chosen_before" | "only_free" | "fewest_turns" | "first_free";
  free: number;
  members: number;
};

export type CompleteRequest = { code: string };

export type ComputedHolidays = { success: true; computed: number; failed: number };

/** Who has something else at a time, as far as the organizer may know. */
export type Conflict = {
  email: string;
  type: "required" | "optional" | "resource";
  /** False: it may be the meeting's own event. */
  is_certain: boolean;
  busy: { start_time: string; end_time: string }[];
};

/** When a meeting may take place (docs/schedule.md). */
export type Constraints = {
  duration_minutes?: number;
  earliest_date?: string;
  latest_date?: string;
  working_hours_start?: number;
  working_hours_end?: number;
  allowed_days?: (string)[];
  buffer_minutes?: number;
  timezone?: string;
  max_candidates?: number;
  holiday_dates?: string[];
  event_category?: string;
  interval_minutes?:
    | 5
    | 6
    | 8
    | 9
    | 10
    | 12
    | 15
    | 16
    | 18
    | 20
    | 24
    | 30
    | 32
    | 36
    | 40
    | 45
    | 48
    | 60
    | 72
    | 80
    | 90
    | 96
    | 120
    | 144
    | 160
    | 180
    | 240;
  minimum_notice_minutes?: number;
  tentative_as_busy?: boolean;
  minimum_attendee_percentage?: number;
  on_unknown?: "refuse" | "ignore_optional" | "ignore";
  priority?: "balanced" | "soonest" | "comfort" | "focus";
  lunch?: { start: string; end: string } | null;
  recurrence_horizon?: number;
};

export type DecidedMove = { success: true; meeting_id: string; message: string; move: Move };

export type DeleteTaskEventRequest = {
  event_id?: string;
  update_scope?: "single" | "all" | "future";
  instance_date?: string;
  sendUpdates?: "all" | "externalOnly" | "none";
  id?: string;
  calendar_id?: string;
  user_id?: string;
};

export type DeletedTaskEvent = { success: true; event_id: string; already_deleted: true } | {
  success: true;
  event_id: string;
  already_deleted: false;
  update_scope: UpdateScope;
  sendUpdates: SendUpdates;
  /** What is left of a series. */
  recurrence?: string[];
  deleted_exceptions?: string[];
};

export type DisconnectedGoogle = {
  /** Whether it can be used now. */
  connected: boolean;
  status: "healthy" | "needs_reauth" | "disconnected";
  email: string | null;
  granted_scopes: string[];
  missing_scopes: string[];
  /** A code; null while healthy. */
  reason: string | null;
  what_to_do: string | null;
  paused_until: string | null;
  writes_paused_until: string | null;
  /** Whether Google confirmed that the permission ended. */
  revoked: boolean;
};

/** What scheduling would return. Nothing was stored. */
export type DryRun = {
  meeting_id: string;
  success: true;
  message: string;
  /** The best first. */
  candidates: Candidate[];
  total_candidates_evaluated: number;
  processing_time_ms: number;
  /** 0 if a slot fits everyone. */
  negotiation_rounds: number;
  analytics?: SearchAnalytics;
  /** Addresses whose calendar was not read. */
  unknown?: string[];
  warnings?: { code: "tentative_unknown"; message: string; participants: string[] }[];
  selected_slot: SelectedSlot;
  dry_run: true;
  /** The request that Google would receive. */
  google_request: {
    method: string;
    path: string;
    query: Record<string, unknown>;
    body: Record<string, unknown>;
  };
  mail_recipients: string[];
};

/** An error response. */
export type Error = {
  error: ErrorCode;
  /** What is wrong, where, and what to do. */
  message: string;
  /** The HTTP status of the response. */
  status: number;
  details?: ErrorDetails;
};

/** docs/errors.md says what happened and what to do. */
export type ErrorCode =
  | "unauthenticated"
  | "forbidden"
  | "not_organizer"
  | "not_found"
  | "meeting_not_found"
  | "task_not_found"
  | "event_not_found"
  | "instance_not_found"
  | "method_not_allowed"
  | "no_slot"
  | "slot_taken"
  | "no_proposal"
  | "meeting_id_taken"
  | "task_id_taken"
  | "already_scheduled"
  | "in_progress"
  | "needs_reauth"
  | "version_conflict"
  | "organizer_unknown"
  | "recurring_with_guests"
  | "meeting_event"
  | "task_event"
  | "event_type_limited"
  | "confirmation_required"
  | "cancelled"
  | "too_large"
  | "invalid_request"
  | "no_common_slot"
  | "calendar_unreadable"
  | "slot_expired"
  | "google_rejected"
  | "rate_limited"
  | "limit_reached"
  | "internal"
  | "google_unavailable"
  | "processing_paused"
  | "busy";

/** What is wrong and where; further fields depend on the code (docs/errors.md). */
export type ErrorDetails = {
  /** The field that is wrong, e.g. participants[3].email. */
  path?: string;
  /** A narrower code, or Google's own reason. */
  reason?: string;
  meeting_id?: string;
  /** The name of a setting or limit. */
  limit?: string;
  allowed?: number;
  most?: number;
  max_bytes?: number;
  /** The current version. */
  version?: number;
  organizer_email?: string | null;
  missing_scopes?: string[];
  /** Fields that Google does not let change. */
  fields?: string[];
  [field: string]: unknown;
};

/** What a dry run would requeue. */
export type FailedWork = {
  success: true;
  failed: { kind: string; reason: string | null; rows: number }[];
};

/** A code of an error response, or a narrower one. */
export type FailureCode =
  | "unauthenticated"
  | "forbidden"
  | "not_organizer"
  | "not_found"
  | "meeting_not_found"
  | "task_not_found"
  | "event_not_found"
  | "instance_not_found"
  | "method_not_allowed"
  | "no_slot"
  | "slot_taken"
  | "no_proposal"
  | "meeting_id_taken"
  | "task_id_taken"
  | "already_scheduled"
  | "in_progress"
  | "needs_reauth"
  | "version_conflict"
  | "organizer_unknown"
  | "recurring_with_guests"
  | "meeting_event"
  | "task_event"
  | "event_type_limited"
  | "confirmation_required"
  | "cancelled"
  | "too_large"
  | "invalid_request"
  | "no_common_slot"
  | "calendar_unreadable"
  | "slot_expired"
  | "google_rejected"
  | "rate_limited"
  | "limit_reached"
  | "internal"
  | "google_unavailable"
  | "processing_paused"
  | "busy"
  | "not_connected"
  | "invalid_grant"
  | "invalid_credentials"
  | "insufficient_permissions"
  | "wrong_account"
  | "account_changed"
  | "foreign_event"
  | "event_missing"
  | "event_unreachable"
  | "guests_hidden"
  | "organizer_deleted"
  | "out_of_time"
  | "token_unreadable"
  | "internal_error"
  | "search_abandoned"
  | "no_refresh_token";

export type FetchedMeetLinks = { success: true; looked_at: number; found: number };

/** One difference between a row and Google Calendar. */
export type Finding = {
  finding:
    | "missing"
    | "moved"
    | "cancelled"
    | "duplicated"
    | "orphaned"
    | "given_up"
    | "search_failed"
    | "outdated"
    | "unreadable";
  meeting_id: string | null;
  task_event_id?: string;
  title: string | null;
  google_calendar_id: string;
  event_ids: string[];
  message: string;
  repair: string | null;
  what_to_do: string | null;
  repaired?: boolean;
};

export type FinishedTaskEvents = {
  success: boolean;
  results: { id: string; success: boolean; error?: string; message?: string }[];
  total_processed: number;
  succeeded: number;
  failed: number;
};

export type GoogleAuthorization = {
  /** Send the browser there. */
  authorization_url: string;
};

export type GoogleConnection = {
  /** Whether it can be used now. */
  connected: boolean;
  status: "healthy" | "needs_reauth" | "disconnected";
  email: string | null;
  granted_scopes: string[];
  missing_scopes: string[];
  /** A code; null while healthy. */
  reason: string | null;
  what_to_do: string | null;
  paused_until: string | null;
  writes_paused_until: string | null;
  availability_sharing: AvailabilitySharing[];
  /** With `check=true`: whether Google answered. */
  checked?: boolean;
};

export type Health = {
  /** The worst status of all checks. */
  status: "ok" | "degraded" | "failing";
  /** The checks that are not ok. */
  reasons: {
    area:
      | "vault"
      | "wake_ups"
      | "jobs"
      | "queue"
      | "failed"
      | "connections"
      | "paused"
      | "channels"
      | "storage";
    name: string;
    reason: string | null;
    status: "ok" | "degraded" | "failing";
    what_to_do: string | null;
  }[];
  checks: {
    vault?: HealthCheck[];
    wake_ups?: HealthCheck[];
    jobs?: HealthCheck[];
    queue?: HealthCheck[];
    failed?: HealthCheck[];
    connections?: HealthCheck[];
    paused?: HealthCheck[];
    channels?: HealthCheck[];
    storage?: HealthCheck[];
  };
};

/** What count, since and details are depends on the area. */
export type HealthCheck = {
  name: string;
  reason: string | null;
  status: "ok" | "degraded" | "failing";
  what_to_do: string | null;
  count: number | null;
  since: string | null;
  details: Record<string, unknown>;
};

export type InitiateRequest = { return_url?: string };

export type LedgerStep = {
  ledger_id: number;
  meeting_id: string;
  at: string;
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
};

export type MeetingPage = {
  meetings: MeetingSummary[];
  /** How many of the caller's meetings have each status. */
  counts: {
    searching?: number;
    waiting?: number;
    pending?: number;
    retrying?: number;
    created?: number;
    changing?: number;
    cancelling?: number;
    cancelled?: number;
    failed?: number;
  };
  /** Percent of the meetings that ended which ended as an event. */
  success_rate: number | null;
  /** Null: this is the last page. */
  next_cursor: string | null;
};

export type MeetingState = {
  meeting_id: string;
  /** The title that the event has or will have. */
  title: string | null;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why it waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or never. */
  until: string | null;
  writeback_status: "pending" | "created" | "failed" | "retrying" | null;
  scheduling_status: "pending" | "retrying" | "scheduled" | "failed";
  start_time: string | null;
  end_time: string | null;
  timezone: string | null;
  score: number | null;
  google_event_id: string | null;
  google_event_link: string | null;
  meet_link: string | null;
  /** `code: sentence`. */
  error: string | null;
  created_at: string;
  cancelled_at: string | null;
  waits_for: { limit: string; allowed: number; until?: string | null } | null;
  /** For `expected_version`. */
  version: number;
  reasoning: string | null;
  retry_count: number;
  attempted_at: string | null;
  succeeded_at: string | null;
  next_attempt_at: string | null;
  google_calendar_id: string;
  meet_link_error: string | null;
  organizer_email: string | null;
  organizer_self: boolean | null;
  attendees: Attendee[] | null;
  /** Null before there is an event. */
  rsvp: Rsvp | null;
  move: {
    trigger: "required_declined" | "quorum_lost" | "conflict";
    decision: "searching" | "proposed" | "moved" | "kept" | "rejected";
    reason: string | null;
    at: string;
    from: { start_time: string; end_time: string };
    to: { start_time: string; end_time: string } | null;
    /** Of the trigger `conflict`. */
    conflicts: Conflict[];
    alternatives: OtherTime[];
    expires_at: string | null;
    /** Of the times here. */
    timezone: string | null;
    /** How often the meeting has moved automatically. */
    moves: number;
    message: string | null;
  } | null;
  /** What to do about `error`; null: nothing. */
  what_to_do: string | null;
  /** With `candidates=true`: at most ten. */
  candidates?: Candidate[];
  scheduling_details?: Record<string, unknown> | null;
  /** With `attempts=true`: oldest first. */
  attempts?: LedgerStep[];
};

export type MeetingStatus =
  | "searching"
  | "waiting"
  | "pending"
  | "retrying"
  | "created"
  | "changing"
  | "cancelling"
  | "cancelled"
  | "failed";

export type MeetingSummary = {
  meeting_id: string;
  /** The title that the event has or will have. */
  title: string | null;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why it waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or never. */
  until: string | null;
  writeback_status: "pending" | "created" | "failed" | "retrying" | null;
  scheduling_status: "pending" | "retrying" | "scheduled" | "failed";
  start_time: string | null;
  end_time: string | null;
  timezone: string | null;
  score: number | null;
  google_event_id: string | null;
  google_event_link: string | null;
  meet_link: string | null;
  /** `code: sentence`. */
  error: string | null;
  created_at: string;
  cancelled_at: string | null;
};

/** What a database webhook of Supabase posts. */
export type MeetingWebhook = {
  type: "INSERT" | "UPDATE";
  table: "meetings";
  schema: "public";
  record: { meeting_id: string; [field: string]: unknown };
  [field: string]: unknown;
};

/** The last decision to move a meeting automatically, or not to. */
export type Move = {
  trigger: "required_declined" | "quorum_lost" | "conflict";
  decision: "searching" | "proposed" | "moved" | "kept" | "rejected";
  reason: string | null;
  at: string;
  from: { start_time: string; end_time: string };
  to: { start_time: string; end_time: string } | null;
  /** Of the trigger `conflict`. */
  conflicts: Conflict[];
  alternatives: OtherTime[];
  expires_at: string | null;
  /** Of the times here. */
  timezone: string | null;
  /** How often the meeting has moved automatically. */
  moves: number;
};

export type MoveDecision = {
  meeting_id: string;
  decision: "accept" | "reject";
  start_time?: string;
};

/** What the new series could not get. */
export type NotCarried = { field: "conferenceData" | "attachments" | "source"; reason: string };

export type NotWrittenEvent = {
  meeting_id: string;
  success: false;
  error: FailureCode;
  message: string;
};

export type Notified = {
  success: boolean;
  results: {
    notification_id: string;
    event: string;
    kind: string;
    success: boolean;
    error?: string;
    message?: string;
  }[];
  total_processed: number;
  succeeded: number;
  failed: number;
};

export type OneMeeting = { meeting_id: string };

/** A time at which everybody is free. */
export type OtherTime = { start_time: string; end_time: string; score: number; reasoning: string };

/** A person or room. */
export type Participant = {
  email: string;
  name?: string;
  type?: "required" | "optional" | "resource";
  timezone?: string;
  calendar_ids?: string[];
  open_hours?: { days: (string)[]; start: string; end: string; timezone?: string }[];
  buffer?: { before: number; after: number };
  busy?: { start: string; end: string; tentative?: boolean; timezone?: string }[];
  exdates?: string[];
  lunch?: { start: string; end: string } | null;
  preferences?: {
    preferred_days?: (string)[];
    preferred_hours_start?: number;
    preferred_hours_end?: number;
    avoid_back_to_back?: boolean;
    morning_person_score?: number;
    event_categories?: Record<
      string,
      { preferred_days?: (string)[]; preferred_hours_start?: number; preferred_hours_end?: number }
    >;
  };
  calendar_summary?: {
    user_id?: string;
    timezone?: string;
    busy_slots?: { start: string; end: string; tentative?: boolean; timezone?: string }[];
    preference_patterns?: {
      preferred_days?: (string)[];
      preferred_hours_start?: number;
      preferred_hours_end?: number;
      avg_meeting_duration_minutes?: number;
      buffer_minutes?: number;
      avoids_back_to_back?: boolean;
      morning_person_score?: number;
    };
    weekly_meeting_count?: number;
    peak_meeting_hours?: number[];
    data_compressed?: boolean;
    compression_period_days?: number;
  };
  is_required?: boolean;
  user_id?: string;
};

export type ParticipantAvailability = {
  email: string;
  name?: string;
  status: "free" | "busy" | "tentative" | "unknown" | "outside_hours";
  /** The start in the participant's own zone. */
  local_start: string;
  /** Inconvenience of the hour; absent: none. */
  burden?: number;
};

/** People or rooms of whom `count` take part. */
export type ParticipantGroup = {
  any_of: (string | Participant)[];
  count?: number;
  name?: string;
  type?: "required" | "optional" | "resource";
  chosen?: string[];
};

export type Pause = {
  /** Null: every kind of work. */
  kind: string | null;
  /** Null: all users. */
  user_id: string | null;
  reason: string;
  paused_by: string;
  paused_at: string;
  until: string | null;
};

export type PauseRequest = {
  kind?:
    | "search"
    | "write"
    | "meet_link"
    | "task_event"
    | "notification"
    | "sync"
    | "conflict_check"
    | "holidays";
  user_id?: string;
  reason: string;
  until?: string;
  paused_by?: string;
};

/** All pauses that are in force. */
export type PausedWork = { success: true; pauses: Pause[] };

/** Another worker is searching. Repeat the request. */
export type PendingSearch = {
  success: false;
  status: "pending";
  message: string;
  retry_after_seconds: number;
  meeting_id: string;
  selected_slot: null;
  candidates: Candidate[];
  total_candidates_evaluated: number;
  processing_time_ms: number;
};

/** Another worker is processing the event, and nothing was changed. Repeat the request. */
export type PendingTaskEvent = {
  success: false;
  status: "pending";
  message: string;
  retry_after_seconds: number;
};

/** Another worker is writing the event. Repeat the request. */
export type PendingWrite = {
  success: false;
  status: "pending";
  message: string;
  retry_after_seconds: number;
  meeting_id: string;
  results: [{ meeting_id: string; success: false; status: "pending"; message: string }];
};

export type PreviewedCancellation = {
  success: true;
  message: string;
  meeting_id: string;
  version: number;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why it waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or never. */
  until: string | null;
  /** Whether the event is still to be written. */
  event_is_due: boolean;
  google_event_id: string | null;
  meet_link: string | null;
  title: string | null;
  description: string | null;
  location: string | null;
  /** As the row has it. */
  description_details: string | null;
  /** As the row has them: addresses, objects and groups. */
  participants: unknown;
  start_time: string | null;
  end_time: string | null;
  timezone: string | null;
  recurrence: string[] | null;
  /** `meet` or `none`, as the row has it. */
  conference: string;
  error: string | null;
  cancelled_at: string | null;
  already_cancelled: boolean;
  dry_run: true;
  before: {
    title: string | null;
    description: string | null;
    location: string | null;
    /** As the row has them: addresses, objects and groups. */
    participants: unknown;
    timezone: string | null;
    recurrence: string[] | null;
    /** `meet` or `none`, as the row has it. */
    conference: string;
    start_time: string | null;
    end_time: string | null;
    version: number;
  };
  /** Whom Google would notify. */
  mail_recipients: string[];
};

export type PreviewedChange = {
  success: true;
  message: string;
  meeting_id: string;
  version: number;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why it waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or never. */
  until: string | null;
  /** Whether the event is still to be written. */
  event_is_due: boolean;
  google_event_id: string | null;
  meet_link: string | null;
  title: string | null;
  description: string | null;
  location: string | null;
  /** As the row has it. */
  description_details: string | null;
  /** As the row has them: addresses, objects and groups. */
  participants: unknown;
  start_time: string | null;
  end_time: string | null;
  timezone: string | null;
  recurrence: string[] | null;
  /** `meet` or `none`, as the row has it. */
  conference: string;
  error: string | null;
  cancelled_at: string | null;
  /** Null: the calendars could not be read (`conflict_check`). */
  conflicts?: Conflict[] | null;
  alternatives?: OtherTime[];
  /** Addresses of people whose calendars could not be read. */
  unchecked?: string[];
  conflict_check?: { error: FailureCode; message: string };
  dry_run: true;
  before: {
    title: string | null;
    description: string | null;
    location: string | null;
    /** As the row has them: addresses, objects and groups. */
    participants: unknown;
    timezone: string | null;
    recurrence: string[] | null;
    /** `meet` or `none`, as the row has it. */
    conference: string;
    start_time: string | null;
    end_time: string | null;
    version: number;
  };
  /** Whom Google would notify. */
  mail_recipients: string[];
};

/** Lines of RFC 5545: one RRULE, EXDATE, RDATE. */
export type Recurrence = string[];

export type Reminders = { method: "email" | "popup"; minutes: number }[];

export type RequeueRequest = {
  meeting_id?: string;
  filter?: {
    reason?: string;
    user_id?: string;
    since?: string;
    before?: string;
    kind?: "search" | "write";
  };
  after?: string;
};

export type RequeueTaskEventRequest = { id: string };

export type RequeueWorkRequest = {
  kind?: "search" | "write" | "meet_link" | "task_event" | "notification" | "sync";
  id?: string;
  filter?: {
    reason?: string;
    user_id?: string;
    since?: string;
    before?: string;
    kind?: "search" | "write" | "meet_link" | "task_event" | "notification" | "sync";
  };
  after?: string;
  dry_run?: boolean;
};

export type RequeuedMeeting = {
  success: true;
  message: string;
  meeting_id: string;
  version: number;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  /** Code of why it waits, is retried or failed. */
  reason: string | null;
  /** When the work continues; null: at once, or never. */
  until: string | null;
  /** Whether the event is still to be written. */
  event_is_due: boolean;
  google_event_id: string | null;
  meet_link: string | null;
  title: string | null;
  description: string | null;
  location: string | null;
  /** As the row has it. */
  description_details: string | null;
  /** As the row has them: addresses, objects and groups. */
  participants: unknown;
  start_time: string | null;
  end_time: string | null;
  timezone: string | null;
  recurrence: string[] | null;
  /** `meet` or `none`, as the row has it. */
  conference: string;
  error: string | null;
  cancelled_at: string | null;
  /** False: there was nothing to requeue; `message` says why. */
  requeued: boolean;
};

export type RequeuedRow = {
  success: true;
  kind: string;
  id: string;
  decision: string;
  requeued: boolean;
};

export type RequeuedRows = {
  success: true;
  requeued: number;
  /** How many were left, by their state. */
  not_requeued: Record<string, number>;
  /** `after` of a further request; null: none. */
  next_after: string | null;
};

export type RequeuedTaskEvent = {
  success: true;
  id: string;
  message: string;
  /** False: there was nothing to requeue; `message` says why. */
  requeued: boolean;
  sync_status: string | null;
  event_id: string | null;
  event_link: string | null;
  calendar_id: string;
  summary: string | null;
  start_time: string | null;
  end_time: string | null;
  recurrence: string[] | null;
  organizer_email: string | null;
  organizer_display_name: string | null;
  /** Null: Google names no organizer. */
  organizer_self: boolean | null;
  attendees: Attendee[];
};

/** One line; the last one is the summary. */
export type RescheduleLine = {
  type: "progress";
  done: number;
  total: number;
  result: RescheduledTask;
} | {
  type: "summary";
  /** Whether no task failed. */
  success: boolean;
  total: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
};

export type RescheduleRequest = { task_ids: string[]; on_conflict?: "warn" | "ignore" } | {
  tasks: { task_id: string; start_time?: string; duration_minutes?: number }[];
  on_conflict?: "warn" | "ignore";
};

export type Rescheduled = {
  /** Whether no task failed. */
  success: boolean;
  total: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  results: RescheduledTask[];
};

export type RescheduledTask = {
  task_id: string;
  status: "created" | "updated" | "skipped" | "failed";
  code: string;
  message: string;
  event_id?: string;
  event_link?: string | null;
  start_time?: string;
  end_time?: string;
  sendUpdates?: SendUpdates;
  warnings?: {
    code: "user_busy" | "guest_busy" | "guest_unknown" | "no_alternatives";
    message: string;
    emails: string[];
  }[];
  alternatives?: { start_time: string; end_time: string }[];
};

export type ResumeRequest = {
  kind?:
    | "search"
    | "write"
    | "meet_link"
    | "task_event"
    | "notification"
    | "sync"
    | "conflict_check"
    | "holidays";
  user_id?: string;
};

export type ResumedWork = { success: true; resumed: number; pauses: Pause[] };

export type RevokedSharing = { id: string; revoked: true };

/** The replies of the guests. */
export type Rsvp = {
  status: "awaiting" | "confirmed" | "declined_by_required" | "quorum_lost";
  accepted: number;
  declined: number;
  tentative: number;
  needs_action: number;
  awaiting: string[];
  declined_by: string[];
};

export type ScheduleRequest = {
  meeting_id?: string;
  participant_emails?: string[];
  organizer_user_id?: string;
  participants?: (string | Participant | ParticipantGroup)[];
  constraints?: Constraints;
  recurrence?: Recurrence;
  weights?: Weights;
  allow_concessions?: boolean;
  auto_reschedule?: AutoReschedule | null;
  on_conflict?: "warn" | "reschedule" | "ignore";
  title?: string;
  /** & counts as 5 characters, < and > as 4, an emoji as 2. */
  description?: string;
  location?: string;
  description_details?: "summary" | "none" | "full";
  /** A BCP 47 locale in English or German, e.g. en, en-GB or de */
  locale?: string;
  conference?: "meet" | "none";
  reminders?: Reminders;
  guests_can_modify?: boolean;
  guests_can_invite_others?: boolean;
  guests_can_see_other_guests?: boolean;
  google_calendar_id?: string;
  reschedule?: boolean;
  dry_run?: boolean;
};

export type ScheduleTaskRequest = {
  start_time?: string;
  duration_minutes?: number;
  calendar_id?: string;
  /** & counts as 5 characters, < and > as 4, an emoji as 2. */
  description?: string;
  color_id?: string;
  timeZone?: string;
  recurrence_pattern?:
    | "daily"
    | "weekdays"
    | "weekly"
    | "biweekly"
    | "monthly"
    | "quarterly"
    | "yearly";
  recurrence_ends?: string;
  assignees?:
    (string | { email: string; name?: string; optional?: boolean } | { user_id: string })[];
  task_id: string;
  constraints?: Constraints;
  on_conflict?: "warn" | "ignore";
};

/** A meeting with its slot. */
export type Scheduled = {
  meeting_id: string;
  success: true;
  message: string;
  /** The best first. */
  candidates: Candidate[];
  total_candidates_evaluated: number;
  processing_time_ms: number;
  /** 0 if a slot fits everyone. */
  negotiation_rounds: number;
  analytics?: SearchAnalytics;
  /** Addresses whose calendar was not read. */
  unknown?: string[];
  warnings?: { code: "tentative_unknown"; message: string; participants: string[] }[];
  selected_slot: SelectedSlot;
};

export type ScheduledBatch = {
  success: true;
  results:
    ({ meeting_id: string; success: true; start_time: string; score: number } | {
      meeting_id: string;
      success: true;
      proposed_start_time: string;
    } | {
      meeting_id: string;
      success: true;
      /** Code of why the meeting keeps its time. */
      kept: string;
    } | { meeting_id: string; success: false; error: ErrorCode; message: string })[];
  total_processed: number;
};

/** The row of `task_calendar_events`. */
export type ScheduledTask = {
  success: true;
  task_id: string;
  event_id: string;
  event_link: string | null;
  calendar_id: string;
  summary: string | null;
  start_time: string | null;
  end_time: string | null;
  recurrence: string[] | null;
  organizer_email: string | null;
  organizer_display_name: string | null;
  /** Null: Google names no organizer. */
  organizer_self: boolean | null;
  attendees: Attendee[];
  already_exists: boolean;
  /** Only where a time was searched. */
  selected_slot?: Candidate;
  candidates?: Candidate[];
  /** Null: the calendars could not be read (`conflict_check`). */
  conflicts?: Conflict[] | null;
  alternatives?: { start_time: string; end_time: string }[];
  /** Addresses of people whose calendars could not be read. */
  unchecked?: string[];
  conflict_check?: { error: FailureCode; message: string };
};

/** Points that add up to the score. */
export type ScoreBreakdown = {
  availability: number;
  preference: number;
  conflict_proximity: number;
  fragmentation: number;
  optimization: number;
};

export type SearchAnalytics = {
  participants: number;
  unknown: number;
  /** How much of the open hours is busy. */
  density: number;
  /** How many starts within everyone's hours clash. */
  conflict_rate: number;
  /** At most three addresses. */
  most_constrained_participants: string[];
};

/** A search without a slot: `details` are repeated beside it. */
export type SearchError = {
  error: ErrorCode;
  /** What is wrong, where, and what to do. */
  message: string;
  /** The HTTP status of the response. */
  status: number;
  details?: ErrorDetails;
  meeting_id: string;
  success: false;
  selected_slot: null;
  candidates: Candidate[];
  total_candidates_evaluated: number;
  processing_time_ms: number;
  path?: string;
  reason?: string;
  empty_reason?:
    | "attendeesUnavailable"
    | "organizerUnavailable"
    | "attendeesUnavailableOrUnknown"
    | "locationsUnavailable"
    | "unknown";
  /** Who rules out starts, most starts first. */
  blocking?: {
    email?: string;
    any_of?: string[];
    name?: string;
    reason: "busy" | "outside_hours" | "unknown";
    blocked_percentage: number;
  }[];
  suggestion?: string;
  unknown?: string[];
  analytics?: SearchAnalytics;
  negotiation_rounds?: number;
  conceded_candidates?: Candidate[];
  warnings?: { code: "tentative_unknown"; message: string; participants: string[] }[];
  dry_run?: true;
  current_slot?: {
    start_time: string;
    end_time: string;
    timezone: string | null;
    score: number | null;
  } | null;
};

/** The best candidate. A time that the caller had given has neither score nor reasons. */
export type SelectedSlot = {
  start_time: string;
  end_time: string;
  timezone: string | null;
  score: number | null;
  reasoning: string | null;
  score_breakdown?: ScoreBreakdown;
  reasons?: { code: string; args: Record<string, unknown> }[];
  participant_availability?: ParticipantAvailability[];
  groups?: ChosenMembers[];
  recurrence?: SeriesAvailability;
  /** Constraints were relaxed. */
  conceded?: true;
  concessions?: { code: string; args: Record<string, unknown> }[];
  concession?: string;
};

export type SendUpdates = "all" | "externalOnly" | "none";

export type SeriesAvailability = {
  start_times: string[];
  /** How many were checked. */
  occurrences: number;
  /** How many of them fit all required participants. */
  free: number;
  share_free: number;
  clashes: {
    start_time: string;
    /** The first five who cannot come. */
    names: string[];
    /** How many more cannot come; absent for none. */
    others?: number;
  }[];
};

export type SharingRequest = {
  grantee_kind: "person";
  grantee: string;
  level?: "busy" | "habits";
  expires_at?: string | null;
} | {
  grantee_kind: "domain";
  grantee: string;
  level?: "busy" | "habits";
  expires_at?: string | null;
} | {
  grantee_kind: "everybody";
  grantee?: null;
  level?: "busy" | "habits";
  expires_at?: string | null;
};

export type SyncOrganizerRequest = { event_ids: string[] } | { task_ids: string[] } | {
  meeting_id: string;
} | { backfill: true; limit?: number };

export type SyncedCalendars = {
  success: boolean;
  results: {
    sync_id: string;
    status: "synced" | "lost" | "unreadable" | "failed";
    changed: number;
    error?: string;
  }[];
  total_processed: number;
  synced: number;
  changed: number;
};

export type SyncedOrganizers = {
  success: boolean;
  scanned: number;
  updated: number;
  unchanged: number;
  missing: number;
  failed: number;
  results: {
    event_id: string;
    status: "updated" | "unchanged" | "missing" | "failed";
    error?: string;
    message?: string;
  }[];
};

export type TaskAudit = {
  success: true;
  findings: Finding[];
  /** `after` of the next page; null: the last one. */
  next_after: string | null;
  counts: {
    missing: number;
    moved: number;
    cancelled: number;
    duplicated: number;
    orphaned: number;
    given_up: number;
    search_failed: number;
    outdated: number;
    unreadable: number;
  };
  task_events_checked: number;
};

/** An event as Google has it. */
export type TaskEvent = {
  event_id: string;
  event_link: string | null;
  summary: string | null;
  start_time: string | null;
  end_time: string | null;
  recurrence?: string[];
  organizer_email: string | null;
  organizer_display_name: string | null;
  /** Null: Google names no organizer. */
  organizer_self: boolean | null;
  attendees: Attendee[];
};

export type UpdateScope = "single" | "all" | "future";

/** The most points that each factor of a score gives, 100 together. */
export type Weights = {
  availability?: number;
  preference?: number;
  conflict_proximity?: number;
  fragmentation?: number;
  optimization?: number;
};

export type WriteError = {
  error: ErrorCode;
  /** What is wrong, where, and what to do. */
  message: string;
  /** The HTTP status of the response. */
  status: number;
  details?: ErrorDetails;
  success: false;
  results: [NotWrittenEvent];
};

export type WriteStatus = {
  meeting_id: string;
  status: MeetingStatus;
  /** What is left to do, or was done last where it failed. */
  stage: "search" | "write" | null;
  reason: string | null;
  until: string | null;
  google_event_id: string | null;
  google_event_link: string | null;
  error: string | null;
  retry_count: number;
  succeeded_at: string | null;
};

export type WrittenBack = {
  success: true;
  message: string;
  results: [WrittenEvent | CancelledEvent];
};

export type WrittenBatch = {
  success: boolean;
  message: string;
  results: (WrittenEvent | CancelledEvent | NotWrittenEvent)[];
  total_processed: number;
  succeeded: number;
  failed: number;
  /** How many are still due. */
  remaining: number;
};

export type WrittenEvent = {
  meeting_id: string;
  success: true;
  google_event_id: string;
  google_event_link: string | null;
  /** Whether an earlier attempt or call created the event. */
  already_exists: boolean;
  warnings?: { code: "slot_taken"; message: string }[];
  /** What people had set on Google and this change has replaced. */
  overwritten?: { field: string; was: unknown }[];
};

/** What each operation takes, and the JSON that it returns with status 200, by method and path. */

export interface Operations {
  "POST schedule": {
    query: undefined;
    body: ScheduleRequest | { batch: true; limit?: number; background?: boolean } | MeetingWebhook;
    data: Scheduled | DryRun | ScheduledBatch;
  };
  "POST schedule/alternatives": {
    query: undefined;
    body: AlternativesRequest;
    data: Alternatives;
  };
  "POST schedule/conflicts": {
    query: undefined;
    body: { batch: true; limit?: number; background?: boolean };
    data: CheckedConflicts;
  };
  "POST write-back": {
    query: undefined;
    body:
      | OneMeeting
      | { batch: true; limit?: number; background?: boolean }
      | AuditRequest
      | MeetingWebhook;
    data: WrittenBack | WrittenBatch | Audit | TaskAudit;
  };
  "GET write-back": {
    query: { meeting_id: string };
    body: undefined;
    data: WriteStatus;
  };
  "GET status": {
    query: {
      meeting_id?: string;
      attempts?: "true" | "false";
      candidates?: "true" | "false";
      status?:
        | "searching"
        | "waiting"
        | "pending"
        | "retrying"
        | "created"
        | "changing"
        | "cancelling"
        | "cancelled"
        | "failed";
      reason?: string;
      since?: string;
      limit?: number;
      cursor?: string;
    };
    body: undefined;
    data: MeetingState | MeetingPage;
  };
  "GET status/health": {
    query: undefined;
    body: undefined;
    data: Health;
  };
  "GET status/metrics": {
    query: undefined;
    body: undefined;
    data: undefined;
  };
  "GET status/openapi.json": {
    query: undefined;
    body: undefined;
    data: Record<string, unknown>;
  };
  "PATCH meetings": {
    query: undefined;
    body: ChangeMeetingRequest;
    data: ChangedMeeting | PreviewedChange;
  };
  "DELETE meetings": {
    query: { meeting_id: string; expected_version?: number; dry_run?: "true" | "false" };
    body: undefined;
    data: CancelledMeeting | PreviewedCancellation;
  };
  "POST meetings/requeue": {
    query: undefined;
    body: RequeueRequest;
    data: RequeuedMeeting | RequeuedRows;
  };
  "POST meetings/moves": {
    query: undefined;
    body: MoveDecision;
    data: DecidedMove;
  };
  "POST meetings/meet-links": {
    query: undefined;
    body: { batch: true; limit?: number; background?: boolean };
    data: FetchedMeetLinks;
  };
  "POST task-events": {
    query: undefined;
    body: ScheduleTaskRequest | { batch: true; limit?: number; background?: boolean };
    data: ScheduledTask | FinishedTaskEvents;
  };
  "PATCH task-events": {
    query: undefined;
    body: ChangeTaskEventRequest;
    data: ChangedTaskEvent | ChangePreview;
  };
  "DELETE task-events": {
    query: {
      event_id?: string;
      update_scope?: "single" | "all" | "future";
      instance_date?: string;
      sendUpdates?: "all" | "externalOnly" | "none";
      id?: string;
      calendar_id?: string;
      user_id?: string;
    };
    body: DeleteTaskEventRequest;
    data: DeletedTaskEvent;
  };
  "GET task-events": {
    query: {
      calendarId?: string;
      timeMin?: string;
      timeMax?: string;
      q?: string;
      user_id?: string;
    };
    body: undefined;
    data: CalendarEvents;
  };
  "POST task-events/schedule": {
    query: undefined;
    body: ScheduleTaskRequest;
    data: ScheduledTask;
  };
  "PATCH task-events/update": {
    query: undefined;
    body: ChangeTaskEventRequest;
    data: ChangedTaskEvent | ChangePreview;
  };
  "POST task-events/update": {
    query: undefined;
    body: ChangeTaskEventRequest;
    data: ChangedTaskEvent | ChangePreview;
  };
  "DELETE task-events/delete": {
    query: {
      event_id?: string;
      update_scope?: "single" | "all" | "future";
      instance_date?: string;
      sendUpdates?: "all" | "externalOnly" | "none";
      id?: string;
      calendar_id?: string;
      user_id?: string;
    };
    body: DeleteTaskEventRequest;
    data: DeletedTaskEvent;
  };
  "POST task-events/delete": {
    query: {
      event_id?: string;
      update_scope?: "single" | "all" | "future";
      instance_date?: string;
      sendUpdates?: "all" | "externalOnly" | "none";
      id?: string;
      calendar_id?: string;
      user_id?: string;
    };
    body: DeleteTaskEventRequest;
    data: DeletedTaskEvent;
  };
  "POST task-events/reschedule": {
    query: undefined;
    body: RescheduleRequest;
    data: Rescheduled;
  };
  "POST task-events/requeue": {
    query: undefined;
    body: RequeueTaskEventRequest;
    data: RequeuedTaskEvent;
  };
  "POST task-events/sync-organizer": {
    query: undefined;
    body: SyncOrganizerRequest;
    data: SyncedOrganizers;
  };
  "GET task-events/events": {
    query: {
      calendarId?: string;
      timeMin?: string;
      timeMax?: string;
      q?: string;
      user_id?: string;
    };
    body: undefined;
    data: CalendarEvents;
  };
  "POST sync-organizer": {
    query: undefined;
    body: SyncOrganizerRequest;
    data: SyncedOrganizers;
  };
  "POST google-auth/initiate": {
    query: undefined;
    body: InitiateRequest;
    data: GoogleAuthorization;
  };
  "GET google-auth/callback": {
    query: { state?: string; code?: string; error?: string };
    body: undefined;
    data: undefined;
  };
  "POST google-auth/complete": {
    query: undefined;
    body: CompleteRequest;
    data: GoogleConnection;
  };
  "GET google-auth": {
    query: { check?: "true" | "false" };
    body: undefined;
    data: GoogleConnection;
  };
  "DELETE google-auth": {
    query: undefined;
    body: undefined;
    data: DisconnectedGoogle;
  };
  "GET google-auth/sharing": {
    query: undefined;
    body: undefined;
    data: AvailabilitySharingList;
  };
  "POST google-auth/sharing": {
    query: undefined;
    body: SharingRequest;
    data: AvailabilitySharing;
  };
  "DELETE google-auth/sharing": {
    query: { id: string };
    body: undefined;
    data: RevokedSharing;
  };
  "POST google-webhook": {
    query: undefined;
    body: undefined;
    data: undefined;
  };
  "POST google-webhook/sync": {
    query: undefined;
    body: { batch: true; limit?: number; background?: boolean };
    data: SyncedCalendars;
  };
  "POST notify": {
    query: undefined;
    body: { batch: true; limit?: number; background?: boolean };
    data: Notified;
  };
  "POST holidays": {
    query: undefined;
    body: { batch: true; limit?: number; background?: boolean };
    data: ComputedHolidays;
  };
  "POST operations/requeue": {
    query: undefined;
    body: RequeueWorkRequest;
    data: RequeuedRow | RequeuedRows | FailedWork;
  };
  "POST operations/pause": {
    query: undefined;
    body: PauseRequest;
    data: PausedWork;
  };
  "POST operations/resume": {
    query: undefined;
    body: ResumeRequest;
    data: ResumedWork;
  };
}
