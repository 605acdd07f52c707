import { calendarIdOf } from "@shared/calendar_events/event_calendar.ts";
import type { EventCalendar } from "@shared/calendar_events/event_calendar.ts";
import type { Connections } from "@shared/connections/connections.ts";
import type { Database } from "@shared/database/call.ts";
import { readGoogleConnection } from "@shared/database/google_connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import { FailureError, isTemporary, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";

export interface TaskEventDependencies {
  database: Database;
  calendar: GoogleCalendar;
  connections: Connections;
  now: () => Date;
}

/** One user's calendars, seen through the connection that the user has granted. */
export interface Account extends TaskEventDependencies {
  connection: StoredConnection;
}

/** Opens a user's account, or refuses with what to do. */
export async function openAccount(
  dependencies: TaskEventDependencies,
  user_id: string,
): Promise<Account> {
  return accountOf(dependencies, await readGoogleConnection(dependencies.database, user_id));
}

export function accountOf(
  dependencies: TaskEventDependencies,
  connection: StoredConnection | null,
): Account {
  if (connection === null) {
    throw new FailureError(rejection("not_connected"));
  }
  return { ...dependencies, connection };
}

/** One of the account's calendars. */
export function calendarOf(account: Account, calendar_id: string): EventCalendar {
  const { calendar, connections, connection } = account;
  return { calendar, connections, connection, calendar_id };
}

/** Seconds after which a caller may repeat what Google could not answer. */
const REPEAT_SECONDS = 5;

/** Thrown for a request that failed. */
export function failedRequest(failure: Failure): FailureError {
  return new FailureError(
    isTemporary(failure)
      ? { ...failure, not_before_seconds: failure.not_before_seconds ?? REPEAT_SECONDS }
      : failure,
  );
}

/** What one read shows; whatever else happens is thrown as a FailureError. */
export async function mustRead<T>(
  { connections, connection }: Account,
  request: (access_token: string) => Promise<GoogleOutcome<T>>,
): Promise<T> {
  const outcome = await connections.call(connection, "read", request);
  if (outcome.verdict !== "done") throw failedRequest(outcome);
  return outcome.value;
}

/** The zone of one of the account's calendars; null where Google returns none. */
export async function calendarZone(account: Account, calendar_id: string): Promise<string | null> {
  const { timeZone } = await mustRead(
    account,
    (token) => account.calendar.listEvents(token, calendar_id, { maxResults: 1 }),
  );
  return timeZone ?? null;
}

/** The id by which rows know a calendar: a user's own is `primary`, however it was named. */
export function calendarIdFor({ connection }: Account, calendar_id: string | undefined): string {
  return calendar_id === undefined ? "primary" : calendarIdOf(connection, calendar_id);
}
