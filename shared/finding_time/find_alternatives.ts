import type { Actor } from "@shared/database/actor.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { readSchedulingContext } from "@shared/database/schedulings.ts";
import type { SchedulingContext } from "@shared/database/schedulings.ts";
import { shownSlot } from "@shared/time/shown_time.ts";
import { textsOf } from "@shared/texts/texts.ts";
import { habitsOf } from "./habits.ts";
import { limitReached, meetingCancelled, meetingNotFound } from "./not_searched.ts";
import type { NotSearched } from "./not_searched.ts";
import { readForSearch } from "./read_for_search.ts";
import { ownTime } from "./schedule_meeting.ts";
import type { ScheduleDependencies } from "./schedule_meeting.ts";
import { FIRST_TRY, refused, search } from "./search.ts";
import { searchProblem } from "./search_size.ts";
import type { SearchOutcome } from "./search.ts";
import { readSlotRequest } from "./slot_request.ts";

/** The times that a meeting could have instead of `current_slot`, which is null for one without a slot. */
export interface Alternatives {
  kind: "alternatives";
  outcome: SearchOutcome;
  current_slot: {
    start_time: string;
    end_time: string | null;
    timezone: string | null;
    score: number | null;
  } | null;
}

/**
 * The next best slots of a meeting that exists, without its present one. Its own event takes no
 * time, as far as that can be proven (see withoutOwnEvent). Stores nothing.
 */
export async function findAlternatives(
  dependencies: ScheduleDependencies,
  request: { meeting_id: string; max_candidates?: number | undefined },
  actor: Actor,
): Promise<Alternatives | NotSearched> {
  const { meeting_id } = request;
  const context = await readSchedulingContext(dependencies.database, {
    meeting_id,
    actor,
    given: null,
  });
  if (context.decision === "limit_reached") return limitReached(meeting_id, context);
  if (context.decision !== "stored") return meetingNotFound(meeting_id);
  const { meeting } = context;
  if (meeting.cancelled_at !== null) return meetingCancelled(meeting_id);
  const outcome = await searchAgain(dependencies, context, request);
  return { kind: "alternatives", outcome, current_slot: currentSlot(meeting) };
}

type StoredContext = Extract<SchedulingContext, { decision: "stored" }>;

async function searchAgain(
  dependencies: ScheduleDependencies,
  { meeting, connection: organizer, ...known_people }: StoredContext,
  request: { max_candidates?: number | undefined },
): Promise<SearchOutcome> {
  const now = dependencies.now();
  const { preferences } = known_people;
  const slot_request = readSlotRequest(meeting, { connection: organizer, preferences }, now);
  if ("path" in slot_request) {
    const { path, message } = slot_request;
    return refused("invalid_request", `${path}: ${message}`, { path });
  }
  const wanted = request.max_candidates ?? slot_request.constraints.max_candidates;
  const problem = searchProblem({
    ...slot_request,
    constraints: { ...slot_request.constraints, max_candidates: wanted },
  });
  if (problem !== null) {
    // Only the number of candidates is other than in the row.
    return refused("invalid_request", `max_candidates: ${problem.message}`, {
      path: "max_candidates",
    });
  }
  const credentials = { organizer, own: known_people.own_connections };
  const known = await readForSearch(dependencies, slot_request, credentials, {
    own: ownTime(meeting),
    tries: FIRST_TRY,
  });
  if ("outcome" in known) return known.outcome;
  const found = search(slot_request, { times: known.times, habits: habitsOf(known_people) }, {
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
  return refused("no_common_slot", textsOf(slot_request.locale).results.no_alternative, {
    unknown: found.result.unknown,
    analytics: found.result.analytics,
  });
}

function currentSlot(
  { starts_at, ends_at, timezone, score }: MeetingRow,
): Alternatives["current_slot"] {
  if (starts_at === null) return null;
  return {
    ...shownSlot({ start_time: starts_at, end_time: ends_at }, timezone),
    timezone,
    score,
  };
}
