import { hangoutLink } from "./conference.ts";
import { type EventTime, formatEventTime } from "./event_time.ts";
import type { AccessRole } from "./calendar_store.ts";
import type { Attendee, EventBody, EventCopy, Person } from "./event_types.ts";
import { isCancelled, isOrganizersCopy } from "./event_types.ts";
import { formatReminders } from "./reminders.ts";

/** An event or one occurrence of a series, as one calendar shows it. */
export interface EventView {
  copy: EventCopy;
  /** Set for an occurrence that the rule generates and that was not changed. */
  occurrence: { id: string; start: EventTime; end: EventTime } | null;
}

export interface RenderOptions {
  /** Zone whose offset the times carry: the calendar's, or the `timeZone` parameter. */
  zone: string;
  max_attendees?: number | undefined;
}

/** The Event resource. Fields with default values are left out, as in Google's answers. */
export function eventResource(view: EventView, options: RenderOptions): EventBody {
  const { copy, occurrence } = view;
  const { shared, personal } = copy;
  const { content } = shared;
  const id = occurrence?.id ?? shared.id;
  const conference = content.conference;
  const link = hangoutLink(content);
  const properties = extendedProperties(copy);
  const start = occurrence?.start ?? content.start;
  const original = occurrence?.start ?? shared.series?.original_start;
  const master_id = occurrence === null ? shared.series?.master_id : shared.id;
  return {
    kind: "calendar#event",
    etag: etagOf(copy),
    id,
    status: isCancelled(copy) ? "cancelled" : content.status,
    htmlLink: htmlLink(id, copy.calendar_id),
    // `created` has whole seconds with .000, `updated` real milliseconds.
    created: new Date(Math.floor(shared.created_ms / 1000) * 1000).toISOString(),
    updated: new Date(shared.updated_ms).toISOString(),
    ...content.plain,
    ...(personal.color_id === null ? {} : { colorId: personal.color_id }),
    creator: withSelf(shared.creator, copy.calendar_id),
    organizer: withSelf(shared.organizer, copy.calendar_id),
    start: formatEventTime(start, options.zone),
    end: formatEventTime(occurrence?.end ?? content.end, options.zone),
    ...(content.recurrence.length === 0 || occurrence !== null
      ? {}
      : { recurrence: content.recurrence }),
    ...(master_id === undefined ? {} : { recurringEventId: master_id }),
    ...(original === undefined
      ? {}
      : { originalStartTime: formatEventTime(original, options.zone) }),
    ...(personal.transparent ? { transparency: "transparent" } : {}),
    iCalUID: shared.ical_uid,
    sequence: shared.sequence,
    ...attendeeFields(copy, options.max_attendees),
    ...(properties === null ? {} : { extendedProperties: properties }),
    ...(link === null ? {} : { hangoutLink: link }),
    ...(conference === null ? {} : { conferenceData: conference }),
    reminders: formatReminders(personal.reminders),
    eventType: content.plain.eventType ?? "default",
  };
}

/** What a sync delta or an unrestricted list says about a deleted event: only these are
 * guaranteed. */
export function cancelledResource(view: EventView, options: RenderOptions): EventBody {
  const { copy, occurrence } = view;
  const series = copy.shared.series;
  const original = occurrence?.start ?? series?.original_start;
  const master_id = occurrence === null ? series?.master_id : copy.shared.id;
  return {
    kind: "calendar#event",
    etag: etagOf(copy),
    id: occurrence?.id ?? copy.shared.id,
    status: "cancelled",
    ...(master_id === undefined ? {} : { recurringEventId: master_id }),
    ...(original === undefined
      ? {}
      : { originalStartTime: formatEventTime(original, options.zone) }),
  };
}

/** All that a reader with free/busy access sees, and of a private event every reader. */
export function busyOnlyResource(view: EventView, options: RenderOptions): EventBody {
  const { id, etag, status, start, end, ...rest } = eventResource(view, options);
  const { recurrence, recurringEventId, originalStartTime, iCalUID } = rest;
  return {
    kind: "calendar#event",
    ...(etag ? { etag } : {}),
    ...(id ? { id } : {}),
    ...(status ? { status } : {}),
    ...(start ? { start } : {}),
    ...(end ? { end } : {}),
    ...(recurrence ? { recurrence } : {}),
    ...(recurringEventId ? { recurringEventId } : {}),
    ...(originalStartTime ? { originalStartTime } : {}),
    ...(iCalUID ? { iCalUID } : {}),
    visibility: "private",
  };
}

/** Whether a reader sees no details of this event: only who may write on the calendar does. */
export function isHiddenFrom(role: AccessRole, { copy }: EventView): boolean {
  const { visibility } = copy.shared.content.plain;
  const is_private = visibility === "private" || visibility === "confidential";
  return is_private && role !== "writer" && role !== "owner";
}

/** The quoted string, quotes included, that If-Match must repeat. */
export function etagOf(copy: { version: number }): string {
  return `"${copy.version}"`;
}

function htmlLink(event_id: string, calendar_id: string): string {
  const eid = btoa(`${event_id} ${calendar_id}`).replaceAll("=", "");
  return `https://www.google.com/calendar/event?eid=${eid}`;
}

/** `self` means the calendar of this copy, not the user who sends the request. */
function withSelf(person: Person, calendar_id: string): Person & { self?: boolean } {
  return person.email === calendar_id ? { ...person, self: true } : { ...person };
}

function attendeeFields(copy: EventCopy, max_attendees: number | undefined) {
  const { shared, calendar_id } = copy;
  const all = shared.content.attendees;
  if (all.length === 0) return {};
  const hidden = shared.content.plain.guestsCanSeeOtherGuests === false && !isOrganizersCopy(copy);
  if (!hidden && (max_attendees === undefined || all.length <= max_attendees)) {
    return { attendees: all.map((attendee) => attendeeResource(attendee, copy)) };
  }
  const own = all.filter((attendee) => attendee.home === calendar_id);
  return {
    attendees: own.map((attendee) => attendeeResource(attendee, copy)),
    attendeesOmitted: true,
  };
}

function attendeeResource({ home, ...attendee }: Attendee, copy: EventCopy) {
  return {
    ...attendee,
    ...(attendee.email === copy.shared.organizer.email ? { organizer: true } : {}),
    ...(home === copy.calendar_id ? { self: true } : {}),
  };
}

function extendedProperties(copy: EventCopy) {
  const own = copy.personal.private_properties;
  const shared = copy.shared.content.shared_properties;
  const has_own = Object.keys(own).length > 0;
  const has_shared = Object.keys(shared).length > 0;
  if (!has_own && !has_shared) return null;
  return { ...(has_own ? { private: own } : {}), ...(has_shared ? { shared } : {}) };
}
