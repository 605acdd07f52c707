import { CODES, responseCode, statusOf } from "@shared/failures/codes.ts";
import type { ResponseCode } from "@shared/failures/codes.ts";
import { FailureError, waitOf } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";

/** The body of an error response. `details` never holds a token, a key or SQL. */
export interface FaultBody {
  error: ResponseCode;
  message: string;
  status: number;
  details?: Record<string, unknown>;
}

/** Thrown by handlers; `serve` turns it into the error response. */
export class HttpFault extends Error {
  override readonly name = "HttpFault";
  readonly status: number;

  constructor(
    readonly code: ResponseCode,
    message: string = CODES[code].message,
    readonly details?: Record<string, unknown>,
    /** Seconds after which trying again makes sense; sent as `Retry-After`. */
    readonly retry_after_seconds?: number,
  ) {
    super(message);
    this.status = statusOf(code);
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

/** The error response for a failure. `Retry-After` where it may work later by the request being repeated. */
export function faultOf(failure: Failure, details?: Record<string, unknown>): HttpFault {
  return new HttpFault(
    responseCode(failure.code),
    failure.message,
    details,
    waitOf(failure) ?? undefined,
  );
}

/** Failures become error responses; whatever else was thrown stays what it is. */
export function faultOfThrown(thrown: unknown): unknown {
  return thrown instanceof FailureError ? faultOf(thrown.failure, thrown.details) : thrown;
}

/** An operator has paused the work; `until` and `Retry-After` where the pause has an end. */
export function processingPaused(
  details: Record<string, unknown>,
  pause: { paused_until?: string; retry_after_seconds?: number | null },
): HttpFault {
  const until = pause.paused_until === undefined
    ? {}
    : { until: new Date(pause.paused_until).toISOString() };
  return new HttpFault(
    "processing_paused",
    undefined,
    { ...details, ...until },
    pause.retry_after_seconds ?? undefined,
  );
}

/** There is none, or it belongs to another user: the response is the same. */
export function meetingNotFound(meeting_id: string): HttpFault {
  return new HttpFault("meeting_not_found", undefined, { meeting_id });
}
