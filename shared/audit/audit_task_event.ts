import { seenEvent } from "@shared/calendar_events/seen_event.ts";
import { adoptGoogleEvent, listAuditableTaskEvents } from "@shared/database/audits.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { StoredConnection } from "@shared/connections/connections.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { shownInstant } from "@shared/time/shown_time.ts";
import { instantIso, momentOf } from "@shared/time/wall_time.ts";
import { describeHome, findHome } from "./find_home.ts";
import { ADOPT_DELETION, ADOPT_TIME } from "./compare_meeting.ts";
import { toDecide, toRepair } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { AuditDependencies, Looker, Seen } from "./look.ts";

const FOLLOW =
  "A change (PATCH task-events), a deletion (DELETE task-events) or a reschedule of the task follows it there.";

/** Compares the row of a task's event with Google and, if asked, makes the row say what people changed. */
export async function auditTaskEvent(
  { database }: AuditDependencies,
  looker: Looker,
  row: TaskEventRow,
  repair: boolean,
): Promise<Finding[]> {
  const { findings, adopt } = await compare(looker, row);
  if (findings.length === 0) return [];
  // A row that was written during the request to Google is skipped until the next audit.
  const page = { limit: 1, after: null, ids: [row.id] };
  const [now] = await listAuditableTaskEvents(database, page);
  if (now?.updated_at !== row.updated_at) return [];
  if (!repair || adopt === null) return findings;
  const subject = { kind: "task_event", id: row.id } as const;
  const repaired = await adoptGoogleEvent(database, subject, seenEvent(adopt, row.calendar_id));
  return findings.map((finding) => finding.repair === null ? finding : { ...finding, repaired });
}

interface TaskComparison {
  findings: Finding[];
  /** The event whose time or deletion a repair would take over. */
  adopt: GoogleEvent | null;
}

async function compare(looker: Looker, row: TaskEventRow): Promise<TaskComparison> {
  const only = (findings: Finding[], adopt: GoogleEvent | null = null) => ({ findings, adopt });
  const connection = await looker.connection(row.user_id, row.google_account_id);
  if ("unreadable" in connection) {
    return only(
      isDeleted(row)
        ? []
        : [toDecide("unreadable", { ...about(row), message: connection.unreadable })],
    );
  }
  const found = await read(looker, connection.seen, row);
  if ("unreadable" in found) {
    return only(
      isDeleted(row) ? [] : [toDecide("unreadable", { ...about(row), message: found.unreadable })],
    );
  }
  const event = found.seen;
  if (event === null) return only(isDeleted(row) ? [] : [missing(row)]);
  const home = await findHome(looker, connection.seen, row.calendar_id, event);
  if (home !== null && isOurs(row, event)) {
    const { message, what_to_do } = describeHome(home, {
      subject: "task event",
      is_over: isDeleted(row),
      follow: FOLLOW,
    });
    return only([toDecide("moved", { ...about(row), message }, what_to_do)]);
  }
  if (event.status === "cancelled") {
    return isDeleted(row) ? only([]) : only([cancelled(row)], event);
  }
  return isDeleted(row) ? only([restored(row)]) : only(moved(row, event), event);
}

/** The event; null only where the calendar itself can be read, as Google answers 404 for both. */
async function read(
  looker: Looker,
  connection: StoredConnection,
  { calendar_id, calendar_event_id }: TaskEventRow,
): Promise<Seen<GoogleEvent | null>> {
  const found = await looker.get(connection, calendar_id, calendar_event_id);
  if ("unreadable" in found || found.seen !== null || calendar_id === "primary") return found;
  const listed = await looker.list(connection, calendar_id, { maxResults: 1 }, 1);
  return "unreadable" in listed ? listed : found;
}

/** An event that others organized all along was not moved away. */
function isOurs(row: TaskEventRow, event: GoogleEvent): boolean {
  return row.organizer_self === true || event.creator?.self === true;
}

function isDeleted({ deleted_at, sync_status }: TaskEventRow): boolean {
  return deleted_at !== null || sync_status === "cancelled";
}

function missing(row: TaskEventRow): Finding {
  return toDecide(
    "missing",
    { ...about(row), message: "The event of this task does not exist on Google Calendar." },
    "Schedule the task again (POST task-events/schedule), which creates a new event, or delete the event here too (DELETE task-events).",
  );
}

function cancelled(row: TaskEventRow): Finding {
  return toRepair(
    "cancelled",
    { ...about(row), message: "The event of this task was deleted on Google Calendar." },
    ADOPT_DELETION,
  );
}

function restored(row: TaskEventRow): Finding {
  return toDecide(
    "orphaned",
    {
      ...about(row),
      message: "The event was deleted with Convene and is on the calendar again.",
    },
    "A person may have restored it: keep it, or delete it on Google Calendar.",
  );
}

/** Whole days are compared as days: the row has them as midnight in UTC. */
function moved(row: TaskEventRow, event: GoogleEvent): Finding[] {
  const [start, end] = [momentOf(event.start, "UTC"), momentOf(event.end, "UTC")];
  if (start === null || end === null || row.event_start === null || row.event_end === null) {
    return [];
  }
  const is_same = start.instant === Date.parse(row.event_start) &&
    end.instant === Date.parse(row.event_end);
  if (is_same) return [];
  const message = `The event is from ${shownInstant(instantIso(start))} to ${
    shownInstant(instantIso(end))
  }, its row says from ${shownInstant(row.event_start)} to ${shownInstant(row.event_end)}.`;
  return [toRepair("moved", { ...about(row), message }, ADOPT_TIME)];
}

function about(row: TaskEventRow) {
  return {
    meeting_id: null,
    task_event_id: row.id,
    title: row.event_title,
    google_calendar_id: row.calendar_id,
    event_ids: [row.calendar_event_id],
  };
}
