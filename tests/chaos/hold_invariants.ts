import { hasDeletedEvent, type MeetingState, type Snapshot } from "./snapshot.ts";

interface HeldTime {
  meeting_id: string;
  email: string;
  start: number;
  end: number;
}

/** No two meetings whose time a search found, and whose events exist, overlap for a person whose time was held. */
export function holdViolations(snapshot: Snapshot): string[] {
  const times = snapshot.meetings.flatMap((meeting) => heldTimes(meeting, snapshot));
  const found = [...Map.groupBy(times, ({ email }) => email)].flatMap(([email, held]) =>
    held.flatMap((one, index) =>
      held.slice(index + 1)
        .filter((other) => one.start < other.end && other.start < one.end)
        .map((other) => [email, one.meeting_id, other.meeting_id] as const)
    )
  );
  return found.map(([email, one, other]) =>
    `${one} and ${other}, whose times were searched, overlap for ${email}`
  );
}

function heldTimes(meeting: MeetingState, snapshot: Snapshot): HeldTime[] {
  const { meeting_id, starts_at, ends_at } = meeting;
  const has_event = meeting.writeback_status === "created" && meeting.cancelled_at === null &&
    !hasDeletedEvent(meeting, snapshot);
  if (!has_event || starts_at === null || ends_at === null) return [];
  const start = Date.parse(starts_at);
  const [chosen] = meeting.candidates as unknown as Candidate[];
  if (chosen === undefined || Date.parse(chosen.start_time) !== start) return [];
  return chosen.participant_availability
    .filter(({ email, status }) => status === "free" && isHeldToTheEnd(email, meeting, snapshot))
    .map(({ email }) => ({ meeting_id, email, start, end: Date.parse(ends_at) }));
}

interface Candidate {
  start_time: string;
  participant_availability: { email: string; status: string }[];
}

/** A guest who was removed once, or whom people added, or has declined, has no time held, or shows none as busy. */
function isHeldToTheEnd(
  email: string,
  { meeting_id, google_event_id }: MeetingState,
  { expected }: Snapshot,
): boolean {
  const was_removed =
    expected.requested_participants.some((request) =>
      request.meeting_id === meeting_id && !request.participants.includes(email)
    ) || expected.edits.some(({ event_id, field }) =>
      event_id === google_event_id && field === email
    );
  const has_declined = expected.replies.some((reply) =>
    reply.event_id === google_event_id && reply.email === email &&
    reply.response_status === "declined"
  );
  return !was_removed && !has_declined;
}
