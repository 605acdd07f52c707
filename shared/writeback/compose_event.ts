import { EVENT_KEY_PROPERTY, VERSION_PROPERTY } from "@shared/calendar_events/own_event.ts";
import { TEXT_PROPERTY, textMark } from "@shared/calendar_events/text_mark.ts";
import { escapeHtml } from "@shared/google/description.ts";
import { hasConference, hasMeet } from "@shared/google/event.ts";
import type { AttendeeInput, EventInput, EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { eventId, meetRequestId } from "@shared/google/event_id.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { displayName } from "@shared/schemas/participant.ts";
import type { MeetingParticipant } from "@shared/schemas/participant.ts";
import { textsOf } from "@shared/texts/texts.ts";
import { googleTime, readMoment } from "@shared/time/wall_time.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

const MAX_REASONING = 1000;
const MAX_TITLE = 500;

/** The event of a meeting as Google's events.insert takes it, under the id of `generation`. */
export function composeEvent(meeting: WritableMeeting, generation: number): EventInput {
  return {
    id: eventId(meeting.event_key, generation),
    ...composeContent(meeting),
    ...(meeting.conference === "none"
      ? {}
      : { conferenceData: meetRequest(meetRequestId(meeting.event_key, generation)) }),
    attendees: meeting.participants.map((participant) => attendee(participant, meeting)),
    ...composeSettings(meeting),
  };
}

/** What people may set differently on Google later: it is written with the event, and again only when it was changed here. */
export function composeSettings(meeting: WritableMeeting): EventInput {
  return {
    reminders: { useDefault: false, overrides: meeting.reminders },
    guestsCanModify: meeting.guests_can_modify,
    guestsCanInviteOthers: meeting.guests_can_invite_others,
    guestsCanSeeOtherGuests: meeting.guests_can_see_other_guests,
  };
}

/** What of a patch gives the event the conference that the meeting wants, or takes it away; nothing where it is so. */
export function conferenceChange(
  meeting: WritableMeeting,
  generation: number,
  event: GoogleEvent,
): EventPatch {
  if (meeting.conference === "none") return hasConference(event) ? { conferenceData: null } : {};
  if (hasMeet(event)) return {};
  // Google ignores a request id that the event has seen; the first one was made with it.
  const request = meeting.desired_version;
  return { conferenceData: meetRequest(meetRequestId(meeting.event_key, generation, request)) };
}

/** The content of an event: everything but id, conference, guests and settings. */
export function composeContent(meeting: WritableMeeting): EventInput {
  const description = describe(meeting);
  return {
    summary: eventTitle(meeting),
    description,
    ...(meeting.location === null ? {} : { location: meeting.location }),
    start: googleTime(readMoment(meeting.starts_at, meeting.timezone)),
    end: googleTime(readMoment(meeting.ends_at, meeting.timezone)),
    ...(meeting.recurrence === null ? {} : { recurrence: meeting.recurrence }),
    ...ownMarks(meeting, description),
  };
}

/** By what we know our event and our writes: key, version and, of a description that is sent with it, the mark of the text. */
export function ownMarks(
  { event_key, desired_version }: WritableMeeting,
  description: string | null,
) {
  return {
    extendedProperties: {
      private: {
        [EVENT_KEY_PROPERTY]: event_key,
        [VERSION_PROPERTY]: String(desired_version),
        ...(description === null ? {} : { [TEXT_PROPERTY]: textMark(description) }),
      },
    },
  };
}

/** A guest as first invited. The organizer's own answer is yes: he asked for the meeting. */
export function attendee(participant: MeetingParticipant, meeting: WritableMeeting): AttendeeInput {
  const isOrganizer = participant.email.toLowerCase() === meeting.organizer_email?.toLowerCase();
  return {
    email: participant.email,
    ...(participant.name === undefined ? {} : { displayName: participant.name }),
    ...(participant.type === "optional" ? { optional: true } : {}),
    ...(participant.type === "resource" ? { resource: true } : {}),
    ...(isOrganizer ? { responseStatus: "accepted" } : {}),
  };
}

function meetRequest(requestId: string): NonNullable<EventInput["conferenceData"]> {
  return { createRequest: { requestId, conferenceSolutionKey: { type: "hangoutsMeet" } } };
}

/** The title of the event: a meeting without one is named after its participants. */
export function eventTitle(
  { title, participants, locale }: Pick<WritableMeeting, "title" | "participants" | "locale">,
): string {
  if (title !== null && title.trim() !== "") return title;
  const { event } = textsOf(locale);
  const names = participants.map(displayName);
  return event.title(listed(names, MAX_TITLE, { separator: ", ", more: event.more }));
}

/**
 * The organizer's own text, whole, and what was composed about the meeting as far as Google keeps it: its reasons give way,
 * then all of it.
 */
function describe(meeting: WritableMeeting): string {
  const own = escapeHtml(meeting.description ?? "");
  if (meeting.description_details === "none") return own;
  const before = meeting.description === null ? "" : `${own}\n\n`;
  for (const event_reasoning of new Set([meeting.event_reasoning, null])) {
    const text = `${before}${
      composeDetails(
        { ...meeting, event_reasoning },
        LIMITS.description_characters - before.length,
      )
    }`;
    if (text.length <= LIMITS.description_characters) return text;
  }
  return own;
}

/** The documented text about the meeting; in at most so many characters where counting the participants is enough for that. */
function composeDetails(meeting: WritableMeeting, room: number): string {
  const { event } = textsOf(meeting.locale);
  const { score, event_reasoning } = meeting;
  const before = [
    event.heading,
    "",
    ...(score === null ? [] : [event.score(score)]),
    ...(event_reasoning === null ? [] : [shortened(escapeHtml(event_reasoning), MAX_REASONING)]),
    ...(score === null && event_reasoning === null ? [] : [""]),
    event.participants,
  ].join("\n");
  const after = [
    "",
    event.duration(durationMinutes(meeting)),
    event.timezone(meeting.timezone),
  ].join("\n");
  const lines = meeting.participants.map(participantLine);
  const left = room - before.length - after.length - 2;
  return `${before}\n${listed(lines, left, { separator: "\n", more: event.more })}\n${after}`;
}

function participantLine(participant: MeetingParticipant): string {
  return `- ${escapeHtml(displayName(participant))} (${escapeHtml(participant.email)})`;
}

/** As many items as fit into `room` characters, and how many were left out. */
function listed(
  items: readonly string[],
  room: number,
  { separator, more }: { separator: string; more: (count: number) => string },
): string {
  const all = items.join(separator);
  if (all.length <= room) return all;
  let text = "";
  let shown = 0;
  for (const item of items) {
    const next = shown === 0 ? item : `${text}${separator}${item}`;
    if (next.length > room - 20) break;
    text = next;
    shown++;
  }
  return `${text}${shown === 0 ? "" : separator}${more(items.length - shown)}`;
}

/** Cut where no entity is torn apart; escaping can make a text five times as long as it was typed. */
function shortened(escaped: string, most: number): string {
  if (escaped.length <= most) return escaped;
  return `${escaped.slice(0, most - 1).replace(/&[a-z]*$|[\ud800-\udbff]$/, "")}…`;
}

function durationMinutes(meeting: WritableMeeting): number {
  return Math.round((Date.parse(meeting.ends_at) - Date.parse(meeting.starts_at)) / 60_000);
}
