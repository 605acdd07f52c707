import * as z from "zod/mini";
import { RESPONSE_STATUSES } from "@shared/google/event_people.ts";
import { CHANGE_SCOPES } from "@shared/task_events/plan/change_request.ts";
import { component, described } from "../components.ts";
import { conflictReport } from "./conflicts.ts";
import { CANDIDATE } from "./scheduled.ts";
import { COUNT, DAY, INSTANT, TIMES, UUID } from "./values.ts";

export const ATTENDEE = component(
  "Attendee",
  z.strictObject({
    email: z.string(),
    displayName: z.optional(z.string()),
    organizer: z.optional(z.boolean()),
    self: z.optional(z.boolean()),
    optional: z.optional(z.boolean()),
    resource: z.optional(z.boolean()),
    responseStatus: z.enum(RESPONSE_STATUSES),
    comment: z.optional(z.string()),
    additionalGuests: z.optional(COUNT),
  }),
  "A guest with the reply.",
);

const MOMENT = z.union([INSTANT, DAY]);

const ORGANIZER = {
  organizer_email: z.nullable(z.string()),
  organizer_display_name: z.nullable(z.string()),
  organizer_self: described(z.nullable(z.boolean()), "Null: Google names no organizer."),
};

const EVENT_FIELDS = {
  event_id: z.string(),
  event_link: z.nullable(z.string()),
  summary: z.nullable(z.string()),
  start_time: z.nullable(MOMENT),
  end_time: z.nullable(MOMENT),
  recurrence: z.optional(z.array(z.string())),
  ...ORGANIZER,
  attendees: z.array(ATTENDEE),
};

const EVENT = component("TaskEvent", z.strictObject(EVENT_FIELDS), "An event as Google has it.");

const CONFLICTS = conflictReport(z.strictObject(TIMES));

const ROW_FIELDS = {
  event_id: z.string(),
  event_link: z.nullable(z.string()),
  calendar_id: z.string(),
  summary: z.nullable(z.string()),
  start_time: z.nullable(MOMENT),
  end_time: z.nullable(MOMENT),
  recurrence: z.nullable(z.array(z.string())),
  ...ORGANIZER,
  attendees: z.array(ATTENDEE),
};

export const SCHEDULED_TASK = component(
  "ScheduledTask",
  z.strictObject({
    success: z.literal(true),
    task_id: z.string(),
    ...ROW_FIELDS,
    already_exists: z.boolean(),
    selected_slot: described(z.optional(CANDIDATE), "Only where a time was searched."),
    candidates: z.optional(z.array(CANDIDATE)),
    ...CONFLICTS,
  }),
  "The row of `task_calendar_events`.",
);

export const PENDING_EVENT = component(
  "PendingTaskEvent",
  z.strictObject({
    success: z.literal(false),
    status: z.literal("pending"),
    message: z.string(),
    retry_after_seconds: COUNT,
  }),
  "Another worker is processing the event, and nothing was changed. Repeat the request.",
);

export const REQUEUED_EVENT = component(
  "RequeuedTaskEvent",
  z.strictObject({
    success: z.literal(true),
    id: UUID,
    message: z.string(),
    requeued: described(z.boolean(), "False: there was nothing to requeue; `message` says why."),
    sync_status: z.nullable(z.string()),
    ...ROW_FIELDS,
    event_id: z.nullable(z.string()),
  }),
);

const SCOPE = component("UpdateScope", z.enum(CHANGE_SCOPES));
const SEND_UPDATES = component("SendUpdates", z.enum(["all", "externalOnly", "none"]));

const NOT_CARRIED = z.array(component(
  "NotCarried",
  z.strictObject({
    field: z.enum(["conferenceData", "attachments", "source"]),
    reason: z.string(),
  }),
  "What the new series could not get.",
));

export const CHANGED_EVENT = component(
  "ChangedTaskEvent",
  z.strictObject({
    success: z.literal(true),
    update_scope: SCOPE,
    sendUpdates: SEND_UPDATES,
    ...EVENT_FIELDS,
    following: described(z.nullable(EVENT), "The new series of `future`."),
    carried_exceptions: z.array(EVENT),
    cancelled_occurrences: z.array(z.string()),
    lost_exceptions: z.array(z.strictObject({ was: z.string(), reason: z.string() })),
    not_carried: NOT_CARRIED,
    ...CONFLICTS,
  }),
);

