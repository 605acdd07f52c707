import type { AuditableMeeting } from "@shared/database/audits.ts";
import type { WritebackSuccess } from "@shared/database/writebacks.ts";
import { meetLink } from "@shared/google/event.ts";
import { extractOrganizerMetadata, normalizeAttendees } from "@shared/google/event_people.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { shownInstant } from "@shared/time/shown_time.ts";
import { instantOf, wallOfDay } from "@shared/time/wall_time.ts";
import { toDecide, toRepair } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** What the row should say of its event. */
export type Written = Required<
  Pick<WritebackSuccess, "google_event_id" | "google_event_link" | "event">
>;

export interface Comparison {
  findings: Finding[];
  /** The event whose time or deletion a repair would take over. */
  adopt: GoogleEvent | null;
  /** What a repair would write into the row. */
  refresh: Written | null;
  /** Whether a repair would put the row back into the queue. */
  requeue: boolean;
}

const REQUEUE_CHANGE = "Requeue the change: the event is updated, and Google notifies the guests.";
const REQUEUE_CANCELLATION =
  "Requeue the cancellation: the event is deleted, and Google notifies the guests.";
export const ADOPT_TIME = "Store the time of the event in the row, as sync does.";
export const ADOPT_DELETION =
  "Store in the row that the event was deleted, as sync does. No guest is invited again.";
const REFRESH = "Store the event's current links, organizer and guests in the row.";

/** A row at rest against the events that carry its key; deleted ones have status "cancelled". */
export function compareMeeting(row: AuditableMeeting, events: readonly GoogleEvent[]): Comparison {
  // The changed occurrences of a series carry its properties and are no events of their own.
  const own = events.filter((event) => event.recurringEventId === undefined);
  const live = own.filter((event) => event.status !== "cancelled");
  const nothing = { adopt: null, refresh: null, requeue: false };
  const is_given_up = row.writeback_status === "created" &&
    row.written_version < row.desired_version;
  if (row.cancelled_at !== null && is_given_up) {
    return { ...nothing, findings: [cancellationGivenUp(row, live)], requeue: true };
  }
  if (row.writeback_status !== "created" || row.cancelled_at !== null) {
    return { ...nothing, findings: live.map((event) => orphaned(row, event)) };
  }
  const event = live.find(({ id }) => id === row.google_event_id);
  const others = live.filter(({ id }) => id !== row.google_event_id);
  const duplicates = others.length === 0 ? [] : [duplicated(row, others)];
  if (event === undefined) {
    // After a requeue of the change Google would invite all guests again.
    const deleted = own.find(({ id }) => id === row.google_event_id) ?? null;
    // The row says it already, and what becomes of the meeting is its organizer's business.
    const is_known = deleted !== null && row.cancelled_in_google_at !== null;
    const findings = is_known ? [] : [deleted === null ? missing(row) : cancelled(row)];
    return { ...nothing, findings: [...findings, ...duplicates], adopt: is_known ? null : deleted };
  }
  if (is_given_up) {
    return { ...nothing, findings: [changeGivenUp(row, event), ...duplicates], requeue: true };
  }
  const refresh = writtenOf(event);
  const isOutdated = !isSame(row, refresh, event);
  const times = moved(row, event);
  return {
    ...nothing,
    findings: [...times, ...duplicates, ...(isOutdated ? [outdated(row)] : [])],
    adopt: times.length === 0 ? null : event,
    refresh: isOutdated ? refresh : null,
  };
}

function cancellationGivenUp(row: AuditableMeeting, live: readonly GoogleEvent[]): Finding {
  const state = live.length === 0
    ? "Its event no longer exists."
    : "Its event is still on the calendar.";
  return toRepair("given_up", {
    ...about(row, live.map(({ id }) => id)),
    message: `The cancellation was given up. ${state}${reason(row)}`,
  }, REQUEUE_CANCELLATION);
}

function changeGivenUp(row: AuditableMeeting, event: GoogleEvent): Finding {
  const times = timesOf(row, event);
  return toRepair("given_up", {
    ...about(row, [event.id]),
    message: `A change of the meeting was given up.${times === null ? "" : ` ${times}`}${
      reason(row)
    }`,
  }, REQUEUE_CHANGE);
}

