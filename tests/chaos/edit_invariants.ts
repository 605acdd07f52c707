import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import type { AcceptedChange, Edit, UncertainChange } from "./expected_state.ts";
import { addresses } from "./participants.ts";
import { eventsOfMeeting, type MeetingState, type Snapshot } from "./snapshot.ts";

/**
 * Compares the event of a `created` meeting with what people and changes have set: in each field what people set
 * last, unless a change named the field that was written to the event afterwards.
 */
export function editViolations(
  meeting: MeetingState,
  event: StoredEvent,
  snapshot: Snapshot,
): string[] {
  return [
    ...fieldViolations(meeting, event, snapshot),
    ...guestViolations(meeting, event, snapshot),
  ];
}

const VALUES = {
  title: ({ title }: AcceptedChange) => title,
  time: ({ start_time }: AcceptedChange) => start_time,
  // No change names the place.
  place: () => null,
} as const;

type Field = keyof typeof VALUES;

function fieldViolations(
  meeting: MeetingState,
  event: StoredEvent,
  snapshot: Snapshot,
): string[] {
  const { expected } = snapshot;
  const shown: Record<Field, string | null> = {
    title: event.summary ?? null,
    time: event.start?.dateTime ?? null,
    place: event.location ?? "",
  };
  return (Object.keys(VALUES) as Field[]).flatMap((field) => {
    const edit = lastEdit(expected.edits, event.id, field);
    const named = acceptedOf(meeting, snapshot).findLast(({ names }) => names.includes(field));
    const wins = edit !== undefined && (named === undefined || named.version <= edit.version);
    const value = wins
      ? edit.value
      : named !== undefined
      ? VALUES[field](named)
      : field === "place"
      ? ""
      : null;
    const possible = [
      ...uncertainOf(meeting, snapshot).flatMap(({ changes }) =>
        field === "title" ? changes.title ?? [] : field === "time" ? changes.start_time ?? [] : []
      ),
      ...editsBefore(event, field, meeting, snapshot),
    ];
    if (value === null || [value, ...possible].some((one) => isSame(field, one, shown[field]))) {
      return [];
    }
    const who = wins ? "people" : "a change";
    return [`${meeting.meeting_id}: ${who} set the ${field} ${value}, event: ${shown[field]}`];
  });
}

function isSame(field: Field, one: string, other: string | null): boolean {
  return field === "time" ? Date.parse(one) === Date.parse(other ?? "") : one === other;
}

/** Guests of the list, without whom people removed and with whom they added, unless a later list says otherwise. */
function guestViolations(
  meeting: MeetingState,
  event: StoredEvent,
  snapshot: Snapshot,
): string[] {
  // Which guests such a change names depends on when it was stored.
  if (uncertainOf(meeting, snapshot).some(({ changes }) => changes.participant_emails)) return [];
  const listed = new Set(addresses(meeting.participants));
  const present = new Set((event.attendees ?? []).map(({ email }) => email ?? ""));
  const edited = snapshot.expected.edits
    .filter(({ event_id, field }) => event_id === event.id && field.includes("@"))
    .map(({ field }) => field);
  return [...new Set([...listed, ...present, ...edited])].flatMap((email) => {
    const edit = lastEdit(snapshot.expected.edits, event.id, email);
    const is_wanted = edit === undefined || isNamedSince(edit, email, meeting, snapshot)
      ? listed.has(email)
      : edit.value === "added";
    if (is_wanted === present.has(email)) return [];
    const what = is_wanted ? "is missing on" : "is on";
    return [`${meeting.meeting_id}: ${email} ${what} the event`];
  });
}

/** Whether a list that was written after the edit differs from the one before in this guest. */
function isNamedSince(
  edit: Edit,
  email: string,
  meeting: MeetingState,
  snapshot: Snapshot,
): boolean {
  const first = snapshot.expected.first_participants.get(meeting.meeting_id) ?? [];
  let before = first.includes(email);
  return acceptedOf(meeting, snapshot).some(({ version, participants }) => {
    const is_listed = participants.split(",").includes(email);
    const is_named = is_listed !== before && version > edit.version;
    before = is_listed;
    return is_named;
  });
}

/** What people had set on events that they deleted: it may be in the row, from which this event was made. */
function editsBefore(
  { id }: StoredEvent,
  field: Field,
  meeting: MeetingState,
  snapshot: Snapshot,
): string[] {
  const ids = eventsOfMeeting(meeting, snapshot).map((event) => event.id);
  return snapshot.expected.edits
    .filter((edit) => edit.field === field && edit.event_id !== id && ids.includes(edit.event_id))
    .map(({ value }) => value);
}

function lastEdit(edits: readonly Edit[], event_id: string, field: string): Edit | undefined {
  return edits.findLast((edit) => edit.event_id === event_id && edit.field === field);
}

/** In the order of their versions. */
function acceptedOf({ meeting_id }: MeetingState, { expected }: Snapshot): AcceptedChange[] {
  return expected.accepted_changes.filter((accepted) => accepted.meeting_id === meeting_id)
    .sort((one, other) => one.version - other.version);
}

function uncertainOf({ meeting_id }: MeetingState, { expected }: Snapshot): UncertainChange[] {
  return expected.uncertain_changes.filter((change) => change.meeting_id === meeting_id);
}

/** The live event of each meeting whose last version is written. */
export function editsViolations(snapshot: Snapshot): string[] {
  return snapshot.meetings.flatMap((meeting) => {
    const is_written = meeting.writeback_status === "created" && meeting.cancelled_at === null &&
      meeting.written_version === meeting.desired_version;
    const [event] = eventsOfMeeting(meeting, snapshot).filter(({ status }) =>
      status !== "cancelled"
    );
    return is_written && event !== undefined ? editViolations(meeting, event, snapshot) : [];
  });
}
