import type { Connections } from "@shared/connections/connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type {
  EventInput,
  EventPage,
  EventPatch,
  GoogleEvent,
  SendUpdates,
} from "@shared/google/event.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";

export type EventMethod = "get" | "list" | "insert" | "patch" | "delete";

/** Whether a method leaves the calendar as it is. */
export function isRead(method: string): boolean {
  return method === "get" || method === "list";
}

/** Of a patch: the fields that it sends, and what people had set before. */
export interface ChangeNote {
  fields?: readonly string[];
  overwritten?: readonly { field: string; was: unknown }[];
}

/** Notes what is asked of Google and what comes back, where a ledger is kept. */
export interface RequestRecorder {
  record<T>(
    request: { method: EventMethod; event_id: string; calendar_id: string } & ChangeNote,
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

/** The id by which rows know a calendar: the account's own is `primary`, however Google or a caller named it. */
export function calendarIdOf(
  { email }: Pick<StoredConnection, "email">,
  calendar_id: string,
): string {
  return calendar_id.toLowerCase() === email.toLowerCase() ? "primary" : calendar_id;
}

/** A deleted event too, as long as Google shows it. */
export function getEvent(at: EventCalendar, id: string): Promise<GoogleOutcome<GoogleEvent>> {
  return send(at, "get", id, (token) => at.calendar.getEvent(token, at.calendar_id, id));
}

/** The head of a calendar with one event at most: whether it can be read, and what the user may do on it. */
export function getCalendarHead(
  at: EventCalendar,
  event_id: string,
): Promise<GoogleOutcome<EventPage>> {
  return send(
    at,
    "list",
    event_id,
    (token) => at.calendar.listEvents(token, at.calendar_id, { maxResults: 1 }),
  );
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
  /** For the ledger. */
  note?: ChangeNote;
}

export function patchEvent(
  at: EventCalendar,
  id: string,
  patch: EventPatch,
  { sendUpdates, etag, note }: BasedOn,
): Promise<GoogleOutcome<GoogleEvent>> {
  const options = { sendUpdates, ...ifMatch(etag) };
  return send(
    at,
    "patch",
    id,
    (token) => at.calendar.patchEvent(token, at.calendar_id, id, patch, options),
    note,
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

/** Google shows the calendar or the event, and the account may not change it. */
export function isWithoutAccess(outcome: GoogleOutcome<unknown>): boolean {
  return outcome.verdict === "reject" && outcome.google.status === 403 &&
    WITHOUT_ACCESS.has(outcome.google.reason);
}

const WITHOUT_ACCESS: ReadonlySet<string> = new Set([
  "forbiddenForNonOrganizer",
  "requiredAccessLevel",
]);

/** Another version is there than the change was based on, and nothing was changed. */
export function isOutdated(outcome: GoogleOutcome<unknown>): boolean {
  return hasStatus(outcome, 412);
}

/**
 * 400 `invalid`: the calendar allows no Meet (`conferenceProperties.allowedConferenceSolutionTypes`). Google tells
 * only in the text which value it means.
 */
export function refusesConference({ verdict, google }: Failure): boolean {
  return verdict === "reject" && google?.status === 400 && /conference/i.test(google.message);
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
  note: ChangeNote = {},
): Promise<GoogleOutcome<T>> {
  return connections.call(
    connection,
    isRead(method) ? "read" : "write",
    (token) =>
      recorder === undefined
        ? request(token)
        : recorder.record({ method, event_id, calendar_id, ...note }, () => request(token)),
  );
}
