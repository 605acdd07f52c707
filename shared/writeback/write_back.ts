import type { Connections } from "@shared/connections/connections.ts";
import type { Database } from "@shared/database/call.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { markWritebackFailure, markWritebackSuccess } from "@shared/database/writebacks.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { meetLink } from "@shared/google/event.ts";
import { issueText } from "@shared/meetings/issues.ts";
import { cancelEvent } from "./cancel_event.ts";
import type { CancelOutcome } from "./cancel_event.ts";
import { permanent, unlessUnknown } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { recorder } from "./recorder.ts";
import { writableMeeting } from "./writable_meeting.ts";
import type { WritableMeeting } from "./writable_meeting.ts";
import { writeEvent } from "./write_event.ts";
import type { WriteOutcome } from "./write_event.ts";

/**
 * A lease outlives the longest work it can cover: 20 s for a request, before which there may be a
 * refreshed token, and a write starts only while LAST_WRITE_SECONDS have not passed.
 */
export const LEASE_SECONDS = 120;
const LAST_WRITE_SECONDS = 60;

export interface WritebackDependencies {
  database: Database;
  calendar: GoogleCalendar;
  connections: Connections;
  now: () => Date;
}

export type WritebackResult =
  | {
    meeting_id: string;
    success: true;
    google_event_id: string;
    google_event_link: string | null;
    already_exists: boolean;
  }
  /** The meeting was cancelled, and now its event is too; null: there never was one. */
  | { meeting_id: string; success: true; cancelled: true; google_event_id: string | null }
  | { meeting_id: string; success: false; failure: Failure }
  /** The lease ended before the work did; whoever holds the row now decides. */
  | { meeting_id: string; success: false; failure: null };

/**
 * Writes, changes or deletes the event of one leased meeting and settles the row, in one round trip
 * to the database.
 */
export async function writeBack(
  dependencies: WritebackDependencies,
  row: MeetingRow,
  connection: StoredConnection | null,
): Promise<WritebackResult> {
  const { now } = dependencies;
  const notes = recorder(now);
  const started = now().valueOf();
  const has_time = () => now().valueOf() - started < LAST_WRITE_SECONDS * 1000;
  const ready = prepare(row, connection, now());
  const outcome: WriteOutcome | CancelOutcome = "failure" in ready
    ? {
      kind: "failed",
      failure: unlessUnknown(row.writeback_outcome_unknown, ready.failure),
      generation: row.event_generation,
    }
    : ready.meeting === null
    ? await cancelEvent({ ...dependencies, ...ready, row, recorder: notes, has_time })
    : await writeEvent({
      ...dependencies,
      meeting: ready.meeting,
      connection: ready.connection,
      row,
      recorder: notes,
      has_time,
    });
  return settle(dependencies.database, row, outcome, notes.steps);
}

/** Why there is no point in asking Google, or what is to be written; null: the meeting is cancelled. */
function prepare(
  row: MeetingRow,
  connection: StoredConnection | null,
  now: Date,
): { failure: Failure } | { meeting: WritableMeeting | null; connection: StoredConnection } {
  const parsed = row.cancelled_at === null
    ? writableMeeting(row, connection?.email ?? null)
    : { meeting: null };
  if ("problem" in parsed) {
    return { failure: permanent("invalid_request", issueText(parsed.problem)) };
  }
  if (connection === null) {
    return {
      failure: permanent(
        "not_connected",
        "The organizer has not connected a Google account. Connect one (google-auth), then requeue.",
      ),
    };
  }
  if (row.google_account_id !== connection.google_account_id) {
    return {
      failure: permanent(
        "wrong_account",
        "The organizer is connected with another Google account than the one this event was begun with. Connect that account again.",
      ),
    };
  }
  if (parsed.meeting === null) return { meeting: null, connection };
  const mayExist = row.writeback_outcome_unknown || row.writeback_operation !== "create";
  if (!mayExist && Date.parse(parsed.meeting.starts_at) <= now.valueOf()) {
    return {
      failure: permanent(
        "slot_expired",
        "The slot has passed before the event could be written. Schedule the meeting again.",
      ),
    };
  }
  return { meeting: parsed.meeting, connection };
}

async function settle(
  database: Database,
  row: MeetingRow,
  outcome: WriteOutcome | CancelOutcome,
  steps: ReturnType<typeof recorder>["steps"],
): Promise<WritebackResult> {
  const { meeting_id } = row;
  if (outcome.kind === "failed") {
    const { failure, generation } = outcome;
    const { code, message, ...decision } = failure;
    const settled = await markWritebackFailure(database, row, {
      ...decision,
      error: `${code}: ${message}`,
      event_generation: generation,
    }, steps);
    return { meeting_id, success: false, failure: settled ? failure : null };
  }

  if (outcome.kind === "cancelled") {
    const settled = await markWritebackSuccess(database, row, {
      google_event_id: outcome.event_id,
      google_calendar_id: row.google_calendar_id,
      google_event_link: row.google_event_link,
      written_version: row.desired_version,
      event_generation: row.event_generation,
    }, steps);
    return settled
      ? { meeting_id, success: true, cancelled: true, google_event_id: outcome.event_id }
      : { meeting_id, success: false, failure: null };
  }

  const { event, generation, version, already_exists } = outcome;
  const settled = await markWritebackSuccess(database, row, {
    google_event_id: event.id,
    google_calendar_id: row.google_calendar_id,
    google_event_link: event.htmlLink ?? null,
    event: {
      meet_link: meetLink(event),
      organizer_email: event.organizer?.email ?? null,
      organizer_display_name: event.organizer?.displayName ?? null,
      organizer_self: event.organizer === undefined ? null : event.organizer.self === true,
      attendees: event.attendees ?? [],
    },
    written_version: version,
    event_generation: generation,
  }, steps);
  if (!settled) return { meeting_id, success: false, failure: null };
  return {
    meeting_id,
    success: true,
    google_event_id: event.id,
    google_event_link: event.htmlLink ?? null,
    already_exists,
  };
}
