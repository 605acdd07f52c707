import type { Failure } from "@shared/failures/failure.ts";
import type { EventInput, GoogleEvent, SendUpdates } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { insertEvent, isTaken } from "./event_calendar.ts";
import type { EventCalendar } from "./event_calendar.ts";
import { asOwnEvent } from "./own_event.ts";
import { verifyGeneration } from "./verify_event.ts";

/**
 * Each generation is one deliberate deletion on Google's side; more than this in one lease is a
 * fight, not a race. So what a worker left behind has the id of the row's generation or of the next two.
 */
export const MAX_GENERATIONS = 3;

/** An event that is to be on a calendar exactly once. */
export interface Insertion {
  event_key: string;
  /** The first generation of the id that is tried. */
  generation: number;
  /** The event, without id and key, as it is written under a generation. */
  compose(generation: number): EventInput;
  sendUpdates: SendUpdates;
  /** An earlier insert may have taken effect: verify before each insert. */
  verify_first: boolean;
  /** Why no insert is allowed now; null: it is. An existing event is adopted in any case. */
  mayNotInsert?(): Failure | null;
}

export type Inserted =
  | {
    kind: "inserted";
    event: GoogleEvent;
    generation: number;
    /** The event existed before this call: it was adopted, and no mail was sent. */
    already_exists: boolean;
    /** Where it is: people may have moved an adopted one. */
    calendar_id: string;
  }
  /** `insert`: it was not allowed, or failed; `verify`: Google could not be read. */
  | { kind: "failed"; at: "insert" | "verify"; failure: Failure; generation: number }
  /** An event that is not ours has the id. */
  | { kind: "foreign"; event_id: string; generation: number }
  /** It was deleted on Google under every generation. */
  | { kind: "deleted_each_time"; generation: number };

/**
 * Creates an event exactly once: under an id of our own, verifying where an earlier insert may have
 * taken effect, and adopting what is there (409). The insert that happened has mailed the guests.
 */
export function insertOnce(at: EventCalendar, insertion: Insertion): Promise<Inserted> {
  const { generation, verify_first } = insertion;
  return verify_first
    ? verifyThenInsert(at, insertion, generation)
    : insert(at, insertion, generation);
}

async function verifyThenInsert(
  at: EventCalendar,
  insertion: Insertion,
  generation: number,
): Promise<Inserted> {
  if (isOneTooMany(insertion, generation)) return { kind: "deleted_each_time", generation };
  const found = await verifyGeneration(at, insertion.event_key, generation);
  switch (found.kind) {
    case "absent":
      return await insert(at, insertion, generation);
    case "tombstone":
      // Before it died, a worker may have gone on to the next id.
      return await verifyThenInsert(at, insertion, generation + 1);
    default:
      return settled(found, insertion, generation);
  }
}

async function insert(
  at: EventCalendar,
  insertion: Insertion,
  generation: number,
): Promise<Inserted> {
  if (isOneTooMany(insertion, generation)) return { kind: "deleted_each_time", generation };
  const refusal = insertion.mayNotInsert?.() ?? null;
  if (refusal !== null) return { kind: "failed", at: "insert", failure: refusal, generation };
  const { event_key, sendUpdates } = insertion;
  const event = asOwnEvent(event_key, generation, insertion.compose(generation));
  const inserted = await insertEvent(at, event, sendUpdates);
  if (inserted.verdict === "done") {
    const { calendar_id } = at;
    return {
      kind: "inserted",
      event: inserted.value,
      generation,
      already_exists: false,
      calendar_id,
    };
  }
  return isTaken(inserted)
    ? await resolveTakenId(at, insertion, generation)
    : { kind: "failed", at: "insert", failure: inserted, generation };
}

/** The id is taken, by our own event, by one that was deleted, or by a foreign one. */
async function resolveTakenId(
  at: EventCalendar,
  insertion: Insertion,
  generation: number,
): Promise<Inserted> {
  const found = await verifyGeneration(at, insertion.event_key, generation);
  // Google keeps the id of a deleted event taken, also when it no longer shows the event.
  return found.kind === "absent" || found.kind === "tombstone"
    ? await insert(at, insertion, generation + 1)
    : settled(found, insertion, generation);
}

function settled(
  found: Exclude<Awaited<ReturnType<typeof verifyGeneration>>, { kind: "absent" | "tombstone" }>,
  { event_key }: Insertion,
  generation: number,
): Inserted {
  switch (found.kind) {
    case "ours": {
      const { event, calendar_id } = found;
      return { kind: "inserted", event, generation, already_exists: true, calendar_id };
    }
    case "moved_away":
      return { kind: "failed", at: "insert", failure: found.failure, generation };
    case "foreign":
      return { kind: "foreign", event_id: eventId(event_key, generation), generation };
    case "unreadable":
      return { kind: "failed", at: "verify", failure: found.failure, generation };
  }
}

/** Whether this generation is beyond what one lease tries. */
export function isOneTooMany(first: { generation: number }, generation: number): boolean {
  return generation >= first.generation + MAX_GENERATIONS;
}
