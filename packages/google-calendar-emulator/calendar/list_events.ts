import type { World } from "../world/world.ts";
import { type Answer, atLeast, calendarFor, type Call, ok, roleOn, seesBusyOnly } from "./call.ts";
import type { Calendar } from "./calendar_store.ts";
import type { EventBody, EventCopy } from "./event_types.ts";
import {
  busyOnlyResource,
  cancelledResource,
  eventResource,
  type EventView,
  isHiddenFrom,
  type RenderOptions,
} from "./event_resource.ts";
import { timeToMs } from "./event_time.ts";
import { isCancelled } from "./event_types.ts";
import { type ListQuery, readListQuery } from "./list_query.ts";
import { type PageState, readPageToken, writeToken } from "./list_tokens.ts";
import { endless_horizon_ms, occurrencesBetween, seriesIsAlive } from "./occurrences.ts";
import { zoneParameter } from "./zone_parameter.ts";

const default_page = 250;
const largest_page = 2500;

/** events.list: one page of a calendar's events, and on the last page a sync token. */
export function listEvents(call: Call): Answer {
  const { world, query } = call;
  const calendar = calendarFor(call, "freeBusyReader");
  const role = roleOn(world, calendar, call.account);
  const busy_only = !atLeast(role, "reader") || seesBusyOnly(call);
  const list = readListQuery(query, calendar, world.clock.now());
  // With free/busy access only, Google answers as if singleEvents were set.
  if (busy_only) list.single_events = true;
  const page_token = query.text("pageToken");
  const page: PageState = page_token === undefined
    ? { offset: 0, version: world.last_version }
    : readPageToken(page_token);
  const is_short = world.switches.undocumented.list_pages === "short";
  const asked = Math.min(query.integer("maxResults") ?? default_page, largest_page);
  const is_empty = is_short && page_token === undefined;
  const end = page.offset + (is_empty ? 0 : is_short ? Math.min(asked, 2) : asked);
  const options: RenderOptions = {
    zone: zoneParameter(query) ?? calendar.timezone,
    max_attendees: query.integer("maxAttendees"),
  };
  const items = page.snapshot === undefined
    ? selectViews(world, calendar, list).map((view) =>
      busy_only || isHiddenFrom(role, view)
        ? busyOnlyResource(view, options)
        : render(view, list, options)
    )
    : world.snapshots.get(page.snapshot);
  const has_more = is_empty || end < items.length;
  return ok({
    ...listHead(world, calendar, call),
    items: items.slice(page.offset, end),
    ...(has_more
      ? {
        nextPageToken: writeToken({
          offset: end,
          version: page.version,
          snapshot: page.snapshot ?? world.snapshots.keep(items),
        }),
      }
      : list.can_sync
      ? {
        nextSyncToken: writeToken({
          version: page.version,
          epoch: calendar.sync_epoch,
          calendar_id: calendar.id,
          time_min: query.text("timeMin") ?? list.sync?.time_min ?? null,
          time_max: query.text("timeMax") ?? list.sync?.time_max ?? null,
        }),
      }
      : {}),
  });
}

/** What an Events answer says about its calendar. */
export function listHead(world: World, calendar: Calendar, call: Call) {
  const entry = world.calendars.listOf(call.account.email).get(calendar.id);
  return {
    kind: "calendar#events",
    etag: `"p${contentVersion(calendar).toString(36)}"`,
    summary: calendar.summary,
    description: calendar.description ?? "",
    updated: new Date(Math.floor(contentVersion(calendar) / 2000)).toISOString(),
    timeZone: zoneParameter(call.query) ?? calendar.timezone,
    accessRole: roleOn(world, calendar, call.account),
    defaultReminders: entry?.default_reminders ?? calendar.default_reminders,
  };
}

/** The last change of the calendar or of an event on it. */
function contentVersion(calendar: Calendar): number {
  return calendar.copies.all().reduce(
    (latest, { version }) => Math.max(latest, version),
    calendar.version,
  );
}

function render(view: EventView, list: ListQuery, options: RenderOptions): EventBody {
  // Only a list that asks for deleted events shows them whole; elsewhere little is promised.
  return isCancelled(view.copy) && !list.show_deleted
    ? cancelledResource(view, options)
    : eventResource(view, options);
}

