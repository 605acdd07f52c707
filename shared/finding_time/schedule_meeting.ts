import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { LeasedSearch } from "@shared/database/schedulings.ts";
import { settleScheduling } from "@shared/database/schedulings.ts";
import type { KnownPeople, SchedulingVerdict } from "@shared/database/schedulings.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { guestReasoning } from "@shared/scheduling/explaining/guest_reasoning.ts";
import { answeredBefore, TIMED_OUT } from "./deadline.ts";
import { habitsOf } from "./habits.ts";
import type { Habits } from "./habits.ts";
import { learnProfiles } from "./learn_profiles.ts";
import type { ProfileReader } from "./learn_profiles.ts";
import { readablePeople } from "./participants.ts";
import type { KnownTimes } from "./participants.ts";
import { readForSearch } from "./read_for_search.ts";
import { readHolds } from "./read_times.ts";
import type { OwnTime } from "./read_times.ts";
import { notConnected, refused, search } from "./search.ts";
import type { FoundSlots, PostponedSearch, RefusedSearch, SearchOutcome, Tries } from "./search.ts";
import { occurrencesOf } from "./series_times.ts";
import { readSlotRequest } from "./slot_request.ts";
import type { SlotRequest } from "./slot_request.ts";

/** In every lost round another meeting took a slot. After ten of them the search is deferred. */
const MAX_ROUNDS = 10;

/** Enough candidates for concurrent searches over the same people to find different ones in one round. */
const CLAIMED_CANDIDATES = 40;

/** What people choose among; a hundred candidates with 200 people each would be megabytes in every row. */
export const STORED_CANDIDATES = 10;

/** Histories that take longer count from the next search on. */
const PROFILE_DEADLINE_MS = 2000;

export interface ScheduleDependencies extends ProfileReader {
  inBackground: (work: Promise<unknown>) => void;
}

/** A slot that is the meeting's now, and the next best. */
export interface TakenSlot extends FoundSlots {
  slot: Candidate;
}

/** "lease_lost": the lease ended before the search did, and another worker decides. */
export type Scheduled = TakenSlot | RefusedSearch | PostponedSearch | { kind: "lease_lost" };

/** Finds the slot of one leased meeting and takes it; a slot makes its write-back due. */
export async function scheduleMeeting(
  dependencies: ScheduleDependencies,
  row: LeasedSearch,
  known_people: KnownPeople & { connection: StoredConnection | null },
): Promise<Scheduled> {
  const { connection: organizer, own_connections: own } = known_people;
  const profiles_until = performance.now() + PROFILE_DEADLINE_MS;
  const now = dependencies.now();
  const slot_request = readSlotRequest(row, organizer, now);
  if ("path" in slot_request) {
    const { path, message } = slot_request;
    return giveUp(dependencies, row, refused("invalid_request", `${path}: ${message}`, { path }));
  }
  // The event will be written with it, also where no calendar has to be read.
  if (organizer === null) return giveUp(dependencies, row, notConnected());

  const learning = learnProfiles(dependencies, { organizer, own });
  dependencies.inBackground(learning);
  const known = await readForSearch(dependencies, slot_request, { organizer, own }, {
    own: ownTime(row),
    tries: triesOf(row),
  });
  if ("outcome" in known) return giveUp(dependencies, row, known.outcome);
  const learned = await answeredBefore(
    profiles_until,
    learning.catch(() => new Map<string, string>()),
  );
  return await takeSlot(dependencies, row, slot_request, {
    times: known.times,
    habits: habitsOf(known_people, learned === TIMED_OUT ? undefined : learned),
  });
}

function triesOf({ attempts, max_attempts }: LeasedSearch): Tries {
  return { is_last: (attempts ?? 0) + 1 >= max_attempts };
}

/** What the meeting itself already takes of people's time. */
export function ownTime(row: LeasedSearch): OwnTime {
  const { meeting_id, google_event_id } = row;
  return {
    meeting_id,
    event: google_event_id === null ? null : { event_id: google_event_id },
  };
}

