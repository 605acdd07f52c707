import type { Connections } from "@shared/connections/connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { EventInput, EventPatch, GoogleEvent, SendUpdates } from "@shared/google/event.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";

export type EventMethod = "get" | "insert" | "patch" | "delete";

/** Notes what is asked of Google and what comes back, where a ledger is kept. */
export interface RequestRecorder {
  record<T>(
    request: { method: EventMethod; event_id: string; calendar_id: string },
    send: () => Promise<GoogleOutcome<T>>,
  ): Promise<GoogleOutcome<T>>;
}

/** One calendar of one user, whose events are read and written with the user's connection. */
export interface EventCalendar {
  calendar: GoogleCalendar;
  connections: Connections;
  connection: StoredConnection;
  /** "primary", or the id of another calendar. */
  calendar_id: string;
  recorder?: RequestRecorder;
}

/** A deleted event too, as long as Google shows it. */
export function getEvent(at: EventCalendar, id: string): Promise<GoogleOutcome<GoogleEvent>> {
  return send(at, "get", id, (token) => at.calendar.getEvent(token, at.calendar_id, id));
}

export function insertEvent(
  at: EventCalendar,
  event: EventInput & { id: string },
  sendUpdates: SendUpdates,
): Promise<GoogleOutcome<GoogleEvent>> {
  return send(
    at,
    "insert",
    event.id,
    (token) => at.calendar.insertEvent(token, at.calendar_id, event, { sendUpdates }),
  );
}

/** What a change is based on: Google refuses it (412) when the event has another version by then. */
export interface BasedOn {
  sendUpdates: SendUpdates;
  /** The etag that was read; null or absent where Google showed none. */
  etag?: string | null | undefined;
}

export function patchEvent(
  at: EventCalendar,
  id: string,
  patch: EventPatch,
  { sendUpdates, etag }: BasedOn,
): Promise<GoogleOutcome<GoogleEvent>> {
  const options = { sendUpdates, ...ifMatch(etag) };
  return send(
    at,
    "patch",
    id,
    (token) => at.calendar.patchEvent(token, at.calendar_id, id, patch, options),
  );
}

export function deleteEvent(
  at: EventCalendar,
  id: string,
  { sendUpdates, etag }: BasedOn,
): Promise<GoogleOutcome<null>> {
  const options = { sendUpdates, ...ifMatch(etag) };
  return send(
    at,
    "delete",
    id,
    (token) => at.calendar.deleteEvent(token, at.calendar_id, id, options),
  );
}

/** Google no longer has the event, or never had it: for a change too late, for a deletion good news. */
export function isGone(outcome: GoogleOutcome<unknown>): boolean {
  return hasStatus(outcome, 404) || hasStatus(outcome, 410);
}

/** Another version is there than the change was based on, and nothing was changed. */
export function isOutdated(outcome: GoogleOutcome<unknown>): boolean {
  return hasStatus(outcome, 412);
}

/** 409 duplicate: an event has the id, or a deleted one keeps it taken. */
export function isTaken(outcome: GoogleOutcome<unknown>): boolean {
  return hasStatus(outcome, 409);
}

function hasStatus(outcome: GoogleOutcome<unknown>, status: number): boolean {
  return outcome.verdict === "reject" && outcome.google.status === status;
}

function ifMatch(etag: string | null | undefined): { if_match?: string } {
  return etag === null || etag === undefined ? {} : { if_match: etag };
}

function send<T>(
  { connections, connection, calendar_id, recorder }: EventCalendar,
  method: EventMethod,
  event_id: string,
  request: (access_token: string) => Promise<GoogleOutcome<T>>,
): Promise<GoogleOutcome<T>> {
  return connections.call(
    connection,
    method === "get" ? "read" : "write",
    (token) =>
      recorder === undefined
        ? request(token)
        : recorder.record({ method, event_id, calendar_id }, () => request(token)),
  );
}