function orphaned(row: AuditableMeeting, { id }: GoogleEvent): Finding {
  const state = row.cancelled_at === null ? `is ${row.writeback_status}` : "was cancelled";
  return toDecide("orphaned", {
    ...about(row, [id]),
    message: `The meeting ${state}, but its event is still on the calendar.${reason(row)}`,
  }, "Requeue the meeting (POST meetings/requeue), or delete the event on Google Calendar.");
}

function missing(row: AuditableMeeting): Finding {
  return toDecide("missing", {
    ...about(row, present(row.google_event_id)),
    message: "The meeting's event does not exist on Google Calendar.",
  });
}

function cancelled(row: AuditableMeeting): Finding {
  return toRepair("cancelled", {
    ...about(row, present(row.google_event_id)),
    message: "The meeting's event was deleted on Google Calendar.",
  }, ADOPT_DELETION);
}

function duplicated(row: AuditableMeeting, others: readonly GoogleEvent[]): Finding {
  return toDecide("duplicated", {
    ...about(row, others.map(({ id }) => id)),
    message: `The calendar has ${others.length} more ${
      others.length === 1 ? "event" : "events"
    } of this meeting.`,
  });
}

function moved(row: AuditableMeeting, event: GoogleEvent): Finding[] {
  const times = timesOf(row, event);
  return times === null ? [] : [toRepair(
    "moved",
    { ...about(row, [event.id]), message: `${times}${reason(row)}` },
    ADOPT_TIME,
  )];
}

/** Both times as a sentence; null where they are the same. */
function timesOf(row: AuditableMeeting, event: GoogleEvent): string | null {
  const zone = row.timezone ?? "UTC";
  const [start, end] = [instantAt(event.start, zone), instantAt(event.end, zone)];
  if (sameInstant(start, row.starts_at) && sameInstant(end, row.ends_at)) return null;
  return `The event is from ${start} to ${end}, the meeting from ${utc(row.starts_at)} to ${
    utc(row.ends_at)
  }.`;
}

function outdated(row: AuditableMeeting): Finding {
  return toRepair("outdated", {
    ...about(row, present(row.google_event_id)),
    message: "Links, organizer or guests of the event differ from the row.",
  }, REFRESH);
}

function about(row: AuditableMeeting, event_ids: string[]) {
  const { meeting_id, title, google_calendar_id } = row;
  return { meeting_id, title, google_calendar_id, event_ids };
}

function reason({ writeback_error }: AuditableMeeting): string {
  return writeback_error === null ? "" : ` Last error: ${writeback_error}`;
}

/** The same as write-back notes when it has written an event. */
function writtenOf(event: GoogleEvent): Written {
  return {
    google_event_id: event.id,
    google_event_link: event.htmlLink ?? null,
    event: {
      meet_link: meetLink(event),
      ...extractOrganizerMetadata(event),
      attendees: normalizeAttendees(event.attendees),
    },
  };
}

/** Fields that Google does not return count as equal. */
function isSame(row: AuditableMeeting, written: Written, event: GoogleEvent): boolean {
  const { event: told, google_event_link } = written;
  const pairs: [unknown, unknown][] = [
    [google_event_link, row.google_event_link],
    [told.meet_link, row.meet_link],
    [told.organizer_email, row.organizer_email],
    [told.organizer_display_name, row.organizer_display_name],
    [told.organizer_self, row.organizer_self],
  ];
  return pairs.every(([now, then]) => now === null || now === then) &&
    (event.attendeesOmitted === true || canonical(told.attendees) === canonical(row.attendees));
}

/** The same text for the same guests, in whatever order they and their fields come. */
function canonical(attendees: unknown): string {
  if (!Array.isArray(attendees)) return "";
  return attendees.map((guest: Record<string, unknown>) =>
    JSON.stringify(Object.entries(guest).toSorted(([a], [b]) => a < b ? -1 : 1))
  ).toSorted().join("\n");
}

/** A whole day begins at midnight in the zone of the row, as sync stores it. */
function instantAt(time: GoogleEvent["start"], zone: string): string {
  if (time?.date === undefined) return utc(time?.dateTime ?? null);
  return utc(new Date(instantOf(wallOfDay(time.date), zone)).toISOString());
}

function sameInstant(google: string, row: string | null): boolean {
  return row !== null && google === utc(row);
}

function utc(instant: string | null): string {
  return shownInstant(instant) ?? "unknown";
}

function present(id: string | null): string[] {
  return id === null ? [] : [id];
}
