import { CODES } from "@shared/failures/codes.ts";
import type { ResponseCode } from "@shared/failures/codes.ts";
import { limitMessage } from "@shared/failures/reached_limit.ts";
import type { ReachedLimit } from "@shared/failures/reached_limit.ts";

/** A request that leads to no search: an error code of the API, and what is wrong in a sentence. */
export interface NotSearched {
  kind: "not_searched";
  code: Extract<
    ResponseCode,
    | "already_scheduled"
    | "cancelled"
    | "invalid_request"
    | "meeting_id_taken"
    | "limit_reached"
    | "processing_paused"
    | "meeting_not_found"
  >;
  message: string;
  details: Record<string, unknown>;
  retry_after_seconds?: number;
}

export function notSearched(
  code: NotSearched["code"],
  message: string,
  details: Record<string, unknown>,
  retry_after_seconds?: number,
): NotSearched {
  return {
    kind: "not_searched",
    code,
    message,
    details,
    ...(retry_after_seconds === undefined ? {} : { retry_after_seconds }),
  };
}

/** There is none, or it is another user's: the caller never learns which. */
export function meetingNotFound(meeting_id: string): NotSearched {
  return notSearched("meeting_not_found", CODES.meeting_not_found.message, { meeting_id });
}

/** The caller chose this id for a new meeting. */
export function meetingIdTaken(meeting_id: string): NotSearched {
  return notSearched("meeting_id_taken", CODES.meeting_id_taken.message, { meeting_id });
}

export function meetingCancelled(meeting_id: string): NotSearched {
  return notSearched("cancelled", CODES.cancelled.message, { meeting_id });
}

/** A budget of the organizer is used up (docs/budgets.md). */
export function limitReached(meeting_id: string, reached: ReachedLimit): NotSearched {
  const { limit, allowed, retry_after_seconds } = reached;
  const details = { meeting_id, limit, allowed };
  return notSearched("limit_reached", limitMessage(reached), details, retry_after_seconds);
}

/** An operator has paused searches; `paused_until` where the pause has an end. */
export function searchesPaused(
  meeting_id: string,
  pause: { paused_until?: string; retry_after_seconds?: number },
): NotSearched {
  const until = pause.paused_until === undefined
    ? {}
    : { until: new Date(pause.paused_until).toISOString() };
  const details = { meeting_id, ...until };
  const { message } = CODES.processing_paused;
  return notSearched("processing_paused", message, details, pause.retry_after_seconds);
}

export function invalidField({ path, message }: { path: string; message: string }): NotSearched {
  return notSearched("invalid_request", `${path}: ${message}`, { path });
}

/** For fields that cannot be changed once the meeting has an event, because Google cannot change them, or may not. */
export function fixedByEvent(path: string): NotSearched {
  return invalidField({
    path,
    message:
      "The event cannot move to another calendar. Leave this field out, or cancel the meeting and schedule a new one",
  });
}
