import { eventsOfMeeting, type Evidence } from "./snapshot.ts";
import type { Promised } from "./expected_state.ts";
import { addresses } from "./participants.ts";

/**
 * What was accepted is in the row unless a later wish replaced it; answers of guests are on the
 * event unless the guest was taken off it since; event id and Meet link are what they were at first.
 */
export function memoryViolations(evidence: Evidence): string[] {
  return [
    ...brokenPromises(evidence),
    ...lostReplies(evidence),
    ...lostIdentities(evidence),
  ];
}

function brokenPromises({ meetings, memory }: Evidence): string[] {
  const rows = new Map(meetings.map((meeting) => [meeting.meeting_id, meeting]));
  return memory.promises.flatMap((promised) => {
    const row = rows.get(promised.meeting_id);
    const name = `${promised.meeting_id} at version ${promised.version}`;
    if (row === undefined || row.desired_version < promised.version) return [`${name} is lost`];
    if (promised.is_cancelled && row.cancelled_at === null) return [`${name} was cancelled`];
    if (row.desired_version > promised.version) return [];
    const kept: Pick<Promised, "title" | "participants"> & { start: number } = {
      title: row.title,
      start: Date.parse(row.starts_at ?? ""),
      participants: addresses(row.participants).sort().join(),
    };
    const { title, participants } = promised;
    // A slot that was still being looked for may have been found since.
    const start = promised.start_time === null ? kept.start : Date.parse(promised.start_time);
    const same = JSON.stringify(kept) === JSON.stringify({ title, start, participants });
    return same ? [] : [`${name} was promised otherwise`];
  });
}

function lostReplies(evidence: Evidence): string[] {
  const last = new Map(
    evidence.memory.replies.map((reply) => [`${reply.event_id} ${reply.email}`, reply]),
  );
  const live = new Map(
    evidence.meetings.flatMap((meeting) => eventsOfMeeting(meeting, evidence))
      .filter(({ status }) => status !== "cancelled")
      .map((event) => [event.id, event]),
  );
  return [...last.values()].flatMap(({ event_id, email, response_status, removals_before }) => {
    const event = live.get(event_id);
    const removals = evidence.mails.filter((mail) =>
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
      : [`${email} answered ${event_id}: ${response_status}, which now says ${shown}`];
  });
}

function lostIdentities({ meetings, memory }: Evidence): string[] {
  return meetings.flatMap(({ meeting_id, google_event_id, meet_link }) => {
    const first = memory.identities.get(meeting_id);
    if (first === undefined) return [];
    const same = first.google_event_id === google_event_id && first.meet_link === meet_link;
    return same ? [] : [
      `${meeting_id} was ${first.google_event_id} at ${first.meet_link}, and is ${google_event_id} at ${meet_link}`,
    ];
  });
}
