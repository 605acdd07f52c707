import type { MeetingRow } from "@shared/database/meetings.ts";
import { mismatches } from "./event_invariants.ts";
import { eventsOfMeeting, type Evidence } from "./snapshot.ts";
import { ledgerViolations } from "./ledger_invariants.ts";
import { mailViolations } from "./mail_invariants.ts";
import { memoryViolations } from "./expected_state_invariants.ts";

/**
 * Sentences about everything that breaks the law, empty when it holds: every meeting is `created`
 * with one live event that shows its last version, `cancelled` or `failed` with none; mails agree
 * with the events; nothing that people were told or did is lost; the ledger explains every call;
 * nothing is leased.
 */
export function violations(evidence: Evidence): string[] {
  return [
    ...evidence.meetings.flatMap((meeting) => [
      ...endViolations(meeting, evidence),
      ...mailViolations(meeting, evidence),
      ...leaseViolations(meeting),
    ]),
    ...memoryViolations(evidence),
    ...orphans(evidence),
    ...ledgerViolations(evidence),
  ];
}

/**
 * `given_up`: the event shows a version before the last one, or waits for its deletion, and nothing
 * is done about it until somebody requeues the meeting.
 */
export type End = "created" | "given_up" | "cancelled" | "failed";

/** Which end a meeting has reached; null while it is under way. */
export function endOf(meeting: MeetingRow): End | null {
  if (meeting.writeback_next_attempt_at !== null || meeting.scheduling_next_attempt_at !== null) {
    return null;
  }
  if (meeting.writeback_status === "created") {
    if (meeting.written_version < meeting.desired_version) return "given_up";
    return meeting.cancelled_at === null ? "created" : "cancelled";
  }
  if (meeting.writeback_status === null && meeting.cancelled_at !== null) return "cancelled";
  const has_failed = meeting.writeback_status === "failed" ||
    meeting.scheduling_status === "failed";
  return has_failed ? "failed" : null;
}

function endViolations(meeting: MeetingRow, evidence: Evidence): string[] {
  const all = eventsOfMeeting(meeting, evidence);
  const live = all.filter(({ status }) => status !== "cancelled");
  const end = endOf(meeting);
  const name = `${meeting.meeting_id} (${end ?? meeting.writeback_status})`;
  const [event] = live;
  const found: string[] = [];
  if (all.length > 1) found.push(`${name} has had ${all.length} events`);
  switch (end) {
    case "created":
      if (event !== undefined) found.push(...mismatches(meeting, event));
      if (live.length === 1) return found;
      return [...found, `${name} has ${live.length} live events, not 1`];
    case "given_up":
      // A cancellation may be given up by workers that died after they had deleted the event.
      if (live.length === 1 || live.length === 0 && meeting.cancelled_at !== null) return found;
      return [...found, `${name} has ${live.length} live events, not 1`];
    case "cancelled":
      if (meeting.google_event_id !== (all[0]?.id ?? null)) {
        found.push(`${name} says its event was ${meeting.google_event_id}, not ${all[0]?.id}`);
      }
      break;
    case "failed":
      break;
    case null:
      found.push(`${name} has come to no end`);
  }
  if (live.length === 0) return found;
  return [...found, `${name} has ${live.length} live events, not 0`];
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
