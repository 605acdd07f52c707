import type { ConflictContext } from "@shared/database/conflict_checks.ts";
import type { FoundConflicts } from "@shared/database/conflicts.ts";
import { constraintsAround, hasAlternatives } from "./check_window.ts";
import { spansOfSeries } from "./changed_series.ts";
import { conflictsAt } from "./conflicts_at.ts";
import type { DryRunDependencies } from "./dry_run.ts";
import { habitsOf } from "./habits.ts";
import { presentPeople } from "./move_request.ts";
import { readForSearch } from "./read_for_search.ts";
import { ownTime } from "./schedule_meeting.ts";
import { notConnected, refused, search } from "./search.ts";
import type { PostponedSearch, RefusedSearch, Tries } from "./search.ts";
import { readSlotRequest } from "./slot_request.ts";

/** As many as people choose among. */
const ALTERNATIVES = 3;

export type TimeCheck =
  | { kind: "checked"; found: FoundConflicts }
  | RefusedSearch
  | PostponedSearch;

/**
 * Whether everybody is free at the time that a meeting has (of a series: at each occurrence that a search would
 * judge), and where not, other times at which all are. Everybody's calendar is read as a search reads it, once for both. Its own event is no conflict.
 */
export async function checkTime(
  dependencies: DryRunDependencies,
  context: Extract<ConflictContext, { decision: "stored" }>,
  tries: Tries,
): Promise<TimeCheck> {
  const { meeting, connection: organizer, own_connections: own, event_time } = context;
  const { starts_at, ends_at } = meeting;
  if (starts_at === null || ends_at === null) {
    throw new Error("A meeting without a time was checked");
  }
  if (organizer === null) return notConnected();
  const now = dependencies.now();
  const constraints = constraintsAround(meeting, now);
  if ("path" in constraints) return invalid(constraints);
  const slot_request = readSlotRequest(
    {
      ...meeting,
      participants: presentPeople(meeting) as typeof meeting.participants,
      constraints: constraints as typeof meeting.constraints,
      allow_concessions: false,
    },
    context,
    now,
  );
  if ("path" in slot_request) return invalid(slot_request);
  const at = { start: starts_at, end: ends_at };
  const known = await readForSearch(dependencies, slot_request, { organizer, own }, {
    own: ownTime(meeting),
    tries,
  });
  if ("outcome" in known) return known.outcome;
  const reading = { times: known.times, habits: habitsOf(context) };
  const { recurrence_horizon } = slot_request.constraints;
  const found = conflictsAt(
    slot_request,
    reading,
    spansOfSeries(at, { ...meeting, recurrence_horizon }),
    event_time === null ? [] : spansOfSeries(event_time, { ...event_time, recurrence_horizon }),
  );
  if (found.conflicts.length === 0 || !hasAlternatives(starts_at, ends_at)) {
    return { kind: "checked", found: { ...found, alternatives: [] } };
  }
  const others = search({ ...slot_request, excluded: [at] }, reading, {
    now,
    tries,
    max_candidates: ALTERNATIVES,
  });
  const candidates = others.kind === "found" ? others.candidates : [];
  return {
    kind: "checked",
    found: {
      ...found,
      alternatives: candidates.map(({ start_time, end_time, score, reasoning }) => ({
        start_time,
        end_time,
        score,
        reasoning,
      })),
    },
  };
}

function invalid({ path, message }: { path: string; message: string }): RefusedSearch {
  return refused("invalid_request", `${path}: ${message}`, { path });
}
