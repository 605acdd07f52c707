import type { MeetingRow } from "@shared/database/meetings.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { askGoogle } from "./ask_google.ts";
import type { Asking } from "./ask_google.ts";
import { composeEvent, shownKey, shownVersion } from "./compose_event.ts";
import { fromGoogle, outOfTime, permanent, untilEarlierLanded } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { updateEvent } from "./update_event.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/**
 * Each generation is one deliberate deletion on Google's side; more than this in one lease is a
 * fight, not a race. So what a worker left behind has the id of the row's generation or of the next two.
 */
export const MAX_GENERATIONS_A_LEASE = 3;

/** Everything that writing one meeting's event takes, from the lease to the calendar. */
export interface Writing extends Asking {
  row: MeetingRow;
  meeting: WritableMeeting;
  calendar: GoogleCalendar;
  now: () => Date;
  /** False once the lease might end before a write that starts now is answered. */
  has_time(): boolean;
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
  if (writing.row.writeback_operation === "update") return updateEvent(writing);
  return writing.row.writeback_outcome_unknown
    ? adoptOrInsert(writing, writing.row.event_generation)
    : insertEvent(writing, writing.row.event_generation);
}

/** An earlier request may have landed: look first, and write only if it did not. */
async function adoptOrInsert(writing: Writing, generation: number): Promise<WriteOutcome> {
  const found = await look(writing, generation);
  switch (found.kind) {
    case "ours":
      return adopted(found.event, writing, generation);
    case "absent":
      return insertEvent(writing, generation);
    case "tombstone":
      return insertEvent(writing, generation + 1);
    case "foreign":
      return failed(foreignEvent(writing, generation), generation);
    case "unreadable":
      return failed(found.failure, generation);
  }
}

async function insertEvent(writing: Writing, generation: number): Promise<WriteOutcome> {
  if (generation >= writing.row.event_generation + MAX_GENERATIONS_A_LEASE) {
    return failed(
      permanent(
        "google_rejected",
        "The event was deleted on Google Calendar each time it was written. Cancel the meeting, or requeue it.",
      ),
      generation,
    );
  }
  if (writing.row.writeback_retry_count >= 3) {
    // Only a row with an unknown outcome comes this far: the look has answered, the attempts are spent.
    const failure = permanent(
      "google_unavailable",
      "Three attempts failed, and no event exists on Google Calendar. Requeue the meeting to try again.",
    );
    return failed({ ...failure, spends_attempt: false }, generation);
  }
  if (!writing.has_time()) return failed(outOfTime(false), generation);

  const event = composeEvent(writing.meeting, generation);
  const inserted = await askGoogle(
    writing,
    "insert",
    eventId(writing.meeting.event_key, generation),
    (token) =>
      writing.calendar.insertEvent(token, writing.row.google_calendar_id, event, {
        sendUpdates: "all",
      }),
  );
  if (inserted.kind === "done") {
    return {
      kind: "written",
      event: inserted.value,
      already_exists: false,
      generation,
      version: writing.meeting.desired_version,
    };
  }
  return inserted.kind === "reject" && inserted.fault.status === 409
    ? resolveTakenId(writing, generation)
    : failed(
      untilEarlierLanded(fromGoogle(inserted, "write", false), secondsToLanding(writing)),
      generation,
    );
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
  const found = await look(writing, generation);
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
      return failed({ ...found.failure, outcome_unknown: true }, generation);
  }
}

type Found =
  | { kind: "ours"; event: GoogleEvent }
  | { kind: "absent" }
  | { kind: "tombstone" }
  | { kind: "foreign" }
  | { kind: "unreadable"; failure: Failure };

async function look(writing: Writing, generation: number): Promise<Found> {
  const id = eventId(writing.meeting.event_key, generation);
  const got = await askGoogle(
    writing,
    "get",
    id,
    (token) => writing.calendar.getEvent(token, writing.row.google_calendar_id, id),
  );
  if (got.kind === "reject" && got.fault.status === 404) return { kind: "absent" };
  if (got.kind === "reject" && got.fault.status === 410) return { kind: "tombstone" };
  if (got.kind !== "done") {
    const unknown = writing.row.writeback_outcome_unknown;
    return { kind: "unreadable", failure: fromGoogle(got, "look", unknown) };
  }
  if (shownKey(got.value) !== writing.meeting.event_key) {
    return { kind: "foreign" };
  }
  return got.value.status === "cancelled"
    ? { kind: "tombstone" }
    : { kind: "ours", event: got.value };
}

/** The insert that happened has mailed the guests; adopting it mails nobody. */
function adopted(event: GoogleEvent, writing: Writing, generation: number): WriteOutcome {
  const version = shownVersion(event) ?? writing.meeting.desired_version;
  return { kind: "written", event, already_exists: true, generation, version };
}

function foreignEvent(writing: Writing, generation: number): Failure {
  const id = eventId(writing.meeting.event_key, generation);
  return permanent(
    "foreign_event",
    `An event that is not ours has the id ${id} on calendar ${writing.row.google_calendar_id}. It was left alone; requeue the meeting to use another id.`,
  );
}

function failed(failure: Failure, generation: number): WriteOutcome {
  return { kind: "failed", failure, generation };
}
