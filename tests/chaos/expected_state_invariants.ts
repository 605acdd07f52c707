import { eventsOfMeeting, type Snapshot } from "./snapshot.ts";
import type { AcceptedChange } from "./expected_state.ts";
import { addresses } from "./participants.ts";

/**
 * An accepted change is in the row unless a later one replaced it; a guest's reply is on the event
 * unless the guest was removed since; event id and Meet link never change.
 */
export function expectedStateViolations(snapshot: Snapshot): string[] {
  return [
    ...lostChanges(snapshot),
    ...lostReplies(snapshot),
    ...changedIdentities(snapshot),
  ];
}

function lostChanges({ meetings, expected }: Snapshot): string[] {
  const rows = new Map(meetings.map((meeting) => [meeting.meeting_id, meeting]));
  return expected.accepted_changes.flatMap((accepted) => {
    const row = rows.get(accepted.meeting_id);
    const name = `${accepted.meeting_id} at version ${accepted.version}`;
    if (row === undefined || row.desired_version < accepted.version) return [`${name} is lost`];
    if (accepted.is_cancelled && row.cancelled_at === null) {
      return [`${name} was accepted as cancelled and is not cancelled`];
    }
    if (row.desired_version > accepted.version) return [];
    const actual: Pick<AcceptedChange, "title" | "participants"> & { start: number } = {
      title: row.title,
      start: Date.parse(row.starts_at ?? ""),
      participants: addresses(row.participants).sort().join(),
    };
    const { title, participants } = accepted;
    // A search that was in progress may have found a slot since.
    const start = accepted.start_time === null ? actual.start : Date.parse(accepted.start_time);
    const same = JSON.stringify(actual) === JSON.stringify({ title, start, participants });
    return same ? [] : [`${name} differs from the accepted change`];
  });
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

function changedIdentities({ meetings, expected }: Snapshot): string[] {
  return meetings.flatMap(({ meeting_id, google_event_id, meet_link }) => {
    const first = expected.identities.get(meeting_id);
    if (first === undefined) return [];
    const same = first.google_event_id === google_event_id && first.meet_link === meet_link;
    return same ? [] : [
      `${meeting_id} had event ${first.google_event_id} with ${first.meet_link}, and now has ${google_event_id} with ${meet_link}`,
    ];
  });
}
