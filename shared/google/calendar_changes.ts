import * as z from "zod/mini";
import { toRemoteRequest } from "./calendar.ts";
import type { CalendarOptions, CalendarRequest } from "./calendar.ts";
import { EVENT } from "./event.ts";
import type { GoogleOutcome } from "./outcome.ts";
import { send } from "./transport.ts";

/** The most that Google puts on a page. */
const EVENTS_PER_PAGE = 2500;

/** The fields of an event that Convene keeps; the text of other events is not sent to the database. */
const FIELDS = "accessRole,nextPageToken,nextSyncToken,items(id,etag,status,sequence,updated," +
  "summary,description,location,start,end,recurrence,recurringEventId,organizer,attendees," +
  "attendeesOmitted,hangoutLink,htmlLink,eventType,transparency,extendedProperties/private)";

const CHANGES = z.lazy(() =>
  z.pipe(
    z.object({
      accessRole: z.optional(z.string()),
      items: z.optional(z.array(EVENT)),
      nextPageToken: z.optional(z.string()),
      nextSyncToken: z.optional(z.string()),
    }),
    z.transform(({ items = [], ...others }) => ({ events: items, ...others })),
  )
);

/** One page of changes; an empty page may still have a next one. The last has `nextSyncToken`. */
export type EventChanges = z.output<typeof CHANGES>;

const CHANNEL = z.object({
  resourceId: z.string(),
  /** Milliseconds since 1970, as text. */
  expiration: z.optional(z.string()),
});

/** An open push channel. `expires_at` is Google's, whatever was asked for; RFC 3339. */
export interface OpenChannel {
  resource_id: string;
  expires_at: string;
}

/** Google's promise where the answer names no end: seven days. */
const DEFAULT_CHANNEL_MS = 7 * 86_400_000;

/** Changes of a calendar since a cursor, and the push channels that report that there are some. */
export interface GoogleChanges {
  /**
   * One page of the calendar's events, series as one event and its changed occurrences. Without a
   * cursor all of them; with one (`sync_token`) what changed since, deletions included. Every page
   * of one read has the same `sync_token`. An outdated cursor is rejected with 410 fullSyncRequired.
   */
  list(
    access_token: string,
    calendar_id: string,
    from: { sync_token: string | null; page_token: string | null },
  ): Promise<GoogleOutcome<EventChanges>>;
  /** Opens a channel; its first message may arrive before this response. */
  watch(
    access_token: string,
    calendar_id: string,
    channel: { id: string; token: string; address: string },
  ): Promise<GoogleOutcome<OpenChannel>>;
  /** Only the user who opened a channel can stop it. An unknown channel is rejected with 404. */
  stop(
    access_token: string,
    channel: { id: string; resource_id: string },
  ): Promise<GoogleOutcome<null>>;
}

/** A client of `events.list` with sync tokens, `events.watch` and `channels.stop`. */
export function googleChanges(options: CalendarOptions): GoogleChanges {
  const base = new URL(`${options.base_url.replace(/\/+$/, "")}/`);

  function ask<T>(request: CalendarRequest<T>): Promise<GoogleOutcome<T>> {
    const url = new URL(request.path.map(encodeURIComponent).join("/"), base);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      url.searchParams.set(name, value);
    }
    return send(toRemoteRequest(url, request), options);
  }

  return {
    list: (access_token, calendar_id, { sync_token, page_token }) =>
      ask({
        kind: "read",
        method: "GET",
        path: ["calendars", calendar_id, "events"],
        query: {
          maxResults: String(EVENTS_PER_PAGE),
          fields: FIELDS,
          ...(sync_token === null ? {} : { syncToken: sync_token }),
          ...(page_token === null ? {} : { pageToken: page_token }),
        },
        access_token,
        schema: CHANGES,
      }),

    watch: async (access_token, calendar_id, { id, token, address }) => {
      const opened = await ask({
        kind: "read",
        method: "POST",
        path: ["calendars", calendar_id, "events", "watch"],
        access_token,
        body: { id, type: "web_hook", address, token },
        schema: CHANNEL,
      });
      if (opened.verdict !== "done") return opened;
      const { resourceId, expiration } = opened.value;
      const expires_ms = expiration === undefined
        ? Date.now() + DEFAULT_CHANNEL_MS
        : Number(expiration);
      const value = { resource_id: resourceId, expires_at: new Date(expires_ms).toISOString() };
      return { ...opened, value };
    },

    stop: (access_token, { id, resource_id }) =>
      ask({
        kind: "read",
        method: "POST",
        path: ["channels", "stop"],
        access_token,
        body: { id, resourceId: resource_id },
        schema: z.null(),
      }),
  };
}
