import type { ResponseStatus, TrackedAttendee } from "./attendee.ts";
import type { Candidate, Conflict } from "./meeting_responses.ts";
import type { Constraints, Day, Instant, TimeZone } from "./meeting_requests.ts";

/** Which part of a series: one occurrence (or a single event), the whole, or the rest from one occurrence on. */
export type UpdateScope = "single" | "all" | "future";

/** Whom Google notifies. Default: `all` if the event has guests other than the user and rooms, else `none`. */
export type SendUpdates = "all" | "externalOnly" | "none";

export type RecurrencePattern =
  | "daily"
  | "weekdays"
  | "weekly"
  | "biweekly"
  | "monthly"
  | "quarterly"
  | "yearly";

/** A guest, in Google's words. */
export interface Guest {
  email: string;
  displayName?: string | undefined;
  optional?: boolean | undefined;
  resource?: boolean | undefined;
  responseStatus?: ResponseStatus | undefined;
}

/** Whose event it is. */
export interface OrganizerMetadata {
  organizer_email: string | null;
  organizer_display_name: string | null;
  /** True only if Google says so; null: Google names no organizer. Compare with `=== true`. */
  organizer_self: boolean | null;
}

/** A person who does a task with its user. `user_id`: of a user who shares availability with the task's user. */
export type Assignee =
  | string
  | { email: string; name?: string | undefined; optional?: boolean | undefined }
  | { user_id: string };

/** What `scheduleTask` takes; what is left out comes from the row of `tasks`. */
export interface ScheduleTaskRequest {
  task_id: string;
  /** A day (a whole-day event) or an instant. */
  start_time?: Day | Instant | undefined;
  duration_minutes?: number | undefined;
  /** Default `primary`. */
  calendar_id?: string | undefined;
  description?: string | undefined;
  /** A colour of Google Calendar, e.g. `9`. */
  color_id?: string | undefined;
  timeZone?: TimeZone | undefined;
  recurrence_pattern?: RecurrencePattern | undefined;
  /** The last day, in the event's own zone. */
  recurrence_ends?: Day | Instant | undefined;
  assignees?: Assignee[] | undefined;
  /** When the event may take place, where `start_time` is left out. */
  constraints?: Constraints | undefined;
  /** Default: `warn` where there are guests. */
  on_conflict?: TaskOnConflict | undefined;
}

/** Whether the response says who has something else at a time that the request names. */
export type TaskOnConflict = "warn" | "ignore";

/** Of a request that names a time, unless conflicts are ignored. */
export interface TaskConflictReport {
  /** Null: the calendars could not be read (`conflict_check`). */
  conflicts?: Conflict[] | null;
  /** Times at which everybody whose calendar can be read is free. */
  alternatives?: { start_time: Instant; end_time: Instant }[];
  /** Addresses of people whose calendars could not be read. */
  unchecked?: string[];
  conflict_check?: { error: string; message: string };
}

/** An event as Google has it. Times are instants, or days of a whole-day event. */
export interface TaskEvent extends OrganizerMetadata {
  event_id: string;
  event_link: string | null;
  summary: string | null;
  start_time: Instant | Day | null;
  end_time: Instant | Day | null;
  recurrence?: string[];
  attendees: TrackedAttendee[];
}

/** What `schedule` of task events returns: the row of `task_calendar_events`. */
export interface ScheduledTask extends OrganizerMetadata {
  success: true;
  task_id: string;
  event_id: string;
  event_link: string | null;
  calendar_id: string;
  summary: string | null;
  start_time: Instant | Day | null;
  end_time: Instant | Day | null;
  recurrence: string[] | null;
  attendees: TrackedAttendee[];
  /** Whether an earlier call created the event. */
  already_exists: boolean;
  /** Only where a time was searched. */
  selected_slot?: Candidate;
  candidates?: Candidate[];
}

/** What `requeue` of task events returns. */
export interface RequeuedTaskEvent extends
  Omit<
    ScheduledTask,
    "task_id" | "event_id" | "already_exists" | "selected_slot" | "candidates"
  > {
  /** Of the row of `task_calendar_events`. */
  id: string;
  /** Null: the event does not exist yet. */
  event_id: string | null;
  message: string;
  /** False: there was nothing to requeue; `message` says why. */
  requeued: boolean;
  sync_status: string | null;
}

/** An event by its id on Google (and its calendar), or by the id of its row in `task_calendar_events`. */
export type NamedEvent =
  | { event_id: string; calendar_id?: string | undefined; id?: undefined }
  | { id: string; event_id?: undefined; calendar_id?: undefined };

