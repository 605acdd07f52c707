import type { LeasedMeeting } from "@shared/database/meetings.ts";
import { isTemporary, whileUnknown } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";

/**
 * All attempts are spent, and a verification read has shown `state`. Where as many leases in a row
 * expired, the workers crashed; Google did not fail.
 */
export function attemptsSpent(
  { crashes, max_attempts }: Pick<LeasedMeeting, "crashes" | "max_attempts">,
  state: string,
): Failure {
  const [code, what] = crashes < max_attempts
    ? ["google_unavailable", `${max_attempts} attempts failed`] as const
    : ["internal_error", `Processing crashed ${max_attempts} times`] as const;
  const message = `${what}; ${state}. Requeue the meeting to try again.`;
  return { verdict: "exhausted", code, message };
}

/** The failure of the last attempt is final, and its message says so. */
export function atLast(
  { attempts, max_attempts }: Pick<LeasedMeeting, "attempts" | "max_attempts">,
  failure: Failure,
): Failure {
  if (failure.verdict !== "retry" || attempts + 1 < max_attempts) return failure;
  const { not_before_seconds: _, ...final } = failure;
  const message =
    `${failure.message} ${max_attempts} attempts failed. Requeue the meeting to try again.`;
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
 * The result of one request decides nothing about an earlier one that may still take effect: the row stays
 * unknown until `seconds` have passed and Google was read. A write whose own response was lost waits
 * longer, by the queue's rule.
 */
export function whileEarlierUnknown(failure: Failure, seconds: number): Failure {
  return seconds > 0 ? whileUnknown(failure, seconds) : failure;
}
