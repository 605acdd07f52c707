import { GoogleError } from "../contract/google_error.ts";
import type { World } from "../world/world.ts";
import {
  type Answer,
  atLeast,
  bodyOf,
  type Call,
  checkIfMatch,
  isUnmodified,
  no_content,
  ok,
  roleOn,
} from "./call.ts";
import type { AccessRole, Calendar, ListEntry } from "./calendar_store.ts";
import { conferenceProperties } from "./conference.ts";
import { etagOf } from "./event_resource.ts";
import { readPageToken, readSyncToken, writeToken } from "./list_tokens.ts";
import { readReminderList } from "./reminders.ts";

const default_page = 100;
const largest_page = 250;
const list_token_owner = "calendarList";

/** calendarList.list: the calendars on the user's list. */
export function listCalendarList(call: Call): Answer {
  const { world, query, account } = call;
  const sync_token = query.text("syncToken");
  if (sync_token !== undefined && query.has("minAccessRole")) {
    throw new GoogleError("badRequest", {
      message: "Sync token cannot be used with other request restrictions.",
      location: "minAccessRole",
    });
  }
  const sync = sync_token === undefined
    ? null
    : readSyncToken(sync_token, `${list_token_owner} ${account.email}`, 0);
  const lowest = query.text("minAccessRole") ?? "none";
  const entries = [...world.calendars.listOf(account.email).values()].filter((entry) => {
    const calendar = world.calendars.get(entry.calendar_id);
    return calendar !== undefined && (!entry.hidden || query.flag("showHidden") === true) &&
      atLeast(roleOn(world, calendar, account), knownRole(lowest)) &&
      (sync === null || Math.max(entry.version, calendar.version) > sync.version);
  });
  const token = query.text("pageToken");
  const page = token === undefined
    ? { offset: 0, version: world.last_version }
    : readPageToken(token);
  const taken_off = sync === null ? [] : world.calendars.takenOff(account.email, sync.version);
  const items = [
    ...entries.map((entry) => entryResource(call, entry)),
    ...taken_off.map(({ calendar_id, version }) => ({
      kind: "calendar#calendarListEntry",
      etag: etagOf({ version }),
      id: calendar_id,
      deleted: true,
    })),
  ];
  const end = page.offset + Math.min(query.integer("maxResults") ?? default_page, largest_page);
  return ok({
    kind: "calendar#calendarList",
    etag: `"p${world.last_version.toString(36)}"`,
    items: items.slice(page.offset, end),
    ...(end < items.length
      ? { nextPageToken: writeToken({ offset: end, version: page.version }) }
      : {
        nextSyncToken: writeToken({
          version: page.version,
          epoch: 0,
          calendar_id: `${list_token_owner} ${account.email}`,
          time_min: null,
          time_max: null,
        }),
      }),
  });
}

/** calendarList.get */
export function getCalendarListEntry(call: Call): Answer {
  const resource = entryResource(call, entryFor(call));
  if (isUnmodified(call, resource.etag)) return { status: 304, body: null, etag: resource.etag };
  return ok(resource, resource.etag);
}

/** calendarList.insert: puts a calendar that the user may see on their list. */
export function insertCalendarListEntry(call: Call): Answer {
  const body = bodyOf(call, "CalendarListEntry");
  if (!body.id) throw new GoogleError("required", { location: "resource.id" });
  const calendar = call.world.calendars.get(body.id);
  if (calendar === undefined || roleOn(call.world, calendar, call.account) === "none") {
    throw new GoogleError("notFound");
  }
  const entry = addToList(call.world, call.account.email, calendar);
  applyEntry(call, entry);
  return ok(entryResource(call, entry));
}

/** calendarList.patch and calendarList.update: the user's own colours, name and reminders of a
 * calendar. */
export function changeCalendarListEntry(call: Call): Answer {
  const entry = entryFor(call);
  checkIfMatch(call, { version: versionOf(call, entry) });
  applyEntry(call, entry);
  entry.version = call.world.nextVersion();
  return ok(entryResource(call, entry));
}

/** calendarList.delete: takes a calendar off the list; the primary one stays. */
export function deleteCalendarListEntry(call: Call): Answer {
  const entry = entryFor(call);
  if (entry.calendar_id === call.account.email) throw new GoogleError("forbidden");
  checkIfMatch(call, { version: versionOf(call, entry) });
  const { calendars } = call.world;
  calendars.takeOffList(call.account.email, entry.calendar_id, call.world.nextVersion());
  return no_content;
}

export function addToList(world: World, email: string, calendar: Calendar): ListEntry {
  const list = world.calendars.listOf(email);
  const existing = list.get(calendar.id);
  if (existing !== undefined) return existing;
  const entry: ListEntry = {
    calendar_id: calendar.id,
    selected: true,
    hidden: false,
    summary_override: null,
    color_id: null,
    default_reminders: null,
    version: world.nextVersion(),
  };
  list.set(calendar.id, entry);
  return entry;
}

function entryFor(call: Call): ListEntry {
  const id = call.params["calendarId"] ?? "";
  const calendar = call.world.calendars.get(id === "primary" ? call.account.email : id);
  const entry = calendar === undefined
    ? undefined
    : call.world.calendars.listOf(call.account.email).get(calendar.id);
  if (entry === undefined) throw new GoogleError("notFound");
  return entry;
}

function applyEntry(call: Call, entry: ListEntry): void {
  const body = bodyOf(call, "CalendarListEntry");
  const replace = call.method === "calendarList.update";
  if (body.selected !== undefined || replace) entry.selected = body.selected ?? true;
  if (body.hidden !== undefined || replace) entry.hidden = body.hidden ?? false;
  if (body.summaryOverride !== undefined || replace) {
    entry.summary_override = body.summaryOverride ?? null;
  }
  if (body.colorId !== undefined || replace) entry.color_id = body.colorId ?? null;
  if (body.defaultReminders !== undefined || replace) {
    entry.default_reminders = body.defaultReminders
      ? readReminderList(body.defaultReminders)
      : null;
  }
}

function versionOf(call: Call, entry: ListEntry): number {
  return Math.max(entry.version, call.world.calendars.get(entry.calendar_id)?.version ?? 0);
}

function entryResource(call: Call, entry: ListEntry) {
  const calendar = call.world.calendars.get(entry.calendar_id);
  if (calendar === undefined) throw new GoogleError("notFound");
  const primary = calendar.primary && calendar.owner === call.account.email;
  return {
    kind: "calendar#calendarListEntry",
    etag: etagOf({ version: versionOf(call, entry) }),
    id: calendar.id,
    summary: calendar.summary,
    ...(calendar.description === null ? {} : { description: calendar.description }),
    ...(calendar.location === null ? {} : { location: calendar.location }),
    timeZone: calendar.timezone,
    ...(entry.summary_override === null ? {} : { summaryOverride: entry.summary_override }),
    colorId: entry.color_id ?? "14",
    backgroundColor: "#9fe1e7",
    foregroundColor: "#000000",
    ...(entry.hidden ? { hidden: true } : {}),
    selected: entry.selected,
    accessRole: roleOn(call.world, calendar, call.account),
    defaultReminders: entry.default_reminders ?? calendar.default_reminders,
    ...(primary ? { primary: true } : {}),
    conferenceProperties: conferenceProperties(calendar),
  };
}

function knownRole(text: string): AccessRole {
  switch (text) {
    case "freeBusyReader":
    case "reader":
    case "writer":
    case "owner":
      return text;
    case "writerWithoutPrivateAccess":
      return "writer";
    default:
      return "none";
  }
}
