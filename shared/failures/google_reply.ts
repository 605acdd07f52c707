import * as z from "zod/mini";
import { excerpt } from "./excerpt.ts";
import { secondsToNextGoogleDay } from "./google_day.ts";
import type { GoogleFailure, RemoteFault, RequestKind } from "./outcome.ts";

/**
 * Google counts requests over a sliding minute, so half a minute frees half of the allowance.
 * It promises no Retry-After header for the calendar.
 */
const RATE_LIMIT_SECONDS = 30;

/** Abuse limits (invitations, events created) lift after hours to days; six hours wastes few looks. */
const QUOTA_SECONDS = 6 * 3600;

const MAX_RETRY_AFTER_SECONDS = 24 * 3600;

/** `answered` is the time of the answer by Google's own clock, where it tells it. */
type Verdict = (fault: RemoteFault, answered: Date) => GoogleFailure;

const reject: Verdict = (fault) => ({ kind: "reject", fault });
const reconnect: Verdict = (fault) => ({ kind: "reconnect", fault });
const slowUser: Verdict = (fault) => ({
  kind: "retry",
  scope: "user",
  not_before_seconds: RATE_LIMIT_SECONDS,
  fault,
});
const waitHours: Verdict = (fault) => ({
  kind: "retry",
  scope: "user",
  not_before_seconds: QUOTA_SECONDS,
  fault,
});
const waitForNextDay: Verdict = (fault, answered) => ({
  kind: "retry",
  scope: "project",
  not_before_seconds: secondsToNextGoogleDay(answered),
  fault,
});
const retryRequest: Verdict = (fault) => ({ kind: "retry", scope: "request", fault });

/** "status reason" first, then "status *"; 5xx and 408 are decided by the kind of request. */
const VERDICTS: ReadonlyMap<string, Verdict> = new Map([
  ["401 *", reconnect],
  ["403 userRateLimitExceeded", slowUser],
  ["403 rateLimitExceeded", slowUser],
  ["403 quotaExceeded", waitHours],
  ["403 dailyLimitExceeded", waitForNextDay],
  ["403 insufficientPermissions", reconnect],
  ["409 conflict", retryRequest],
  ["429 quotaExceeded", waitHours],
  ["429 dailyLimitExceeded", waitForNextDay],
  ["429 *", slowUser],
]);

/**
 * What an error answer of a Google API means for the caller, decided by status and `reason`, never
 * by message. `body` is the parsed JSON, or the text where it was none (a front end's HTML page).
 * 404, 409 duplicate, 410 and 412 are rejects: only the caller knows when they are good news.
 */
export function classify(
  kind: RequestKind,
  status: number,
  body: unknown,
  headers: Headers,
): GoogleFailure {
  const fault = describe(status, body);
  if (status >= 500 || status === 408) {
    return withRetryAfter(lostAnswer(kind, fault), headers);
  }
  const verdict = VERDICTS.get(`${status} ${fault.reason}`) ?? VERDICTS.get(`${status} *`) ??
    reject;
  return withRetryAfter(verdict(fault, dateOf(headers) ?? new Date()), headers);
}

function dateOf(headers: Headers): Date | null {
  const at = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(at) ? null : new Date(at);
}

/** A request without a usable answer: a read is asked again, a write may have landed. */
export function lostAnswer(kind: RequestKind, fault: RemoteFault): GoogleFailure {
  return kind === "read" ? { kind: "retry", scope: "request", fault } : { kind: "unknown", fault };
}

/**
 * Honours Retry-After (seconds, or a date compared with the answer's own) where Google sends it; it
 * documents none for the calendar. A day is the most that is believed.
 */
export function withRetryAfter(failure: GoogleFailure, headers: Headers): GoogleFailure {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (failure.kind !== "retry" || value === "") return failure;
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : Math.ceil((Date.parse(value) - Date.parse(headers.get("date") ?? "")) / 1000);
  return Number.isFinite(seconds) && seconds >= 0
    ? { ...failure, not_before_seconds: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) }
    : failure;
}

const ENVELOPE = z.object({
  error: z.object({
    message: z.optional(z.string()),
    status: z.optional(z.string()),
    errors: z.optional(z.array(z.object({
      reason: z.optional(z.string()),
      message: z.optional(z.string()),
    }))),
    details: z.optional(z.array(z.looseObject({ reason: z.optional(z.unknown()) }))),
  }),
});

/** Newer front-end answers carry only `status` and `details`; the calendar's own reasons come first. */
const REASON_OF_DETAIL: ReadonlyMap<unknown, string> = new Map([
  ["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"],
  ["RATE_LIMIT_EXCEEDED", "rateLimitExceeded"],
  ["SERVICE_DISABLED", "accessNotConfigured"],
]);

function describe(status: number, body: unknown): RemoteFault {
  const parsed = ENVELOPE.safeParse(body);
  const unexplained = { status, reason: `http_${status}`, body: excerpt(body) };
  if (!parsed.success) {
    return { ...unexplained, message: `Google answered ${status} without its usual error format.` };
  }
  const { error } = parsed.data;
  const first = error.errors?.[0];
  const detail = error.details?.find((entry) => REASON_OF_DETAIL.has(entry.reason));
  return {
    ...unexplained,
    reason: REASON_OF_DETAIL.get(detail?.reason) ?? first?.reason ?? error.status ??
      unexplained.reason,
    message: excerpt(error.message ?? first?.message ?? `Google answered ${status}.`),
  };
}
