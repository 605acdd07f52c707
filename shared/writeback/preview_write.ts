import type { DescribedRequest, GoogleCalendar } from "@shared/google/calendar.ts";
import { eventId } from "@shared/google/event_id.ts";
import {
  attendee,
  composeContent,
  composeEvent,
  composeSettings,
  conferenceChange,
} from "./compose_event.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/** What a write-back would do. Google would send mail to `mail_recipients`. */
export interface WritePreview {
  google_request: DescribedRequest;
  mail_recipients: string[];
}

/** Where the meeting is written, and whether its event exists already. */
export interface WriteTarget {
  calendar_id: string;
  event_generation: number;
  operation: "create" | "update";
  /** Whether reminders, guest permissions and conference are changed with the event, and whether it has a conference now. */
  changes_settings: boolean;
  has_conference: boolean;
}

/**
 * The request that write-back would send for this meeting, from the same composition. Of a patch the
 * guests' present answers are missing: write-back reads them from the event just before it sends.
 */
export function previewWrite(
  calendar: Pick<GoogleCalendar, "describeInsert" | "describePatch">,
  meeting: WritableMeeting,
  { calendar_id, event_generation, operation, changes_settings, has_conference }: WriteTarget,
): WritePreview {
  const options = { sendUpdates: "all" } as const;
  const google_request = operation === "create"
    ? calendar.describeInsert(calendar_id, composeEvent(meeting, event_generation), options)
    : calendar.describePatch(
      calendar_id,
      eventId(meeting.event_key, event_generation),
      {
        ...composeContent(meeting),
        ...(changes_settings
          ? {
            ...composeSettings(meeting),
            ...conferenceChange(meeting, event_generation, has_conference),
          }
          : {}),
        attendees: meeting.participants.map((participant) => attendee(participant, meeting)),
      },
      options,
    );
  return { google_request, mail_recipients: mailRecipients(meeting) };
}

/** The organizer acts, and rooms have no mailbox. */
function mailRecipients({ participants, organizer_email }: WritableMeeting): string[] {
  return participants
    .filter(({ email, type }) =>
      type !== "resource" && email.toLowerCase() !== organizer_email?.toLowerCase()
    )
    .map(({ email }) => email);
}
