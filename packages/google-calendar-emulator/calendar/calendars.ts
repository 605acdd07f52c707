import { GoogleError } from "../contract/google_error.ts";
import { randomId } from "../world/random_id.ts";
import type { World } from "../world/world.ts";
import {
  type Answer,
  bodyOf,
  calendarFor,
  type Call,
  checkIfMatch,
  isUnmodified,
  no_content,
  ok,
} from "./call.ts";
import { addToList } from "./calendar_list.ts";
import { type Calendar, CopyIndex } from "./calendar_store.ts";
import { conferenceProperties } from "./conference.ts";
import { cancelEvent } from "./delete_event.ts";
import { etagOf } from "./event_resource.ts";
import { isCancelled } from "./event_types.ts";
import { isZone } from "./zones.ts";

export interface NewCalendar {
  id?: string;
  owner: string;
  primary: boolean;
  summary: string;
  timezone: string;
  created_by_app?: boolean;
  allows_meet?: boolean;
}

/** Adds a calendar and puts it on its owner's list. */
export function addCalendar(world: World, calendar: NewCalendar): Calendar {
  const added: Calendar = {
    id: (calendar.id ?? `c_${randomId(52)}@group.calendar.google.com`).toLowerCase(),
    owner: calendar.owner,
    primary: calendar.primary,
    summary: calendar.summary,
    description: null,
    location: null,
    timezone: calendar.timezone,
    default_reminders: calendar.primary ? [{ method: "popup", minutes: 10 }] : [],
    created_by_app: calendar.created_by_app ?? false,
    allows_meet: calendar.allows_meet ?? true,
    shared_with: new Map(),
    copies: new CopyIndex(),
    sync_epoch: 0,
    version: world.nextVersion(),
  };
  world.calendars.add(added);
  addToList(world, calendar.owner, added);
  return added;
}

/** calendars.get */
export function getCalendar(call: Call): Answer {
  const calendar = calendarFor(call, "reader");
  const etag = etagOf(calendar);
  if (isUnmodified(call, etag)) return { status: 304, body: null, etag };
  return ok(calendarResource(calendar), etag);
}

/** calendars.insert: a secondary calendar, owned by the user. */
export function insertCalendar(call: Call): Answer {
  const body = bodyOf(call, "Calendar");
  if (!body.summary) throw new GoogleError("required", { location: "summary" });
  return ok(calendarResource(addCalendar(call.world, {
    owner: call.account.email,
    primary: false,
    summary: body.summary,
    timezone: readZone(body.timeZone) ?? "UTC",
    created_by_app: true,
  })));
}

/** calendars.patch and calendars.update */
export function changeCalendar(call: Call): Answer {
  const calendar = calendarFor(call, "owner");
  checkIfMatch(call, calendar);
  const body = bodyOf(call, "Calendar");
  const replace = call.method === "calendars.update";
  if (body.summary !== undefined || replace) {
    if (!body.summary) throw new GoogleError("required", { location: "summary" });
    calendar.summary = body.summary;
  }
  if (body.description !== undefined || replace) calendar.description = body.description ?? null;
  if (body.location !== undefined || replace) calendar.location = body.location ?? null;
  const zone = readZone(body.timeZone);
  if (zone !== null) calendar.timezone = zone;
  calendar.version = call.world.nextVersion();
  return ok(calendarResource(calendar), etagOf(calendar));
}

/** calendars.delete: secondary calendars only. */
export function deleteCalendar(call: Call): Answer {
  const calendar = calendarFor(call, "owner");
  if (calendar.primary) throw new GoogleError("forbidden");
  checkIfMatch(call, calendar);
  call.world.calendars.delete(calendar.id, call.world.nextVersion());
  return no_content;
}

/** calendars.clear: deletes all events of the primary calendar, without mail. */
export function clearCalendar(call: Call): Answer {
  const calendar = calendarFor(call, "owner");
  if (!calendar.primary) throw new GoogleError("forbidden");
  for (const copy of [...calendar.copies.all()]) {
    if (isCancelled(copy)) continue;
    cancelEvent(call.world, calendar, { copy, occurrence: null }, {
      send_updates: "none",
      actor: call.account.email,
    });
  }
  return no_content;
}

function calendarResource(calendar: Calendar): Record<string, unknown> {
  return {
    kind: "calendar#calendar",
    etag: etagOf(calendar),
    id: calendar.id,
    summary: calendar.summary,
    ...(calendar.description === null ? {} : { description: calendar.description }),
    ...(calendar.location === null ? {} : { location: calendar.location }),
    timeZone: calendar.timezone,
    conferenceProperties: conferenceProperties(calendar),
  };
}

function readZone(zone: string | null | undefined): string | null {
  if (zone === undefined || zone === null) return null;
  if (!isZone(zone)) {
    throw new GoogleError("invalid", {
      message: `Invalid time zone: ${zone}`,
      location: "timeZone",
    });
  }
  return zone;
}
