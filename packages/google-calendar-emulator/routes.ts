import { type MethodName, methods } from "./contract/methods.ts";
import type { Handler } from "./calendar/call.ts";
import {
  changeCalendarListEntry,
  deleteCalendarListEntry,
  getCalendarListEntry,
  insertCalendarListEntry,
  listCalendarList,
} from "./calendar/calendar_list.ts";
import {
  changeCalendar,
  clearCalendar,
  deleteCalendar,
  getCalendar,
  insertCalendar,
} from "./calendar/calendars.ts";
import { patchEvent, updateEvent } from "./calendar/change_event.ts";
import { deleteEvent } from "./calendar/delete_event.ts";
import { queryFreeBusy } from "./calendar/free_busy.ts";
import { getEvent } from "./calendar/get_event.ts";
import { importEvent } from "./calendar/import_event.ts";
import { insertEvent } from "./calendar/insert_event.ts";
import { listEvents } from "./calendar/list_events.ts";
import { listInstances } from "./calendar/list_instances.ts";
import { moveEvent } from "./calendar/move_event.ts";
import { quickAddEvent } from "./calendar/quick_add.ts";
import { getSetting, listSettings } from "./calendar/settings.ts";
import { stopChannel, watchEvents } from "./calendar/watch_events.ts";

export const calendar_path = "/calendar/v3/";

const handlers: Readonly<Record<MethodName, Handler>> = {
  "events.insert": insertEvent,
  "events.get": getEvent,
  "events.list": listEvents,
  "events.patch": patchEvent,
  "events.update": updateEvent,
  "events.delete": deleteEvent,
  "events.instances": listInstances,
  "events.move": moveEvent,
  "events.import": importEvent,
  "events.quickAdd": quickAddEvent,
  "events.watch": watchEvents,
  "freebusy.query": queryFreeBusy,
  "calendarList.list": listCalendarList,
  "calendarList.get": getCalendarListEntry,
  "calendarList.insert": insertCalendarListEntry,
  "calendarList.patch": changeCalendarListEntry,
  "calendarList.update": changeCalendarListEntry,
  "calendarList.delete": deleteCalendarListEntry,
  "calendars.get": getCalendar,
  "calendars.insert": insertCalendar,
  "calendars.patch": changeCalendar,
  "calendars.update": changeCalendar,
  "calendars.delete": deleteCalendar,
  "calendars.clear": clearCalendar,
  "channels.stop": stopChannel,
  "settings.list": listSettings,
  "settings.get": getSetting,
};

export interface Route {
  method: MethodName;
  handler: Handler;
  params: Record<string, string>;
}

interface Pattern {
  method: MethodName;
  http: string;
  segments: string[];
  handler: Handler;
}

const patterns: Pattern[] = Object.entries(handlers).map(([name, handler]) => {
  const method = name as MethodName;
  return { method, http: methods[method].http, segments: methods[method].path.split("/"), handler };
});

/** The API method of a request; null for a path that Google (or this emulator) does not have. */
export function findRoute(http: string, raw_path: string): Route | null {
  if (!raw_path.startsWith(calendar_path)) return null;
  const segments = raw_path.slice(calendar_path.length).split("/");
  for (const pattern of patterns) {
    if (pattern.http !== http || pattern.segments.length !== segments.length) continue;
    const params = matchSegments(pattern.segments, segments);
    if (params !== null) return { method: pattern.method, handler: pattern.handler, params };
  }
  return null;
}

/** Methods of Google's that this emulator leaves out; asking for one should not look like a wrong
 * address. */
const left_out =
  /^(calendars\/[^/]+\/(acl(\/.*)?|transferOwnership)|colors|users\/me\/(calendarList|settings)\/watch)$/;

/** True for a path that Google serves and the emulator does not. */
export function isLeftOut(raw_path: string): boolean {
  return left_out.test(raw_path.slice(calendar_path.length));
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? "";
    if (!expected.startsWith("{")) {
      if (expected !== actual) return null;
      continue;
    }
    if (actual === "") return null;
    try {
      params[expected.slice(1, -1)] = decodeURIComponent(actual);
    } catch {
      return null;
    }
  }
  return params;
}
