/**
 * The HTTP status of every error code of Convene's functions. The list is the one of the server:
 * `tests/client/error_codes_test.ts` fails where one of both has a code more.
 */
export const ERROR_STATUS = {
  unauthenticated: 401,
  forbidden: 403,
  not_organizer: 409,
  not_found: 404,
  meeting_not_found: 404,
  task_not_found: 404,
  event_not_found: 404,
  instance_not_found: 404,
  method_not_allowed: 405,
  no_slot: 409,
  slot_taken: 409,
  no_proposal: 409,
  meeting_id_taken: 409,
  task_id_taken: 409,
  already_scheduled: 409,
  in_progress: 409,
  needs_reauth: 409,
  version_conflict: 409,
  organizer_unknown: 409,
  recurring_with_guests: 409,
  meeting_event: 409,
  task_event: 409,
  event_type_limited: 409,
  confirmation_required: 409,
  cancelled: 410,
  too_large: 413,
  invalid_request: 422,
  no_common_slot: 422,
  calendar_unreadable: 422,
  slot_expired: 422,
  google_rejected: 422,
  rate_limited: 429,
  limit_reached: 429,
  internal: 500,
  google_unavailable: 502,
  processing_paused: 503,
  busy: 503,
} as const;

/** A code of an error response of a function: the codes of docs/errors.md. */
export type ServerErrorCode = keyof typeof ERROR_STATUS;

/**
 * A code that the client itself gives:
 * - `unreachable`: no response arrived (no network, aborted, timeout). Whether the request took effect is unknown.
 * - `unexpected_response`: the response is not one of Convene's functions, or has a code that this version of the
 *   client does not know; the body is in `details.body`, the code, if any, in `details.code`.
 * - `pending` (HTTP 202): another worker is at the meeting or task for longer than the call waited; the call is not repeated.
 *   Repeat the call after `retry_after_seconds`.
 * - `database_refused`: Postgres refused a row (`insert`); SQLSTATE, details and hint are in `details`.
 */
export type ClientErrorCode =
  | "unreachable"
  | "unexpected_response"
  | "pending"
  | "database_refused";

/** Everything that `error.code` can be. */
export type ErrorCode = ServerErrorCode | ClientErrorCode;

/** What is wrong and where; a code without an entry here has at most the common fields. */
export interface ErrorDetails {
  /** `path`: the field, e.g. `participants[3].email`. `alternatives`: the times that a proposal offers. */
  invalid_request: { path?: string; alternatives?: unknown[] };
  /** `version`: the current one. */
  version_conflict: { version?: number };
  /** Who can change the event. */
  not_organizer: { organizer_email?: string };
  /** `limit`: name of the setting; `allowed`: its value. */
  limit_reached: { limit?: string; allowed?: number };
  /** When the pause ends (RFC 3339); absent: when an operator ends it. */
  processing_paused: { until?: string };
  /** `max_bytes` of a body, or the limit of a row and how much it allows. */
  too_large: { max_bytes?: number; limit?: string; most?: number };
  /** Scopes that the user did not grant. */
  google_rejected: { missing_scopes?: string[] };
  /** What the change would do: a `ChangePreview`. */
  confirmation_required: { preview?: unknown };
  /** The fields that Google does not let change. */
  event_type_limited: { fields?: string[] };
  /** Id of the row of `task_calendar_events`. */
  task_event: { id?: string };
  /** The last decision about the meeting's time: a `Move`. */
  no_proposal: { move?: unknown };
  /** Why there is no slot, who rules out starts, the smallest change that yields one, and slots that relax constraints. */
  no_common_slot: NoSlotDetails;
  calendar_unreadable: NoSlotDetails;
  unexpected_response: { code?: string; body?: unknown };
  database_refused: { sqlstate?: string; hint?: string | null; details?: string | null };
}

/** The details of a search without a slot. */
export interface NoSlotDetails {
  empty_reason?:
    | "attendeesUnavailable"
    | "organizerUnavailable"
    | "attendeesUnavailableOrUnknown"
    | "locationsUnavailable"
    | "unknown";
  /** Participants, or members of a group, who rule out starts, most starts first. */
  blocking?: {
    email?: string;
    any_of?: string[];
    name?: string;
    reason: "busy" | "outside_hours" | "unknown";
    blocked_percentage: number;
  }[];
  /** A sentence. */
  suggestion?: string | null;
  /** Slots that relax constraints, the least inconvenient first; candidates with `concessions` and `concession`. */
  conceded_candidates?: unknown[];
  /** Addresses whose calendar could not be read. */
  unknown?: string[];
}

/** Fields that the details of several codes have. */
export interface CommonErrorDetails {
  meeting_id?: string;
  /** A narrower code of docs/errors.md, e.g. `invalid_grant` of `needs_reauth`. */
  reason?: string;
  [field: string]: unknown;
}

/** The details of one code. */
export type DetailsOf<Code extends ErrorCode> =
  & CommonErrorDetails
  & (Code extends keyof ErrorDetails ? ErrorDetails[Code] : unknown);

/** One error, by its code. */
export interface ErrorOf<Code extends ErrorCode> {
  code: Code;
  /** What happened and what to do, for people. */
  message: string;
  /** HTTP status; null where no response arrived. */
  status: Code extends ServerErrorCode ? (typeof ERROR_STATUS)[Code] : number | null;
  /** Empty where there are none. */
  details: DetailsOf<Code>;
  /** Seconds after which repeating the request makes sense; null where waiting does not help or no time is known. */
  retry_after_seconds: number | null;
}

/** An error of a call, discriminated by `code`. */
export type ConveneError = { [Code in ErrorCode]: ErrorOf<Code> }[ErrorCode];

/** What every call returns; no call throws. */
export type Result<Data> = { ok: true; data: Data } | { ok: false; error: ConveneError };

/** Whether text is a code of an error response. */
export function isServerErrorCode(text: string): text is ServerErrorCode {
  return Object.hasOwn(ERROR_STATUS, text);
}
