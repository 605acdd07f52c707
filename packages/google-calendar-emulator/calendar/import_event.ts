import { GoogleError } from "../contract/google_error.ts";
import { randomId } from "../world/random_id.ts";
import type { World } from "../world/world.ts";
import { type Answer, bodyOf, calendarFor, type Call } from "./call.ts";
import type { Calendar } from "./calendar_store.ts";
import { readEvent } from "./event_content.ts";
import type { EventBody, EventCopy, Person } from "./event_types.ts";
import { checkEventId, eventAnswer, organizerOf } from "./insert_event.ts";
import { conferenceMode } from "./conference.ts";
import { addEvent, touchShared } from "./shared_events.ts";

/** events.import: a private copy of an event that is organized elsewhere; no guest is invited or
 * told. */
export function importEvent(call: Call): Answer {
  const calendar = calendarFor(call, "writer");
  const body = bodyOf(call, "Event");
  if (!body.iCalUID) throw new GoogleError("required", { message: "Missing iCalUID." });
  return eventAnswer(
    call,
    calendar,
    storePrivateCopy(call.world, calendar, body, {
      creator: { email: call.account.email },
      conference_version: call.query.integer("conferenceDataVersion") ?? 0,
      supports_attachments: call.query.flag("supportsAttachments") ?? false,
    }),
  );
}

/** Stores an event of which only this calendar has a copy; one with the same iCalUID is replaced. */
export function storePrivateCopy(
  world: World,
  calendar: Calendar,
  body: EventBody,
  options: { creator: Person; conference_version: number; supports_attachments?: boolean },
): EventCopy {
  if ((body.eventType ?? "default") !== "default") {
    throw new GoogleError("invalid", { message: "Only default events can be imported." });
  }
  if (body.id) checkEventId(body.id);
  const existing = calendar.copies.withUid(body.iCalUID ?? "")
    .find(({ shared }) => shared.series === null);
  const content = readEvent(body, {
    directory: world.directory,
    calendar_zone: calendar.timezone,
    before: existing?.shared.content ?? null,
    conference_version: options.conference_version,
    conference_mode: conferenceMode(world.switches.conference, calendar),
    supports_attachments: options.supports_attachments ?? false,
    is_exception: false,
    on_primary: calendar.primary,
  });
  if (existing !== undefined) {
    existing.shared.content = content.shared;
    existing.shared.recurrence_set = content.recurrence_set;
    existing.personal = content.personal;
    existing.removed = false;
    touchShared(world, existing.shared);
    return existing;
  }
  const id = body.id ?? randomId(26);
  if (calendar.copies.get(id) !== undefined) throw new GoogleError("duplicate");
  const given = body.organizer;
  return addEvent(world, calendar, {
    id,
    ical_uid: body.iCalUID ?? `${id}@google.com`,
    creator: options.creator,
    organizer: given?.email
      ? {
        email: given.email.toLowerCase(),
        ...(given.displayName ? { displayName: given.displayName } : {}),
      }
      : organizerOf(calendar),
    content: content.shared,
    recurrence_set: content.recurrence_set,
    series: null,
  }, content.personal);
}
