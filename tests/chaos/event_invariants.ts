import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import type { MeetingState, Snapshot } from "./snapshot.ts";

/** Fields in which the row of a `created` meeting and its event, of the last version, differ. */
export function mismatches(
  meeting: MeetingState,
  event: StoredEvent,
  { expected }: Snapshot,
): string[] {
  // A calendar to which people move an event back has the properties of the copy that stayed there.
  const has_come_back =
    expected.relocations.filter(({ event_id }) => event_id === event.id).length > 1;
  const shown_version = event.extendedProperties?.private?.["convene_version"];
  const compared: Record<string, [row: unknown, event: unknown]> = {
    google_event_id: [meeting.google_event_id, event.id],
    google_event_link: [meeting.google_event_link, event.htmlLink],
    google_calendar_id: [
      meeting.google_calendar_id,
      event.calendar_id === meeting.account_email ? "primary" : event.calendar_id,
    ],
    title: [meeting.title, event.summary],
    location: [meeting.location ?? "", event.location ?? ""],
    starts_at: [instant(meeting.starts_at), instant(event.start?.dateTime)],
    ends_at: [instant(meeting.ends_at), instant(event.end?.dateTime)],
    timezone: [meeting.timezone, event.start?.timeZone],
    meet_link: [meeting.meet_link, event.hangoutLink ?? null],
    has_meet_link: [meeting.conference === "meet", meeting.meet_link !== null],
    organizer_email: [meeting.organizer_email, event.organizer?.email],
    organizer_self: [meeting.organizer_self, true],
    attendees: [replies(meeting.attendees), replies(event.attendees)],
    cancelled_in_google_at: [meeting.cancelled_in_google_at, null],
    written_version: [meeting.written_version, meeting.desired_version],
    shown_version: [
      has_come_back ? shown_version : String(meeting.desired_version),
      shown_version,
    ],
    writeback_error: [meeting.writeback_error, null],
    outcome_unknown: [meeting.outcome_unknown, false],
  };
  return Object.entries(compared)
    .filter(([, [row, other]]) => row !== other)
    .map(([field, [row, other]]) => `${meeting.meeting_id}: ${field} is ${row}, event: ${other}`);
}

function instant(value: string | null | undefined): number {
  return Date.parse(value ?? "");
}

function replies(attendees: unknown): string {
  return (attendees as { email?: string; responseStatus?: string }[] | undefined ?? [])
    .map(({ email, responseStatus }) => `${email} ${responseStatus}`).sort().join();
}
