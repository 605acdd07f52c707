import type { CodeEntry } from "./entry.ts";

/** The codes of error responses. They are part of the public contract: added to, never renamed. */
export const RESPONSE_CODES = {
  unauthenticated: {
    status: 401,
    verdict: "reject",
    message: "Sign in (Authorization: Bearer <access token>) or send a secret key (apikey: <key>).",
  },
  forbidden: {
    status: 403,
    verdict: "reject",
    message: "Only a secret key may do this.",
    what_to_do: "Act for yourself, or call with a secret key.",
  },
  not_organizer: {
    status: 403,
    verdict: "reject",
    message: "Only the organizer can change this event.",
    what_to_do: "Ask the organizer to change the event.",
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
    what_to_do: "Check the meeting_id. The response for somebody else's meeting is the same.",
  },
  task_not_found: {
    status: 404,
    verdict: "reject",
    message: "There is no such task.",
    what_to_do: "Check the task_id. The response for somebody else's task is the same.",
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
    what_to_do: "Name a day on which the series has an occurrence (GET task-events/events).",
  },
  method_not_allowed: {
    status: 405,
    verdict: "reject",
    message: "The path does not take this method.",
    what_to_do: "Use a method that the message names.",
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
      'Another meeting has been given the time. Change the time, or schedule the meeting again with "reschedule": true.',
    what_to_do: 'Change the time, or schedule the meeting again with "reschedule": true.',
  },
  already_scheduled: {
    status: 409,
    verdict: "reject",
    message:
      'The meeting has a slot that was found for other participants or constraints. Send "reschedule": true to look again.',
    what_to_do: 'Send "reschedule": true to search again.',
  },
  in_progress: {
    status: 409,
    verdict: "defer",
    message: "Another worker processes this at the moment. Try again shortly.",
    what_to_do: "Repeat the request after Retry-After seconds.",
  },
  needs_reauth: {
    status: 409,
    verdict: "reconnect",
    message: "The organizer's Google connection cannot be used.",
    what_to_do:
      "Let the organizer connect Google again (google-auth); the meeting then goes on by itself.",
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
    message: "Google names no organizer of this event, so it is left alone.",
    what_to_do: "Change the event on Google Calendar.",
  },
  recurring_with_guests: {
    status: 409,
    verdict: "reject",
    message:
      "A series with other guests is not moved by itself: it would disturb everybody. Change it with update_scope.",
    what_to_do: "Change the series with PATCH task-events/update and an update_scope.",
  },
  confirmation_required: {
    status: 409,
    verdict: "reject",
    message:
      'This divides a series that has guests; they are told. Send it again with "confirm": true.',
    what_to_do: 'Repeat the request with "confirm": true.',
  },
  cancelled: {
    status: 410,
    verdict: "reject",
    message: "The meeting was cancelled.",
    what_to_do: "Schedule a new meeting if it shall take place.",
  },
  too_large: {
    status: 413,
    verdict: "reject",
    message: "The body is larger than is allowed.",
    what_to_do: "Send less; details.max_bytes has the limit.",
  },
  invalid_request: {
    status: 422,
    verdict: "reject",
    message: "A field of the request is not valid.",
    what_to_do: "Correct the field that the message names and schedule the meeting again.",
  },
  no_common_slot: {
    status: 422,
    verdict: "reject",
    message: "No slot fits everyone who is needed.",
    what_to_do: "Widen the window or the hours, make somebody optional, or shorten the meeting.",
  },
  calendar_unreadable: {
    status: 422,
    verdict: "reject",
    message: "A calendar that is needed cannot be read.",
    what_to_do:
      "Ask the people named to share their calendar's free/busy times, or make them optional.",
  },
  slot_expired: {
    status: 422,
    verdict: "reject",
    message: "The slot has passed before the event could be written. Schedule the meeting again.",
    what_to_do: 'Schedule the meeting again with "reschedule": true.',
  },
  google_rejected: {
    status: 422,
    verdict: "reject",
    message: "Google refused the request.",
    what_to_do: "Correct what Google's message names, then requeue the meeting.",
  },
  rate_limited: {
    status: 429,
    verdict: "defer",
    message: "Google asks to slow down. It is tried again later.",
    what_to_do: "Nothing: it is tried again by itself.",
    what_to_do_at_last: "Requeue the meeting once Google answers again.",
  },
  internal: {
    status: 500,
    verdict: "reject",
    message: "Something went wrong on our side. It has been logged.",
    what_to_do: "Repeat the request; if it fails again, look into the functions' log.",
  },
  google_unavailable: {
    status: 502,
    verdict: "retry",
    message: "Google could not answer.",
    what_to_do: "Nothing: it is tried again by itself.",
    what_to_do_at_last: "Requeue the meeting once Google answers again.",
  },
  busy: {
    status: 503,
    verdict: "defer",
    message: "The database is busy. Try again shortly.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
} as const satisfies Record<string, CodeEntry & { status: number }>;
