import { TokenCipherFault } from "@shared/connections/token_cipher.ts";
import { DatabaseFault } from "@shared/database/call.ts";
import type { GoogleFailure } from "@shared/google/outcome.ts";

/** Why an event was not written, in a word; the contract of `writeback_error` and of `results[].error`. */
export type WritebackFailureCode =
  | "not_connected"
  | "invalid_grant"
  | "invalid_credentials"
  | "insufficient_permissions"
  | "wrong_account"
  | "account_changed"
  | "invalid_request"
  | "slot_expired"
  | "foreign_event"
  | "event_missing"
  | "organizer_deleted"
  | "google_rejected"
  | "google_unavailable"
  | "rate_limited"
  | "out_of_time"
  | "token_unreadable"
  | "internal_error";

export interface Failure {
  code: WritebackFailureCode;
  /** A sentence for people: what happened and what would change it. */
  message: string;
  should_retry: boolean;
  /** The event may exist: the next attempt looks before it writes. */
  outcome_unknown: boolean;
  /** Attempts bound writes; limits, looks and our own deadline spend none. */
  spends_attempt: boolean;
  /** Null: the queue's own backoff decides. */
  not_before_seconds: number | null;
}

/** A failure that no further attempt would change. */
export function permanent(code: WritebackFailureCode, message: string): Failure {
  return {
    code,
    message,
    should_retry: false,
    outcome_unknown: false,
    spends_attempt: true,
    not_before_seconds: null,
  };
}

export function slotExpired(): Failure {
  return permanent(
    "slot_expired",
    "The slot has passed before the event could be written. Schedule the meeting again.",
  );
}

/**
 * All three attempts are spent, and a look has shown `state`. `lease_losses` in a row: it was workers
 * that ended, not Google that failed.
 */
export function attemptsSpent(lease_losses: number, state: string): Failure {
  const [code, what] = lease_losses < 3
    ? ["google_unavailable", "Three attempts failed"] as const
    : ["internal_error", "Three workers ended over it"] as const;
  return {
    ...permanent(code, `${what}; ${state}. Requeue the meeting to try again.`),
    spends_attempt: false,
  };
}

/** Says so of the failure that spends the third attempt; `failed_attempts` before it. */
export function atLast(failed_attempts: number, failure: Failure): Failure {
  const { should_retry, outcome_unknown, spends_attempt } = failure;
  if (!should_retry || outcome_unknown || !spends_attempt || failed_attempts < 2) return failure;
  const message = `${failure.message} Three attempts failed. Requeue the meeting to try again.`;
  return { ...failure, should_retry: false, message };
}

/** Nothing was sent, and nothing is lost but a second. */
export function outOfTime(outcome_unknown: boolean): Failure {
  return {
    ...permanent("out_of_time", "The time for this call was used up. It is tried again."),
    should_retry: true,
    outcome_unknown,
    spends_attempt: false,
    not_before_seconds: 1,
  };
}

/** Nothing was begun with the account that the claim noted; the next claim notes the present one. */
export function accountChanged(): Failure {
  return {
    ...permanent(
      "account_changed",
      "The organizer has just connected another Google account. The event is written with that one.",
    ),
    should_retry: true,
    spends_attempt: false,
    not_before_seconds: 1,
  };
}

/** Something of ours failed; what it was is for the log, never for a caller. */
export function fromThrown(thrown: unknown, outcome_unknown: boolean): Failure {
  const failure = thrown instanceof TokenCipherFault
    ? permanent(
      "token_unreadable",
      "The organizer's Google tokens cannot be decrypted. Put the missing key back into CONVENE_TOKEN_KEYS, or connect Google again.",
    )
    : permanent("internal_error", "Something went wrong on our side. It has been logged.");
  // A database that is busy says nothing about the meeting.
  const spends_attempt = !(thrown instanceof DatabaseFault && thrown.is_temporary);
  return { ...failure, should_retry: true, outcome_unknown, spends_attempt };
}

/** While we cannot look, a row that may have an event stays in the queue: an hour between looks. */
const LOOK_AGAIN_SECONDS = 3600;

/**
 * What Google's answer means for the row. `request` says whether it was a look or a write;
 * `outcome_unknown` whether an earlier write may have landed.
 */
export function fromGoogle(
  failure: GoogleFailure,
  request: "look" | "write",
  outcome_unknown: boolean,
): Failure {
  const temporary = {
    should_retry: true,
    outcome_unknown,
    spends_attempt: request === "write",
    not_before_seconds: null,
  };
  const { fault } = failure;
  switch (failure.kind) {
    case "unknown":
      return {
        ...temporary,
        code: "google_unavailable",
        message:
          `Google's answer was lost (${fault.reason}). Whether the event exists is checked before the next attempt.`,
        outcome_unknown: true,
      };
    case "retry":
      if (failure.scope === "request") {
        return {
          ...temporary,
          code: "google_unavailable",
          message: `Google could not answer (${fault.reason}).`,
          spends_attempt: temporary.spends_attempt && failure.held_back !== true,
          not_before_seconds: failure.not_before_seconds ?? null,
        };
      }
      return {
        ...temporary,
        code: "rate_limited",
        message: `Google asks to slow down (${fault.reason}). It is tried again later.`,
        spends_attempt: false,
        not_before_seconds: failure.not_before_seconds ?? 60,
      };
    case "reconnect":
      return unlessUnknown(outcome_unknown, permanent(reconnectCode(fault.reason), fault.message));
    case "reject":
      return unlessUnknown(
        outcome_unknown,
        permanent(
          "google_rejected",
          `Google refused (${fault.status} ${fault.reason}): ${fault.message}`,
        ),
      );
  }
}

/** A row whose event may exist is never given up before a look has answered. */
export function unlessUnknown(outcome_unknown: boolean, failure: Failure): Failure {
  return outcome_unknown
    ? {
      ...failure,
      should_retry: true,
      outcome_unknown: true,
      spends_attempt: false,
      not_before_seconds: LOOK_AGAIN_SECONDS,
    }
    : failure;
}

/**
 * What one request meets says nothing of an earlier one that may still take effect: the row stays
 * unknown until `seconds` have passed and somebody has looked. A write whose own answer was lost
 * waits longer, by the queue's rule.
 */
export function untilEarlierLanded(failure: Failure, seconds: number): Failure {
  const is_lost_write = failure.outcome_unknown && failure.spends_attempt;
  if (is_lost_write || seconds <= 0) return failure;
  return {
    ...failure,
    should_retry: true,
    outcome_unknown: true,
    spends_attempt: failure.should_retry && failure.spends_attempt,
    not_before_seconds: Math.max(failure.not_before_seconds ?? 0, seconds),
  };
}

/** Connections already speak our words here; anything else would be a refused token. */
function reconnectCode(reason: string): WritebackFailureCode {
  if (reason === "invalid_grant" || reason === "insufficient_permissions") return reason;
  return "invalid_credentials";
}
