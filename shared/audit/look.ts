import { reconnectMessage } from "@shared/connections/reconnect_message.ts";
import { failureOfThrown } from "@shared/connections/thrown.ts";
import type { Connections, StoredConnection } from "@shared/connections/connections.ts";
import type { Database } from "@shared/database/call.ts";
import { readGoogleConnection } from "@shared/database/google_connections.ts";
import { CODES } from "@shared/failures/codes.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { EventsQuery } from "@shared/google/calendar.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";

export interface AuditDependencies {
  database: Database;
  calendar: GoogleCalendar;
  connections: Connections;
  now: () => Date;
}

/** What Google shows, or why it cannot be seen. */
export type Seen<T> = { seen: T } | { unreadable: string };

/** Reads calendars through their users' connections, each of which is fetched once. */
export interface Looker {
  /** The user's connection; `google_account_id` null: whichever it is. */
  connection(
    user_id: string | null,
    google_account_id: string | null,
  ): Promise<Seen<StoredConnection>>;
  /** All pages of a list, up to `max_pages`. `complete` is false when there were more. */
  list(
    connection: StoredConnection,
    calendar_id: string,
    query: EventsQuery,
    max_pages: number,
  ): Promise<Seen<{ events: GoogleEvent[]; complete: boolean }>>;
  /** Null: Google does not know it. */
  get(
    connection: StoredConnection,
    calendar_id: string,
    event_id: string,
  ): Promise<Seen<GoogleEvent | null>>;
}

export function looker({ database, calendar, connections }: AuditDependencies): Looker {
  const read = new Map<string, Promise<StoredConnection | null>>();

  async function ask<T>(
    connection: StoredConnection,
    request: (access_token: string) => Promise<GoogleOutcome<T>>,
  ): Promise<GoogleOutcome<T> | Failure> {
    try {
      return await connections.call(connection, "read", request);
    } catch (error) {
      // A token that cannot be decrypted concerns one user, not the whole audit.
      return failureOfThrown(error);
    }
  }

  return {
    async connection(user_id, google_account_id) {
      if (user_id === null) return { unreadable: "The meeting no longer has an organizer." };
      const reading = read.get(user_id) ?? readGoogleConnection(database, user_id);
      read.set(user_id, reading);
      const connection = await reading;
      if (connection === null) {
        return { unreadable: CODES.not_connected.message };
      }
      if (connection.status === "needs_reauth") {
        return { unreadable: reconnectMessage(connection.status_reason ?? "invalid_grant", []) };
      }
      if (google_account_id !== null && google_account_id !== connection.google_account_id) {
        return { unreadable: CODES.wrong_account.message };
      }
      return { seen: connection };
    },

    async list(connection, calendar_id, query, max_pages) {
      const events: GoogleEvent[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < max_pages; page++) {
        const asked = { ...query, ...(pageToken === undefined ? {} : { pageToken }) };
        const outcome = await ask(
          connection,
          (token) => calendar.listEvents(token, calendar_id, asked),
        );
        if (outcome.verdict !== "done") return { unreadable: outcome.message };
        events.push(...outcome.value.events);
        pageToken = outcome.value.nextPageToken;
        if (pageToken === undefined) return { seen: { events, complete: true } };
      }
      return { seen: { events, complete: false } };
    },

    async get(connection, calendar_id, event_id) {
      const outcome = await ask(
        connection,
        (token) => calendar.getEvent(token, calendar_id, event_id),
      );
      if (outcome.verdict === "done") return { seen: outcome.value };
      if (outcome.verdict === "reject" && [404, 410].includes(outcome.google?.status ?? 0)) {
        return { seen: null };
      }
      return { unreadable: outcome.message };
    },
  };
}
