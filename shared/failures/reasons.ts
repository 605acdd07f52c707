import { type CodeEntry, RETRIED } from "./entry.ts";
import type { RESPONSE_CODES } from "./response_codes.ts";

const RECONNECT =
  "Let the organizer connect Google again (google-auth); the meeting then continues automatically.";

/**
 * Codes that are more precise than the `error` of a response: its `details.reason`,
 * `results[].error` of a write-back, and the first word of stored errors.
 */
export const REASONS = {
  not_connected: {
    response: "needs_reauth",
    verdict: "reconnect",
    message: "The organizer has not connected a Google account. Connect one (google-auth).",
    what_to_do:
      "Let the organizer connect Google (google-auth); the meeting then continues automatically.",
  },
  invalid_grant: {
    response: "needs_reauth",
    verdict: "reconnect",
    message:
      "Google no longer accepts this connection: access was removed or has expired. Connect Google again.",
    what_to_do: RECONNECT,
  },
  invalid_credentials: {
    response: "needs_reauth",
    verdict: "reconnect",
    message: "Google refuses the credentials of this connection. Connect Google again.",
    what_to_do: RECONNECT,
  },
  insufficient_permissions: {
    response: "needs_reauth",
    verdict: "reconnect",
    message:
      "Google was connected without all required permissions. Connect Google again and leave every box checked.",
    what_to_do:
      "Let the organizer connect Google again with every box checked; the meeting then continues automatically.",
  },
  wrong_account: {
    response: "needs_reauth",
    verdict: "reconnect",
    message:
      "The event belongs to another Google account than the one that is connected now. Connect the earlier account again.",
    what_to_do: "Let the organizer connect the Google account that was connected before.",
  },
  account_changed: {
    response: "busy",
    verdict: "defer",
    message:
      "The organizer has just connected another Google account. The event is written with the new account.",
    what_to_do: RETRIED,
  },
  foreign_event: {
    response: "google_rejected",
    verdict: "reject",
    message:
      "An event that Convene did not create has the id of this event. It was left unchanged.",
    what_to_do: "Requeue the meeting; it gets another event id.",
  },
  event_missing: {
    response: "google_rejected",
    verdict: "reject",
    message: "The event was deleted on Google Calendar. Requeue the meeting to write a new one.",
    what_to_do:
      "Cancel the meeting, requeue it to write a new event, or restore the event on Google Calendar, which makes the change due again.",
  },
  event_unreachable: {
    response: "calendar_unreadable",
    verdict: "reject",
    message:
      "The calendar of this event cannot be read, so it is not known whether the event still exists. Nothing was changed.",
    what_to_do:
      "Let the owner of the calendar share it with the connected Google account again, then repeat the request.",
  },
  guests_hidden: {
    response: "google_rejected",
    verdict: "reject",
    message:
      "Google did not return all guests of this event, so the list of guests was left unchanged.",
    what_to_do: "Change the guests on Google Calendar, or repeat the request later.",
  },
  organizer_deleted: {
    response: "google_rejected",
    verdict: "reject",
    message: "The organizer was deleted before the event was written to Google Calendar.",
    what_to_do: "Nothing can be done: the Google connection was deleted with the organizer.",
  },
  out_of_time: {
    response: "busy",
    verdict: "defer",
    message: "The call ran out of time. It is retried.",
    what_to_do: RETRIED,
  },
  token_unreadable: {
    response: "needs_reauth",
    verdict: "reconnect",
    message: "The stored Google tokens cannot be decrypted any more. Connect Google again.",
    what_to_do:
      "Let the organizer connect Google again. Operators: add the missing key to CONVENE_TOKEN_KEYS; the next request " +
      "with the connection (GET google-auth?check=true) then makes it healthy, and its meetings continue.",
  },
  internal_error: {
    response: "internal",
    verdict: "retry",
    message: "An internal error occurred. It was logged.",
    what_to_do_at_last: "Requeue the meeting; if it fails again, read the log of the functions.",
  },
  search_abandoned: {
    response: "internal",
    verdict: "reject",
    message: "The search crashed three times.",
    what_to_do: "Reduce the participants or the time window, then schedule the meeting again.",
  },
  no_refresh_token: {
    response: "google_rejected",
    verdict: "reject",
    message: "Google sent no refresh token, so nothing was connected.",
    what_to_do:
      "Remove Convene's access at https://myaccount.google.com/permissions and connect again.",
  },
} as const satisfies Record<string, CodeEntry & { response: keyof typeof RESPONSE_CODES }>;

