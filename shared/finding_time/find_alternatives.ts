import { readSchedulingContext } from "@shared/database/schedulings.ts";
import type { SchedulingContext } from "@shared/database/schedulings.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import { answerNothing, foundBody } from "../../supabase/functions/schedule/responses.ts";
import { habitsOf } from "./habits.ts";
import { slotQuestion } from "./slot_request.ts";
import { readForSearch } from "./read_for_search.ts";
import { ownTime } from "./schedule_meeting.ts";
import type { ScheduleDependencies } from "./schedule_meeting.ts";
import { FIRST_TRY, refused, search } from "./search.ts";
import type { SearchOutcome } from "./search.ts";

/**
 * The next best slots of a meeting that exists, its present one left out. Its own event is in
 * nobody's way, as far as that can be proven (see withoutOwnEvent). Stores nothing.
 */
export async function findAlternatives(
  dependencies: ScheduleDependencies,
  request: { meeting_id: string; max_candidates?: number | undefined },
  user_id: string | null,
): Promise<Response> {
  const started = performance.now();
  const { meeting_id } = request;
  const context = await readSchedulingContext(dependencies.database, {
    meeting_id,
    user_id,
    given: null,
  });
  if (context.decision !== "stored") {
    throw new HttpFault("meeting_not_found", "There is no such meeting.", { meeting_id });
  }
  const { meeting } = context;
  if (meeting.cancelled_at !== null) {
    throw new HttpFault("cancelled", "The meeting was cancelled.", { meeting_id });
  }
  const outcome = await searchAgain(dependencies, context, request);
  const elapsed_ms = performance.now() - started;
  const current_slot = currentSlot(meeting);
  if (outcome.kind !== "found") {
    return answerNothing(meeting_id, outcome, elapsed_ms, { current_slot });
  }
  const { selected_slot: _, ...body } = foundBody(meeting_id, outcome, elapsed_ms);
  const count = body.candidates.length;
  return json({
    ...body,
    message: `${count === 1 ? "One other time is" : `${count} other times are`} possible.`,
    current_slot,
  });
}

type StoredContext = Extract<SchedulingContext, { decision: "stored" }>;

async function searchAgain(
  dependencies: ScheduleDependencies,
  { meeting, connection: organizer, ...known_people }: StoredContext,
  request: { max_candidates?: number | undefined },
): Promise<SearchOutcome> {
  const now = dependencies.now();
  const question = slotQuestion(meeting, organizer, now);
  if ("path" in question) {
    const { path, message } = question;
    return refused("invalid_request", `${path}: ${message}`, { path });
  }
  const credentials = { organizer, own: known_people.own_connections };
  const known = await readForSearch(dependencies, question, credentials, {
    own: ownTime(meeting),
    tries: FIRST_TRY,
  });
  if ("outcome" in known) return known.outcome;
  const wanted = request.max_candidates ?? question.constraints.max_candidates;
  const found = search(question, { times: known.times, habits: habitsOf(known_people) }, {
    now,
    tries: FIRST_TRY,
    // One more, as the present slot may be among the best.
    max_candidates: Math.min(wanted + 1, 100),
  });
  if (found.kind !== "found") return found;
  const present = Date.parse(meeting.starts_at ?? "");
  const candidates = found.candidates
    .filter(({ start_time }) => Date.parse(start_time) !== present)
    .slice(0, wanted);
  if (candidates.length > 0) return { ...found, candidates };
  return refused("no_common_slot", "The meeting's present time is the only one that fits.", {
    unknown: found.result.unknown,
    analytics: found.result.analytics,
  });
}

function currentSlot({ starts_at, ends_at, timezone, score }: MeetingRow) {
  return starts_at === null ? null : { start_time: starts_at, end_time: ends_at, timezone, score };
}
