/** An instant: RFC 3339 with an offset, e.g. `2030-01-07T09:00:00+01:00`. */
export type Instant = string;
/** A day: `YYYY-MM-DD`. */
export type Day = string;
/** An IANA time zone, e.g. `Europe/Paris`. */
export type TimeZone = string;
/** In any case; responses have lower case. */
export type Weekday =
  | "monday"
  | "tuesday"
  | "wednesday"
  | "thursday"
  | "friday"
  | "saturday"
  | "sunday";
/** A time of day, `HH:MM`; `24:00` is the end of the day. */
export type TimeOfDay = string;

/** When people eat, on their own clocks; null: no lunch. */
export type Lunch = { start: TimeOfDay; end: TimeOfDay } | null;

/** Time in which a participant is busy, as the caller says. */
export interface BusyInterval {
  start: Instant;
  end: Instant;
  tentative?: boolean | undefined;
  /** Accepted and not used: the instants have offsets. */
  timezone?: TimeZone | undefined;
}

/** What a person prefers. Hours are hours of the day in their own zone, e.g. 8.5 for 08:30. */
export interface PreferredTimes {
  preferred_days?: Weekday[] | undefined;
  preferred_hours_start?: number | undefined;
  preferred_hours_end?: number | undefined;
}

export interface ParticipantPreferences extends PreferredTimes {
  avoid_back_to_back?: boolean | undefined;
  /** From 0 (evenings) to 1 (mornings). */
  morning_person_score?: number | undefined;
  /** Preferred times of meetings with this `event_category`. */
  event_categories?: Record<string, PreferredTimes> | undefined;
}

/** One person or room. */
export interface Participant {
  email: string;
  name?: string | undefined;
  /** Default `required`. */
  type?: "required" | "optional" | "resource" | undefined;
  /** Default: the zone of the person's calendar where it can be read, else the one of the constraints. */
  timezone?: TimeZone | undefined;
  /** Further calendars to read instead of the address. */
  calendar_ids?: string[] | undefined;
  /** They replace `working_hours_*` for this person. */
  open_hours?:
    | {
      days: Weekday[];
      start: TimeOfDay;
      end: TimeOfDay;
      timezone?: TimeZone | undefined;
    }[]
    | undefined;
  /** Minutes kept free around other meetings. */
  buffer?: { before: number; after: number } | undefined;
  /** Availability that you hand in: no calendar is read for this person. */
  busy?: BusyInterval[] | undefined;
  /** Local days on which the person is away. */
  exdates?: Day[] | undefined;
  lunch?: Lunch | undefined;
  preferences?: ParticipantPreferences | undefined;
  /** Another spelling of `type`. */
  is_required?: boolean | undefined;
}

/** People or rooms of whom `count` take part. */
export interface ParticipantGroup {
  any_of: (string | Participant)[];
  /** Default 1. */
  count?: number | undefined;
  name?: string | undefined;
  type?: "required" | "optional" | "resource" | undefined;
  /** Addresses of the members who take part; left out: the search chooses them. */
  chosen?: string[] | undefined;
}

/** An address, a person, or a group. */
export type ParticipantInput = string | Participant | ParticipantGroup;

/** When a meeting may take place. Every field has a default: docs/schedule.md. */
export interface Constraints {
  /** 5 to 1440, default 30. */
  duration_minutes?: number | undefined;
  /** A day in `timezone`, or an instant; default now. */
  earliest_date?: Day | Instant | undefined;
  /** A day (included) or an instant; default two weeks later. */
  latest_date?: Day | Instant | undefined;
  /** Hour of the day in each participant's own zone, default 9. */
  working_hours_start?: number | undefined;
  /** The same, default 17. */
  working_hours_end?: number | undefined;
  /** In each participant's own zone, default Monday to Friday. */
  allowed_days?: Weekday[] | undefined;
  /** 0 to 480, default 0. */
  buffer_minutes?: number | undefined;
  /** Of the request and of the response, default UTC. */
  timezone?: TimeZone | undefined;
  /** 1 to 100, default 10. */
  max_candidates?: number | undefined;
  /** Days without meetings, in each participant's own zone. */
  holiday_dates?: Day[] | undefined;
  event_category?: string | undefined;
  /** Starts are multiples of it on the clock of `timezone`, default 15; it divides a day. */
  interval_minutes?: number | undefined;
  minimum_notice_minutes?: number | undefined;
  /** Default true. */
  tentative_as_busy?: boolean | undefined;
  /** 0 to 100: how many of all participants must be able to come. */
  minimum_attendee_percentage?: number | undefined;
  /** Default `refuse`: no time is chosen while the calendar of a required participant is unknown. */
  on_unknown?: "refuse" | "ignore_optional" | "ignore" | undefined;
  /** Default `balanced`. */
  priority?: "balanced" | "soonest" | "comfort" | "focus" | undefined;
  lunch?: Lunch | undefined;
  /** How many occurrences of a series are checked, default 12. */
  recurrence_horizon?: number | undefined;
}

/** The most points that each factor of a score gives; 100 together. */
export interface Weights {
  availability?: number | undefined;
  preference?: number | undefined;
  conflict_proximity?: number | undefined;
  fragmentation?: number | undefined;
  optimization?: number | undefined;
}

