import * as z from "zod/mini";
import { EVENT, EVENT_PAGE, eventPageFields } from "./event.ts";
import type { EventInput, EventPage, EventPatch, GoogleEvent, SendUpdates } from "./event.ts";
import { classify } from "@shared/failures/google_reply.ts";
import { FREE_BUSY_REPLY, freeBusyQueries, mergeFreeBusy } from "./free_busy.ts";
import type { CalendarBusy, FreeBusyQuery, FreeBusyReply } from "./free_busy.ts";
import { LIST_FIELDS, LIST_REPLY } from "./listed_event.ts";
import type { ListedEvent, ListedEvents } from "./listed_event.ts";
import type { RequestKind } from "@shared/failures/google_reply.ts";
import type { GoogleOutcome } from "./outcome.ts";
import { send } from "./transport.ts";
import type { RemoteRequest, TransportOptions } from "./transport.ts";

/** Parallel queries of one freeBusy request; a user has 600 requests a minute for everything. */
const PARALLEL_QUERIES = 8;

/** The most that Google puts on a page. */
const EVENTS_PER_PAGE = 2500;

export interface CalendarOptions extends TransportOptions {
  /** Such as https://www.googleapis.com/calendar/v3, with or without a slash at the end. */
  base_url: string;
}

/**
 * `sendUpdates` is always sent: Google documents its default in two ways, and some guests were
 * mailed and others not.
 */
export interface WriteOptions {
  sendUpdates: SendUpdates;
}

export interface ChangeOptions extends WriteOptions {
  /** The etag that the change is based on; Google answers 412 conditionNotMet if it is outdated. */
  if_match?: string;
}

/** A request as it would be sent, without credentials. `path` is the URL's. */
export interface DescribedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: EventInput | EventPatch;
}

/**
 * Parameters of events.list under Google's names; instants are RFC 3339 with offset. Give one filter
 * at most: how several combine is described in two ways.
 */
export interface EventsQuery {
  timeMin?: string;
  timeMax?: string;
  singleEvents?: boolean;
  orderBy?: "startTime" | "updated";
  showDeleted?: boolean;
  q?: string;
  iCalUID?: string;
  /** "name=value". */
  privateExtendedProperty?: string;
  /** Google's default is 250, its maximum 2500. */
  maxResults?: number;
  pageToken?: string;
  syncToken?: string;
}

/** Parameters of events.instances; `originalStart` as the instance's originalStartTime says it. */
export interface InstancesQuery {
  originalStart?: string;
  timeMin?: string;
  timeMax?: string;
  showDeleted?: boolean;
  maxResults?: number;
  pageToken?: string;
}

/** The calendar of the user whom the access token belongs to. Ids are sent URL-encoded. */
export interface GoogleCalendar {
  insertEvent(
    access_token: string,
    calendarId: string,
    event: EventInput,
    options: WriteOptions,
  ): Promise<GoogleOutcome<GoogleEvent>>;
  /** What insertEvent would send. */
  describeInsert(calendarId: string, event: EventInput, options: WriteOptions): DescribedRequest;
  /** What patchEvent would send, but for the version it is based on. */
  describePatch(
    calendarId: string,
    eventId: string,
    patch: EventPatch,
    options: WriteOptions,
  ): DescribedRequest;
  /** Single events that touch the range, series expanded; at most `max_pages` of 2,500. */
  listOccurrences(
    access_token: string,
    calendarId: string,
    range: { timeMin: string; timeMax: string; max_pages: number },
  ): Promise<GoogleOutcome<ListedEvents>>;
  /** Also answers cancelled events, with status "cancelled"; very old ones are 404 or 410. */
  getEvent(
    access_token: string,
    calendarId: string,
    eventId: string,
  ): Promise<GoogleOutcome<GoogleEvent>>;
  patchEvent(
    access_token: string,
    calendarId: string,
    eventId: string,
    patch: EventPatch,
    options: ChangeOptions,
  ): Promise<GoogleOutcome<GoogleEvent>>;
  /** 404 and 410 come back as rejects; for a deletion they mean that nothing is left to do. */
  deleteEvent(
    access_token: string,
    calendarId: string,
    eventId: string,
    options: ChangeOptions,
  ): Promise<GoogleOutcome<null>>;
  /** One page of whole events; a series is one event (and its exceptions) unless singleEvents is asked for. */
  listEvents(
    access_token: string,
    calendarId: string,
    query: EventsQuery,
  ): Promise<GoogleOutcome<EventPage>>;
  /** One page of a series' occurrences, changed ones included. */
  instances(
    access_token: string,
    calendarId: string,
    eventId: string,
    query: InstancesQuery,
  ): Promise<GoogleOutcome<EventPage>>;
  /** Busy times of any number of calendars over any range; an entry for each calendar asked for. */
  freeBusy(
    access_token: string,
    query: { timeMin: string; timeMax: string; calendars: readonly string[] },
  ): Promise<GoogleOutcome<Map<string, CalendarBusy>>>;
}

