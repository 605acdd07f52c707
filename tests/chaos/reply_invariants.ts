import { eventsOfMeeting, type Snapshot } from "./snapshot.ts";

/** The history of a guest's replies ends with the reply that the event shows, and has none that was not given. */
export function replyViolations(snapshot: Snapshot): string[] {
  return snapshot.meetings.flatMap((meeting) => {
    const history = snapshot.responses.filter(({ subject_id }) =>
      subject_id === meeting.meeting_id
    );
    const events = eventsOfMeeting(meeting, snapshot);
    const [event] = events.filter(({ status }) => status !== "cancelled");
    const guests = (event?.attendees ?? []).filter(({ email }) => email !== meeting.account_email);
    const outdated = guests.flatMap(({ email, responseStatus }) => {
      const last = history.findLast((reply) => reply.email === email)?.response_status ??
        "needsAction";
      return last === responseStatus ? [] : [
        `${meeting.meeting_id}: the history of ${email} ends with ${last}, event: ${responseStatus}`,
      ];
    });
    const invented = history.filter(({ email, response_status }) =>
      response_status !== "needsAction" &&
      !snapshot.expected.replies.some((reply) =>
        events.some(({ id }) => id === reply.event_id) && reply.email === email &&
        reply.response_status === response_status
      )
    );
    return [
      ...outdated,
      ...invented.map(({ email, response_status }) =>
        `${meeting.meeting_id}: ${email} never replied ${response_status}`
      ),
    ];
  });
}
