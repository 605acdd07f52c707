import type { Actor } from "@shared/database/actor.ts";
import { afterLease } from "@shared/database/lease_wait.ts";
import type { MeetingRow, NotClaimed } from "@shared/database/meetings.ts";
import { beginScheduling } from "@shared/database/schedulings.ts";
import type {
  BegunScheduling,
  ClaimedScheduling,
  SchedulingDecision,
} from "@shared/database/schedulings.ts";
import { isFailureCode, responseCode } from "@shared/failures/codes.ts";
import type { ResponseCode } from "@shared/failures/codes.ts";
import type { ReachedLimit } from "@shared/failures/reached_limit.ts";
import type { GivenMeeting } from "@shared/schemas/given_meeting.ts";
import { isGroup } from "@shared/schemas/people.ts";
import {
  fixedByEvent,
  invalidField,
  limitReached,
  meetingCancelled,
  meetingIdTaken,
  meetingNotFound,
  notSearched,
  searchesPaused,
} from "./not_searched.ts";
import type { NotSearched } from "./not_searched.ts";
import { requestsTheSame } from "./same_request.ts";
import { scheduleMeeting } from "./schedule_meeting.ts";
import type { Scheduled, ScheduleDependencies } from "./schedule_meeting.ts";

/** One meeting to schedule. `given` holds the columns that the caller named and nothing else, or is null. */
export interface ScheduleRequest {
  meeting_id: string;
  given: GivenMeeting | null;
  /** Search again although the meeting has a slot. */
  reschedule: boolean;
}

/** The meeting has a slot for the same request already. */
export interface AlreadyScheduled {
  kind: "already_scheduled";
  meeting: MeetingRow;
}

/** The search of another worker, which the caller has waited for, found no slot. */
export interface FailedElsewhere {
  kind: "failed_elsewhere";
  code: ResponseCode;
  reason: string;
  details: Record<string, unknown>;
  /** When the search is repeated; null: it is not. */
  retry_after_seconds: number | null;
}

/** Another worker is still searching. */
export interface PendingSearch {
  kind: "pending";
  retry_after_seconds: number;
}

export type ScheduledOne =
  | Scheduled
  | AlreadyScheduled
  | FailedElsewhere
  | PendingSearch
  | NotSearched;

/** Schedules one meeting now. `waits`: where another worker has its lease, the result is what that one finds. */
export async function scheduleOne(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  actor: Actor,
  { waits }: { waits: boolean },
): Promise<ScheduledOne> {
  const { meeting_id, given, reschedule } = request;
  const begin = async (is_waiting: boolean) =>
    withGivenPeople(
      await beginScheduling(dependencies.database, {
        meeting_id,
        given: given as Record<string, unknown> | null,
        reschedule,
        actor,
        is_waiting,
      }),
      given,
    );
  const first = await begin(false);
  const waited = waits && first.decision !== "claimed"
    ? await afterLease(first, () => begin(true))
    : first;
  const begun = isOfOtherRequest(waited, given) ? await begin(false) : waited;
  return begun.decision === "claimed"
    ? await scheduleMeeting(dependencies, begun.meeting, begun)
    : unclaimed(meeting_id, given, begun);
}

/** Megabytes that the caller has given do not come back: the row has them from here, and its own choices of groups. */
function withGivenPeople<Begun extends BegunScheduling>(
  begun: Begun,
  given: GivenMeeting | null,
): Begun {
  if (begun.has_availability !== false || begun.meeting === undefined) return begun;
  const stored: unknown = begun.meeting.participants;
  const participants = given?.participants?.map((entry, index) => {
    const kept = Array.isArray(stored) ? stored[index] : undefined;
    return isGroup(entry) && kept?.chosen !== undefined ? { ...entry, chosen: kept.chosen } : entry;
  });
  return { ...begun, meeting: { ...begun.meeting, participants } };
}

/** Whether the search that was waited for failed, and for other people or constraints than the caller's. */
function isOfOtherRequest(
  begun: ClaimedScheduling | NotClaimed<SchedulingDecision>,
  given: GivenMeeting | null,
): boolean {
  const is_failure = begun.decision === "failed" || begun.decision === "retrying";
  return is_failure && given !== null && begun.meeting !== undefined &&
    !requestsTheSame(begun.meeting, given);
}

function unclaimed(
  meeting_id: string,
  given: GivenMeeting | null,
  begun: NotClaimed<SchedulingDecision>,
): AlreadyScheduled | FailedElsewhere | PendingSearch | NotSearched {
  switch (begun.decision) {
    case "scheduled":
      return unchanged(begun.meeting, given);
    case "in_progress":
      return { kind: "pending", retry_after_seconds: Math.min(begun.retry_after_seconds ?? 1, 2) };
    case "failed":
    case "retrying":
      return failedElsewhere(begun);
    case "cancelled":
      return meetingCancelled(meeting_id);
    case "frozen":
      return fixedByEvent(begun.path ?? "google_calendar_id");
    case "incomplete":
      return incomplete(begun.path ?? "participants");
    case "taken":
      return meetingIdTaken(meeting_id);
    case "limit_reached":
      return limitReached(meeting_id, reachedLimit(begun));
    case "processing_paused":
      return searchesPaused(meeting_id, begun);
    case "not_found":
      return meetingNotFound(meeting_id);
  }
}

function failedElsewhere(
  { meeting, retry_after_seconds }: NotClaimed<SchedulingDecision>,
): FailedElsewhere {
  if (meeting === undefined) throw new Error("A failed search came without its row");
  const code = meeting.scheduling_error ?? "";
  return {
    kind: "failed_elsewhere",
    code: isFailureCode(code) ? responseCode(code) : "busy",
    reason: meeting.scheduling_reason ?? "The search found no time.",
    details: (meeting.scheduling_details ?? {}) as Record<string, unknown>,
    retry_after_seconds: retry_after_seconds ?? null,
  };
}

function reachedLimit({ limit, allowed, retry_after_seconds }: Partial<ReachedLimit>) {
  if (limit === undefined || allowed === undefined || retry_after_seconds === undefined) {
    throw new Error("A limit was reached, but which was not returned");
  }
  return { limit, allowed, retry_after_seconds };
}

function incomplete(path: string): NotSearched {
  return invalidField({
    path,
    message: path === "participants"
      ? "A new meeting needs participants"
      : "A new meeting needs an organizer: send the id of a user who exists",
  });
}

function unchanged(
  meeting: MeetingRow | undefined,
  given: GivenMeeting | null,
): AlreadyScheduled | NotSearched {
  if (meeting === undefined) throw new Error("A scheduled meeting came without its row");
  if (given === null || requestsTheSame(meeting, given)) {
    return { kind: "already_scheduled", meeting };
  }
  return notSearched(
    "already_scheduled",
    'The meeting has a slot that was found for other participants or constraints. Send "reschedule": true to search again.',
    { meeting_id: meeting.meeting_id, starts_at: meeting.starts_at },
  );
}