/** A client of the calendar API. It keeps no state, so one instance serves every user. */
export function googleCalendar(options: CalendarOptions): GoogleCalendar {
  const base = new URL(`${options.base_url.replace(/\/+$/, "")}/`);

  function urlOf(path: readonly string[]): URL {
    return new URL(path.map(encodeURIComponent).join("/"), base);
  }

  function ask<T>(request: CalendarRequest<T>): Promise<GoogleOutcome<T>> {
    const url = urlOf(request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      url.searchParams.set(name, value);
    }
    return send(toRemoteRequest(url, request), options);
  }

  function describe({ method, path, query, body }: EventWrite): DescribedRequest {
    return { method, path: urlOf(path).pathname, query, body };
  }

  function query(access_token: string, body: FreeBusyQuery): Promise<GoogleOutcome<FreeBusyReply>> {
    return ask({
      kind: "read",
      method: "POST",
      path: ["freeBusy"],
      access_token,
      body,
      schema: FREE_BUSY_REPLY,
    });
  }

  return {
    insertEvent: (access_token, calendarId, event, { sendUpdates }) =>
      ask({
        kind: "write",
        ...insertion(calendarId, event, sendUpdates),
        access_token,
        schema: EVENT,
      }),
    describeInsert: (calendarId, event, { sendUpdates }) =>
      describe(insertion(calendarId, event, sendUpdates)),
    describePatch: (calendarId, eventId, patch, { sendUpdates }) =>
      describe(change(calendarId, eventId, patch, sendUpdates)),
    listOccurrences: async (access_token, calendarId, { timeMin, timeMax, max_pages }) => {
      const events: ListedEvent[] = [];
      let timezone: string | null = null;
      let pageToken: string | undefined;
      for (let page = 1; page <= max_pages; page++) {
        const outcome = await ask({
          kind: "read",
          method: "GET",
          path: ["calendars", calendarId, "events"],
          query: {
            timeMin,
            timeMax,
            singleEvents: "true",
            maxResults: String(EVENTS_PER_PAGE),
            fields: LIST_FIELDS,
            ...(pageToken === undefined ? {} : { pageToken }),
          },
          access_token,
          schema: LIST_REPLY,
        });
        if (outcome.verdict !== "done") return outcome;
        events.push(...(outcome.value.items ?? []));
        timezone = outcome.value.timeZone ?? timezone;
        pageToken = outcome.value.nextPageToken;
        if (pageToken === undefined) break;
      }
      const value = { events, timezone, is_complete: pageToken === undefined };
      return { verdict: "done", status: 200, value };
    },
    getEvent: (access_token, calendarId, eventId) =>
      ask({
        kind: "read",
        method: "GET",
        path: ["calendars", calendarId, "events", eventId],
        access_token,
        schema: EVENT,
      }),
    patchEvent: (access_token, calendarId, eventId, patch, { sendUpdates, if_match }) =>
      ask({
        kind: "write",
        ...change(calendarId, eventId, patch, sendUpdates),
        access_token,
        ...(if_match === undefined ? {} : { if_match }),
        schema: EVENT,
      }),
    deleteEvent: (access_token, calendarId, eventId, { sendUpdates, if_match }) =>
      ask({
        kind: "write",
        method: "DELETE",
        path: ["calendars", calendarId, "events", eventId],
        query: { sendUpdates },
        access_token,
        ...(if_match === undefined ? {} : { if_match }),
        schema: z.null(),
      }),
    listEvents: (access_token, calendarId, query) =>
      ask({
        kind: "read",
        method: "GET",
        path: ["calendars", calendarId, "events"],
        query: texts({ ...query, fields: eventPageFields() }),
        access_token,
        schema: EVENT_PAGE,
      }),
    instances: (access_token, calendarId, eventId, query) =>
      ask({
        kind: "read",
        method: "GET",
        path: ["calendars", calendarId, "events", eventId, "instances"],
        query: texts({ ...query, fields: eventPageFields() }),
        access_token,
        schema: EVENT_PAGE,
      }),
    freeBusy: async (access_token, { timeMin, timeMax, calendars }) => {
      const queries = freeBusyQueries(timeMin, timeMax, calendars);
      const answers: { query: FreeBusyQuery; reply: FreeBusyReply }[] = [];
      for (let first = 0; first < queries.length; first += PARALLEL_QUERIES) {
        const slice = queries.slice(first, first + PARALLEL_QUERIES);
        const outcomes = await Promise.all(slice.map((body) => query(access_token, body)));
        for (const [index, outcome] of outcomes.entries()) {
          // An incomplete response would make a person look free.
          if (outcome.verdict !== "done") return outcome;
          const body = slice[index];
          if (body !== undefined) answers.push({ query: body, reply: outcome.value });
        }
      }
      return { verdict: "done", status: 200, value: mergeFreeBusy(answers) };
    },
  };
}

