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

/** Events of ours on a calendar that no meeting knows. */
export async function auditCalendar(
  { database, now }: AuditDependencies,
  looker: Looker,
  { user_id, google_calendar_id }: AuditableCalendar,
): Promise<Finding[]> {
  const no_meeting = { meeting_id: null, title: null, google_calendar_id, event_ids: [] };
  const connection = await looker.connection(user_id, null);
  if ("unreadable" in connection) {
    return [toDecide("unreadable", { ...no_meeting, message: connection.unreadable })];
  }
  const day = (days: number) => new Date(now().getTime() + days * DAY_MS).toISOString();
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
  const strays = [...ours.values()].flat().map(({ id, summary }) =>
    toDecide("orphaned", {
      ...no_meeting,
      title: summary ?? null,
      event_ids: [id],
      message: `No meeting has this event on the calendar of ${connection.seen.email}.`,
    })
  );
  const message =
    `${connection.seen.email}: only a part of the events of this calendar was compared.`;
  return listed.seen.complete
    ? strays
    : [...strays, toDecide("unreadable", { ...no_meeting, message })];
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
