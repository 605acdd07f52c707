import type { Named } from "@shared/calendar_events/named_fields.ts";
import type { DescribedRequest, GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { composeEvent } from "./compose_event.ts";
import { composePatch } from "./compose_patch.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/** What a write-back would do. Google would send mail to `mail_recipients`. */
export interface WritePreview {
  google_request: DescribedRequest;
  mail_recipients: string[];
}

/** Where the meeting is written, and, where its event exists already, what changes of it. */
export interface WriteTarget {
  calendar_id: string;
  event_generation: number;
  update: {
    named: Named;
    /** The meeting as its event shows it, if people have changed nothing. */
    shown: WritableMeeting;
    meet_link: string | null;
  } | null;
}

/**
 * The request that write-back would send for this meeting, from the same composition. A patch is previewed against
 * the event as the row knows it: write-back reads the event, with what people changed of it and the guests'
 * replies, just before it sends.
 */
export function previewWrite(
  calendar: Pick<GoogleCalendar, "describeInsert" | "describePatch">,
  meeting: WritableMeeting,
  { calendar_id, event_generation, update }: WriteTarget,
): WritePreview {
  const options = { sendUpdates: "all" } as const;
  const mail_recipients = mailRecipients(meeting);
  if (update === null) {
    const event = composeEvent(meeting, event_generation);
    return {
      google_request: calendar.describeInsert(calendar_id, event, options),
      mail_recipients,
    };
  }
  const id = eventId(meeting.event_key, event_generation);
  const { patch, is_visible } = composePatch(meeting, {
    event: shownEvent(id, event_generation, update),
    named: update.named,
    written: null,
    generation: event_generation,
  });
  return {
    google_request: calendar.describePatch(calendar_id, id, patch, {
      sendUpdates: is_visible ? "all" : "none",
    }),
    mail_recipients: is_visible ? mail_recipients : [],
  };
}

function shownEvent(
  id: string,
  generation: number,
  { shown, meet_link }: NonNullable<WriteTarget["update"]>,
): GoogleEvent {
  const { conferenceData: _, reminders: _reminders, ...event } = composeEvent(shown, generation);
  return {
    ...event,
    id,
    ...(meet_link === null ? {} : { hangoutLink: meet_link }),
  } as GoogleEvent;
}

/** The organizer acts, and rooms have no mailbox. */
function mailRecipients({ participants, organizer_email }: WritableMeeting): string[] {
  return participants
    .filter(({ email, type }) =>
      type !== "resource" && email.toLowerCase() !== organizer_email?.toLowerCase()
    )
    .map(({ email }) => email);
}
