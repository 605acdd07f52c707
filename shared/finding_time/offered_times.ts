import type { Actor } from "@shared/database/actor.ts";
import type { OccurrenceTime } from "@shared/database/schedulings.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { prepareSearch } from "./dry_run.ts";
import type { DryRunDependencies } from "./dry_run.ts";
import type { NotSearched } from "./not_searched.ts";
import { heldPeople } from "./participants.ts";
import { readForSearch } from "./read_for_search.ts";
import { readHolds } from "./read_times.ts";
import { CLAIMED_CANDIDATES, MAX_ROUNDS } from "./rounds.ts";
import { allSlotsTaken } from "./schedule_meeting.ts";
import type { ScheduleRequest } from "./schedule_one.ts";
import { FIRST_TRY, search } from "./search.ts";
import type { FoundSlots, PostponedSearch, RefusedSearch } from "./search.ts";
import { occurrencesOf } from "./series_times.ts";

/** Times that suit all, and whose time is to be held with one of them. */
export interface Offer {
  kind: "offer";
  /** With more candidates than were asked for; at least one. */
  found: FoundSlots;
  /** How many candidates the caller asked for. */
  shown: number;
  held: readonly string[];
  /** Of a series: the times that each candidate takes. */
  occurrences: readonly (readonly OccurrenceTime[])[] | null;
}

/** A search in rounds: the next round knows what other meetings have taken since the last one. */
export interface TimeSearch {
  kind: "searching";
  next(): Promise<Offer | RefusedSearch | PostponedSearch>;
}

/**
 * A search of which another room holds the time. `task_event_id`: the row whose own holds do not count. `startsFrom`: the
 * starts of the series that is written if it begins at a candidate. The calendars are read once.
 */
export async function searchInRounds(
  dependencies: DryRunDependencies,
  { request, actor, task_event_id, startsFrom }: {
    request: ScheduleRequest;
    actor: Actor;
    task_event_id: string | null;
    startsFrom: ((candidate: Candidate) => string[]) | null;
  },
): Promise<TimeSearch | RefusedSearch | PostponedSearch | NotSearched> {
  const prepared = await prepareSearch(dependencies, request, actor);
  if (prepared.kind !== "prepared") return prepared;
  const { slot_request, credentials, habits } = prepared;
  const own = { ...prepared.own, task_event_id };
  const known = await readForSearch(dependencies, slot_request, credentials, {
    own,
    tries: FIRST_TRY,
  });
  if ("outcome" in known) return known.outcome;
  let { times } = known;
  let round = 0;
  const shown = slot_request.constraints.max_candidates;

  async function next(): Promise<Offer | RefusedSearch | PostponedSearch> {
    if (round > 0) {
      times = { ...times, holds: await readHolds(dependencies, slot_request, own) };
    }
    round++;
    if (round > MAX_ROUNDS) return allSlotsTaken();
    const found = search(slot_request, { times, habits }, {
      now: dependencies.now(),
      tries: FIRST_TRY,
      max_candidates: Math.max(shown, CLAIMED_CANDIDATES),
    });
    if (found.kind !== "found") return found;
    return {
      kind: "offer",
      found,
      shown,
      held: heldPeople(slot_request, times),
      occurrences: startsFrom === null
        ? null
        : found.candidates.map((one) => occurrencesOf(one, times.holds, startsFrom(one))),
    };
  }
  return { kind: "searching", next };
}
