import { mismatches } from "./event_invariants.ts";
import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import { eventsOfMeeting, type MeetingState, type Snapshot } from "./snapshot.ts";
import { ledgerViolations } from "./ledger_invariants.ts";
import { mailViolations } from "./mail_invariants.ts";
import { holdViolations } from "./hold_invariants.ts";
import { editsViolations } from "./edit_invariants.ts";
import { replyViolations } from "./reply_invariants.ts";
import { expectedStateViolations } from "./expected_state_invariants.ts";

/**
 * A sentence about each violated invariant; empty if all hold. Every meeting is `created` with one
 * live event that has its last version, or `cancelled`, `deleted` by people or `failed` with none; mails agree with the
 * events; no accepted change, no edit by people and no reply is lost, and the history has each reply; no two meetings whose time a search found overlap for
 * a person who was held; the ledger explains every request to Google; no row is leased.
 */
export function violations(snapshot: Snapshot): string[] {
  return [
    ...snapshot.meetings.flatMap((meeting) => [
      ...finalStateViolations(meeting, snapshot),
      ...mailViolations(meeting, snapshot),
      ...leaseViolations(meeting),
    ]),
    ...expectedStateViolations(snapshot),
    ...editsViolations(snapshot),
    ...replyViolations(snapshot),
    ...holdViolations(snapshot),
    ...orphans(snapshot),
    ...ledgerViolations(snapshot),
  ];
}

/**
 * `given_up`: the event has a version before the last one, or waits for its deletion, and nothing
 * more is done about it before a requeue. `deleted`: people deleted the event in Google Calendar.
 */
export type FinalState = "created" | "given_up" | "cancelled" | "deleted" | "failed";

/** The final state of a meeting; null while it is due or leased. */
export function finalStateOf(meeting: MeetingState): FinalState | null {
  if (meeting.write_due_at !== null || meeting.search_due_at !== null) return null;
  if (meeting.writeback_status === "created") {
    if (meeting.written_version < meeting.desired_version) return "given_up";
    if (meeting.cancelled_at !== null) return "cancelled";
    return meeting.cancelled_in_google_at === null ? "created" : "deleted";
  }
  if (meeting.writeback_status === null && meeting.cancelled_at !== null) return "cancelled";
  const has_failed = meeting.writeback_status === "failed" ||
    meeting.scheduling_status === "failed";
  return has_failed ? "failed" : null;
}

function finalStateViolations(meeting: MeetingState, snapshot: Snapshot): string[] {
  const all = eventsOfMeeting(meeting, snapshot);
  const live = all.filter(({ status }) => status !== "cancelled");
  const state = finalStateOf(meeting);
  const name = `${meeting.meeting_id} (${state ?? meeting.writeback_status})`;
  const [event] = live;
  // The generation is the end of the id.
  const last = all.toSorted((one, other) => one.id.localeCompare(other.id)).at(-1);
  const found: string[] = [];
  const { deletions } = snapshot.expected;
  const is_deleted_by_people = ({ id }: StoredEvent) => deletions.includes(id);
  const others = all.filter((one) => !is_deleted_by_people(one));
  if (others.length > 1) found.push(`${name} has had ${others.length} events`);
  if (live.some(is_deleted_by_people)) found.push(`${name} has an event that people deleted`);
  if (meeting.cancelled_at === null && others.some(({ status }) => status === "cancelled")) {
    found.push(`${name} has an event that was deleted, and not by people`);
  }
  switch (state) {
    case "created":
      if (event !== undefined) found.push(...mismatches(meeting, event, snapshot));
      if (live.length === 1) return found;
      return [...found, `${name} has ${live.length} live events, not 1`];
    case "given_up":
      // A cancellation may be given up because its workers died after they had deleted the event.
      if (
        live.length === 0 && (meeting.cancelled_at !== null || isLastDeleted(meeting, snapshot))
      ) {
        return found;
      }
      if (live.length === 1) return found;
      return [...found, `${name} has ${live.length} live events, not 1`];
    case "deleted":
      if (!isLastDeleted(meeting, snapshot)) found.push(`${name} was not deleted by people`);
      break;
    case "cancelled":
      // People deleted the event before Convene knew of it, so the row has gone on to the next id, and names none.
      if (others.length === 0 && !isKnown(meeting, snapshot)) break;
      if (meeting.google_event_id !== (last?.id ?? null)) {
        found.push(`${name} has google_event_id ${meeting.google_event_id}, not ${last?.id}`);
      }
      break;
    case "failed":
      break;
    case null:
      found.push(`${name} has no final state`);
  }
  if (live.length === 0) return found;
  return [...found, `${name} has ${live.length} live events, not 0`];
}

/** Whether the row has named an event at the end of a round. */
function isKnown({ meeting_id, google_event_id }: MeetingState, { expected }: Snapshot): boolean {
  return google_event_id !== null || expected.identities.has(meeting_id);
}

function isLastDeleted({ google_event_id }: MeetingState, { expected }: Snapshot): boolean {
  return google_event_id !== null && expected.deletions.includes(google_event_id);
}

function leaseViolations({ meeting_id, lease_token, search_lease_token }: MeetingState): string[] {
  return lease_token === null && search_lease_token === null
    ? []
    : [`${meeting_id} is still leased`];
}

/** Events with ids of our form that belong to no meeting. */
function orphans({ events, meetings }: Snapshot): string[] {
  const keys = new Set(meetings.map(({ event_key }) => event_key.replaceAll("-", "")));
  return events
    .filter(({ id }) => id.startsWith("convene") && !keys.has(id.slice(7, 39)))
    .map(({ id, calendar_id }) => `${id} on ${calendar_id} belongs to no meeting`);
}
