import type { DeliverySettlement } from "@shared/database/notifications.ts";
import { CODES } from "@shared/failures/codes.ts";
import type { Code } from "@shared/failures/codes.ts";
import { NoAnswer } from "./reply_head.ts";
import type { ReplyHead } from "./reply_head.ts";

/** What became of one delivery, as the queue settles it. */
export type Delivery = DeliverySettlement;

/** A notification is worthless after a longer delay. */
const MAX_RETRY_AFTER_SECONDS = 6 * 3600;

/** Used where a target asks to slow down without saying for how long. */
const SLOW_DOWN_SECONDS = 60;

export const SENT: Delivery = {
  outcome: "sent",
  error: null,
  spends_attempt: true,
  not_before_seconds: null,
};

/** No further attempt would change it. */
export function rejected(code: Code, message: string = CODES[code].message): Delivery {
  return {
    outcome: "reject",
    error: errorText(code, message),
    spends_attempt: true,
    not_before_seconds: null,
  };
}

/**
 * The target did not respond, or its host name could not be resolved. Owners of targets read the sentence, so it
 * has nothing of the network's own errors, which can contain addresses.
 */
export function unreachable(error: unknown): Delivery {
  return {
    outcome: "retry",
    error: errorText("target_unreachable", explainSilence(error)),
    spends_attempt: true,
    not_before_seconds: null,
  };
}

/**
 * The meaning of an answer: 2xx arrived; 408 and 5xx are tried again; 429 too, and spends no attempt;
 * everything else, redirects included, stays wrong. `retryable` names more statuses of that channel.
 */
export function deliveryOf(
  { status, retry_after }: ReplyHead,
  now: Date,
  retryable: readonly number[] = [],
): Delivery {
  if (status >= 200 && status < 300) return SENT;
  const wait = retryAfterSeconds(retry_after, now);
  if (status === 429) {
    return {
      outcome: "retry",
      error: errorText("rate_limited", "The target's rate limit was reached."),
      spends_attempt: false,
      not_before_seconds: wait ?? SLOW_DOWN_SECONDS,
    };
  }
  const error = errorText(`target_answered_${status}`, explain(status));
  if (status >= 500 || status === 408 || retryable.includes(status)) {
    return { outcome: "retry", error, spends_attempt: true, not_before_seconds: wait };
  }
  return { outcome: "reject", error, spends_attempt: true, not_before_seconds: null };
}

function errorText(code: Code | `target_answered_${number}`, message: string): string {
  return `${code}: ${message}`;
}

function explainSilence(error: unknown): string {
  if (error instanceof NoAnswer) return `${error.message}.`;
  if (error instanceof Deno.errors.ConnectionRefused) return "The target refused the connection.";
  if (error instanceof Deno.errors.NotFound) return "The target's host name could not be resolved.";
  if (error instanceof Deno.errors.InvalidData) return "The target's TLS certificate is not valid.";
  return CODES.target_unreachable.message;
}

function explain(status: number): string {
  if (status >= 500 || status === 408) return "The target could not process the notification.";
  if (status >= 300 && status < 400) {
    return "The target redirects, and redirects are not followed. Enter the address of the redirect.";
  }
  if (status === 404 || status === 410) return "The target's address no longer exists.";
  return CODES.target_answered.message;
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfterSeconds(value: string | null, now: Date): number | null {
  if (value === null || value === "") return null;
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : Math.ceil((Date.parse(value) - now.getTime()) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS) : null;
}