async function takeSlot(
  dependencies: ScheduleDependencies,
  row: LeasedSearch,
  slot_request: SlotRequest,
  known: { times: KnownTimes; habits: Habits },
): Promise<Scheduled> {
  const shown = slot_request.constraints.max_candidates;
  const max_candidates = Math.max(shown, CLAIMED_CANDIDATES);
  let { times } = known;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const found = search(slot_request, { times, habits: known.habits }, {
      now: dependencies.now(),
      tries: triesOf(row),
      max_candidates,
    });
    if (found.kind !== "found") return giveUp(dependencies, row, found);
    const settled = await settleScheduling(dependencies.database, row, {
      slot: {
        timezone: found.timezone,
        held: readablePeople(times),
        max_candidates: Math.min(shown, STORED_CANDIDATES),
        ...(slot_request.recurrence === null
          ? {}
          : { occurrences: found.candidates.map((one) => occurrencesOf(one, times.holds)) }),
      },
      candidates: found.candidates.map((candidate) => ({
        ...candidate,
        guest_reasoning: guestReasoning(candidate.reasons),
      })),
      details: details(found),
    });
    switch (settled.decision) {
      case "settled": {
        const from = settled.candidate ?? 0;
        const candidates = found.candidates.slice(from, from + shown);
        const slot = candidates[0];
        if (slot === undefined) throw new Error(`Candidate ${from} was taken but never offered`);
        return { ...found, candidates, slot };
      }
      case "lease_lost":
        return { kind: "lease_lost" };
      case "too_many_holds":
        return giveUp(dependencies, row, tooManyHolds());
      case "taken": {
        const own = ownTime(row);
        times = { ...times, holds: await readHolds(dependencies, slot_request, own) };
      }
    }
  }
  return giveUp(dependencies, row, allSlotsTaken());
}

function details({ result }: FoundSlots): Record<string, unknown> {
  const { total_candidates_evaluated, analytics, unknown, negotiation_rounds } = result;
  return { total_candidates_evaluated, analytics, unknown, negotiation_rounds };
}

function tooManyHolds(): PostponedSearch {
  return {
    kind: "postponed",
    code: "rate_limited",
    reason:
      "The organizer's meetings that are not written to Google Calendar yet hold 250 times, which is the limit (a series holds one for each " +
      "occurrence). The search is retried automatically and continues when there are fewer.",
    verdict: "defer",
    retry_after_seconds: 60,
  };
}

function allSlotsTaken(): PostponedSearch {
  return {
    kind: "postponed",
    code: "busy",
    reason: "Other meetings took every slot that was found. The search is retried automatically.",
    verdict: "defer",
    retry_after_seconds: 5,
  };
}

/** Releases a leased meeting without a search; it is due again immediately and spends no attempt. */
export function defer(dependencies: ScheduleDependencies, row: LeasedSearch): Promise<Scheduled> {
  return giveUp(dependencies, row, {
    kind: "postponed",
    code: "busy",
    reason: "The call ran out of time before this meeting. The search is retried automatically.",
    verdict: "defer",
    retry_after_seconds: 1,
  });
}

/** Stores why there is no slot now. */
async function giveUp(
  { database }: ScheduleDependencies,
  row: LeasedSearch,
  outcome: SearchOutcome,
): Promise<Scheduled> {
  if (outcome.kind === "found") throw new Error("A search that found slots is no failure");
  const settled = await settleScheduling(database, row, verdict(outcome));
  if (settled.decision !== "settled") return { kind: "lease_lost" };
  return outcome.kind === "postponed"
    ? { ...outcome, retry_after_seconds: settled.retry_after_seconds ?? null }
    : outcome;
}

function verdict(outcome: RefusedSearch | PostponedSearch): SchedulingVerdict {
  const { code: error, reason } = outcome;
  return outcome.kind === "refused"
    ? { slot: null, error, reason, details: stored(outcome.details), verdict: "reject" }
    : {
      slot: null,
      error,
      reason,
      details: {},
      verdict: outcome.verdict,
      not_before_seconds: outcome.retry_after_seconds,
    };
}

/** What a refusal keeps: of slots that ask for concessions as many as of others. */
function stored({ conceded_candidates, ...details }: Record<string, unknown>) {
  return Array.isArray(conceded_candidates)
    ? { ...details, conceded_candidates: conceded_candidates.slice(0, STORED_CANDIDATES) }
    : details;
}
