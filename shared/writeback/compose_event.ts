import { EVENT_KEY_PROPERTY } from "@shared/calendar_events/own_event.ts";
import { escapeHtml } from "@shared/google/description.ts";
import type { AttendeeInput, EventInput, EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { eventId, meetRequestId } from "@shared/google/event_id.ts";
import { displayName } from "@shared/schemas/participants.ts";
import type { MeetingParticipant } from "@shared/schemas/participants.ts";
import { googleTime, readMoment } from "@shared/time/wall_time.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

/** Google cuts descriptions at about 8,192 characters; below that nothing of ours is lost. */
const MAX_DESCRIPTION = 8000;
const MAX_OWN_TEXT = 5000;
const MAX_REASONING = 1000;
const MAX_TITLE = 500;

/** Beside the key, in `extendedProperties.private`. */
const VERSION_PROPERTY = "convene_version";

/** The version of the meeting that this event shows; null if it has none. */
export function shownVersion(event: GoogleEvent): number | null {
  const version = Number(event.extendedProperties?.private?.[VERSION_PROPERTY]);
  return Number.isInteger(version) ? version : null;
}

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
  has_conference: boolean,
): EventPatch {
  if ((meeting.conference === "meet") === has_conference) return {};
  if (meeting.conference === "none") return { conferenceData: null };
  // Google ignores a request id that the event has seen; the first one was made with it.
  const request = meeting.desired_version;
  return { conferenceData: meetRequest(meetRequestId(meeting.event_key, generation, request)) };
}

/** Whether the event has a conference, or Google still makes one. */
export function hasConference({ conferenceData, hangoutLink }: GoogleEvent): boolean {
  const status = conferenceData?.createRequest?.status?.statusCode;
  return hangoutLink !== undefined || (conferenceData?.entryPoints ?? []).length > 0 ||
    status === "pending";
}

/** What a change of the meeting changes on its event: everything but id, conference, guests and reminders. */
export function composeContent(meeting: WritableMeeting): EventInput {
  return {
    summary: title(meeting),
    description: describe(meeting),
    ...(meeting.location === null ? {} : { location: meeting.location }),
    start: googleTime(readMoment(meeting.starts_at, meeting.timezone)),
    end: googleTime(readMoment(meeting.ends_at, meeting.timezone)),
    ...(meeting.recurrence === null ? {} : { recurrence: meeting.recurrence }),
    extendedProperties: {
      private: {
        [EVENT_KEY_PROPERTY]: meeting.event_key,
        [VERSION_PROPERTY]: String(meeting.desired_version),
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

function title(meeting: WritableMeeting): string {
  if (meeting.title !== null && meeting.title.trim() !== "") return meeting.title;
  const names = meeting.participants.map(displayName);
  return `AI-Scheduled Meeting: ${listed(names, MAX_TITLE, ", ")}`;
}

function describe(meeting: WritableMeeting): string {
  const own = meeting.description === null
    ? []
    : [shortened(escapeHtml(meeting.description), MAX_OWN_TEXT), ""];
  const before = [
    ...own,
    "🤖 AI-Scheduled Meeting",
    "",
    ...(meeting.score === null ? [] : [`Score: ${meeting.score}/100`]),
    ...(meeting.guest_reasoning === null
      ? []
      : [shortened(escapeHtml(meeting.guest_reasoning), MAX_REASONING)]),
    ...(meeting.score === null && meeting.guest_reasoning === null ? [] : [""]),
    "Participants:",
  ].join("\n");
  const after = [
    "",
    `Duration: ${durationMinutes(meeting)} minutes`,
    `Timezone: ${meeting.timezone}`,
  ].join("\n");
  const lines = meeting.participants.map(participantLine);
  const room = MAX_DESCRIPTION - before.length - after.length - 2;
  return `${before}\n${listed(lines, room, "\n")}\n${after}`;
}

function participantLine(participant: MeetingParticipant): string {
  return `- ${escapeHtml(displayName(participant))} (${escapeHtml(participant.email)})`;
}

/** As many items as fit into `room` characters, and how many were left out. */
function listed(items: readonly string[], room: number, separator: string): string {
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
  return `${text}${separator}and ${items.length - shown} more`;
}

/** Cut where no entity is torn apart; escaping can make a text five times as long as it was typed. */
function shortened(escaped: string, most: number): string {
  if (escaped.length <= most) return escaped;
  return `${escaped.slice(0, most - 1).replace(/&[a-z]*$|[\ud800-\udbff]$/, "")}…`;
}

function durationMinutes(meeting: WritableMeeting): number {
  return Math.round((Date.parse(meeting.ends_at) - Date.parse(meeting.starts_at)) / 60_000);
}
