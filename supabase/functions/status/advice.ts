/** What the reader can do about a refusal, by its code. Codes without an entry cure themselves or say it in their sentence. */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_request: "Correct the field that the message names and schedule the meeting again.",
  no_common_slot: "Widen the window or the hours, make somebody optional, or shorten the meeting.",
  calendar_unreadable:
    "Ask the people named to share their calendar's free/busy times, or make them optional.",
  needs_reauth:
    "Let the organizer connect Google again (google-auth); the meeting then goes on by itself.",
  not_connected:
    "Let the organizer connect Google (google-auth); the meeting then goes on by itself.",
  invalid_grant:
    "Let the organizer connect Google again (google-auth); the meeting then goes on by itself.",
  invalid_credentials:
    "Let the organizer connect Google again (google-auth); the meeting then goes on by itself.",
  insufficient_permissions:
    "Let the organizer connect Google again with every box ticked; the meeting then goes on by itself.",
  wrong_account: "Let the organizer connect the Google account that was used before.",
  slot_taken: 'Change the time, or schedule the meeting again with "reschedule": true.',
  search_abandoned: "Ask for fewer people or a shorter window, then schedule the meeting again.",
  account_changed: "Nothing: it is tried again by itself.",
  slot_expired: 'Schedule the meeting again with "reschedule": true.',
  foreign_event: "Requeue the meeting; it gets another event id.",
  event_missing: "Cancel the meeting, or requeue it to write a new event.",
  organizer_deleted: "Nothing can be done: there is no Google connection any more.",
  google_rejected: "Correct what Google's message names, then requeue the meeting.",
  google_unavailable: "Nothing: it is tried again by itself.",
  rate_limited: "Nothing: it is tried again by itself.",
};

/** The same where nothing is tried again by itself. */
const FINAL_ADVICE: Readonly<Record<string, string>> = {
  google_unavailable: "Requeue the meeting once Google answers again.",
  rate_limited: "Requeue the meeting once Google answers again.",
  internal_error: "Requeue the meeting; if it fails again, look into the functions' log.",
};

/** The advice for a refusal; `is_final` when nothing is tried again by itself. */
export function adviceFor(code: string, is_final: boolean): string | null {
  if (is_final && Object.hasOwn(FINAL_ADVICE, code)) return FINAL_ADVICE[code] ?? null;
  return Object.hasOwn(ADVICE, code) ? ADVICE[code] ?? null : null;
}