function selectViews(world: World, calendar: Calendar, list: ListQuery): EventView[] {
  const horizon_ms = world.clock.now() + endless_horizon_ms;
  const views: EventView[] = [];
  for (const copy of calendar.copies.all()) {
    if (list.sync !== null && copy.version <= list.sync.version) continue;
    if (!matches(copy, list)) continue;
    const is_series = copy.shared.recurrence_set !== null;
    if (isCancelled(copy) && !showsCancelled(calendar, copy, list)) continue;
    if (list.single_events) views.push(...droppedViews(calendar, copy, list, horizon_ms));
    if (is_series) {
      const from = list.time_min_ms;
      const bounded = from !== null || list.time_max_ms !== null;
      if (!list.single_events && !bounded) views.push({ copy, occurrence: null });
      else {
        const occurrences = occurrencesBetween(calendar, copy, from, list.time_max_ms, horizon_ms);
        if (list.single_events) {
          for (const view of occurrences) views.push(view);
        } else if (occurrences.length > 0) views.push({ copy, occurrence: null });
      }
    } else if (overlaps(calendar, copy, list)) views.push({ copy, occurrence: null });
  }
  return sorted(views, calendar, list);
}

/** Occurrences that a series had at the time of the sync token and has no more, as cancelled ones. */
function droppedViews(
  calendar: Calendar,
  copy: EventCopy,
  { sync, time_min_ms, time_max_ms }: ListQuery,
  horizon_ms: number,
): EventView[] {
  if (sync === null || isCancelled(copy)) return [];
  const { shared } = copy;
  const dropped = new Map<string, EventView>();
  for (const { recurrence_set, start, end, until_version } of shared.former) {
    if (until_version <= sync.version) continue;
    const former: EventCopy = {
      ...copy,
      shared: {
        ...shared,
        recurrence_set,
        content: { ...shared.content, start, end, status: "cancelled" },
      },
    };
    for (const view of occurrencesBetween(calendar, former, time_min_ms, time_max_ms, horizon_ms)) {
      const { occurrence } = view;
      if (occurrence === null || shared.recurrence_set?.has(occurrence.start)) continue;
      dropped.set(occurrence.id, view);
    }
  }
  return [...dropped.values()];
}

/** Which deleted events a list shows: all in a delta and with updatedMin; single instances of
 * living series always when series are not expanded; with showDeleted all, except deleted series
 * among expanded ones. */
function showsCancelled(calendar: Calendar, copy: EventCopy, list: ListQuery): boolean {
  if (list.sync !== null || list.updated_min_ms !== null) return true;
  if (list.show_deleted) return !(list.single_events && copy.shared.recurrence_set !== null);
  return !list.single_events && seriesIsAlive(calendar, copy);
}

function matches(copy: EventCopy, list: ListQuery): boolean {
  const { shared } = copy;
  const { plain } = shared.content;
  if (list.updated_min_ms !== null && shared.updated_ms < list.updated_min_ms) return false;
  if (list.ical_uid !== null && shared.ical_uid !== list.ical_uid) return false;
  if (list.event_types.length > 0 && !list.event_types.includes(plain.eventType ?? "default")) {
    return false;
  }
  if (list.text !== null && !searchText(copy).includes(list.text)) return false;
  return holds(copy.personal.private_properties, list.private_properties) &&
    holds(shared.content.shared_properties, list.shared_properties);
}

/** The reference says all constraints must match, a guide says any; the reference is followed. */
function holds(properties: Record<string, string>, constraints: readonly string[]): boolean {
  return constraints.every((constraint) => {
    const at = constraint.indexOf("=");
    return properties[constraint.slice(0, at)] === constraint.slice(at + 1);
  });
}

function searchText({ shared }: EventCopy): string {
  const { plain, attendees } = shared.content;
  const people = attendees.map(({ email, displayName }) => `${email} ${displayName ?? ""}`);
  return [plain.summary, plain.description, plain.location, ...people].join("\n").toLowerCase();
}

/** timeMin bounds the end, timeMax the start; both exclusively. A delta also has events that
 * moved out of its window, since its reader could not learn that otherwise. */
function overlaps(calendar: Calendar, copy: EventCopy, list: ListQuery): boolean {
  if (list.sync !== null) return true;
  const { start, end } = copy.shared.content;
  const zone = calendar.timezone;
  return (list.time_min_ms === null || timeToMs(end, zone) > list.time_min_ms) &&
    (list.time_max_ms === null || timeToMs(start, zone) < list.time_max_ms);
}

function sorted(views: EventView[], calendar: Calendar, list: ListQuery): EventView[] {
  if (list.order_by === null) return views;
  const key = list.order_by === "updated"
    ? ({ copy }: EventView) => copy.shared.updated_ms
    : ({ copy, occurrence }: EventView) =>
      timeToMs(occurrence?.start ?? copy.shared.content.start, calendar.timezone);
  return views.map((view) => ({ view, key: key(view) }))
    .sort((a, b) => a.key - b.key)
    .map(({ view }) => view);
}
