import { refusesConference } from "@shared/calendar_events/event_calendar.ts";
import type { Inserted } from "@shared/calendar_events/insert_once.ts";
import { insertOnce, isOneTooMany, MAX_GENERATIONS } from "@shared/calendar_events/insert_once.ts";
import { verifyGeneration } from "@shared/calendar_events/verify_event.ts";
import { writtenFields } from "@shared/calendar_events/written_fields.ts";
import { deferral, isTemporary, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { composeEvent } from "./compose_event.ts";
import { shownVersion } from "@shared/calendar_events/own_event.ts";
import {
  atLast,
  attemptsSpent,
  ofRead,
  stillUnknown,
  whileEarlierUnknown,
} from "./attempt_failure.ts";
import { mustMove } from "./time_taken.ts";
import { updateEvent } from "./update_event.ts";
import type { WritableMeeting } from "./writable_meeting.ts";
import type { WriteContext, WriteOutcome } from "./write_context.ts";

/**
 * Brings the meeting's event to Google exactly once (design: own id, verification after an unknown
 * outcome, adoption on 409). Needs the lease; decides nothing about the row.
 */
export function writeEvent(context: WriteContext): Promise<WriteOutcome> {
  const { row } = context;
  if (row.operation === "update") return updateEvent(context);
  return row.outcome_unknown && row.attempts >= row.max_attempts
    ? adoptOrGiveUp(context)
    : adoptOrInsert(context);
}

async function adoptOrInsert(context: WriteContext): Promise<WriteOutcome> {
  const first = await insert(context, context.meeting);
  const meet_link_refusal = refusedConference(context, first);
  const inserted = meet_link_refusal === null
    ? first
    : await insert(context, { ...context.meeting, conference: "none" });
  const { generation } = inserted;
  switch (inserted.kind) {
    case "inserted": {
      if (inserted.already_exists) return adopted(inserted, context, generation);
      const { event } = inserted;
      return {
        ...written(context, inserted, generation),
        written_fields: writtenFields(null, event, null),
        ...(meet_link_refusal === null ? {} : { meet_link_refusal }),
      };
    }
    case "foreign":
      return failed(foreignEvent(context, generation), generation);
    case "deleted_each_time":
      return failed(keepsDisappearing(), generation);
    case "failed":
      return inserted.at === "insert"
        ? await adoptLaterOrFail(context, inserted.failure, generation)
        : failedForNow(context, stillUnknown(true, ofRead(inserted.failure)), generation);
  }
}

function insert(context: WriteContext, meeting: WritableMeeting): Promise<Inserted> {
  const { row, at } = context;
  return insertOnce(at, {
    event_key: row.event_key,
    generation: row.event_generation,
    compose: (generation) => composeEvent(meeting, generation),
    sendUpdates: "all",
    verify_first: row.outcome_unknown,
    mayNotInsert: () => whyNotNow(context),
  });
}

/** Google's reason where the calendar allows no Meet; null: it did not refuse the conference. */
function refusedConference({ meeting }: WriteContext, inserted: Inserted): string | null {
  if (meeting.conference === "none" || inserted.kind !== "failed") return null;
  return refusesConference(inserted.failure) ? inserted.failure.google?.message ?? null : null;
}

/** Checked only here: an event of an earlier attempt is adopted at any time. */
function whyNotNow({ row, meeting, now, has_time }: WriteContext): Failure | null {
  if (Date.parse(meeting.starts_at) <= now().valueOf()) return rejection("slot_expired");
  if (mustMove(row)) return deferral("slot_taken", 1);
  return has_time() ? null : deferral("out_of_time", 1);
}

/** For a row without attempts left: an existing event is adopted, and nothing is written. */
async function adoptOrGiveUp(context: WriteContext): Promise<WriteOutcome> {
  const { event_key, event_generation } = context.row;
  for (let step = 0; step < MAX_GENERATIONS; step++) {
    const generation = event_generation + step;
    const found = await verifyGeneration(context.at, event_key, generation);
    if (found.kind === "ours") return adopted(found, context, generation);
    if (found.kind === "unreadable") {
      return failed(stillUnknown(true, ofRead(found.failure)), event_generation);
    }
    if (found.kind === "moved_away") return failed(found.failure, event_generation);
    if (found.kind === "foreign") {
      return failed(foreignEvent(context, generation), event_generation);
    }
  }
  const state = "no event exists on Google Calendar";
  return failed(attemptsSpent(context.row, state), event_generation);
}

/**
 * Fails, for good only after the later ids were verified too: if Google reports that an id is taken
 * but no longer returns its event, a worker uses the next id, and may have crashed there.
 */
async function adoptLaterOrFail(
  context: WriteContext,
  failure: Failure,
  generation: number,
): Promise<WriteOutcome> {
  const { row } = context;
  const { event_key, event_generation } = row;
  // Another time is searched only for a meeting that has no event under any id.
  const is_final = failure.code === "slot_taken" || !isTemporary(atLast(row, failure));
  if (!is_final || !row.outcome_unknown) return failedForNow(context, failure, generation);
  for (
    let later = generation + 1;
    !isOneTooMany({ generation: event_generation }, later);
    later++
  ) {
    const found = await verifyGeneration(context.at, event_key, later);
    if (found.kind === "ours") return adopted(found, context, later);
    if (found.kind === "unreadable") {
      return failedForNow(context, stillUnknown(true, ofRead(found.failure)), generation);
    }
  }
  return failedForNow(context, failure, generation);
}

/**
 * Until when an earlier insert may still take effect; not above 0 where that time has passed. A
 * meeting that is asked for by name is tried before its verification is due, which proves no absence then.
 */
function secondsToLanding({ row, now }: WriteContext): number {
  const verify_at = row.write_due_at;
  return !row.outcome_unknown || verify_at === null
    ? 0
    : (Date.parse(verify_at) - now().valueOf()) / 1000;
}

/** An event and the calendar where it is. */
interface Placed {
  event: GoogleEvent;
  calendar_id: string;
}

/** The insert that took effect has sent the mail; adopting its event sends none. */
function adopted(found: Placed, context: WriteContext, generation: number): WriteOutcome {
  const version = shownVersion(found.event) ?? context.meeting.desired_version;
  return { ...written(context, found, generation), already_exists: true, version };
}

/** What people have changed on an adopted event is unknown, so nothing of it counts as written by Convene. */
function written(
  { meeting, row }: WriteContext,
  { event, calendar_id }: Placed,
  generation: number,
): Extract<WriteOutcome, { kind: "written" }> {
  return {
    kind: "written",
    event,
    already_exists: false,
    generation,
    version: meeting.desired_version,
    calendar_id,
    written_fields: row.written_fields,
    overwritten: [],
  };
}

function keepsDisappearing(): Failure {
  return rejection(
    "google_rejected",
    "The event was deleted on Google Calendar each time it was written. Cancel the meeting, or requeue it.",
  );
}

function foreignEvent({ row, at }: WriteContext, generation: number): Failure {
  const id = eventId(row.event_key, generation);
  return rejection(
    "foreign_event",
    `An event that Convene did not create has the id ${id} on calendar ${at.calendar_id}. It was left unchanged; requeue the meeting to use another id.`,
  );
}

/** A failure before an earlier insert must have taken effect decides nothing about that insert. */
function failedForNow(context: WriteContext, failure: Failure, generation: number): WriteOutcome {
  return failed(whileEarlierUnknown(failure, secondsToLanding(context)), generation);
}

function failed(failure: Failure, generation: number): WriteOutcome {
  return { kind: "failed", failure, generation };
}
