import { CODES, responseCode } from "./codes.ts";
import type { FailureCode, ResponseCode } from "./codes.ts";

/** The response of Google to one request, or the error of the network. */
export interface GoogleReply {
  /** HTTP status; null when no HTTP response arrived. */
  status: number | null;
  /** Google's `domain` of the error, such as `usageLimits`; absent where it names none. */
  domain?: string;
  /** Google's reason, or one of Convene without it: "timeout", "connection_lost", "http_502"... */
  reason: string;
  message: string;
  /** The first 500 characters of the response, without anything that looks like a credential. */
  body: string;
}

/** Scope of a pause after a limit: the writes of one user, all requests of one user, or all users. */
export type Pause = "writes" | "connection" | "everybody";

interface What {
  code: FailureCode;
  /** A sentence for people: what happened and what to do. */
  message: string;
  /** Where a request to Google failed. */
  google?: GoogleReply;
}

/** Minimum delay in seconds; null: the backoff of the queue. */
interface Wait {
  not_before_seconds: number | null;
}

/** Why an operation failed. `verdict` decides about the next attempt. */
export type Failure =
  & What
  & (
    | { verdict: "retry" } & Wait
    | { verdict: "unknown" } & Wait
    | { verdict: "unverified" } & Wait
    | { verdict: "defer"; pause?: Pause } & Wait
    | { verdict: "reconnect" }
    | { verdict: "reject" }
    | { verdict: "exhausted" }
  );

/** A failure without retry, or one that needs a new connection, according to the entry of its code. */
export function rejection(code: FailureCode, message: string = CODES[code].message): Failure {
  return { verdict: CODES[code].verdict === "reconnect" ? "reconnect" : "reject", code, message };
}

/** A failure that is retried later and spends no attempt. */
export function deferral(
  code: FailureCode,
  not_before_seconds: number | null,
  message: string = CODES[code].message,
): Failure {
  return { verdict: "defer", code, message, not_before_seconds };
}

/** Whether it is retried automatically. */
export function isTemporary(failure: Failure): failure is Extract<Failure, Wait> {
  return failure.verdict === "retry" || failure.verdict === "unknown" ||
    failure.verdict === "unverified" || failure.verdict === "defer";
}

/** Minimum delay in seconds before the next attempt; null: there is none, or the queue's backoff decides. */
export function waitOf(failure: Failure): number | null {
  return isTemporary(failure) ? failure.not_before_seconds : null;
}

/** Whether a request may have taken effect, which only a verification read can show. */
export function isUnknown({ verdict }: Failure): boolean {
  return verdict === "unknown" || verdict === "unverified";
}

/**
 * What a failure means for something whose earlier write may have taken effect and has not been
 * verified: it stays due, for verification in `verify_seconds` at the earliest (null: at the
 * queue's own backoff). Only a write of its own spends an attempt.
 */
export function whileUnknown(failure: Failure, verify_seconds: number | null): Failure {
  if (failure.verdict === "unknown") return failure;
  const own = waitOf(failure);
  const not_before_seconds = own === null || verify_seconds === null
    ? own ?? verify_seconds
    : Math.max(own, verify_seconds);
  const { code, message, google } = failure;
  return {
    verdict: failure.verdict === "retry" ? "unknown" : "unverified",
    code,
    message,
    not_before_seconds,
    ...(google === undefined ? {} : { google }),
  };
}

/** The most precise code or reason that is known. */
export function reasonOf({ verdict, code, google }: Failure): string {
  return verdict === "reconnect" || google === undefined ? code : google.reason;
}

/** A failure as an exception. */
export class FailureError extends Error {
  override readonly name = "FailureError";

  constructor(
    readonly failure: Failure,
    /** For the error response. */
    readonly details: Record<string, unknown> | undefined = detailsOf(failure),
  ) {
    super(failure.message);
  }

  /** The code of the error response. */
  get code(): ResponseCode {
    return responseCode(this.failure.code);
  }
}

/** The reason of a failure without automatic retry, unless it is the code of the response. */
function detailsOf(failure: Failure): Record<string, unknown> | undefined {
  const reason = reasonOf(failure);
  return isTemporary(failure) || reason === responseCode(failure.code) ? undefined : { reason };
}
