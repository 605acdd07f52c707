import { deferral, isTemporary, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { askGoogle } from "./ask_google.ts";
import { composeEvent, shownVersion } from "./compose_event.ts";
import { atLast, attemptsSpent, untilEarlierLanded } from "./attempt_failure.ts";
import { findEvent } from "./find_event.ts";
import type { Looking } from "./find_event.ts";
import { updateEvent } from "./update_event.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/**
 * Each generation is one deliberate deletion on Google's side; more than this in one lease is a
 * fight, not a race. So what a worker left behind has the id of the row's generation or of the next two.
 */
export const MAX_GENERATIONS_A_LEASE = 3;

/** Everything that writing one meeting's event takes, from the lease to the calendar. */
export interface Writing extends Looking {
  meeting: WritableMeeting;
  /** False once the lease might end before a write that starts now is answered. */
  has_time(): boolean;
  now: () => Date;
}

export type WriteOutcome =
  | {
    kind: "written";
    event: GoogleEvent;
    /** The event was there before this call; nobody was mailed again. */
    already_exists: boolean;
    generation: number;
    /** The version of the meeting that the event shows. */
    version: number;
  }
  | { kind: "failed"; failure: Failure; generation: number };

/**
 * Brings the meeting's event to Google exactly once (design: own id, look after an unknown outcome,
 * adopt on 409). Needs the lease; decides nothing about the row.
 */
export function writeEvent(writing: Writing): Promise<WriteOutcome> {
  const { row } = writing;
  if (row.writeback_operation === "update") return updateEvent(writing);
  if (!row.writeback_outcome_unknown) return insertEvent(writing, row.event_generation);
  return row.writeback_retry_count < 3
    ? adoptOrInsert(writing, row.event_generation)
    : adoptOrGiveUp(writing);
}

/** An earlier request may have landed: look first, and write only if it did not. */
async function adoptOrInsert(writing: Writing, generation: number): Promise<WriteOutcome> {
  if (isOneTooMany(writing, generation)) return failed(keepsDisappearing(), generation);
  const found = await findEvent(writing, idOf(writing, generation), true);
  switch (found.kind) {
    case "ours":
      return adopted(found.event, writing, generation);
    case "absent":
      return insertEvent(writing, generation);
    case "tombstone":
      // Before it died, a worker may have gone on to the next id.
      return adoptOrInsert(writing, generation + 1);
    case "foreign":
      return failed(foreignEvent(writing, generation), generation);
    case "unreadable":
      return failedForNow(writing, found.failure, generation);
  }
}

/** The attempts are spent: what landed all the same is adopted, and nothing is written. */
async function adoptOrGiveUp(writing: Writing): Promise<WriteOutcome> {
  const { event_generation, writeback_lease_losses } = writing.row;
  for (let step = 0; step < MAX_GENERATIONS_A_LEASE; step++) {
    const generation = event_generation + step;
    const found = await findEvent(writing, idOf(writing, generation), true);
    if (found.kind === "ours") return adopted(found.event, writing, generation);
    if (found.kind === "unreadable") return failed(found.failure, event_generation);
    if (found.kind === "foreign") {
      return failed(foreignEvent(writing, generation), event_generation);
    }
  }
  const state = "no event exists on Google Calendar";
  return failed(attemptsSpent(writeback_lease_losses, state), event_generation);
}

async function insertEvent(writing: Writing, generation: number): Promise<WriteOutcome> {
  if (isOneTooMany(writing, generation)) return failed(keepsDisappearing(), generation);
  const { row, meeting, calendar } = writing;
  // Here, not before: what landed earlier is adopted whatever the time.
  if (Date.parse(meeting.starts_at) <= writing.now().valueOf()) {
    return adoptLaterOrFail(writing, rejection("slot_expired"), generation);
  }
  if (!writing.has_time()) return failedForNow(writing, deferral("out_of_time", 1), generation);

  const event = composeEvent(meeting, generation);
  const inserted = await askGoogle(
    writing,
    "insert",
    idOf(writing, generation),
    (token) => calendar.insertEvent(token, row.google_calendar_id, event, { sendUpdates: "all" }),
  );
  if (inserted.verdict === "done") {
    return {
      kind: "written",
      event: inserted.value,
      already_exists: false,
      generation,
      version: meeting.desired_version,
    };
  }
  return inserted.verdict === "reject" && inserted.google.status === 409
    ? resolveTakenId(writing, generation)
    : adoptLaterOrFail(writing, inserted, generation);
}

/**
 * Fails, for good only after a look at the later ids too: where Google says that an id is taken but
 * no longer shows its event, a worker goes on to the next one, and may have died there.
 */
async function adoptLaterOrFail(
  writing: Writing,
  failure: Failure,
  generation: number,
): Promise<WriteOutcome> {
  const { writeback_outcome_unknown, writeback_retry_count } = writing.row;
  const is_final = !isTemporary(atLast(writeback_retry_count, failure));
  if (!is_final || !writeback_outcome_unknown) {
    return failedForNow(writing, failure, generation);
  }
  for (let later = generation + 1; !isOneTooMany(writing, later); later++) {
    const found = await findEvent(writing, idOf(writing, later), true);
    if (found.kind === "ours") return adopted(found.event, writing, later);
    if (found.kind === "unreadable") return failedForNow(writing, found.failure, generation);
  }
  return failedForNow(writing, failure, generation);
}

/**
 * Until when an earlier insert may still take effect; not above 0 where that time has passed. A
 * meeting that is asked for by name is tried before its look is due, which proves no absence then.
 */
function secondsToLanding({ row, now }: Writing): number {
  const look_at = row.writeback_next_attempt_at;
  return !row.writeback_outcome_unknown || look_at === null
    ? 0
    : (Date.parse(look_at) - now().valueOf()) / 1000;
}

/** 409 duplicate: the id is taken, by our own event, by one that was deleted, or by a stranger's. */
async function resolveTakenId(writing: Writing, generation: number): Promise<WriteOutcome> {
  const found = await findEvent(writing, idOf(writing, generation), true);
  switch (found.kind) {
    case "ours":
      return adopted(found.event, writing, generation);
    // Google keeps the id of a deleted event taken, also when it no longer shows the event.
    case "absent":
    case "tombstone":
      return insertEvent(writing, generation + 1);
    case "foreign":
      return failed(foreignEvent(writing, generation), generation);
    case "unreadable":
      return failedForNow(writing, found.failure, generation);
  }
}

/** The insert that happened has mailed the guests; adopting it mails nobody. */
function adopted(event: GoogleEvent, writing: Writing, generation: number): WriteOutcome {
  const version = shownVersion(event) ?? writing.meeting.desired_version;
  return { kind: "written", event, already_exists: true, generation, version };
}

function idOf({ row }: Writing, generation: number): string {
  return eventId(row.event_key, generation);
}

function isOneTooMany({ row }: Writing, generation: number): boolean {
  return generation >= row.event_generation + MAX_GENERATIONS_A_LEASE;
}

function keepsDisappearing(): Failure {
  return rejection(
    "google_rejected",
    "The event was deleted on Google Calendar each time it was written. Cancel the meeting, or requeue it.",
  );
}

function foreignEvent(writing: Writing, generation: number): Failure {
  const id = idOf(writing, generation);
  return rejection(
    "foreign_event",
    `An event that is not ours has the id ${id} on calendar ${writing.row.google_calendar_id}. It was left alone; requeue the meeting to use another id.`,
  );
}

/** What is met before an earlier insert must have landed says nothing of that insert. */
function failedForNow(writing: Writing, failure: Failure, generation: number): WriteOutcome {
  return failed(untilEarlierLanded(failure, secondsToLanding(writing)), generation);
}

function failed(failure: Failure, generation: number): WriteOutcome {
  return { kind: "failed", failure, generation };
}
