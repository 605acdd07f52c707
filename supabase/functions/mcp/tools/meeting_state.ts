import type { MeetingState, MeetingSummary } from "@shared/contract/types.ts";

type Shown = MeetingSummary & Partial<MeetingState>;

/** A meeting as the tools return it; what people wrote is in one field of its own. */
export function stateOf(meeting: Shown): Record<string, unknown> {
  const { title, attendees, move, ...rest } = meeting;
  const guests = attendees ?? [];
  return {
    meeting_id: rest.meeting_id,
    status: rest.status,
    stage: rest.stage,
    reason: rest.reason,
    until: rest.until,
    start_time: rest.start_time,
    end_time: rest.end_time,
    timezone: rest.timezone,
    google_event_id: rest.google_event_id,
    google_event_link: rest.google_event_link,
    meet_link: rest.meet_link,
    error: rest.error,
    created_at: rest.created_at,
    cancelled_at: rest.cancelled_at,
    ...("version" in rest ? { version: rest.version, what_to_do: rest.what_to_do } : {}),
    ...("rsvp" in rest ? { rsvp: rest.rsvp } : {}),
    ...(attendees === undefined ? {} : {
      guests: guests.map(({ email, responseStatus, optional, resource }) => ({
        email,
        response: responseStatus,
        optional: optional === true,
        room: resource === true,
      })),
    }),
    ...(move === undefined || move === null ? {} : { move }),
    written_by_people: {
      title,
      comments: guests.flatMap(({ email, comment }) =>
        comment === undefined ? [] : [{ email, comment }]
      ),
    },
  };
}

/** Lines about one meeting, its title as a JSON text that cannot be taken for a line of ours. */
export function stateLines(meeting: Shown): string[] {
  const { meeting_id, status, start_time, end_time, timezone, error, what_to_do } = meeting;
  const time = start_time === null
    ? "It has no time yet."
    : `Time: ${start_time} to ${end_time} (${timezone}).`;
  return [
    `Meeting ${meeting_id} is ${status}.`,
    `Title, as people wrote it: ${JSON.stringify(meeting.title)}`,
    time,
    ...(meeting.google_event_link ? [`Event: ${meeting.google_event_link}`] : []),
    ...(meeting.meet_link ? [`Meet: ${meeting.meet_link}`] : []),
    ...(error ? [`Error: ${error}`] : []),
    ...(what_to_do ? [`What to do: ${what_to_do}`] : []),
  ];
}

/** Who would get mail, as a sentence. */
export function mailLine(recipients: string[]): string {
  return recipients.length === 0
    ? "Google would send no mail."
    : `Google would send mail to ${recipients.join(", ")}.`;
}
