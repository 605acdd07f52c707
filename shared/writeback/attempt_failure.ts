import type { EventCalendar } from "@shared/calendar_events/event_calendar.ts";
import type { Located } from "@shared/calendar_events/find_moved_event.ts";
import type { LeasedMeeting } from "@shared/database/meetings.ts";
import { isTemporary, rejection, whileUnknown } from "@shared/failures/failure.ts";
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

/** Another calendar organizes the event, which this account cannot change; it was left as it is. */
export function notOrganizer(organizer: string): Failure {
  return rejection(
    "not_organizer",
    `${organizer} organizes the event on Google Calendar now, so Convene left it unchanged. Ask ${organizer} to change or delete it, or to move it back; then requeue the meeting.`,
  );
}

/** Why an event that was looked for can neither be changed nor deleted; null where it can, or is gone. */
export function whyOutOfReach(
  row: Pick<LeasedMeeting, "outcome_unknown">,
  at: EventCalendar,
  found: Located,
): Failure | null {
  switch (found.kind) {
    case "unreadable":
      return stillUnknown(row.outcome_unknown, ofRead(found.failure));
    case "no_access":
      return rejection(
        "event_unreachable",
        `Calendar ${at.calendar_id} can no longer be read, so it is unknown whether the event still exists. Let its owner share it with the organizer again; then requeue the meeting.`,
      );
    case "elsewhere":
      return notOrganizer(found.organizer_email);
    case "there": {
      const { organizer } = found.event;
      return organizer?.email === undefined || organizer.self === true
        ? null
        : notOrganizer(organizer.email);
    }
    default:
      return null;
  }
}

/** Others changed the event after each read. */
export function keepsChanging(): Failure {
  return {
    verdict: "retry",
    code: "google_unavailable",
    message: "Other changes of the event on Google Calendar prevented this one.",
    not_before_seconds: null,
  };
}
