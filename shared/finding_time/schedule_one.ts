import { beginScheduling } from "@shared/database/schedulings.ts";
import type { SchedulingDecision } from "@shared/database/schedulings.ts";
import type { MeetingRow, NotClaimed } from "@shared/database/meetings.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { answer, storedAnswer } from "../../supabase/functions/schedule/responses.ts";
import type { GivenMeeting, ScheduleRequest } from "../../supabase/functions/schedule/request.ts";
import { asksTheSame } from "./same_request.ts";
import { LEASE_SECONDS, scheduleMeeting } from "./schedule_meeting.ts";
import type { ScheduleDependencies } from "./schedule_meeting.ts";

/** Schedules one meeting now. `user_id` null: a key asks, any meeting will do. */
export async function scheduleOne(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  user_id: string | null,
): Promise<Response> {
  const started = performance.now();
  const { meeting_id, given } = request;
  const begun = await beginScheduling(dependencies.database, {
    ...request,
    user_id,
    lease_seconds: LEASE_SECONDS,
  });
  if (begun.decision !== "claimed") return answerUnclaimed(meeting_id, given, begun);

  const scheduled = await scheduleMeeting(dependencies, begun.meeting, begun);
  return answer(meeting_id, scheduled, performance.now() - started);
}

function answerUnclaimed(
  meeting_id: string,
  given: GivenMeeting | null,
  begun: NotClaimed<SchedulingDecision>,
): Response {
  switch (begun.decision) {
    case "scheduled":
      return json(storedAnswer(unchanged(begun.meeting, given)));
    case "in_progress":
      throw new HttpFault(
        "in_progress",
        "The meeting is being scheduled at this moment. Ask again shortly.",
        { meeting_id },
        Math.min(begun.retry_after_seconds ?? 1, 2),
      );
    case "cancelled":
      throw new HttpFault("cancelled", "The meeting was cancelled.", { meeting_id });
    case "frozen":
      throw frozen(begun.path ?? "google_calendar_id");
    case "incomplete":
      throw incomplete(begun.path ?? "participants");
    case "not_found":
      throw new HttpFault("meeting_not_found", "There is no such meeting.", { meeting_id });
  }
}

function incomplete(path: string): HttpFault {
  const wanted = path === "participants"
    ? "A new meeting needs participants"
    : "A new meeting needs an organizer: send the id of a user who exists";
  return new HttpFault("invalid_request", `${path}: ${wanted}`, { path });
}

/** What Google cannot change of an event that exists, or may. */
export function frozen(path: string): HttpFault {
  const why =
    "The event stays on the calendar it was written to. Leave this out, or cancel the meeting and schedule a new one";
  return new HttpFault("invalid_request", `${path}: ${why}`, { path });
}

function unchanged(
  meeting: MeetingRow | undefined,
  given: GivenMeeting | null,
): MeetingRow {
  if (meeting === undefined) throw new Error("A scheduled meeting came without its row");
  if (given === null || asksTheSame(meeting, given)) return meeting;
  throw new HttpFault(
    "already_scheduled",
    'The meeting has a slot that was found for other participants or constraints. Send "reschedule": true to look again.',
    { meeting_id: meeting.meeting_id, starts_at: meeting.starts_at },
  );
}
