import { readSchedulingContext } from "@shared/database/schedulings.ts";
import type { SchedulingContext } from "@shared/database/schedulings.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { previewWrite } from "@shared/writeback/preview_write.ts";
import { answerNothing, foundBody } from "../../supabase/functions/schedule/responses.ts";
import type { Credentials } from "./credentials.ts";
import { habitsOf } from "./habits.ts";
import type { Habits } from "./habits.ts";
import { newMeeting, storedMeeting } from "../../supabase/functions/schedule/preview_meeting.ts";
import type { PreviewedMeeting } from "../../supabase/functions/schedule/preview_meeting.ts";
import { askedQuestion, slotQuestion } from "./slot_request.ts";
import type { SlotQuestion } from "./slot_request.ts";
import { readForSearch } from "./read_for_search.ts";
import type { OwnTime } from "./read_times.ts";
import type { GivenMeeting, ScheduleRequest } from "../../supabase/functions/schedule/request.ts";
import { ownTime } from "./schedule_meeting.ts";
import type { ScheduleDependencies } from "./schedule_meeting.ts";
import { FIRST_TRY, refused, search } from "./search.ts";
import type { FoundSlots, SearchOutcome } from "./search.ts";
import { frozen } from "./schedule_one.ts";

/** What is searched for, and how the meeting would look with a slot. */
interface Rehearsal {
  question: SlotQuestion;
  credentials: Credentials;
  own: OwnTime;
  habits: Habits;
  preview(found: FoundSlots): PreviewedMeeting | null;
}

/**
 * Everything that scheduling would answer, with the request that write-back would send to Google and
 * who would be mailed. Stores nothing, leases nothing and holds nobody's time. Where every
 * participant's busy time is handed in, no calendar is read, so no connection is needed.
 */
export async function dryRun(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  user_id: string | null,
): Promise<Response> {
  const started = performance.now();
  const { meeting_id } = request;
  const outcome = await rehearse(dependencies, await rehearsal(dependencies, request, user_id));
  const elapsed_ms = () => performance.now() - started;
  if (!("google_request" in outcome)) {
    return answerNothing(meeting_id, outcome, elapsed_ms(), { dry_run: true });
  }
  const { found, google_request, mail_recipients } = outcome;
  return json({
    ...foundBody(meeting_id, found, elapsed_ms()),
    dry_run: true,
    google_request,
    mail_recipients,
  });
}

async function rehearse(dependencies: ScheduleDependencies, rehearsal: Rehearsal) {
  const { question, credentials, own, habits, preview } = rehearsal;
  const known = await readForSearch(dependencies, question, credentials, { own, tries: FIRST_TRY });
  if ("outcome" in known) return refusal(known.outcome);
  const found = search(question, { times: known.times, habits }, {
    now: dependencies.now(),
    tries: FIRST_TRY,
    max_candidates: question.constraints.max_candidates,
  });
  if (found.kind !== "found") return found;
  const previewed = preview(found);
  if (previewed === null) {
    return refused("invalid_request", "The stored meeting cannot be written as it is.", {});
  }
  return { found, ...previewWrite(dependencies.calendar, previewed.meeting, previewed.target) };
}

function refusal(outcome: SearchOutcome) {
  if (outcome.kind === "found") throw new Error("A search that found slots is no failure");
  return outcome;
}

async function rehearsal(
  dependencies: ScheduleDependencies,
  { meeting_id, given }: ScheduleRequest,
  user_id: string | null,
): Promise<Rehearsal> {
  const now = dependencies.now();
  const complete = given?.participants?.every(({ busy }) => busy !== undefined) ?? false;
  const nobody = user_id === null && given?.organizer_user_id === undefined;
  const context: SchedulingContext = complete && nobody
    ? { decision: "new", connection: null, own_connections: [], burdens: {} }
    : await readSchedulingContext(dependencies.database, {
      meeting_id,
      user_id,
      given: withoutBusyTime(given),
    });
  if (context.decision === "not_found") {
    throw new HttpFault("meeting_not_found", "There is no such meeting.", { meeting_id });
  }
  if (context.decision === "frozen") throw frozen(context.path);
  const { connection: organizer, own_connections: own } = context;
  const organizer_email = organizer?.email ?? null;
  if (context.decision === "stored") {
    const columns = asColumns(given);
    const row = { ...context.meeting, ...columns };
    if (row.cancelled_at !== null) {
      throw new HttpFault("cancelled", "The meeting was cancelled.", { meeting_id });
    }
    const question = slotQuestion(row, organizer, now);
    if ("path" in question) throw invalid(question);
    return {
      question,
      credentials: { organizer, own },
      own: ownTime(row),
      habits: habitsOf(context),
      preview: (found) => storedMeeting(context.meeting, columns, found, organizer_email),
    };
  }
  if (given?.participants === undefined) {
    throw invalid({ path: "participants", message: "A new meeting needs participants" });
  }
  return {
    question: askedQuestion(
      {
        participants: given.participants,
        constraints: given.constraints ?? {},
        weights: given.weights ?? null,
        recurrence: given.recurrence ?? null,
        allow_concessions: given.allow_concessions ?? false,
      },
      complete ? null : organizer,
      now,
    ),
    credentials: { organizer, own },
    own: { meeting_id: null, event: null },
    habits: habitsOf(context),
    preview: (found) => newMeeting(meeting_id, given, found, organizer_email),
  };
}

/** The database looks for connections by address; megabytes of busy time would only pass through it. */
function withoutBusyTime(given: GivenMeeting | null): Record<string, unknown> | null {
  if (given === null) return null;
  const { participants, ...columns } = given;
  if (participants === undefined) return columns;
  return { ...columns, participants: participants.map(({ email }) => ({ email })) };
}

/** What the caller named, in the place of what is stored; JSON as it would be stored. */
function asColumns(given: GivenMeeting | null): Partial<MeetingRow> {
  return JSON.parse(JSON.stringify(given ?? {})) as Partial<MeetingRow>;
}

function invalid({ path, message }: { path: string; message: string }): HttpFault {
  return new HttpFault("invalid_request", `${path}: ${message}`, { path });
}