/** Whether a meeting moves when required people decline; false: never. docs/rescheduling.md. */
export type AutoReschedule =
  | false
  | {
    on: "required_declined" | "quorum_lost";
    /** Percentage of required people who have not declined, 1 to 100. */
    quorum?: number | undefined;
    max_moves?: number | undefined;
    freeze_hours?: number | undefined;
    cooldown_minutes?: number | undefined;
    /** Whether the organizer decides about each time: `decideMove`. */
    approve?: boolean | undefined;
    window_days?: number | undefined;
  };

/** What becomes of a meeting when another event takes its organizer's time; default `warn`. */
export type OnConflict = "warn" | "reschedule" | "ignore";

/** A reminder, 0 to 40320 minutes before the start. */
export interface Reminder {
  method: "email" | "popup";
  minutes: number;
}

/** Fields of a meeting that `schedule` and `change` share. */
interface MeetingSettings {
  on_conflict?: OnConflict | undefined;
  /** What the event says of how its time was found, default `summary`. */
  description_details?: "summary" | "none" | "full" | undefined;
  conference?: "meet" | "none" | undefined;
  /** Default false. */
  guests_can_modify?: boolean | undefined;
  /** Default true. */
  guests_can_invite_others?: boolean | undefined;
  /** Default true. */
  guests_can_see_other_guests?: boolean | undefined;
}

/** What `schedule` and `dryRun` take: docs/schedule.md, "The body". */
export interface ScheduleRequest extends MeetingSettings {
  /** Left out: a new meeting, with an id that the database chooses. */
  meeting_id?: string | undefined;
  /** 1 to 200; required for a new meeting, unless `participant_emails` has them. The organizer always takes part. */
  participants?: ParticipantInput[] | undefined;
  /** The same as addresses. */
  participant_emails?: string[] | undefined;
  constraints?: Constraints | undefined;
  /** RFC 5545 lines: one RRULE, EXDATE, RDATE. */
  recurrence?: string[] | undefined;
  weights?: Weights | undefined;
  /** Whether the best slot that relaxes a constraint is taken if none fits everyone; default false. */
  allow_concessions?: boolean | undefined;
  /** Null: the organizer's setting. */
  auto_reschedule?: AutoReschedule | null | undefined;
  /** At most 1,000 characters; default: the names of the people. */
  title?: string | undefined;
  /** At most 8,192 characters, counted after escaping. */
  description?: string | undefined;
  location?: string | undefined;
  /** `en`, `de`, and either with a region. */
  locale?: string | undefined;
  /** At most 5; default: mail a day before, popup half an hour before. */
  reminders?: Reminder[] | undefined;
  /** A calendar of the organizer, default `primary`. */
  google_calendar_id?: string | undefined;
  /** Whether to search again for a meeting that has a slot; default false. */
  reschedule?: boolean | undefined;
  /** Only with a secret key: the organizer. */
  organizer_user_id?: string | undefined;
}

/** What `change` takes; fields that are left out stay, null takes a text away. A new time needs start and end. */
export interface ChangeRequest extends MeetingSettings {
  meeting_id: string;
  /** Refuses with `version_conflict` if the meeting has another version. */
  expected_version?: number | undefined;
  title?: string | null | undefined;
  description?: string | null | undefined;
  location?: string | null | undefined;
  participants?: ParticipantInput[] | undefined;
  participant_emails?: string[] | undefined;
  start_time?: Instant | undefined;
  end_time?: Instant | undefined;
  timezone?: TimeZone | undefined;
  /** Null ends the repeating. */
  recurrence?: string[] | null | undefined;
  /** They concern a later search; one that failed starts again. */
  constraints?: Constraints | undefined;
  /** The same; null: the default. */
  weights?: Weights | null | undefined;
  /** The same. */
  allow_concessions?: boolean | undefined;
  /** Of the texts of the event. */
  locale?: string | undefined;
  /** Only while there is no event. */
  google_calendar_id?: string | undefined;
  /** Null: the default. */
  reminders?: Reminder[] | null | undefined;
  /** Null: the organizer's setting. */
  auto_reschedule?: AutoReschedule | null | undefined;
}

/** Which meetings `list` returns: those of the caller, newest first; a secret key reads all. */
export interface ListRequest {
  status?: MeetingStatus | undefined;
  /** Code of why the meeting waits, is retried or failed. */
  reason?: string | undefined;
  /** Created then or later. */
  since?: Instant | undefined;
  /** 1 to 1000, default 50. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

/** One word for the state of a meeting: search, write and cancellation together. */
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

/** A row of `meetings` as a user may insert it; the queue does the rest. */
export interface MeetingRow extends MeetingSettings {
  meeting_id?: string;
  participants: ParticipantInput[];
  constraints?: Constraints;
  title?: string;
  description?: string;
  location?: string;
  locale?: string;
  recurrence?: string[];
  weights?: Weights;
  allow_concessions?: boolean;
  auto_reschedule?: AutoReschedule | null;
  reminders?: Reminder[];
  target_calendar_id?: string;
  /** A time that you have chosen: no search. Needs `ends_at` and `timezone`. */
  starts_at?: Instant;
  ends_at?: Instant;
  timezone?: TimeZone;
}
