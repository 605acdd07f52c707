import type { SchemaName } from "./schemas.ts";

/** What the emulator knows of each served method: HTTP form, body, answer, query parameters and the
 * scopes of which any one suffices (without Google's common prefix). Conformance with Google's
 * discovery document is tested where that document is at hand. */
export interface MethodContract {
  readonly http: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly request?: SchemaName;
  readonly response?: SchemaName;
  /** name -> [repeated] [required] boolean | string | integer min..max | date-time | a|b|c */
  readonly query: Readonly<Record<string, string>>;
  readonly scopes: readonly string[];
}

/** Scopes that suffice, one set for each kind of access. */
const write_events = [
  "calendar",
  "calendar.app.created",
  "calendar.events",
  "calendar.events.owned",
];
const read_events = [
  "calendar",
  "calendar.app.created",
  "calendar.events",
  "calendar.events.freebusy",
  "calendar.events.owned",
  "calendar.events.owned.readonly",
  "calendar.events.public.readonly",
  "calendar.events.readonly",
  "calendar.readonly",
];
const free_busy = [
  "calendar",
  "calendar.events.freebusy",
  "calendar.freebusy",
  "calendar.readonly",
];
const list_calendars = [
  "calendar",
  "calendar.calendarlist",
  "calendar.calendarlist.readonly",
  "calendar.readonly",
];
const read_calendar_entry = [
  "calendar",
  "calendar.app.created",
  "calendar.calendarlist",
  "calendar.calendarlist.readonly",
  "calendar.readonly",
];
const change_calendar_list = ["calendar", "calendar.calendarlist"];
const read_calendar = [
  "calendar",
  "calendar.app.created",
  "calendar.calendars",
  "calendar.calendars.readonly",
  "calendar.readonly",
];
const create_calendar = ["calendar", "calendar.app.created", "calendar.calendars"];
const clear_calendar = ["calendar", "calendar.calendars"];
const stop_channel = [
  "calendar",
  "calendar.acls",
  "calendar.acls.readonly",
  "calendar.app.created",
  "calendar.calendarlist",
  "calendar.calendarlist.readonly",
  "calendar.events",
  "calendar.events.freebusy",
  "calendar.events.owned",
  "calendar.events.owned.readonly",
  "calendar.events.public.readonly",
  "calendar.events.readonly",
  "calendar.readonly",
  "calendar.settings.readonly",
];
const read_settings = ["calendar", "calendar.readonly", "calendar.settings.readonly"];
const move_events = ["calendar", "calendar.events", "calendar.events.owned"];
const change_calendar_entry = ["calendar", "calendar.app.created", "calendar.calendarlist"];
const list_query = {
  alwaysIncludeEmail: "boolean",
  eventTypes: "repeated birthday|default|focusTime|fromGmail|outOfOffice|workingLocation",
  iCalUID: "string",
  maxAttendees: "integer 1..",
  maxResults: "integer 1..",
  orderBy: "startTime|updated",
  pageToken: "string",
  privateExtendedProperty: "repeated string",
  q: "string",
  sharedExtendedProperty: "repeated string",
  showDeleted: "boolean",
  showHiddenInvitations: "boolean",
  singleEvents: "boolean",
  syncToken: "string",
  timeMax: "date-time",
  timeMin: "date-time",
  timeZone: "string",
  updatedMin: "date-time",
};