export const CHANGE_PREVIEW = component(
  "ChangePreview",
  z.strictObject({
    success: z.literal(true),
    preview: z.literal(true),
    update_scope: SCOPE,
    event_id: z.string(),
    changes: described(z.array(z.string()), "Fields that Google would receive."),
    sendUpdates: SEND_UPDATES,
    guests: z.array(z.string()),
    following: z.nullable(z.strictObject({
      start_time: z.nullable(MOMENT),
      end_time: z.nullable(MOMENT),
      recurrence: z.array(z.string()),
    })),
    not_carried: NOT_CARRIED,
    recurrence: z.nullable(z.array(z.string())),
    carried_exceptions: z.array(z.strictObject({ was: z.string(), original_start: z.string() })),
    cancelled_occurrences: z.array(z.string()),
  }),
);

export const DELETED_EVENT = component(
  "DeletedTaskEvent",
  z.union([
    z.strictObject({
      success: z.literal(true),
      event_id: z.string(),
      already_deleted: z.literal(true),
    }),
    z.strictObject({
      success: z.literal(true),
      event_id: z.string(),
      already_deleted: z.literal(false),
      update_scope: SCOPE,
      sendUpdates: SEND_UPDATES,
      recurrence: described(z.optional(z.array(z.string())), "What is left of a series."),
      deleted_exceptions: z.optional(z.array(z.string())),
    }),
  ]),
);

export const CALENDAR_EVENTS = component(
  "CalendarEvents",
  z.strictObject({
    event_count: COUNT,
    time_range: z.strictObject({ start: INSTANT, end: INSTANT }),
    events: z.array(component(
      "CalendarEvent",
      z.strictObject({
        ...EVENT_FIELDS,
        id: z.string(),
        recurring_event_id: z.nullable(z.string()),
        location: z.nullable(z.string()),
        description: z.nullable(z.string()),
      }),
    )),
    truncated: described(z.optional(z.literal(true)), "There are more than 10,000."),
  }),
);

const RESCHEDULED_TASK = component(
  "RescheduledTask",
  z.strictObject({
    task_id: z.string(),
    status: z.enum(["created", "updated", "skipped", "failed"]),
    code: z.string(),
    message: z.string(),
    event_id: z.optional(z.string()),
    event_link: z.optional(z.nullable(z.string())),
    start_time: z.optional(MOMENT),
    end_time: z.optional(MOMENT),
    sendUpdates: z.optional(SEND_UPDATES),
    warnings: z.optional(z.array(z.strictObject({
      code: z.enum(["user_busy", "guest_busy", "guest_unknown", "no_alternatives"]),
      message: z.string(),
      emails: z.array(z.string()),
    }))),
    alternatives: z.optional(z.array(z.strictObject(TIMES))),
  }),
);

const SUMMARY = {
  success: described(z.boolean(), "Whether no task failed."),
  total: COUNT,
  created: COUNT,
  updated: COUNT,
  skipped: COUNT,
  failed: COUNT,
};

export const RESCHEDULED = component(
  "Rescheduled",
  z.strictObject({ ...SUMMARY, results: z.array(RESCHEDULED_TASK) }),
);

export const RESCHEDULE_LINE = component(
  "RescheduleLine",
  z.union([
    z.strictObject({
      type: z.literal("progress"),
      done: COUNT,
      total: COUNT,
      result: RESCHEDULED_TASK,
    }),
    z.strictObject({ type: z.literal("summary"), ...SUMMARY }),
  ]),
  "One line; the last one is the summary.",
);

export const SYNCED_ORGANIZERS = component(
  "SyncedOrganizers",
  z.strictObject({
    success: z.boolean(),
    scanned: COUNT,
    updated: COUNT,
    unchanged: COUNT,
    missing: COUNT,
    failed: COUNT,
    results: z.array(z.strictObject({
      event_id: z.string(),
      status: z.enum(["updated", "unchanged", "missing", "failed"]),
      error: z.optional(z.string()),
      message: z.optional(z.string()),
    })),
  }),
);

export const FINISHED_EVENTS = component(
  "FinishedTaskEvents",
  z.strictObject({
    success: z.boolean(),
    results: z.array(z.strictObject({
      id: z.string(),
      success: z.boolean(),
      error: z.optional(z.string()),
      message: z.optional(z.string()),
    })),
    total_processed: COUNT,
    succeeded: COUNT,
    failed: COUNT,
  }),
);
