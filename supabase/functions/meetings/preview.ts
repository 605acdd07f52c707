import type { MeetingWithState } from "@shared/database/meetings.ts";
import { shownSlot } from "@shared/time/shown_time.ts";
import { PEOPLE } from "@shared/schemas/participants.ts";

/** The fields of a meeting that a change can show the former value of. */
const FORMER = [
  "title",
  "description",
  "location",
  "participants",
  "timezone",
  "recurrence",
  "conference",
] as const;

/**
 * The response to a dry run: what the request itself would return, with the former values as `before`, and
 * `mail_recipients`: addresses that Google would notify. Rooms have no mailbox, and the organizer acts.
 */
export function asPreview<Body extends object>(
  body: Body,
  before: MeetingWithState | null,
  guests: readonly string[],
) {
  if (before === null) throw new Error("A previewed meeting exists");
  const organizer = before.organizer_email?.toLowerCase();
  const others = guests.filter((email) => email.toLowerCase() !== organizer);
  return {
    ...body,
    dry_run: true,
    before: {
      ...Object.fromEntries(FORMER.map((name) => [name, before[name]])),
      ...shownSlot({ start_time: before.starts_at, end_time: before.ends_at }, before.timezone),
      version: before.desired_version,
    },
    mail_recipients: [...new Map(others.map((email) => [email.toLowerCase(), email])).values()],
  };
}

/** The guests of an event that exists, as Google last named them. */
export function guestsOnEvent(meeting: MeetingWithState | null): string[] {
  if (meeting === null || meeting.google_event_id === null) return [];
  if (!Array.isArray(meeting.attendees)) return [];
  return meeting.attendees.flatMap((attendee) => {
    const { email, self, resource } = attendee as {
      email?: unknown;
      self?: unknown;
      resource?: unknown;
    };
    return typeof email === "string" && self !== true && resource !== true ? [email] : [];
  });
}

/** Whom the event invites; a row of an earlier version may have invalid participants, and invites none. */
export function invited(participants: unknown): string[] {
  const parsed = PEOPLE.safeParse(participants);
  if (!parsed.success) return [];
  return parsed.data.flatMap(({ email, type }) => type === "resource" ? [] : [email]);
}
