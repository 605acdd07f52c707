import type { CodeEntry } from "./entry.ts";
import type { RESPONSE_CODES } from "./response_codes.ts";

const RECONNECT =
  "Let the organizer connect Google again (google-auth); the meeting then goes on by itself.";

/**
 * Codes that say more precisely what happened than the error response that they travel in: they are
 * its `details.reason`, `results[].error` of a write-back, and the first word of stored errors.
 */
export const REASONS = {
  not_connected: {
    response: "needs_reauth",
    verdict: "reconnect",
    message: "The organizer has not connected a Google account. Connect one (google-auth).",
    what_to_do:
      "Let the organizer connect Google (google-auth); the meeting then goes on by itself.",
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
      "Google was connected without all the permissions that are needed. Connect Google again and leave every box ticked.",
    what_to_do:
      "Let the organizer connect Google again with every box ticked; the meeting then goes on by itself.",
  },
  wrong_account: {
    response: "needs_reauth",
    verdict: "reconnect",
    message:
      "Another Google account is connected than the one this event was begun with. Connect that account again.",
    what_to_do: "Let the organizer connect the Google account that was used before.",
  },
  account_changed: {
    response: "busy",
    verdict: "defer",
    message:
      "The organizer has just connected another Google account. The event is written with that one.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
  foreign_event: {
    response: "google_rejected",
    verdict: "reject",
    message: "An event that is not ours has the id of this one. It was left alone.",
    what_to_do: "Requeue the meeting; it gets another event id.",
  },
  event_missing: {
    response: "google_rejected",
    verdict: "reject",
    message: "The event was deleted on Google Calendar. Requeue the meeting to write a new one.",
    what_to_do: "Cancel the meeting, or requeue it to write a new event.",
  },
  organizer_deleted: {
    response: "google_rejected",
    verdict: "reject",
    message: "The organizer's account was deleted before Google Calendar was told.",
    what_to_do: "Nothing can be done: there is no Google connection any more.",
  },
  out_of_time: {
    response: "busy",
    verdict: "defer",
    message: "The time for this call was used up. It is tried again.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
  token_unreadable: {
    response: "internal",
    verdict: "retry",
    message:
      "The organizer's Google tokens cannot be decrypted. Put the missing key back into CONVENE_TOKEN_KEYS, or connect Google again.",
    what_to_do:
      "Put the missing key back into CONVENE_TOKEN_KEYS, or let the organizer connect Google again.",
  },
  internal_error: {
    response: "internal",
    verdict: "retry",
    message: "Something went wrong on our side. It has been logged.",
    what_to_do_at_last: "Requeue the meeting; if it fails again, look into the functions' log.",
  },
  search_abandoned: {
    response: "internal",
    verdict: "reject",
    message: "Three searches were begun and none ended.",
    what_to_do: "Ask for fewer people or a shorter window, then schedule the meeting again.",
  },
  no_refresh_token: {
    response: "google_rejected",
    verdict: "reject",
    message: "Google sent no refresh token, so nothing was connected.",
    what_to_do:
      "Remove Convene's access at https://myaccount.google.com/permissions and begin again.",
  },
} as const satisfies Record<string, CodeEntry & { response: keyof typeof RESPONSE_CODES }>;

/**
 * Codes that no error response has: of a Meet link, of a notification, of the redirect after
 * Google's consent page, and `details.reason` where Google gave none.
 */
export const OTHER_CODES = {
  timeout: {
    verdict: "retry",
    message: "Google did not answer in time.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
  connection_lost: {
    verdict: "retry",
    message: "The connection to Google broke before its answer arrived.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
  unreadable_reply: {
    verdict: "retry",
    message: "Google's answer could not be read.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
  connection_paused: {
    verdict: "defer",
    message: "Google asked this organizer to slow down. The meeting is written by itself later.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
  connection_changed: {
    verdict: "defer",
    message: "The user's Google connection changed while it was used. Try again.",
    what_to_do: "Nothing: it is tried again by itself.",
  },
  conference_failed: {
    verdict: "reject",
    message: "Google could not make a Meet link for this event.",
    what_to_do: "Add a Meet link to the event on Google Calendar.",
  },
  conference_pending: {
    verdict: "exhausted",
    message: "Google has not made a Meet link for this event in an hour.",
    what_to_do: "Open the event on Google Calendar; the link may be there by now.",
  },
  worker_lost: {
    verdict: "exhausted",
    message: "Three deliveries were begun and none ended.",
    what_to_do: "Look into the functions' log.",
  },
  target_gone: {
    verdict: "reject",
    message: "The target was deleted or switched off.",
  },
  target_refused: {
    verdict: "reject",
    message: "Nothing is sent to this address.",
    what_to_do: "Correct the target as the message says.",
  },
  target_unreachable: {
    verdict: "retry",
    message: "The target did not answer, or its name could not be looked up.",
    what_to_do: "Nothing: it is tried again by itself.",
    what_to_do_at_last: "Check the target's address.",
  },
  target_answered: {
    verdict: "reject",
    message: "The target refused the notification. Check its address.",
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
    what_to_do: "Name an address in the target.",
  },
  access_denied: {
    verdict: "reject",
    message: "The person declined on Google's consent page.",
    what_to_do: "Begin again with POST google-auth/initiate if it was a mistake.",
  },
  google_refused: {
    verdict: "reject",
    message: "Google sent the browser back with an error.",
    what_to_do: "Check the OAuth client in Google's console, then begin again.",
  },
  invalid_state: {
    verdict: "reject",
    message: "The authorization is unknown, expired or used already.",
    what_to_do: "Begin again with POST google-auth/initiate.",
  },
} as const satisfies Record<string, CodeEntry>;
