import { isTemporary, whileUnknown } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";

/**
 * All three attempts are spent, and a verification read has shown `state`. `lease_losses` in a row: it
 * was workers that ended, not Google that failed.
 */
export function attemptsSpent(lease_losses: number, state: string): Failure {
  const [code, what] = lease_losses < 3
    ? ["google_unavailable", "Three attempts failed"] as const
    : ["internal_error", "Processing crashed three times"] as const;
  const message = `${what}; ${state}. Requeue the meeting to try again.`;
  return { verdict: "exhausted", code, message };
}

/** The failure that spends the third attempt is final, and says so; `failed_attempts` before it. */
export function atLast(failed_attempts: number, failure: Failure): Failure {
  if (failure.verdict !== "retry" || failed_attempts < 2) return failure;
  const { not_before_seconds: _, ...final } = failure;
  const message = `${failure.message} Three attempts failed. Requeue the meeting to try again.`;
  return { ...final, verdict: "reject", message };
}

/** A read spends no attempt. */
export function ofRead(failure: Failure): Failure {
  return failure.verdict === "retry" ? { ...failure, verdict: "defer" } : failure;
}

/** While Google cannot be read, a row that may have an event stays due: an hour between reads. */
const VERIFY_AGAIN_SECONDS = 3600;

/** A row whose event may exist is never given up before a verification read was answered. */
export function stillUnknown(outcome_unknown: boolean, failure: Failure): Failure {
  if (!outcome_unknown) return failure;
  return whileUnknown(failure, isTemporary(failure) ? null : VERIFY_AGAIN_SECONDS);
}

/**
 * What one request meets says nothing of an earlier one that may still take effect: the row stays
 * unknown until `seconds` have passed and Google was read. A write whose own response was lost waits
 * longer, by the queue's rule.
 */
export function untilEarlierLanded(failure: Failure, seconds: number): Failure {
  return seconds > 0 ? whileUnknown(failure, seconds) : failure;
}
