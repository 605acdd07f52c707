import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { LeasedSearch } from "@shared/database/schedulings.ts";
import { settleScheduling } from "@shared/database/schedulings.ts";
import type { KnownPeople, SchedulingVerdict } from "@shared/database/schedulings.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import type { ReachedLimit } from "@shared/failures/reached_limit.ts";
import { eventReasoning } from "@shared/scheduling/explaining/event_reasoning.ts";
import { textsOf } from "@shared/texts/texts.ts";
import { answeredBefore, TIMED_OUT } from "./deadline.ts";
import { habitsOf } from "./habits.ts";
import type { Habits } from "./habits.ts";
import { learnProfiles } from "./learn_profiles.ts";
import type { ProfileReader } from "./learn_profiles.ts";
import { readMoveRequest } from "./move_request.ts";
import { heldPeople } from "./participants.ts";
import type { KnownTimes } from "./participants.ts";
import { readForSearch } from "./read_for_search.ts";
import { readHolds } from "./read_times.ts";
import type { OwnTime } from "./read_times.ts";
import { notConnected, refused, search } from "./search.ts";
import type { FoundSlots, PostponedSearch, RefusedSearch, SearchOutcome, Tries } from "./search.ts";
import { CLAIMED_CANDIDATES, MAX_ROUNDS } from "./rounds.ts";
import { occurrencesOf } from "./series_times.ts";
import { choicesAt, readSlotRequest } from "./slot_request.ts";
import type { SlotRequest } from "./slot_request.ts";

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
export type Scheduled =
  | TakenSlot
  | RefusedSearch
  | PostponedSearch
  | ProposedSlot
  | KeptSlot
  | { kind: "lease_lost" };

/** Another time waits for the organizer; the meeting has its former one. */
export interface ProposedSlot {
  kind: "proposed";
  slot: Candidate;
}

/** The meeting was to move automatically, and keeps its time. */
export interface KeptSlot {
  kind: "kept";
  /** Code of the guard rail, or of what has changed since. */
  reason: string;
}

/** Finds the slot of one leased meeting and takes it; a slot makes its write-back due. */
export async function scheduleMeeting(
  dependencies: ScheduleDependencies,
  row: LeasedSearch,
  known_people: KnownPeople & { connection: StoredConnection | null },
): Promise<Scheduled> {
  const { connection: organizer, own_connections: own } = known_people;
  const profiles_until = performance.now() + PROFILE_DEADLINE_MS;
  const now = dependencies.now();
  const move = row.move ?? null;
  if (move !== null && move.reason !== null) {
    return giveUp(dependencies, row, { kind: "kept", reason: move.reason });
  }
  const slot_request = move === null
    ? readSlotRequest(row, known_people, now)
    : readMoveRequest(row, move, known_people, now);
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
  const { meeting_id, organizer_user_id, google_event_id } = row;
  return {
    meeting_id,
    organizer_user_id,
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
  const texts = textsOf(slot_request.locale);
  const { attending, seated } = slot_request;
  const has_groups = seated.length > 0 || attending.some(({ group }) => group !== undefined);
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
        held: heldPeople(slot_request, times),
        max_candidates: Math.min(shown, STORED_CANDIDATES),
        ...(slot_request.recurrence === null
          ? {}
          : { occurrences: found.candidates.map((one) => occurrencesOf(one, times.holds)) }),
        ...(has_groups
          ? { choices: found.candidates.map((one) => choicesAt(slot_request, one)) }
          : {}),
      },
      candidates: found.candidates.map((candidate) => ({
        ...candidate,
        event_reasoning: eventReasoning(texts, candidate.reasons),
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
      case "proposed": {
        const slot = found.candidates[settled.candidate];
        if (slot === undefined) throw new Error(`Candidate ${settled.candidate} was never offered`);
        return { kind: "proposed", slot };
      }
      case "kept":
        return { kind: "kept", reason: settled.reason };
      case "lease_lost":
        return { kind: "lease_lost" };
      case "too_many_holds":
        return giveUp(dependencies, row, tooManyHolds(settled.limit));
      case "taken": {
        const own = ownTime(row);
        times = { ...times, holds: await readHolds(dependencies, slot_request, own) };
      }
    }
  }
  return giveUp(dependencies, row, allSlotsTaken());
}

function details({ result, warnings }: FoundSlots): Record<string, unknown> {
  const { total_candidates_evaluated, analytics, unknown, negotiation_rounds } = result;
  return {
    total_candidates_evaluated,
    analytics,
    unknown,
    negotiation_rounds,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

export function tooManyHolds(limit: number): PostponedSearch {
  return {
    kind: "postponed",
    code: "rate_limited",
    reason:
      `With this one, the organizer's meetings that are not written to Google Calendar yet would hold more than ${limit} times, which is the limit ` +
      "(a series holds one for each occurrence). The search is retried automatically and continues when there are fewer.",
    verdict: "defer",
    retry_after_seconds: 60,
  };
}

export function allSlotsTaken(): PostponedSearch {
  return {
    kind: "postponed",
    code: "busy",
    reason: "Other meetings took every slot that was found. The search is retried automatically.",
    verdict: "defer",
    retry_after_seconds: 5,
  };
}

type Lease = Pick<LeasedSearch, "meeting_id" | "lease_token">;

/** Releases a leased meeting without a search; it is due again immediately and spends no attempt. */
export function defer(dependencies: ScheduleDependencies, row: Lease): Promise<Scheduled> {
  return giveUp(dependencies, row, {
    kind: "postponed",
    code: "busy",
    reason: "The call ran out of time before this meeting. The search is retried automatically.",
    verdict: "defer",
    retry_after_seconds: 1,
  });
}

/** Releases a leased meeting without a search until a budget of its organizer is whole again; it spends no attempt. */
export function deferForLimit(
  dependencies: ScheduleDependencies,
  row: Lease,
  { limit, allowed, until, retry_after_seconds }: ReachedLimit,
): Promise<Scheduled> {
  return giveUp(dependencies, row, {
    kind: "postponed",
    code: "limit_reached",
    reason: `The limit ${limit} (${allowed}) is reached until ${until}. ` +
      "The search is retried automatically.",
    verdict: "defer",
    retry_after_seconds,
  });
}

/** Stores why there is no slot now. */
async function giveUp(
  { database }: ScheduleDependencies,
  row: Lease,
  outcome: SearchOutcome | KeptSlot,
): Promise<Scheduled> {
  if (outcome.kind === "found") throw new Error("A search that found slots is no failure");
  const settled = await settleScheduling(database, row, verdict(outcome));
  if (settled.decision !== "settled") return { kind: "lease_lost" };
  return outcome.kind === "postponed"
    ? { ...outcome, retry_after_seconds: settled.retry_after_seconds ?? null }
    : outcome;
}

function verdict(outcome: RefusedSearch | PostponedSearch | KeptSlot): SchedulingVerdict {
  if (outcome.kind === "kept") {
    const { reason } = outcome;
    return { slot: null, error: reason, reason, details: { move: reason }, verdict: "reject" };
  }
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
