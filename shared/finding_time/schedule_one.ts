import type { Actor } from "@shared/database/actor.ts";
import type { MeetingRow, NotClaimed } from "@shared/database/meetings.ts";
import { beginScheduling } from "@shared/database/schedulings.ts";
import type { SchedulingDecision } from "@shared/database/schedulings.ts";
import type { GivenMeeting } from "@shared/schemas/given_meeting.ts";
import {
  fixedByEvent,
  invalidField,
  meetingCancelled,
  meetingNotFound,
  notSearched,
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

/** Schedules one meeting now. */
export async function scheduleOne(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  actor: Actor,
): Promise<Scheduled | AlreadyScheduled | NotSearched> {
  const { meeting_id, given, reschedule } = request;
  const begun = await beginScheduling(dependencies.database, {
    meeting_id,
    given: given as Record<string, unknown> | null,
    reschedule,
    actor,
  });
  return begun.decision === "claimed"
    ? await scheduleMeeting(dependencies, begun.meeting, begun)
    : unclaimed(meeting_id, given, begun);
}

function unclaimed(
  meeting_id: string,
  given: GivenMeeting | null,
  begun: NotClaimed<SchedulingDecision>,
): AlreadyScheduled | NotSearched {
  switch (begun.decision) {
    case "scheduled":
      return unchanged(begun.meeting, given);
    case "in_progress":
      return notSearched(
        "in_progress",
        "The meeting is being scheduled. Try again shortly.",
        { meeting_id },
        Math.min(begun.retry_after_seconds ?? 1, 2),
      );
    case "cancelled":
      return meetingCancelled(meeting_id);
    case "frozen":
      return fixedByEvent(begun.path ?? "google_calendar_id");
    case "incomplete":
      return incomplete(begun.path ?? "participants");
    case "not_found":
      return meetingNotFound(meeting_id);
  }
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