interface EventWrite {
  method: "POST" | "PATCH";
  path: string[];
  query: Record<string, string>;
  body: EventInput | EventPatch;
}

function insertion(calendarId: string, body: EventInput, sendUpdates: SendUpdates): EventWrite {
  return {
    method: "POST",
    path: ["calendars", calendarId, "events"],
    query: {
      conferenceDataVersion: "1",
      sendUpdates,
      ...(body.attachments === undefined ? {} : { supportsAttachments: "true" }),
    },
    body,
  };
}

function change(
  calendarId: string,
  eventId: string,
  body: EventPatch,
  sendUpdates: SendUpdates,
): EventWrite {
  return {
    method: "PATCH",
    path: ["calendars", calendarId, "events", eventId],
    query: { conferenceDataVersion: "1", sendUpdates },
    body,
  };
}

export interface CalendarRequest<T> {
  kind: RequestKind;
  method: RemoteRequest<T>["method"];
  path: string[];
  query?: Record<string, string>;
  access_token: string;
  body?: object;
  if_match?: string;
  schema: z.ZodMiniType<T>;
}

function texts(query: Record<string, string | number | boolean>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}

/** The request as it is sent: with credentials, and so that Google compresses its response. */
export function toRemoteRequest<T>(url: URL, request: CalendarRequest<T>): RemoteRequest<T> {
  return {
    kind: request.kind,
    method: request.method,
    url,
    headers: {
      authorization: `Bearer ${request.access_token}`,
      // Google compresses only for a User-Agent that names gzip.
      "user-agent": "Convene (gzip)",
      ...(request.body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" }),
      ...(request.if_match === undefined ? {} : { "if-match": request.if_match }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    send_once: request.kind === "write",
    schema: request.schema,
    classify,
  };
}
