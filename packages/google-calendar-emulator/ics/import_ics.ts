import { addEvent } from "../calendar/shared_events.ts";
import type { Calendar } from "../calendar/calendar_store.ts";
import { readEvent } from "../calendar/event_content.ts";
import { instanceStamp } from "../calendar/event_time.ts";
import type { EventTime } from "../calendar/event_time.ts";
import { storePrivateCopy } from "../calendar/import_event.ts";
import type { World } from "../world/world.ts";
import { icsToEvent, type ImportedEvent } from "./ics_to_event.ts";
import type { IcsCalendar } from "./parse_ics.ts";

/** Puts every event of an iCalendar file on a calendar; how many events and changed occurrences
 * were stored. */
export function importIcs(world: World, calendar: Calendar, ics: IcsCalendar): number {
  const events = ics.events.map((event) => icsToEvent(event, calendar.timezone));
  const options = { creator: { email: calendar.owner }, conference_version: 0 };
  for (const { body } of events.filter(({ replaces }) => replaces === null)) {
    storePrivateCopy(world, calendar, body, options);
  }
  for (const event of events.filter(({ replaces }) => replaces !== null)) {
    storeChangedOccurrence(world, calendar, event);
  }
  return events.length;
}

/** The zone that the file names, else the one most of its events use. */
export function zoneOfIcs(ics: IcsCalendar): string | undefined {
  const named = ics.properties.find(({ name }) => name === "X-WR-TIMEZONE")?.value;
  if (named !== undefined) return named;
  const counts = new Map<string, number>();
  for (const { properties } of ics.events) {
    const zone = properties.find(({ name }) => name === "DTSTART")?.parameters["TZID"];
    if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function storeChangedOccurrence(world: World, calendar: Calendar, event: ImportedEvent): void {
  const master = calendar.copies.all().find(({ shared }) =>
    shared.ical_uid === event.uid && shared.recurrence_set !== null
  );
  if (master === undefined) {
    throw new Error(`Event ${event.uid} changes an occurrence of a series that is not in the file`);
  }
  const original_start = originalStart(event, master.shared.content.start);
  const content = readEvent(event.body, {
    calendar_zone: calendar.timezone,
    before: null,
    conference_version: 0,
    conference_mode: "success",
    supports_attachments: false,
    is_exception: true,
  });
  addEvent(world, calendar, {
    id: `${master.shared.id}_${instanceStamp(original_start)}`,
    ical_uid: event.uid,
    creator: master.shared.creator,
    organizer: master.shared.organizer,
    content: content.shared,
    recurrence_set: null,
    series: { master_id: master.shared.id, original_start },
  }, content.personal);
}

function originalStart({ replaces, uid }: ImportedEvent, first: EventTime): EventTime {
  if (replaces !== null && "date" in replaces && first.kind === "date") {
    return { kind: "date", date: replaces.date };
  }
  if (replaces !== null && "ms" in replaces && first.kind === "instant") {
    return { kind: "instant", ms: replaces.ms, zone: first.zone };
  }
  throw new Error(`RECURRENCE-ID of event ${uid} is not of the same kind as the series' start`);
}
