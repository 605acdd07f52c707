import { GoogleError } from "../contract/google_error.ts";
import { randomId } from "../world/random_id.ts";
import type { World } from "../world/world.ts";
import { type Answer, bodyOf, calendarFor, type Call, ok } from "./call.ts";
import type { Calendar } from "./calendar_store.ts";
import { conferenceMode } from "./conference.ts";
import { etagOf, eventResource } from "./event_resource.ts";
import { readEvent } from "./event_content.ts";
import type { EventBody, EventCopy, Person } from "./event_types.ts";
import { notifyGuests, sendUpdatesOf, type Telling } from "./guest_mail.ts";
import { askRooms } from "./rooms.ts";
import { addEvent, syncGuestCopies } from "./shared_events.ts";
import { checkCreatable } from "./special_events.ts";

/** events.insert: a new event on a calendar, copies on the guests' calendars, mail to them if
 * asked for. */
export function insertEvent(call: Call): Answer {
  const calendar = calendarFor(call, "writer");
  const body = bodyOf(call, "Event");
  if (body.id && body.iCalUID && call.world.strict) {
    throw new GoogleError("invalid", { message: "Supply id or iCalUID, not both." });
  }
  checkCreatable(body);
  const copy = storeEvent(call.world, calendar, body, {
    conference_version: call.query.integer("conferenceDataVersion") ?? 0,
    supports_attachments: call.query.flag("supportsAttachments") ?? false,
    creator: { email: call.account.email },
    service_account: call.account.service_account,
    telling: { send_updates: sendUpdatesOf(call.query, call.world), actor: call.account.email },
  });
  return eventAnswer(call, calendar, copy);
}

/** The answer that shows a whole stored event. */
export function eventAnswer(call: Call, calendar: Calendar, copy: EventCopy): Answer {
  const resource = eventResource({ copy, occurrence: null }, {
    zone: calendar.timezone,
    max_attendees: call.query.integer("maxAttendees"),
  });
  return ok(resource, etagOf(copy));
}

export interface StoreOptions {
  conference_version: number;
  supports_attachments?: boolean;
  creator: Person;
  service_account?: boolean;
  telling: Telling;
}

/** Checks a new event and stores it; also how the control surface fills calendars. */
export function storeEvent(
  world: World,
  calendar: Calendar,
  body: EventBody,
  options: StoreOptions,
): EventCopy {
  if (body.id) checkEventId(body.id);
  const content = readEvent(body, {
    directory: world.directory,
    calendar_zone: calendar.timezone,
    before: null,
    conference_version: options.conference_version,
    conference_mode: conferenceMode(world.switches.conference, calendar),
    supports_attachments: options.supports_attachments ?? false,
    is_exception: false,
    on_primary: calendar.primary,
  });
  if (options.service_account && content.shared.attendees.length > 0) {
    throw new GoogleError("forbiddenForServiceAccounts");
  }
  const id = body.id ?? randomId(26);
  const undetected = world.clock.now() < world.switches.duplicates_undetected_until_ms;
  if (calendar.copies.get(id) !== undefined && !undetected) throw new GoogleError("duplicate");
  const copy = addEvent(world, calendar, {
    id,
    ical_uid: body.iCalUID ?? `${id}@google.com`,
    creator: options.creator,
    organizer: organizerOf(calendar),
    content: content.shared,
    recurrence_set: content.recurrence_set,
    series: null,
  }, content.personal);
  syncGuestCopies(world, copy.shared, []);
  askRooms(world, copy.shared, false);
  notifyGuests(world, copy.shared, [], options.telling);
  return copy;
}

/** Who organizes an event created on a calendar: on a secondary one the calendar itself. */
export function organizerOf(calendar: Calendar): Person {
  return calendar.primary
    ? { email: calendar.id }
    : { email: calendar.id, displayName: calendar.summary };
}

/** Google's alphabet for ids chosen by the client: base32hex in lower case, 5 to 1024 characters. */
export function checkEventId(id: string): void {
  if (!/^[a-v0-9]{5,1024}$/.test(id)) {
    throw new GoogleError("invalid", { message: "Invalid resource id value." });
  }
}