/**
 * Codes that are never the `error` of a response: those of Meet links, of notifications, of the
 * redirect after Google's consent page, and `details.reason` where Google sent none.
 */
export const OTHER_CODES = {
  timeout: {
    verdict: "retry",
    message: "Google did not respond in time.",
    what_to_do: RETRIED,
  },
  connection_lost: {
    verdict: "retry",
    message: "The connection to Google was lost before the response arrived.",
    what_to_do: RETRIED,
  },
  unreadable_reply: {
    verdict: "retry",
    message: "Google's response could not be read.",
    what_to_do: RETRIED,
  },
  connection_paused: {
    verdict: "defer",
    message: "Google's rate limit for this organizer was reached. The event is written later.",
    what_to_do: RETRIED,
  },
  not_configured: {
    verdict: "defer",
    message: "The database cannot call the functions, because it is not configured completely.",
    what_to_do:
      "Operators: execute what select * from convene_health() names in the area vault. The meeting then continues automatically.",
  },
  connection_changed: {
    verdict: "defer",
    message: "The user's Google connection changed during the request. Try again.",
    what_to_do: RETRIED,
  },
  conference_failed: {
    verdict: "reject",
    message: "Google could not create a Meet link for this event.",
    what_to_do: "Add a Meet link to the event on Google Calendar.",
  },
  conference_refused: {
    verdict: "reject",
    message: "The calendar allows no Google Meet, so the event was written without a link.",
    what_to_do:
      'Allow Meet for the calendar, then send PATCH meetings with "conference": "meet"; or with "none".',
  },
  conference_pending: {
    verdict: "exhausted",
    message: "Google has not created a Meet link for this event within an hour.",
    what_to_do: "Open the event on Google Calendar; it may have a link by now.",
  },
  worker_lost: {
    verdict: "exhausted",
    message: "The delivery crashed three times.",
    what_to_do: "Read the log of the functions.",
  },
  target_gone: {
    verdict: "reject",
    message: "The target was deleted or disabled.",
  },
  target_refused: {
    verdict: "reject",
    message: "Convene does not send to this address.",
    what_to_do: "Correct the target; the message names the reason.",
  },
  target_unreachable: {
    verdict: "retry",
    message: "The target did not respond, or its host name could not be resolved.",
    what_to_do: RETRIED,
    what_to_do_at_last: "Check the target's address.",
  },
  target_answered: {
    verdict: "reject",
    message: "The target rejected the notification. Check its address.",
    what_to_do:
      "The code ends with the HTTP status, such as target_answered_404. Check the target's address.",
  },
  mail_not_configured: {
    verdict: "reject",
    message: "Set CONVENE_MAIL_KEY and CONVENE_MAIL_FROM as secrets of the functions.",
  },
  no_recipient: {
    verdict: "reject",
    message: "The organizer has no e-mail address.",
    what_to_do: "Set an address in the target.",
  },
  access_denied: {
    verdict: "reject",
    message: "The user declined on Google's consent page.",
    what_to_do: "Start again with POST google-auth/initiate if it was a mistake.",
  },
  google_refused: {
    verdict: "reject",
    message: "Google redirected the browser with an error.",
    what_to_do: "Check the OAuth client in Google's console, then start again.",
  },
  invalid_state: {
    verdict: "reject",
    message: "The authorization is unknown, expired or already used.",
    what_to_do: "Start again with POST google-auth/initiate.",
  },
  cancelled_in_google: {
    verdict: "reject",
    message: "People deleted the event in Google Calendar.",
    what_to_do:
      "Schedule the task again if its event is still wanted: no guest is invited again automatically.",
  },
} as const satisfies Record<string, CodeEntry>;
