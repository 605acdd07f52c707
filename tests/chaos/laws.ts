import type { MeetingRow } from "@shared/database/meetings.ts";
import type { StoredEvent } from "../../local/google/control.ts";
import { eventsOfMeeting, type Evidence } from "./evidence.ts";
import { ledgerViolations } from "./ledger_law.ts";

/**
 * Sentences about everything that breaks the law, empty when it holds: every meeting is `created`
 * with one live event and one invitation a guest, or `failed` with none; rows match their events;
 * the ledger explains every call; nothing is leased.
 */
export function violations(evidence: Evidence): string[] {
  return [
    ...evidence.meetings.flatMap((meeting) => [
      ...endViolations(meeting, evidence),
      ...leaseViolations(meeting),
    ]),
    ...orphans(evidence),
    ...ledgerViolations(evidence),
  ];
}

/** Which of the two ends a meeting has reached; null while it is under way. */
export function endOf(meeting: MeetingRow): "created" | "failed" | null {
  if (meeting.writeback_next_attempt_at !== null || meeting.scheduling_next_attempt_at !== null) {
    return null;
  }
  if (meeting.writeback_status === "created") return "created";
  const has_failed = meeting.writeback_status === "failed" ||
    meeting.scheduling_status === "failed";
  return has_failed ? "failed" : null;
}

function endViolations(meeting: MeetingRow, evidence: Evidence): string[] {
  const all = eventsOfMeeting(meeting, evidence);
  const live = all.filter(({ status }) => status !== "cancelled");
  const end = endOf(meeting);
  const name = `${meeting.meeting_id} (${end ?? meeting.writeback_status})`;
  const wanted = end === "created" ? 1 : 0;
  const found: string[] = [];
  if (end === null) found.push(`${name} has come to no end`);
  if (live.length !== wanted) found.push(`${name} has ${live.length} live events, not ${wanted}`);

  const ids = new Set(all.map(({ id }) => id));
  for (const guest of guestsOf(meeting, evidence)) {
    const mails = evidence.mails.filter(({ to, event_id }) => to === guest && ids.has(event_id));
    const kinds = mails.map(({ kind }) => kind).join(", ");
    const expected = end === "created" ? "invitation" : "";
    if (kinds !== expected) found.push(`${name} sent ${guest} [${kinds}], not [${expected}]`);
  }
  const [event] = live;
  if (end === "created" && event !== undefined) found.push(...mismatches(meeting, event));
  return found;
}

/** Google mails everybody but the organizer, on whose calendar the event is. */
function guestsOf(meeting: MeetingRow, evidence: Evidence): string[] {
  const calendars = new Set(eventsOfMeeting(meeting, evidence).map((event) => event.calendar_id));
  return (meeting.participants as string[]).filter((email) => !calendars.has(email));
}

function mismatches(meeting: MeetingRow, event: StoredEvent): string[] {
  const compared: Record<string, [row: unknown, event: unknown]> = {
    google_event_id: [meeting.google_event_id, event.id],
    google_event_link: [meeting.google_event_link, event.htmlLink],
    title: [meeting.title, event.summary],
    starts_at: [instant(meeting.starts_at), instant(event.start?.dateTime)],
    ends_at: [instant(meeting.ends_at), instant(event.end?.dateTime)],
    meet_link: [meeting.meet_link, event.hangoutLink ?? null],
    has_meet_link: [meeting.conference === "meet", meeting.meet_link !== null],
    organizer_email: [meeting.organizer_email, event.organizer?.email],
    organizer_self: [meeting.organizer_self, true],
    attendees: [emails(meeting.attendees), emails(event.attendees)],
    participants: [[...meeting.participants as string[]].sort().join(), emails(event.attendees)],
    written_version: [meeting.written_version, meeting.desired_version],
    shown_version: [
      String(meeting.desired_version),
      event.extendedProperties?.private?.["convene_version"],
    ],
    writeback_error: [meeting.writeback_error, null],
    writeback_outcome_unknown: [meeting.writeback_outcome_unknown, false],
  };
  return Object.entries(compared)
    .filter(([, [row, other]]) => row !== other)
    .map(([field, [row, other]]) => `${meeting.meeting_id}: ${field} is ${row}, event: ${other}`);
}

function instant(value: string | null | undefined): number {
  return Date.parse(value ?? "");
}

function emails(attendees: unknown): string {
  return (attendees as { email?: string }[] | undefined ?? []).map(({ email }) => email).sort()
    .join();
}

function leaseViolations(meeting: MeetingRow): string[] {
  const { writeback_lease_token, scheduling_lease_token } = meeting;
  return writeback_lease_token === null && scheduling_lease_token === null
    ? []
    : [`${meeting.meeting_id} is still leased`];
}

/** Events of ours that no meeting knows of, by the form of our ids. */
function orphans({ events, meetings }: Evidence): string[] {
  const keys = new Set(meetings.map(({ event_key }) => event_key.replaceAll("-", "")));
  return events
    .filter(({ id }) => id.startsWith("convene") && !keys.has(id.slice(7, 39)))
    .map(({ id, calendar_id }) => `${id} on ${calendar_id} belongs to no meeting`);
}
