import type { AcceptedChange, ExpectedState } from "./expected_state.ts";
import { eventsOfMeeting, hasDeletedEvent, type MeetingState, type Snapshot } from "./snapshot.ts";
import { addresses } from "./participants.ts";

/**
 * An accepted change is in the row unless a later one or people replaced it; a guest's reply is on the event
 * unless the guest was removed since; event id and Meet link never change.
 */
export function expectedStateViolations(snapshot: Snapshot): string[] {
  return [
    ...lostChanges(snapshot),
    ...lostReplies(snapshot),
    ...changedIdentities(snapshot),
    ...changedPlaces(snapshot),
  ];
}

function lostChanges(snapshot: Snapshot): string[] {
  const { meetings, expected, ledger } = snapshot;
  const rows = new Map(meetings.map((meeting) => [meeting.meeting_id, meeting]));
  return expected.accepted_changes.flatMap((accepted) => {
    const row = rows.get(accepted.meeting_id);
    const name = `${accepted.meeting_id} at version ${accepted.version}`;
    if (row === undefined || row.desired_version < accepted.version) return [`${name} is lost`];
    if (accepted.is_cancelled && row.cancelled_at === null) {
      return [`${name} was accepted as cancelled and is not cancelled`];
    }
    if (row.desired_version > accepted.version) return [];
    // A search may have found the first slot since; or another one for a slot that a search had found and that was
    // taken, or may have been taken when the meeting that had failed was requeued.
    const is_searched = accepted.start_time === null ||
      !isTimeNamed(accepted, expected) && isFoundBySearch(row) &&
        ledger.some(({ meeting_id, decision }) =>
          meeting_id === row.meeting_id && ["search_again", "failed"].includes(decision ?? "")
        );
    // What people edited is compared with the event (edit_invariants.ts).
    const ids = eventsOfMeeting(row, snapshot).map(({ id }) => id);
    const is_edited = (field: string) =>
      expected.edits.some((edit) => ids.includes(edit.event_id) && edit.field === field);
    const has_time = !is_searched && !is_edited("time");
    const actual = stateOf(
      is_edited("title") ? null : row.title,
      has_time ? row.starts_at : null,
      addresses(row.participants),
    );
    const wanted = stateOf(
      is_edited("title") ? null : accepted.title,
      has_time ? accepted.start_time : null,
      accepted.participants.split(","),
    );
    return actual === wanted
      ? []
      : [`${name} differs from the accepted change: ${actual}, not ${wanted}`];
  });
}

/** Whether this change or an earlier one named the time, so that no search replaces it. */
function isTimeNamed(
  { meeting_id, version }: AcceptedChange,
  { accepted_changes }: ExpectedState,
): boolean {
  return accepted_changes.some((change) =>
    change.meeting_id === meeting_id && change.version <= version && change.names.includes("time")
  );
}

function isFoundBySearch({ starts_at, candidates }: MeetingState): boolean {
  const [chosen] = candidates as unknown as { start_time: string }[];
  return chosen !== undefined && starts_at !== null &&
    Date.parse(chosen.start_time) === Date.parse(starts_at);
}

function stateOf(title: string | null, start: string | null, participants: string[]): string {
  const start_time = start === null ? null : new Date(start).toISOString();
  return JSON.stringify({ title, start_time, participants: participants.sort().join() });
}

function lostReplies(snapshot: Snapshot): string[] {
  const last = new Map(
    snapshot.expected.replies.map((reply) => [`${reply.event_id} ${reply.email}`, reply]),
  );
  const live = new Map(
    snapshot.meetings.flatMap((meeting) => eventsOfMeeting(meeting, snapshot))
      .filter(({ status }) => status !== "cancelled")
      .map((event) => [event.id, event]),
  );
  return [...last.values()].flatMap(({ event_id, email, response_status, removals_before }) => {
    const event = live.get(event_id);
    const removals = snapshot.mails.filter((mail) =>
      mail.event_id === event_id && mail.to === email && mail.kind === "cancellation"
    ).length;
    if (event === undefined || removals > removals_before) {
      return [];
    }
    const shown = event.attendees?.find((guest) =>
      guest.email === email
    )?.responseStatus;
    return shown === response_status
      ? []
      : [`${email} replied ${response_status} to ${event_id}, which now has ${shown}`];
  });
}

function changedIdentities(snapshot: Snapshot): string[] {
  const { meetings, expected } = snapshot;
  return meetings.flatMap((meeting) => {
    const { meeting_id, google_event_id, meet_link } = meeting;
    const first = expected.identities.get(meeting_id);
    // A meeting whose event people deleted gets another one when it is requeued.
    if (first === undefined || hasDeletedEvent(meeting, snapshot)) return [];
    const same = first.google_event_id === google_event_id && first.meet_link === meet_link;
    return same ? [] : [
      `${meeting_id} had event ${first.google_event_id} with ${first.meet_link}, and now has ${google_event_id} with ${meet_link}`,
    ];
  });
}

/**
 * An event is where people moved it last; Convene moves none. One that replaces an event which people deleted is where
 * that one was, as far as Convene knew.
 */
function changedPlaces(snapshot: Snapshot): string[] {
  const { relocations } = snapshot.expected;
  return snapshot.meetings.flatMap((meeting) => {
    const events = eventsOfMeeting(meeting, snapshot);
    return events.flatMap(({ id, calendar_id }) => {
      const last = relocations.findLast(({ event_id }) => event_id === id);
      const earlier = relocations.filter(({ event_id }) =>
        events.some((event) => event.id === event_id && event.id < id)
      );
      const places = last !== undefined
        ? [last.calendar_id]
        : [meeting.account_email, ...earlier.map((relocation) => relocation.calendar_id)];
      return places.includes(calendar_id)
        ? []
        : [`${meeting.meeting_id}: ${id} is on ${calendar_id}, not on ${places.join(" or ")}`];
    });
  });
}
