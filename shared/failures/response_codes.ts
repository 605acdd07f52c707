import { type CodeEntry, RETRIED } from "./entry.ts";

/** The codes of error responses, part of the public contract: codes are added, never renamed. */
export const RESPONSE_CODES = {
  unauthenticated: {
    status: 401,
    verdict: "reject",
    message: "Sign in (Authorization: Bearer <access token>) or send a secret key (apikey: <key>).",
  },
  forbidden: {
    status: 403,
    verdict: "reject",
    message: "This request needs a secret key.",
    what_to_do: "Call with a secret key, or act for the signed-in user.",
  },
  not_organizer: {
    status: 409,
    verdict: "reject",
    message: "Only the organizer can change this event.",
    what_to_do: "Ask the organizer to change the event, or to move it back.",
  },
  not_found: {
    status: 404,
    verdict: "reject",
    message: "The function has no such path.",
    what_to_do: "Check the path.",
  },
  meeting_not_found: {
    status: 404,
    verdict: "reject",
    message: "There is no such meeting.",
    what_to_do: "Check the meeting_id. The response for another user's meeting is the same.",
  },
  task_not_found: {
    status: 404,
    verdict: "reject",
    message: "There is no such task.",
    what_to_do: "Check the task_id. The response for another user's task is the same.",
  },
  event_not_found: {
    status: 404,
    verdict: "reject",
    message: "There is no such event on this calendar.",
    what_to_do: "Check event_id and calendar_id. Schedule the task again if its event was deleted.",
  },
  instance_not_found: {
    status: 404,
    verdict: "reject",
    message: "The series has no occurrence on this day.",
    what_to_do: "Send a day on which the series has an occurrence (GET task-events/events).",
  },
  method_not_allowed: {
    status: 405,
    verdict: "reject",
    message: "The path does not support this method.",
    what_to_do: "Use a method that the message lists.",
  },
  no_slot: {
    status: 409,
    verdict: "reject",
    message: "The meeting has no slot yet. Schedule it first.",
    what_to_do: "Schedule the meeting.",
  },
  slot_taken: {
    status: 409,
    verdict: "reject",
    message:
      'Another meeting has this time. Change the time, or schedule the meeting again with "reschedule": true.',
    what_to_do: 'Change the time, or schedule the meeting again with "reschedule": true.',
  },
  no_proposal: {
    status: 409,
    verdict: "reject",
    message:
      "No proposed time waits for an answer: it has expired, was answered already, or the meeting has changed.",
    what_to_do: "Read the meeting with status; a new time can be set with PATCH meetings.",
  },
  meeting_id_taken: {
    status: 409,
    verdict: "reject",
    message: "Another user has a meeting with this meeting_id.",
    what_to_do: "Choose another meeting_id, or leave it out: the database then chooses one.",
  },
  task_id_taken: {
    status: 409,
    verdict: "reject",
    message: "Another user has a task with this id.",
    what_to_do: "Choose another id, or leave it out: the database then chooses one.",
  },
  already_scheduled: {
    status: 409,
    verdict: "reject",
    message:
      'The meeting has a slot that was found for other participants or constraints. Send "reschedule": true to search again.',
    what_to_do: 'Send "reschedule": true to search again.',
  },
  in_progress: {
    status: 409,
    verdict: "defer",
    message: "Another worker is processing this. Try again shortly.",
    what_to_do: "Repeat the request after Retry-After seconds.",
  },
  needs_reauth: {
    status: 409,
    verdict: "reconnect",
    message: "The organizer's Google connection cannot be used.",
    what_to_do:
      "Let the organizer connect Google again (google-auth); the meeting then continues automatically.",
  },
  version_conflict: {
    status: 409,
    verdict: "defer",
    message: "It has changed since it was read. Read it again, then repeat the change.",
    what_to_do: "Read it again, then repeat the change.",
  },
  organizer_unknown: {
    status: 409,
    verdict: "reject",
    message: "Google returns no organizer for this event, so it was left unchanged.",
    what_to_do: "Change the event on Google Calendar.",
  },
  recurring_with_guests: {
    status: 409,
    verdict: "reject",
    message:
      "A series with other guests is not moved automatically, because all guests would be notified. Change it with update_scope.",
    what_to_do: "Change the series with PATCH task-events/update and an update_scope.",
  },
  meeting_event: {
    status: 409,
    verdict: "reject",
    message:
      "The event belongs to a meeting. Change or cancel the meeting with the function meetings.",
    what_to_do:
      "Send details.meeting_id to PATCH meetings or DELETE meetings, which write the event.",
  },
  task_event: {
    status: 409,
    verdict: "reject",
    message: "The event belongs to a task. Change or delete it with the function task-events.",
    what_to_do: "Send details.id to PATCH task-events or DELETE task-events.",
  },
  event_type_limited: {
    status: 409,
    verdict: "reject",
    message: "Google does not allow this change of an event of this type.",
    what_to_do: "Change the event on Google Calendar, or leave out the fields in details.fields.",
  },
  confirmation_required: {
    status: 409,
    verdict: "reject",
    message:
      'This splits a series that has guests, and they are notified. Send it again with "confirm": true.',
    what_to_do: 'Repeat the request with "confirm": true.',
  },
  cancelled: {
    status: 410,
    verdict: "reject",
    message: "The meeting was cancelled.",
    what_to_do: "Schedule a new meeting.",
  },
  too_large: {
    status: 413,
    verdict: "reject",
    message: "The request body or the row is too large.",
    what_to_do:
      "Send less: details.max_bytes or details.limit with details.most is the limit (docs/limits.md).",
  },
  invalid_request: {
    status: 422,
    verdict: "reject",
    message: "A field of the request is not valid.",
    what_to_do: "Correct the field that the message names, then schedule the meeting again.",
  },
  no_common_slot: {
    status: 422,
    verdict: "reject",
    message: "No slot fits all required participants.",
    what_to_do:
      "Widen the time window or the hours, make a participant optional, or shorten the meeting.",
  },
  calendar_unreadable: {
    status: 422,
    verdict: "reject",
    message: "The calendar of a required participant cannot be read.",
    what_to_do: "Ask the named participants to share their free/busy times, or make them optional.",
  },
  slot_expired: {
    status: 422,
    verdict: "reject",
    message: "The slot passed before the event was written. Schedule the meeting again.",
    what_to_do: 'Schedule the meeting again with "reschedule": true.',
  },
  google_rejected: {
    status: 422,
    verdict: "reject",
    message: "Google rejected the request.",
    what_to_do: "Correct what Google's message names, then requeue the meeting.",
  },
  rate_limited: {
    status: 429,
    verdict: "defer",
    message: "Google's rate limit was reached. It is retried later.",
    what_to_do: RETRIED,
    what_to_do_at_last: "Requeue the meeting later.",
  },
  limit_reached: {
    status: 429,
    verdict: "defer",
    message: "A limit of this user is reached.",
    what_to_do:
      "Wait: stored meetings continue automatically. Repeat a refused request after Retry-After seconds; details.limit names the setting that an operator can raise.",
  },
  internal: {
    status: 500,
    verdict: "reject",
    message: "An internal error occurred. It was logged.",
    what_to_do: "Repeat the request; if it fails again, read the log of the functions.",
  },
  google_unavailable: {
    status: 502,
    verdict: "retry",
    message: "Google is unavailable.",
    what_to_do: RETRIED,
    what_to_do_at_last: "Requeue the meeting once Google is available again.",
  },
  processing_paused: {
    status: 503,
    verdict: "defer",
    message: "An operator has paused this work. It continues when it is resumed.",
    what_to_do:
      "Nothing: it continues when an operator resumes it. Operators: select * from convene_health() names the pause.",
  },
  busy: {
    status: 503,
    verdict: "defer",
    message: "The database is busy. Try again shortly.",
    what_to_do: RETRIED,
  },
} as const satisfies Record<string, CodeEntry & { status: number }>;
