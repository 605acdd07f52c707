import { CODES } from "@shared/failures/codes.ts";
import type { ResponseCode } from "@shared/failures/codes.ts";
import { reasonOf, waitOf } from "@shared/failures/failure.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import { blockingLabel } from "@shared/scheduling/explaining/blocking.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots, type SchedulingResult } from "@shared/scheduling/find_slots.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import { textsOf } from "@shared/texts/texts.ts";
import { TIMED_OUT } from "./deadline.ts";
import type { Habits } from "./habits.ts";
import { people } from "./participants.ts";
import type { KnownTimes } from "./participants.ts";
import { warningsOf } from "./search_warnings.ts";
import type { SearchWarning } from "./search_warnings.ts";
import { seriesOf } from "./slot_request.ts";
import type { SlotRequest } from "./slot_request.ts";

/** Whether a failure at Google spends the last attempt; asking to slow down spends none. */
export interface Tries {
  is_last: boolean;
}

/** A search that is not repeated: its first failure is reported as one that may pass. */
export const FIRST_TRY: Tries = { is_last: false };

export type SearchErrorCode = Extract<
  ResponseCode,
  | "invalid_request"
  | "needs_reauth"
  | "calendar_unreadable"
  | "no_common_slot"
  | "google_unavailable"
  | "rate_limited"
  | "limit_reached"
  | "busy"
>;

export interface FoundSlots {
  kind: "found";
  timezone: string;
  locale: string;
  /** Best first, never empty; as many as were asked for. */
  candidates: readonly Candidate[];
  result: SchedulingResult;
  warnings: readonly SearchWarning[];
}

export interface RefusedSearch {
  kind: "refused";
  code: SearchErrorCode;
  reason: string;
  details: Record<string, unknown>;
}

export interface PostponedSearch {
  kind: "postponed";
  code: Extract<SearchErrorCode, "google_unavailable" | "rate_limited" | "limit_reached" | "busy">;
  reason: string;
  /** Whether it spends an attempt. */
  verdict: "retry" | "defer";
  /** Seconds to wait; null: the queue's backoff decides, which the settlement returns. */
  retry_after_seconds: number | null;
}

export type SearchOutcome = FoundSlots | RefusedSearch | PostponedSearch;

/**
 * The best slots in known time, as many as `max_candidates`, or why there is none. A slot that asks
 * for concessions counts only where the caller allowed it.
 */
export function search(
  slot_request: SlotRequest,
  { times, habits }: { times: KnownTimes; habits: Habits },
  { now, tries, max_candidates }: { now: Date; tries: Tries; max_candidates: number },
): SearchOutcome {
  const { weights, locale, excluded } = slot_request;
  const constraints = { ...slot_request.constraints, max_candidates };
  const asked = {
    constraints,
    participants: people(slot_request, times, habits),
    now,
    locale,
    ...(weights === null ? {} : { weights }),
    ...seriesOf(slot_request),
    ...(times.window === null ? {} : { busy_window: times.window }),
    ...(excluded === undefined ? {} : { excluded }),
  };
  let result: SchedulingResult;
  try {
    result = findSlots(asked);
  } catch (thrown) {
    if (!(thrown instanceof SchedulingInputError)) throw thrown;
    return refused("invalid_request", thrown.message, { path: thrown.path });
  }
  const conceded = slot_request.allow_concessions ? result.conceded_candidates : [];
  const candidates = result.candidates.length > 0 ? result.candidates : conceded;
  const warnings = warningsOf(slot_request, times, textsOf(locale));
  return candidates.length > 0
    ? { kind: "found", timezone: constraints.timezone, locale, candidates, result, warnings }
    : afterNothing(result, times, { tries, warnings });
}

function afterNothing(
  result: SchedulingResult,
  times: KnownTimes,
  { tries, warnings }: { tries: Tries; warnings: readonly SearchWarning[] },
): SearchOutcome {
  const { empty_reason, blocking, suggestion, unknown, analytics, message } = result;
  const unreadable = blocking.filter(({ reason }) => reason === "unknown");
  const late = unreadable.filter(({ email }) =>
    times.read.get(email ?? "")?.unknown_reason === TIMED_OUT
  );
  if (late.length > 0 && !tries.is_last) {
    const names = late.map(blockingLabel).join(", ");
    return {
      kind: "postponed",
      code: "google_unavailable",
      reason:
        `Google did not respond in time for the calendar of ${names}. The search is retried automatically.`,
      verdict: "retry",
      retry_after_seconds: null,
    };
  }
  const { conceded_candidates, negotiation_rounds } = result;
  return refused(
    unreadable.length > 0 ? "calendar_unreadable" : "no_common_slot",
    suggestion === undefined ? message : `${message} ${suggestion}`,
    {
      empty_reason,
      blocking,
      suggestion,
      unknown,
      analytics,
      negotiation_rounds,
      ...(conceded_candidates.length === 0 ? {} : { conceded_candidates }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  );
}

/** What a search comes to whose calendars the organizer's connection could not read. */
export function afterFailure(
  failure: GoogleFailure,
  tries: Tries,
): RefusedSearch | PostponedSearch {
  const { google, message } = failure;
  const details = { reason: reasonOf(failure) };
  switch (failure.verdict) {
    case "reconnect":
      return refused("needs_reauth", message, details);
    case "reject":
      return refused(
        "calendar_unreadable",
        `Google rejected the request for free/busy times (${google.status} ${google.reason}): ${google.message}`,
        details,
      );
    default: {
      const is_limited = failure.code === "rate_limited";
      const reason = is_limited
        ? `Google's rate limit was reached (${google.reason}).`
        : `Google did not return free/busy times (${google.reason}).`;
      if (!is_limited && tries.is_last) {
        return refused(
          "google_unavailable",
          `${reason} Schedule the meeting again later.`,
          details,
        );
      }
      return {
        kind: "postponed",
        code: is_limited ? "rate_limited" : "google_unavailable",
        reason: `${reason} The search is retried automatically.`,
        verdict: is_limited ? "defer" : "retry",
        retry_after_seconds: waitOf(failure),
      };
    }
  }
}

export function notConnected(): RefusedSearch {
  return refused(
    "needs_reauth",
    CODES.not_connected.message,
    { reason: "not_connected" },
  );
}

export function refused(
  code: SearchErrorCode,
  reason: string,
  details: Record<string, unknown>,
): RefusedSearch {
  return { kind: "refused", code, reason, details };
}
