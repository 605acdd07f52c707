import * as z from "zod/mini";
import { CODES } from "./codes.ts";
import { excerpt } from "./excerpt.ts";
import type { Failure, GoogleReply, Pause } from "./failure.ts";
import { secondsToNextGoogleDay } from "./google_day.ts";

/** A read can be repeated; a write whose response is lost may have taken effect. */
export type RequestKind = "read" | "write";

/**
 * Why a request to Google failed. `retry`: nothing took effect, also for a read whose response is
 * lost; `unknown`: a write may have taken effect; `defer`: a limit was reached, or the request was
 * not sent; `reconnect`: the user has to grant access again; `reject`: a retry would fail again.
 */
export type GoogleFailure =
  & Extract<Failure, { verdict: "retry" | "unknown" | "defer" | "reconnect" | "reject" }>
  & { google: GoogleReply };

/**
 * Google counts requests over a sliding minute, so half a minute frees half of the allowance.
 * It promises no Retry-After header for the calendar.
 */
const RATE_LIMIT_SECONDS = 30;

/** Abuse limits (invitations, events created) lift after hours to days; six hours waste few requests. */
const QUOTA_SECONDS = 6 * 3600;

const MAX_RETRY_AFTER_SECONDS = 24 * 3600;

/** Has the domain `usageLimits` but is no limit: the API is disabled in the operator's project. */
const NOT_CONFIGURED = "accessNotConfigured";

/**
 * What an error response of a Google API means, decided by status, domain and `reason`, never by
 * message. `body` is the parsed JSON, or the text where it was none (a front end's HTML page).
 * 404, 409 duplicate, 410 and 412 are `reject`: only the caller knows when they are expected.
 */
export function classify(
  kind: RequestKind,
  status: number,
  body: unknown,
  headers: Headers,
): GoogleFailure {
  const reply = describe(status, body);
  const { domain, reason } = reply;
  if (status >= 500 || status === 408) return withRetryAfter(lostResponse(kind, reply), headers);
  const is_limit = status === 429 ||
    status === 403 && domain === "usageLimits" && reason !== NOT_CONFIGURED ||
    status === 403 && LIMITS.has(reason);
  if (is_limit) return withRetryAfter(limited(kind, reply, headers), headers);
  if (status === 401) return reconnect("invalid_credentials", reply);
  if (status === 403 && reason === "insufficientPermissions") {
    return reconnect("insufficient_permissions", reply);
  }
  return status === 409 && reason === "conflict"
    ? withRetryAfter(unanswered(reply), headers)
    : refused(reply);
}

/** Limits by their reasons, for replies of front ends that name no domain. */
const LIMITS: ReadonlySet<string> = new Set([
  "userRateLimitExceeded",
  "rateLimitExceeded",
  "quotaExceeded",
  "dailyLimitExceeded",
]);

/** An invitation limit does not pause reads, a daily limit is one of the whole project, the others are limits of one user. */
function limited(kind: RequestKind, google: GoogleReply, headers: Headers): GoogleFailure {
  const [pause, not_before_seconds] = ((): [Pause, number] => {
    switch (google.reason) {
      case "quotaExceeded":
        return [kind === "write" ? "writes" : "connection", QUOTA_SECONDS];
      case "dailyLimitExceeded":
        return ["everybody", secondsToNextGoogleDay(dateOf(headers) ?? new Date())];
      default:
        return ["connection", RATE_LIMIT_SECONDS];
    }
  })();
  const message = `Google's rate limit was reached (${google.reason}). It is retried later.`;
  return { verdict: "defer", code: "rate_limited", message, not_before_seconds, pause, google };
}

function dateOf(headers: Headers): Date | null {
  const at = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(at) ? null : new Date(at);
}

/** A request without a usable response: a read is repeated, a write may have taken effect. */
export function lostResponse(kind: RequestKind, google: GoogleReply): GoogleFailure {
  if (kind === "read") return unanswered(google);
  return {
    verdict: "unknown",
    code: "google_unavailable",
    message:
      `Google's response was lost (${google.reason}). The next attempt first checks whether the request took effect.`,
    not_before_seconds: null,
    google,
  };
}

/** Nothing took effect, and the same request may work later. */
export function unanswered(google: GoogleReply): GoogleFailure {
  const message = `Google is unavailable (${google.reason}).`;
  return {
    verdict: "retry",
    code: "google_unavailable",
    message,
    not_before_seconds: null,
    google,
  };
}

export function refused(google: GoogleReply): GoogleFailure {
  const { status, reason } = google;
  const message = `Google rejected the request (${status} ${reason}): ${google.message}`;
  return { verdict: "reject", code: "google_rejected", message, google };
}

/** Why a user has to connect Google again; stored with the connection and shown to callers. */
export type ReconnectCode =
  | "invalid_grant"
  | "insufficient_permissions"
  | "invalid_credentials"
  | "token_unreadable";

export function reconnect(code: ReconnectCode, google: GoogleReply): GoogleFailure {
  return { verdict: "reconnect", code, message: CODES[code].message, google };
}

/**
 * Applies Retry-After (seconds, or a date compared with the response's Date) up to a day. Google
 * documents no such header for the calendar, but may send it.
 */
export function withRetryAfter(failure: GoogleFailure, headers: Headers): GoogleFailure {
  const value = headers.get("retry-after")?.trim() ?? "";
  const waits = failure.verdict === "retry" || failure.verdict === "defer";
  if (!waits || value === "") return failure;
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : Math.ceil((Date.parse(value) - Date.parse(headers.get("date") ?? "")) / 1000);
  return Number.isFinite(seconds) && seconds >= 0
    ? { ...failure, not_before_seconds: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) }
    : failure;
}

const ENVELOPE = z.lazy(() =>
  z.object({
    error: z.object({
      message: z.optional(z.string()),
      status: z.optional(z.string()),
      errors: z.optional(z.array(z.object({
        domain: z.optional(z.string()),
        reason: z.optional(z.string()),
        message: z.optional(z.string()),
      }))),
      details: z.optional(z.array(z.looseObject({ reason: z.optional(z.unknown()) }))),
    }),
  })
);

/** Newer responses have only `status` and `details`. */
const REASON_OF_DETAIL: ReadonlyMap<unknown, string> = new Map([
  ["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"],
  ["RATE_LIMIT_EXCEEDED", "rateLimitExceeded"],
  ["SERVICE_DISABLED", "accessNotConfigured"],
]);

function describe(status: number, body: unknown): GoogleReply {
  const parsed = ENVELOPE.safeParse(body);
  const unexplained = { status, reason: `http_${status}`, body: excerpt(body) };
  if (!parsed.success) {
    return { ...unexplained, message: `Google returned ${status} without its usual error format.` };
  }
  const { error } = parsed.data;
  const first = error.errors?.[0];
  const detail = error.details?.find((entry) => REASON_OF_DETAIL.has(entry.reason));
  return {
    ...unexplained,
    ...(first?.domain === undefined ? {} : { domain: first.domain }),
    reason: REASON_OF_DETAIL.get(detail?.reason) ?? first?.reason ?? error.status ??
      unexplained.reason,
    message: excerpt(error.message ?? first?.message ?? `Google returned ${status}.`),
  };
}