const methods_table = {
  "events.insert": {
    http: "POST",
    path: "calendars/{calendarId}/events",
    request: "Event",
    response: "Event",
    query: {
      conferenceDataVersion: "integer 0..1",
      eventLabelVersion: "integer 0..1",
      maxAttendees: "integer 1..",
      sendNotifications: "boolean",
      sendUpdates: "all|externalOnly|none",
      supportsAttachments: "boolean",
    },
    scopes: write_events,
  },
  "events.get": {
    http: "GET",
    path: "calendars/{calendarId}/events/{eventId}",
    response: "Event",
    query: { alwaysIncludeEmail: "boolean", maxAttendees: "integer 1..", timeZone: "string" },
    scopes: read_events,
  },
  "events.list": {
    http: "GET",
    path: "calendars/{calendarId}/events",
    response: "Events",
    query: list_query,
    scopes: read_events,
  },
  "events.patch": {
    http: "PATCH",
    path: "calendars/{calendarId}/events/{eventId}",
    request: "Event",
    response: "Event",
    query: {
      alwaysIncludeEmail: "boolean",
      conferenceDataVersion: "integer 0..1",
      eventLabelVersion: "integer 0..1",
      maxAttendees: "integer 1..",
      sendNotifications: "boolean",
      sendUpdates: "all|externalOnly|none",
      supportsAttachments: "boolean",
    },
    scopes: write_events,
  },
  "events.update": {
    http: "PUT",
    path: "calendars/{calendarId}/events/{eventId}",
    request: "Event",
    response: "Event",
    query: {
      alwaysIncludeEmail: "boolean",
      conferenceDataVersion: "integer 0..1",
      eventLabelVersion: "integer 0..1",
      maxAttendees: "integer 1..",
      sendNotifications: "boolean",
      sendUpdates: "all|externalOnly|none",
      supportsAttachments: "boolean",
    },
    scopes: write_events,
  },
  "events.delete": {
    http: "DELETE",
    path: "calendars/{calendarId}/events/{eventId}",
    query: { sendNotifications: "boolean", sendUpdates: "all|externalOnly|none" },
    scopes: write_events,
  },
  "events.instances": {
    http: "GET",
    path: "calendars/{calendarId}/events/{eventId}/instances",
    response: "Events",
    query: {
      alwaysIncludeEmail: "boolean",
      maxAttendees: "integer 1..",
      maxResults: "integer 1..",
      originalStart: "string",
      pageToken: "string",
      showDeleted: "boolean",
      timeMax: "date-time",
      timeMin: "date-time",
      timeZone: "string",
    },
    scopes: read_events,
  },
  "events.move": {
    http: "POST",
    path: "calendars/{calendarId}/events/{eventId}/move",
    response: "Event",
    query: {
      destination: "required string",
      sendNotifications: "boolean",
      sendUpdates: "all|externalOnly|none",
    },
    scopes: move_events,
  },
  "events.import": {
    http: "POST",
    path: "calendars/{calendarId}/events/import",
    request: "Event",
    response: "Event",
    query: {
      conferenceDataVersion: "integer 0..1",
      eventLabelVersion: "integer 0..1",
      supportsAttachments: "boolean",
    },
    scopes: write_events,
  },
  "events.quickAdd": {
    http: "POST",
    path: "calendars/{calendarId}/events/quickAdd",
    response: "Event",
    query: {
      sendNotifications: "boolean",
      sendUpdates: "all|externalOnly|none",
      text: "required string",
    },
    scopes: write_events,
  },
  "events.watch": {
    http: "POST",
    path: "calendars/{calendarId}/events/watch",
    request: "Channel",
    response: "Channel",
    query: list_query,
    scopes: read_events,
  },
  "freebusy.query": {
    http: "POST",
    path: "freeBusy",
    request: "FreeBusyRequest",
    response: "FreeBusyResponse",
    query: {},
    scopes: free_busy,
  },
  "calendarList.list": {
    http: "GET",
    path: "users/me/calendarList",
    response: "CalendarList",
    query: {
      maxResults: "integer 1..",
      minAccessRole: "freeBusyReader|owner|reader|writer|writerWithoutPrivateAccess",
      pageToken: "string",
      showDeleted: "boolean",
      showHidden: "boolean",
      showOwnOrganizationOnly: "boolean",
      syncToken: "string",
    },
    scopes: list_calendars,
  },
  "calendarList.get": {
    http: "GET",
    path: "users/me/calendarList/{calendarId}",
    response: "CalendarListEntry",
    query: {},
    scopes: read_calendar_entry,
  },
  "calendarList.insert": {
    http: "POST",
    path: "users/me/calendarList",
    request: "CalendarListEntry",
    response: "CalendarListEntry",
    query: { colorRgbFormat: "boolean" },
    scopes: change_calendar_list,
  },
  "calendarList.patch": {
    http: "PATCH",
    path: "users/me/calendarList/{calendarId}",
    request: "CalendarListEntry",
    response: "CalendarListEntry",
    query: { colorRgbFormat: "boolean" },
    scopes: change_calendar_entry,
  },
  "calendarList.update": {
    http: "PUT",
    path: "users/me/calendarList/{calendarId}",
    request: "CalendarListEntry",
    response: "CalendarListEntry",
    query: { colorRgbFormat: "boolean" },
    scopes: change_calendar_entry,
  },
  "calendarList.delete": {
    http: "DELETE",
    path: "users/me/calendarList/{calendarId}",
    query: {},
    scopes: change_calendar_entry,
  },
  "calendars.get": {
    http: "GET",
    path: "calendars/{calendarId}",
    response: "Calendar",
    query: {},
    scopes: read_calendar,
  },
  "calendars.insert": {
    http: "POST",
    path: "calendars",
    request: "Calendar",
    response: "Calendar",
    query: {},
    scopes: create_calendar,
  },
  "calendars.patch": {
    http: "PATCH",
    path: "calendars/{calendarId}",
    request: "Calendar",
    response: "Calendar",
    query: {},
    scopes: create_calendar,
  },
  "calendars.update": {
    http: "PUT",
    path: "calendars/{calendarId}",
    request: "Calendar",
    response: "Calendar",
    query: {},
    scopes: create_calendar,
  },
  "calendars.delete": {
    http: "DELETE",
    path: "calendars/{calendarId}",
    query: {},
    scopes: create_calendar,
  },
  "calendars.clear": {
    http: "POST",
    path: "calendars/{calendarId}/clear",
    query: {},
    scopes: clear_calendar,
  },
  "channels.stop": {
    http: "POST",
    path: "channels/stop",
    request: "Channel",
    query: {},
    scopes: stop_channel,
  },
  "settings.list": {
    http: "GET",
    path: "users/me/settings",
    response: "Settings",
    query: { maxResults: "integer 1..", pageToken: "string", syncToken: "string" },
    scopes: read_settings,
  },
  "settings.get": {
    http: "GET",
    path: "users/me/settings/{setting}",
    response: "Setting",
    query: {},
    scopes: read_settings,
  },
} as const satisfies Record<string, MethodContract>;

export type MethodName = keyof typeof methods_table;
export const methods: Readonly<Record<MethodName, MethodContract>> = methods_table;
