import type { ResponseCode } from "@shared/failures/codes.ts";
import { BATCH } from "@shared/schemas/webhook.ts";
import { SYNC_ORGANIZER_REQUEST } from "@shared/task_events/sync_organizer_request.ts";
import { DELETE_EVENT_REQUEST } from "../../../supabase/functions/task-events/delete.ts";
import { EVENTS_QUERY } from "../../../supabase/functions/task-events/events.ts";
import { REQUEUE_EVENT_REQUEST } from "../../../supabase/functions/task-events/requeue.ts";
import { RESCHEDULE_REQUEST } from "../../../supabase/functions/task-events/reschedule.ts";
import { SCHEDULE_TASK_REQUEST } from "../../../supabase/functions/task-events/schedule.ts";
import { CHANGE_EVENT_REQUEST } from "../../../supabase/functions/task-events/update.ts";
import { component } from "../components.ts";
import { json, plainErrors } from "../operation.ts";
import type { Operation } from "../operation.ts";
import { ACCEPTED } from "../responses/operations.ts";
import {
  CALENDAR_EVENTS,
  CHANGE_PREVIEW,
  CHANGED_EVENT,
  DELETED_EVENT,
  FINISHED_EVENTS,
  PENDING_EVENT,
  REQUEUED_EVENT,
  RESCHEDULE_LINE,
  RESCHEDULED,
  SCHEDULED_TASK,
  SYNCED_ORGANIZERS,
} from "../responses/task_events.ts";

type Place = Pick<Operation, "method" | "path" | "id">;

const GOOGLE_CODES: readonly ResponseCode[] = [
  "needs_reauth",
  "calendar_unreadable",
  "google_rejected",
  "google_unavailable",
  "rate_limited",
  "limit_reached",
];

const CHANGE_CODES: readonly ResponseCode[] = [
  ...GOOGLE_CODES,
  "event_not_found",
  "instance_not_found",
  "version_conflict",
  "not_organizer",
  "organizer_unknown",
  "meeting_event",
  "event_type_limited",
  "confirmation_required",
  "processing_paused",
];

const SCHEDULE_BODY = component("ScheduleTaskRequest", SCHEDULE_TASK_REQUEST);

function schedule(place: Place, batch: "with a batch" | "alone"): Operation {
  const is_root = batch === "with a batch";
  return {
    ...place,
    summary: "Puts a task on the calendar, once." +
      (is_root ? " With a secret key also what was interrupted." : ""),
    callers: ["user", "key"],
    body: is_root ? [SCHEDULE_BODY, BATCH] : [SCHEDULE_BODY],
    successes: {
      200: json("The event.", SCHEDULED_TASK, ...(is_root ? [FINISHED_EVENTS] : [])),
      202: json("The event is not written yet.", PENDING_EVENT, ...(is_root ? [ACCEPTED] : [])),
    },
    errors: [
      plainErrors(
        ...GOOGLE_CODES,
        "task_not_found",
        "no_common_slot",
        "version_conflict",
        "event_not_found",
        "processing_paused",
      ),
    ],
  };
}

function update(place: Place): Operation {
  return {
    ...place,
    summary: "Changes an event, a series, or a series from one occurrence on.",
    callers: ["user", "key"],
    body: [component("ChangeTaskEventRequest", CHANGE_EVENT_REQUEST)],
    successes: {
      200: json("The event, or what would change.", CHANGED_EVENT, CHANGE_PREVIEW),
      202: json("The event is not changed yet.", PENDING_EVENT),
    },
    errors: [plainErrors(...CHANGE_CODES)],
  };
}

const DELETE_BODY = component("DeleteTaskEventRequest", DELETE_EVENT_REQUEST);

function remove(place: Place): Operation {
  return {
    ...place,
    summary:
      "Deletes an event, a series, or its rest from one occurrence on. The query, the body, " +
      "or both together name it.",
    callers: ["user", "key"],
    query: DELETE_EVENT_REQUEST,
    body: [DELETE_BODY],
    is_body_optional: true,
    successes: {
      200: json("What was deleted.", DELETED_EVENT),
      202: json("The event is not deleted yet.", PENDING_EVENT),
    },
    errors: [plainErrors(...CHANGE_CODES)],
  };
}

function list(place: Place): Operation {
  return {
    ...place,
    summary: "Returns what is on a calendar.",
    callers: ["user", "key"],
    query: EVENTS_QUERY,
    successes: { 200: json("The events.", CALENDAR_EVENTS) },
    errors: [plainErrors(...GOOGLE_CODES, "event_not_found")],
  };
}

const SYNC_BODY = component("SyncOrganizerRequest", SYNC_ORGANIZER_REQUEST);

function syncOrganizer(place: Place): Operation {
  return {
    ...place,
    summary: "Reads again whose events they are and how guests replied.",
    callers: ["user", "key"],
    body: [SYNC_BODY],
    successes: { 200: json("What became of each event.", SYNCED_ORGANIZERS) },
    errors: [plainErrors("meeting_not_found", ...GOOGLE_CODES)],
  };
}

export const TASK_EVENT_OPERATIONS: readonly Operation[] = [
  schedule({ method: "POST", path: "/task-events", id: "scheduleTask" }, "with a batch"),
  update({ method: "PATCH", path: "/task-events", id: "changeTaskEvent" }),
  remove({ method: "DELETE", path: "/task-events", id: "deleteTaskEvent" }),
  list({ method: "GET", path: "/task-events", id: "listEvents" }),
  schedule({ method: "POST", path: "/task-events/schedule", id: "scheduleTaskByPath" }, "alone"),
  update({ method: "PATCH", path: "/task-events/update", id: "changeTaskEventByPath" }),
  update({ method: "POST", path: "/task-events/update", id: "changeTaskEventByPost" }),
  remove({ method: "DELETE", path: "/task-events/delete", id: "deleteTaskEventByPath" }),
  remove({ method: "POST", path: "/task-events/delete", id: "deleteTaskEventByPost" }),
  {
    method: "POST",
    path: "/task-events/reschedule",
    id: "rescheduleTasks",
    summary: "Brings the events of many tasks to their tasks' times. With " +
      "`Accept: application/x-ndjson` each task's result is a line of its own.",
    callers: ["user", "key"],
    body: [component("RescheduleRequest", RESCHEDULE_REQUEST)],
    successes: {
      200: {
        description: "What became of each task.",
        content: {
          "application/json": [RESCHEDULED],
          "application/x-ndjson": [RESCHEDULE_LINE],
        },
      },
    },
    errors: [],
  },
  {
    method: "POST",
    path: "/task-events/requeue",
    id: "requeueTaskEvent",
    summary: "Gives an event that failed, or whose change was given up, new attempts.",
    callers: ["user", "key"],
    body: [component("RequeueTaskEventRequest", REQUEUE_EVENT_REQUEST)],
    successes: { 200: json("The event.", REQUEUED_EVENT) },
    errors: [plainErrors("not_found", "task_not_found")],
  },
  syncOrganizer({
    method: "POST",
    path: "/task-events/sync-organizer",
    id: "syncOrganizersOfTasks",
  }),
  list({ method: "GET", path: "/task-events/events", id: "listEventsByPath" }),
  syncOrganizer({ method: "POST", path: "/sync-organizer", id: "syncOrganizers" }),
];
