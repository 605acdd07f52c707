import {
  adoptGoogleEvent,
  listAuditableMeetings,
  refreshWrittenEvent,
} from "@shared/database/audits.ts";
import { SYSTEM } from "@shared/database/actor.ts";
import type { Database } from "@shared/database/call.ts";
import { requeueMeeting } from "@shared/database/meeting_changes.ts";
import type { AuditableMeeting } from "@shared/database/audits.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { seenEvent } from "@shared/calendar_events/seen_event.ts";
import { EVENT_KEY_PROPERTY } from "@shared/calendar_events/own_event.ts";
import { compareMeeting } from "./compare_meeting.ts";
import type { Comparison } from "./compare_meeting.ts";
import { toDecide } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { describeHome, findHome } from "./find_home.ts";
import type { Home } from "./find_home.ts";
import type { AuditDependencies, Looker, Seen } from "./look.ts";

/** A meeting has one event; a page of 250 is far more than any race can leave. */
const MAX_PAGES = 2;

/** Compares one row with Google and, if asked, repairs what is safe. */
export async function auditMeeting(
  dependencies: AuditDependencies,
  looker: Looker,
  row: AuditableMeeting,
  repair: boolean,
): Promise<Finding[]> {
  const found = await eventsOf(looker, row);
  if ("unreadable" in found) {
    const { meeting_id, title, google_calendar_id } = row;
    const message = found.unreadable;
    return [
      toDecide("unreadable", { meeting_id, title, google_calendar_id, event_ids: [], message }),
    ];
  }
  const left = found.seen.find(({ id }) => id === row.google_event_id);
  const connection = await looker.connection(row.organizer_user_id, row.google_account_id);
  const away = "seen" in connection && left !== undefined
    ? await findHome(looker, connection.seen, row.google_calendar_id, left)
    : null;
  const comparison = away === null
    ? compareMeeting(row, found.seen)
    : { findings: [movedAway(row, away)], adopt: null, refresh: null, requeue: false };
  const { findings } = comparison;
  if (findings.length === 0 || !await isUnchanged(dependencies, row)) return [];
  if (!repair || findings.every((finding) => finding.repair === null)) return findings;
  const repaired = await repairRow(dependencies.database, row, comparison);
  return findings.map((finding) => finding.repair === null ? finding : { ...finding, repaired });
}

function movedAway(row: AuditableMeeting, home: Home): Finding {
  const { meeting_id, title, google_calendar_id, google_event_id, cancelled_at } = row;
  const { message, what_to_do } = describeHome(home, {
    subject: "meeting",
    is_over: cancelled_at !== null,
    follow:
      "A change (PATCH meetings) or cancellation (DELETE meetings) of the meeting follows it there.",
  });
  const event_ids = google_event_id === null ? [] : [google_event_id];
  return toDecide(
    "moved",
    { meeting_id, title, google_calendar_id, event_ids, message },
    what_to_do,
  );
}

/** False while a worker processes the row. */
async function repairRow(
  database: Database,
  { meeting_id, google_calendar_id }: AuditableMeeting,
  { adopt, refresh, requeue }: Comparison,
): Promise<boolean> {
  if (adopt !== null) {
    const subject = { kind: "meeting", id: meeting_id } as const;
    if (!await adoptGoogleEvent(database, subject, seenEvent(adopt, google_calendar_id))) {
      return false;
    }
    if (refresh === null) return true;
  }
  if (refresh !== null) return await refreshWrittenEvent(database, meeting_id, refresh);
  if (!requeue) return false;
  const { decision } = await requeueMeeting(database, { meeting_id, actor: SYSTEM });
  return decision === "requeued";
}

/** A row that was written during the request to Google is skipped until the next audit. */
async function isUnchanged(
  { database }: AuditDependencies,
  row: AuditableMeeting,
): Promise<boolean> {
  const meeting_ids = [row.meeting_id];
  const [now] = await listAuditableMeetings(database, { limit: 1, after: null, meeting_ids });
  return now?.updated_at === row.updated_at;
}

/** Every event with the meeting's key, and the meeting's event even if its key was removed. */
async function eventsOf(looker: Looker, row: AuditableMeeting): Promise<Seen<GoogleEvent[]>> {
  const { google_calendar_id, google_event_id } = row;
  const connection = await looker.connection(row.organizer_user_id, row.google_account_id);
  if ("unreadable" in connection) return connection;
  const listed = await looker.list(connection.seen, google_calendar_id, {
    privateExtendedProperty: `${EVENT_KEY_PROPERTY}=${row.event_key}`,
    showDeleted: true,
  }, MAX_PAGES);
  if ("unreadable" in listed) return listed;
  const { events } = listed.seen;
  if (google_event_id === null || events.some(({ id }) => id === google_event_id)) {
    return { seen: events };
  }
  const own = await looker.get(connection.seen, google_calendar_id, google_event_id);
  if ("unreadable" in own) return own;
  return { seen: own.seen === null ? events : [...events, own.seen] };
}
