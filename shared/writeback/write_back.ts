import type { Connections } from "@shared/connections/connections.ts";
import { failureOfThrown } from "@shared/connections/thrown.ts";
import type { Database } from "@shared/database/call.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { LeasedMeeting } from "@shared/database/meetings.ts";
import { settleWritebacks } from "@shared/database/writebacks.ts";
import type { Settlement, WritebackSuccess } from "@shared/database/writebacks.ts";
import { CODES } from "@shared/failures/codes.ts";
import { deferral, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { meetLink } from "@shared/google/event.ts";
import { extractOrganizerMetadata, normalizeAttendees } from "@shared/google/event_people.ts";
import { issueText } from "@shared/failures/issues.ts";
import { seenEvent } from "@shared/calendar_events/seen_event.ts";
import { cancelEvent } from "./cancel_event.ts";
import type { CancelOutcome } from "./cancel_event.ts";
import { beginWithinMs } from "@shared/database/lease.ts";
import { atLast, stillUnknown } from "./attempt_failure.ts";
import type { Overwritten } from "./compose_patch.ts";
import { recorder } from "./recorder.ts";
import type { Recorder } from "./recorder.ts";
import { warningsOf } from "./time_taken.ts";
import type { WriteWarning } from "./time_taken.ts";
import { writableMeeting } from "./writable_meeting.ts";
import type { WritableMeeting } from "./writable_meeting.ts";
import { writeEvent } from "./write_event.ts";
import type { WriteOutcome } from "./write_context.ts";

export interface WritebackDependencies {
  database: Database;
  calendar: GoogleCalendar;
  connections: Connections;
  now: () => Date;
  /** Hears of what was thrown where every fault should have been an outcome. */
  report?: (thrown: unknown, meeting_id: string) => void;
  /** A wake-up: no caller reads the response, so a created event is reported to the first call that waited for it. */
  is_wake_up?: boolean;
}

export type WritebackResult =
  | {
    meeting_id: string;
    success: true;
    google_event_id: string;
    google_event_link: string | null;
    already_exists: boolean;
    warnings?: WriteWarning[];
    /** What people had set on Google and a change of the same field has replaced. */
    overwritten?: readonly Overwritten[];
  }
  /** The meeting was cancelled, and now its event is too; null: there never was one. */
  | { meeting_id: string; success: true; cancelled: true; google_event_id: string | null }
  | { meeting_id: string; success: false; failure: Failure }
  /** The lease expired before the work ended; another worker has the row now. */
  | { meeting_id: string; success: false; failure: null };

/** What was done under a lease, before the database knows of it. */
export interface Attempt {
  settlement: Settlement;
  result: WritebackResult;
}

/**
 * Writes, changes or deletes the event of one leased meeting and settles the row, in one round trip
 * to the database.
 */
export async function writeBack(
  dependencies: WritebackDependencies,
  row: LeasedMeeting,
  connection: StoredConnection | null,
): Promise<WritebackResult> {
  const started = performance.now();
  const has_time = () => performance.now() - started < beginWithinMs(row);
  const { settlement, result } = await attemptWriteback(dependencies, row, connection, has_time);
  const { lost } = await settleWritebacks(dependencies.database, [settlement]);
  return lost.has(row.meeting_id) ? leaseLost(row) : result;
}

export function leaseLost({ meeting_id }: Pick<LeasedMeeting, "meeting_id">): WritebackResult {
  return { meeting_id, success: false, failure: null };
}

/**
 * Writes the event of one leased meeting; the caller settles the row. `has_time`: whether a
 * write that starts now is answered before the lease ends. Never throws: what is thrown on the way
 * becomes a failure of this meeting, and of no other.
 */
export async function attemptWriteback(
  dependencies: WritebackDependencies,
  row: LeasedMeeting,
  connection: StoredConnection | null,
  has_time: () => boolean,
): Promise<Attempt> {
  const notes = recorder(dependencies.now);
  let outcome: WriteOutcome | CancelOutcome;
  try {
    outcome = await write(dependencies, row, connection, notes, has_time);
  } catch (thrown) {
    dependencies.report?.(thrown, row.meeting_id);
    const may_exist = row.outcome_unknown || notes.has_written;
    const failure = stillUnknown(may_exist, failureOfThrown(thrown));
    outcome = { kind: "failed", failure, generation: row.event_generation };
  }
  switch (outcome.kind) {
    case "failed":
      return failedAttempt(
        row,
        atLast(row, outcome.failure),
        outcome.generation,
        notes,
      );
    case "cancelled":
      return cancelledAttempt(row, outcome, notes);
    case "written":
      return writtenAttempt(row, outcome, notes, dependencies.is_wake_up === true);
  }
}

async function write(
  dependencies: WritebackDependencies,
  row: LeasedMeeting,
  connection: StoredConnection | null,
  notes: Recorder,
  has_time: () => boolean,
): Promise<WriteOutcome | CancelOutcome> {
  const generation = row.event_generation;
  const ready = prepare(row, connection);
  if ("failure" in ready) {
    const failure = stillUnknown(row.outcome_unknown, ready.failure);
    return { kind: "failed", failure, generation };
  }
  if (!has_time()) {
    const failure = stillUnknown(row.outcome_unknown, deferral("out_of_time", 1));
    return { kind: "failed", failure, generation };
  }
  const { meeting, connection: usable } = ready;
  const { calendar, connections, now } = dependencies;
  const { google_calendar_id: calendar_id } = row;
  const at = { calendar, connections, connection: usable, calendar_id, recorder: notes };
  const context = { at, row, has_time };
  return meeting === null
    ? await cancelEvent(context)
    : await writeEvent({ ...context, meeting, now });
}

/** Why there is no point in asking Google, or what is to be written; null: the meeting is cancelled. */
function prepare(
  row: LeasedMeeting,
  connection: StoredConnection | null,
): { failure: Failure } | { meeting: WritableMeeting | null; connection: StoredConnection } {
  const parsed = row.cancelled_at === null
    ? writableMeeting(row, connection?.email ?? null)
    : { meeting: null };
  if ("problem" in parsed) {
    return { failure: rejection("invalid_request", issueText(parsed.problem)) };
  }
  if (connection === null) {
    return {
      failure: rejection("not_connected"),
    };
  }
  if (row.google_account_id !== connection.google_account_id) {
    const may_exist = row.outcome_unknown || row.operation !== "create";
    return {
      failure: may_exist ? rejection("wrong_account") : deferral("account_changed", 1),
    };
  }
  return { meeting: parsed.meeting, connection };
}

function failedAttempt(
  row: LeasedMeeting,
  failure: Failure,
  event_generation: number,
  { steps }: Recorder,
): Attempt {
  const { meeting_id, lease_token } = row;
  return {
    settlement: {
      meeting_id,
      lease_token,
      outcome: "failed",
      failure,
      event_generation,
      steps,
    },
    result: { meeting_id, success: false, failure },
  };
}

function cancelledAttempt(
  row: LeasedMeeting,
  { event_id, calendar_id }: Extract<CancelOutcome, { kind: "cancelled" }>,
  { steps }: Recorder,
): Attempt {
  const { meeting_id, lease_token } = row;
  return {
    settlement: {
      meeting_id,
      lease_token,
      outcome: "written",
      operation: "cancel",
      google_event_id: event_id,
      google_calendar_id: calendar_id,
      google_event_link: row.google_event_link,
      written_version: row.desired_version,
      event_generation: row.event_generation,
      steps,
    },
    result: { meeting_id, success: true, cancelled: true, google_event_id: event_id },
  };
}

function writtenAttempt(
  row: LeasedMeeting,
  outcome: Extract<WriteOutcome, { kind: "written" }>,
  { steps }: Recorder,
  is_wake_up: boolean,
): Attempt {
  const { meeting_id, lease_token, operation } = row;
  const { event, generation, version, already_exists, calendar_id, overwritten } = outcome;
  const google_event_link = event.htmlLink ?? null;
  return {
    settlement: {
      meeting_id,
      lease_token,
      outcome: "written",
      operation,
      google_event_id: event.id,
      google_calendar_id: calendar_id,
      google_event_link,
      event: shownOf(outcome),
      seen: seenEvent(event, calendar_id),
      written_fields: outcome.written_fields,
      written_version: version,
      event_generation: generation,
      steps,
      ...(outcome.is_move_withdrawn === true ? { is_move_withdrawn: true } : {}),
      ...(is_wake_up && !already_exists ? { is_unacknowledged: true } : {}),
    },
    result: {
      meeting_id,
      success: true,
      google_event_id: event.id,
      google_event_link,
      already_exists,
      ...warningsOf(row),
      ...(overwritten.length === 0 ? {} : { overwritten }),
    },
  };
}

/** What the row shows of an event. */
function shownOf(
  { event, meet_link_refusal }: Extract<WriteOutcome, { kind: "written" }>,
): NonNullable<WritebackSuccess["event"]> {
  return {
    // Null where people removed the link.
    meet_link: meetLink(event),
    ...extractOrganizerMetadata(event),
    ...(event.attendeesOmitted === true ? {} : { attendees: normalizeAttendees(event.attendees) }),
    ...(meet_link_refusal === undefined ? {} : {
      meet_link_error: meet_link_refusal === null
        ? null
        : `conference_refused: ${CODES.conference_refused.message} (${meet_link_refusal})`,
    }),
  };
}
