import { type MethodName, methods } from "../contract/methods.ts";
import type { Handler } from "../calendar/call.ts";
import {
  changeCalendarListEntry,
  deleteCalendarListEntry,
  getCalendarListEntry,
  insertCalendarListEntry,
  listCalendarList,
} from "../calendar/calendar_list.ts";
import {
  changeCalendar,
  clearCalendar,
  deleteCalendar,
  getCalendar,
  insertCalendar,
} from "../calendar/calendars.ts";
import { patchEvent, updateEvent } from "../calendar/change_event.ts";
import { deleteEvent } from "../calendar/delete_event.ts";
import { queryFreeBusy } from "../calendar/free_busy.ts";
import { getEvent } from "../calendar/get_event.ts";
import { importEvent } from "../calendar/import_event.ts";
import { insertEvent } from "../calendar/insert_event.ts";
import { listEvents } from "../calendar/list_events.ts";
import { listInstances } from "../calendar/list_instances.ts";
import { moveEvent } from "../calendar/move_event.ts";
import { quickAddEvent } from "../calendar/quick_add.ts";
import { getSetting, listSettings } from "../calendar/settings.ts";
import { stopChannel, watchEvents } from "../calendar/watch_events.ts";

export const calendar_path = "/calendar/v3/";

const handlers: Readonly<Partial<Record<MethodName, Handler>>> = {
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
  /** Missing for a method of Google's that this emulator leaves out. */
  handler: Handler | undefined;
}

const patterns: Pattern[] = Object.entries(methods).map(([name, { httpMethod, path }]) => {
  const method = name as MethodName;
  return { method, http: httpMethod, segments: path.split("/"), handler: handlers[method] };
});

/** The API method of a request; null for one that Google (or this emulator) does not have. */
export function findRoute(http: string, raw_path: string): Route | null {
  for (const { method, handler, params } of matchesOf(http, raw_path)) {
    if (handler !== undefined) return { method, handler, params };
  }
  return null;
}

/** True for a method that Google serves and the emulator does not: asking for one should not look
 * like a wrong address. */
export function isLeftOut(http: string, raw_path: string): boolean {
  return findRoute(http, raw_path) === null && matchesOf(http, raw_path).length > 0;
}

/** The methods that the emulator serves, and those that it leaves out. */
export const served: readonly MethodName[] = namesWith(true);
export const left_out: readonly MethodName[] = namesWith(false);

function namesWith(handled: boolean): MethodName[] {
  return patterns.filter(({ handler }) => (handler !== undefined) === handled)
    .map(({ method }) => method);
}

function matchesOf(http: string, raw_path: string) {
  if (!raw_path.startsWith(calendar_path)) return [];
  const segments = raw_path.slice(calendar_path.length).split("/");
  return patterns.flatMap((pattern) => {
    if (pattern.http !== http || pattern.segments.length !== segments.length) return [];
    const params = matchSegments(pattern.segments, segments);
    return params === null ? [] : [{ ...pattern, params }];
  });
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
