import type { StoredConnection } from "@shared/connections/connections.ts";
import { findEventKeys } from "@shared/database/audits.ts";
import type { AuditableCalendar } from "@shared/database/audits.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { shownKey } from "@shared/calendar_events/own_event.ts";
import { toDecide } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { AuditDependencies, Looker } from "./look.ts";

const DAY_MS = 86_400_000;
/** The same month as for the rows, and as far ahead as people plan. */
const PAST_DAYS = 30;
const FUTURE_DAYS = 400;
/** 25,000 events; of a larger calendar only this part is compared, and the finding says so. */
const MAX_PAGES = 10;
const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const DELETE = "Delete the event on Google Calendar, which notifies its guests.";

/** Events of ours on a calendar that neither a meeting nor a task knows; those of `delete_ids` are deleted. */
export async function auditCalendar(
  dependencies: AuditDependencies,
  looker: Looker,
  { user_id, google_calendar_id }: AuditableCalendar,
  delete_ids: ReadonlySet<string>,
): Promise<Finding[]> {
  const { database, now } = dependencies;
  const no_meeting = { meeting_id: null, title: null, google_calendar_id, event_ids: [] };
  const connection = await looker.connection(user_id, null);
  if ("unreadable" in connection) {
    return [toDecide("unreadable", { ...no_meeting, message: connection.unreadable })];
  }
  const day = (days: number) => new Date(now().getTime() + days * DAY_MS).toISOString();
  const strays: Finding[] = [];
  // No filter: Google finds a property by its value only, and which value is the question here.
  const listed = await looker.list(connection.seen, google_calendar_id, {
    timeMin: day(-PAST_DAYS),
    timeMax: day(FUTURE_DAYS),
    maxResults: 2500,
  }, MAX_PAGES);
  if ("unreadable" in listed) {
    const message = `${connection.seen.email}: ${listed.unreadable}`;
    return [toDecide("unreadable", { ...no_meeting, message })];
  }
  const ours = byKey(listed.seen.events);
  const known = ours.size === 0 ? [] : await findEventKeys(database, [...ours.keys()]);
  for (const key of known) ours.delete(key);
  // A row has its key before its event exists, so an event that was listed before its row was looked for has none.
  for (const event of [...ours.values()].flat()) {
    const finding = toDecide("orphaned", {
      ...no_meeting,
      title: event.summary ?? null,
      event_ids: [event.id],
      message: `No meeting and no task has this event on the calendar of ${connection.seen.email}.`,
    });
    // The deletion of a guest's copy would only decline.
    const is_asked = delete_ids.has(event.id) && event.organizer?.self === true;
    strays.push(
      is_asked
        ? {
          ...finding,
          repair: DELETE,
          what_to_do: null,
          repaired: await deleteStray(dependencies, connection.seen, google_calendar_id, event),
        }
        : finding,
    );
  }
  const message =
    `${connection.seen.email}: only a part of the events of this calendar was compared.`;
  return listed.seen.complete
    ? strays
    : [...strays, toDecide("unreadable", { ...no_meeting, message })];
}

/** False where the event was changed since it was listed, or Google did not delete it. */
async function deleteStray(
  { calendar, connections }: AuditDependencies,
  connection: StoredConnection,
  calendar_id: string,
  { id, etag }: GoogleEvent,
): Promise<boolean> {
  const options = {
    sendUpdates: "all",
    ...(etag === undefined ? {} : { if_match: etag }),
  } as const;
  const outcome = await connections.call(
    connection,
    "write",
    (token) => calendar.deleteEvent(token, calendar_id, id, options),
  );
  return outcome.verdict === "done";
}

function byKey(events: readonly GoogleEvent[]): Map<string, GoogleEvent[]> {
  const ours = new Map<string, GoogleEvent[]>();
  for (const event of events) {
    const key = shownKey(event);
    if (key === undefined || !KEY.test(key) || event.recurringEventId !== undefined) continue;
    ours.set(key, [...ours.get(key) ?? [], event]);
  }
  return ours;
}
