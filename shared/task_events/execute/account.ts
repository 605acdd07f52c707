import type { Connections } from "@shared/connections/connections.ts";
import type { Database } from "@shared/database/call.ts";
import { readGoogleConnection } from "@shared/database/google_connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import { FailureError, isTemporary, rejection } from "@shared/failures/failure.ts";
import type { GoogleFailure, RequestKind } from "@shared/failures/google_reply.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";

export interface TrackingDependencies {
  database: Database;
  calendar: GoogleCalendar;
  connections: Connections;
  now: () => Date;
}

/** One user's calendars, seen through the connection that the user has granted. */
export interface Account extends TrackingDependencies {
  connection: StoredConnection;
}

/** Opens a user's account, or refuses with what to do. */
export async function openAccount(
  dependencies: TrackingDependencies,
  user_id: string,
): Promise<Account> {
  return accountOf(dependencies, await readGoogleConnection(dependencies.database, user_id));
}

export function accountOf(
  dependencies: TrackingDependencies,
  connection: StoredConnection | null,
): Account {
  if (connection === null) {
    throw new FailureError(rejection("not_connected"));
  }
  return { ...dependencies, connection };
}

/** One request with the account's connection. */
export function ask<T>(
  { connections, connection }: Account,
  kind: RequestKind,
  request: (access_token: string) => Promise<GoogleOutcome<T>>,
): Promise<GoogleOutcome<T>> {
  return connections.call(connection, kind, request);
}

/** Seconds after which a caller may repeat what Google could not answer. */
const REPEAT_SECONDS = 5;

/** Thrown for a request that failed. */
export function failedRequest(failure: GoogleFailure): FailureError {
  return new FailureError(
    isTemporary(failure)
      ? { ...failure, not_before_seconds: failure.not_before_seconds ?? REPEAT_SECONDS }
      : failure,
  );
}

/** What one read shows; whatever else happens is thrown as a FailureError. */
export async function mustRead<T>(
  account: Account,
  request: (access_token: string) => Promise<GoogleOutcome<T>>,
): Promise<T> {
  const outcome = await ask(account, "read", request);
  if (outcome.verdict !== "done") throw failedRequest(outcome);
  return outcome.value;
}

/** An event as Google has it; null when it is gone, whichever way Google says so. */
export async function findEvent(
  account: Account,
  calendar_id: string,
  event_id: string,
): Promise<GoogleEvent | null> {
  const event = await lookAt(account, calendar_id, event_id);
  return event?.status === "cancelled" ? null : event;
}

/** The same, a deleted event too as long as Google shows it. */
export async function lookAt(
  account: Account,
  calendar_id: string,
  event_id: string,
): Promise<GoogleEvent | null> {
  const outcome = await ask(
    account,
    "read",
    (token) => account.calendar.getEvent(token, calendar_id, event_id),
  );
  if (isGone(outcome)) return null;
  if (outcome.verdict !== "done") throw failedRequest(outcome);
  return outcome.value;
}

/** 404 or 410: for a deletion that is success. */
export function isGone(outcome: GoogleOutcome<unknown>): boolean {
  return outcome.verdict === "reject" &&
    (outcome.google.status === 404 || outcome.google.status === 410);
}

/** The id by which rows know a calendar: a user's own is `primary`, however it was named. */
export function calendarIdFor({ connection }: Account, calendar_id: string | undefined): string {
  if (calendar_id === undefined) return "primary";
  return calendar_id.toLowerCase() === connection.email.toLowerCase() ? "primary" : calendar_id;
}