/** How an event is to change; what is left out stays as it is on Google. */
export type ChangeTaskEventRequest = NamedEvent & {
  start_time?: Day | Instant | undefined;
  end_time?: Day | Instant | undefined;
  timeZone?: TimeZone | undefined;
  summary?: string | undefined;
  description?: string | undefined;
  location?: string | undefined;
  /** Merged with the guests that people have added and removed. */
  attendees?: Guest[] | undefined;
  /** RRULE, RDATE and EXDATE lines; null ends the repeating. */
  recurrence?: string | string[] | null | undefined;
  update_scope?: UpdateScope | undefined;
  /** Original day or instant of the occurrence. */
  instance_date?: Day | Instant | undefined;
  sendUpdates?: SendUpdates | undefined;
  /** Required to split a series that has guests (`future`). */
  confirm?: boolean | undefined;
  /** Default: `warn` where there are guests. */
  on_conflict?: TaskOnConflict | undefined;
  /** Only with a secret key: whose event it is. */
  user_id?: string | undefined;
};

/** A change that was made. */
export interface ChangedTaskEvent extends TaskEvent {
  success: true;
  update_scope: UpdateScope;
  sendUpdates: SendUpdates;
  /** The new series of `future`. */
  following: TaskEvent | null;
  /** Changed occurrences that were moved to it. */
  carried_exceptions: TaskEvent[];
  /** Occurrences that stay deleted, as local times. */
  cancelled_occurrences: string[];
  /** Changed occurrences that have no place in it. */
  lost_exceptions: { was: string; reason: string }[];
  /** What the new series could not get. */
  not_carried: NotCarried[];
}

export interface NotCarried {
  field: "conferenceData" | "attachments" | "source";
  reason: string;
}

/** What a change would do. */
export interface ChangePreview {
  success: true;
  preview: true;
  update_scope: UpdateScope;
  event_id: string;
  /** Names of the fields that Google would receive. */
  changes: string[];
  sendUpdates: SendUpdates;
  /** Addresses. */
  guests: string[];
  following: { start_time: string | null; end_time: string | null; recurrence: string[] } | null;
  not_carried: NotCarried[];
  recurrence: string[] | null;
  carried_exceptions: { was: string; original_start: string }[];
  cancelled_occurrences: string[];
}

/** What is to be deleted; default `single` for an occurrence, `all` for a series. */
export type DeleteTaskEventRequest = NamedEvent & {
  update_scope?: UpdateScope | undefined;
  instance_date?: Day | Instant | undefined;
  sendUpdates?: SendUpdates | undefined;
  /** Only with a secret key: whose event it is. */
  user_id?: string | undefined;
};

export type DeletedTaskEvent =
  | { success: true; event_id: string; already_deleted: true }
  | {
    success: true;
    event_id: string;
    already_deleted: false;
    update_scope: UpdateScope;
    sendUpdates: SendUpdates;
    /** The rule of what is left of a series. */
    recurrence?: string[];
    deleted_exceptions?: string[];
  };

/** What `list` takes, in Google's words. */
export interface ListEventsRequest {
  /** Default `primary`. */
  calendarId?: string | undefined;
  /** Default now. */
  timeMin?: Day | Instant | undefined;
  /** Default a week after `timeMin`. */
  timeMax?: Day | Instant | undefined;
  /** Text to search for. */
  q?: string | undefined;
  /** Only with a secret key: whose calendar it is. */
  user_id?: string | undefined;
}

/** An event of a calendar; occurrences of series are events of their own. */
export interface CalendarEvent extends TaskEvent {
  /** The same as `event_id`. */
  id: string;
  recurring_event_id: string | null;
  location: string | null;
  description: string | null;
}

export interface CalendarEvents {
  event_count: number;
  time_range: { start: Instant; end: Instant };
  events: CalendarEvent[];
  /** There are more than 10,000: ask for a shorter time. */
  truncated?: true;
}

/** Tasks whose events are to move to their tasks' times, or to the given ones; at most 200. */
export type RescheduleRequest =
  & { on_conflict?: TaskOnConflict | undefined }
  & (
    | { task_ids: string[] }
    | {
      tasks: {
        task_id: string;
        start_time?: Instant | undefined;
        duration_minutes?: number | undefined;
      }[];
    }
  );

/** What became of one task's event. */
export interface RescheduledTask {
  task_id: string;
  status: "created" | "updated" | "skipped" | "failed";
  /** Why: `created`, `rescheduled`, `unchanged`, or an error code. */
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
  alternatives?: { start_time: Instant; end_time: Instant }[];
}

export interface Rescheduled {
  /** Whether no task failed. */
  success: boolean;
  total: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  results: RescheduledTask[];
}

/** Whose organizers and replies are to be read again. */
export type SyncOrganizerRequest =
  | { event_ids: string[] }
  | { task_ids: string[] }
  | { meeting_id: string }
  | { backfill: true; limit?: number | undefined };

export interface SyncedOrganizers {
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
}
