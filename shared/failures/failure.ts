import { CODES, responseCode } from "./codes.ts";
import type { FailureCode, ResponseCode } from "./codes.ts";

/** What Google, or the network, said of one request. */
export interface GoogleReply {
  /** HTTP status; null when no HTTP response arrived. */
  status: number | null;
  /** Google's `domain` of the error, such as `usageLimits`; absent where it names none. */
  domain?: string;
  /** Google's own reason, or ours where there is none: "timeout", "connection_lost", "http_502"... */
  reason: string;
  message: string;
  /** The first 500 characters of the reply, with anything that looks like a credential removed. */
  body: string;
}

/** Who has to wait after a limit: one user's writes, all that one user asks, or everybody. */
export type Pause = "writes" | "connection" | "everybody";

interface What {
  code: FailureCode;
  /** A sentence for people: what happened and what would change it. */
  message: string;
  /** Where a request to Google failed. */
  google?: GoogleReply;
}

/** Seconds to wait at least; null: the queue's own backoff decides. */
interface Wait {
  not_before_seconds: number | null;
}

/** Why something was not done, named by what becomes of it; see `Verdict`. */
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

/** A failure that no further attempt would change, or that only a new connection cures: as the code's entry says. */
export function rejection(code: FailureCode, message: string = CODES[code].message): Failure {
  return { verdict: CODES[code].verdict === "reconnect" ? "reconnect" : "reject", code, message };
}

/** A failure that is tried again later and spends no attempt. */
export function deferral(
  code: FailureCode,
  not_before_seconds: number | null,
  message: string = CODES[code].message,
): Failure {
  return { verdict: "defer", code, message, not_before_seconds };
}

/** Whether it is tried again without anybody's doing. */
export function isTemporary(failure: Failure): failure is Extract<Failure, Wait> {
  return failure.verdict === "retry" || failure.verdict === "unknown" ||
    failure.verdict === "unverified" || failure.verdict === "defer";
}

/** Seconds to wait at least before the next try; null: none is due, or the queue's backoff decides. */
export function waitOf(failure: Failure): number | null {
  return isTemporary(failure) ? failure.not_before_seconds : null;
}

/** Whether something may have taken effect that only reading Google can tell. */
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

/** Why Google, or we, did not do it: the most precise code or reason that is known. */
export function reasonOf({ verdict, code, google }: Failure): string {
  return verdict === "reconnect" || google === undefined ? code : google.reason;
}

/** A failure that is thrown, where there is nothing to do but to stop. */
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

/** The reason of a failure that waiting does not cure, where the code of the response does not say it. */
function detailsOf(failure: Failure): Record<string, unknown> | undefined {
  const reason = reasonOf(failure);
  return isTemporary(failure) || reason === responseCode(failure.code) ? undefined : { reason };
}
