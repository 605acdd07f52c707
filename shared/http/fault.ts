/**
 * Every refusal a caller can meet, and the HTTP status it travels with.
 * Codes are part of the public contract: they are added to, never renamed.
 */
export const FAULT_STATUS = {
  unauthenticated: 401,
  forbidden: 403,
  not_organizer: 403,
  not_found: 404,
  meeting_not_found: 404,
  task_not_found: 404,
  event_not_found: 404,
  instance_not_found: 404,
  method_not_allowed: 405,
  no_slot: 409,
  slot_taken: 409,
  already_scheduled: 409,
  in_progress: 409,
  needs_reauth: 409,
  version_conflict: 409,
  organizer_unknown: 409,
  recurring_with_guests: 409,
  confirmation_required: 409,
  cancelled: 410,
  too_large: 413,
  invalid_request: 422,
  no_common_slot: 422,
  calendar_unreadable: 422,
  slot_expired: 422,
  google_rejected: 422,
  rate_limited: 429,
  internal: 500,
  google_unavailable: 502,
  busy: 503,
} as const;

export type FaultCode = keyof typeof FAULT_STATUS;

/** What a caller reads when a request is refused. `details` never holds a token, a key or SQL. */
export interface FaultBody {
  error: FaultCode;
  message: string;
  status: number;
  details?: Record<string, unknown>;
}

/** Thrown by handlers to refuse a request; `serve` turns it into the response. */
export class HttpFault extends Error {
  override readonly name = "HttpFault";
  readonly status: number;

  constructor(
    readonly code: FaultCode,
    message: string,
    readonly details?: Record<string, unknown>,
    /** Seconds after which trying again makes sense; sent as `Retry-After`. */
    readonly retry_after_seconds?: number,
  ) {
    super(message);
    this.status = FAULT_STATUS[code];
  }

  body(): FaultBody {
    return {
      error: this.code,
      message: this.message,
      status: this.status,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** There is none, or it is somebody else's: the caller is not told which. */
export function meetingNotFound(meeting_id: string): HttpFault {
  return new HttpFault("meeting_not_found", "There is no such meeting.", { meeting_id });
}
