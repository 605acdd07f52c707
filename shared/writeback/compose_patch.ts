import type { Named } from "@shared/calendar_events/named_fields.ts";
import type { EventField } from "@shared/database/event_fields.ts";
import { TEXT_PROPERTY, textMark } from "@shared/calendar_events/text_mark.ts";
import { fieldsOf } from "@shared/calendar_events/written_fields.ts";
import type { WrittenFields } from "@shared/database/event_fields.ts";
import type {
  AttendeeInput,
  EventPatch,
  EventTimeInput,
  GoogleEvent,
} from "@shared/google/event.ts";
import { googleTime, momentOf, readMoment } from "@shared/time/wall_time.ts";
import type { EventMoment } from "@shared/time/wall_time.ts";
import { isSameZone } from "@shared/time/zones.ts";
import { composeContent, composeSettings, conferenceChange, ownMarks } from "./compose_event.ts";
import { mergeMeetingGuests } from "./merge_meeting_guests.ts";
import type { WritableMeeting } from "./writable_meeting.ts";

type Field = EventField | "guests";

/** A field that people had changed on Google, and what they had set: a change named it, so it was overwritten. */
export interface Overwritten {
  field: Field;
  was: unknown;
}

export interface ComposedPatch {
  patch: EventPatch;
  /** Whether a guest sees a difference; if not, no mail is sent. */
  is_visible: boolean;
  /** The fields that are sent. */
  fields: Field[];
  overwritten: Overwritten[];
}

/** What the event shows, and what of it is ours. */
export interface PatchBasis {
  event: GoogleEvent;
  named: Named;
  /** What Convene last wrote; null: unknown, as of an event that an application made. */
  written: WrittenFields | null;
  generation: number;
}

/**
 * The patch that brings what changes have named to the event, and nothing else: what people changed on Google stays, unless
 * a newer change named the same field. Text that Convene composes follows guests and time as long as
 * people have not edited it.
 */
export function composePatch(meeting: WritableMeeting, basis: PatchBasis): ComposedPatch {
  const { event, named, written } = basis;
  const patch: EventPatch = {
    ...texts(meeting, basis),
    ...times(meeting, basis),
    ...settings(meeting, basis),
    ...guests(meeting, basis),
  };
  const fields = fieldsIn(patch, named);
  return {
    patch: { ...patch, ...ownMarks(meeting, patch.description ?? null) },
    is_visible: isVisible(event, patch, named),
    fields,
    overwritten: written === null ? [] : overwrittenBy(patch, fields, event, written),
  };
}

function texts(meeting: WritableMeeting, { event, named, written }: PatchBasis): EventPatch {
  const { summary = null, description = null } = composeContent(meeting);
  const follows = named.guests.size > 0 || named.has("time") || named.has("zone");
  const follows_title = follows && meeting.title === null && event.summary === written?.title &&
    event.summary !== summary;
  const follows_text = follows && isOwnText(event, written) && event.description !== description;
  return {
    ...(named.has("title") || follows_title ? { summary } : {}),
    ...(named.has("description") || follows_text ? { description } : {}),
    // Left out of a patch, a place would stay; null takes it away.
    ...(named.has("location") ? { location: meeting.location } : {}),
  };
}

/** Whether the event's text is the one that Convene wrote, as it was sent or as Google returned it. */
function isOwnText(
  { description = "", extendedProperties }: GoogleEvent,
  written: WrittenFields | null,
): boolean {
  const mark = textMark(description);
  return mark === extendedProperties?.private?.[TEXT_PROPERTY] || mark === written?.description;
}

/** A zone alone keeps the instants that the event has now, also those that people moved it to. */
function times(meeting: WritableMeeting, { event, named }: PatchBasis): EventPatch {
  const { timezone } = meeting;
  if (named.has("time")) {
    return {
      start: timeInput(readMoment(meeting.starts_at, timezone), event.start),
      end: timeInput(readMoment(meeting.ends_at, timezone), event.end),
    };
  }
  const start = momentOf(event.start, timezone);
  const end = momentOf(event.end, timezone);
  // A whole day has no zone.
  if (!named.has("zone") || start === null || end === null || start.zone === null) return {};
  return {
    start: timeInput({ ...start, zone: timezone }, event.start),
    end: timeInput({ ...end, zone: timezone }, event.end),
  };
}

/** Where people made the event a whole-day one, the date goes: a time has one form. */
function timeInput(moment: EventMoment, shown: GoogleEvent["start"]): EventTimeInput {
  return { ...googleTime(moment), ...(shown?.date === undefined ? {} : { date: null }) };
}

function settings(meeting: WritableMeeting, basis: PatchBasis): EventPatch {
  const { event, named, generation } = basis;
  const { reminders, ...permissions } = composeSettings(meeting);
  const { guestsCanModify, guestsCanInviteOthers, guestsCanSeeOtherGuests } = permissions;
  return {
    ...(named.has("recurrence") ? { recurrence: meeting.recurrence } : {}),
    ...(named.has("reminders") ? { reminders: reminders ?? null } : {}),
    ...(named.has("guests_can_modify") ? { guestsCanModify: guestsCanModify ?? null } : {}),
    ...(named.has("guests_can_invite_others")
      ? { guestsCanInviteOthers: guestsCanInviteOthers ?? null }
      : {}),
    ...(named.has("guests_can_see_other_guests")
      ? { guestsCanSeeOtherGuests: guestsCanSeeOtherGuests ?? null }
      : {}),
    ...(named.has("conference") ? conferenceChange(meeting, generation, event) : {}),
  };
}

/** The list replaces the event's, so it is left out while every guest stays as the event shows them. */
function guests(meeting: WritableMeeting, { event, named }: PatchBasis): EventPatch {
  if (named.guests.size === 0) return {};
  const present = event.attendees ?? [];
  const attendees = mergeMeetingGuests(meeting, present, named.guests);
  return listOf(attendees) === listOf(present) ? {} : { attendees };
}

type Guest = { [Key in "email" | "optional" | "displayName"]?: AttendeeInput[Key] | undefined };

function listOf(guests: readonly Guest[] | null | undefined): string {
  const list = (guests ?? []).map((guest) => `${seenOf(guest)} ${guest.displayName ?? ""}`);
  return list.sort().join("\n");
}

function seenOf({ email, optional }: Guest): string {
  return `${email?.toLowerCase()} ${optional === true}`;
}

const FIELD_OF: readonly (readonly [keyof EventPatch, Field])[] = [
  ["summary", "title"],
  ["description", "description"],
  ["location", "location"],
  ["start", "time"],
  ["recurrence", "recurrence"],
  ["conferenceData", "conference"],
  ["reminders", "reminders"],
  ["guestsCanModify", "guests_can_modify"],
  ["guestsCanInviteOthers", "guests_can_invite_others"],
  ["guestsCanSeeOtherGuests", "guests_can_see_other_guests"],
  ["attendees", "guests"],
];

function fieldsIn(patch: EventPatch, named: Named): Field[] {
  return FIELD_OF.flatMap(([key, field]) =>
    patch[key] === undefined ? [] : field === "time" && !named.has("time") ? "zone" : field
  );
}

/**
 * Reminders and permissions concern no guest, and composed text only follows what is visible elsewhere. Texts are
 * compared as Google returns them.
 */
function isVisible(event: GoogleEvent, patch: EventPatch, named: Named): boolean {
  const people = (list: readonly Guest[] | undefined) => (list ?? []).map(seenOf).sort().join("\n");
  return named.has("title") && differs(event.summary, patch.summary) ||
    named.has("description") && differs(event.description, patch.description) ||
    differs(event.location, patch.location) ||
    patch.start !== undefined && !isSameTime(event.start, patch.start) ||
    patch.end !== undefined && !isSameTime(event.end, patch.end) ||
    patch.recurrence !== undefined &&
      (event.recurrence ?? []).join("\n") !== (patch.recurrence ?? []).join("\n") ||
    patch.conferenceData !== undefined ||
    patch.attendees !== undefined && people(event.attendees) !== people(patch.attendees ?? []);
}

function differs(shown: string | undefined, sent: string | null | undefined): boolean {
  return sent !== undefined && (shown ?? "") !== (sent ?? "");
}

function isSameTime(shown: GoogleEvent["start"], sent: EventTimeInput | null): boolean {
  if (Date.parse(shown?.dateTime ?? "") !== Date.parse(sent?.dateTime ?? "")) return false;
  const [one, other] = [shown?.timeZone, sent?.timeZone ?? undefined];
  return one === other || one !== undefined && other !== undefined && isSameZone(one, other);
}

function overwrittenBy(
  patch: EventPatch,
  fields: readonly Field[],
  event: GoogleEvent,
  written: WrittenFields,
): Overwritten[] {
  const shown = fieldsOf(event);
  const after = fieldsOf({ ...event, ...presentIn(patch) });
  return fields.flatMap((field) => {
    // Of guests only those that a change named are written; the others stay.
    if (field === "guests" || field === "zone" || written[field] === undefined) return [];
    const [was, wanted] = [shown[field], after[field]].map((value) => JSON.stringify(value));
    if (was === JSON.stringify(written[field]) || was === wanted) return [];
    return [{ field, was: field === "description" ? event.description ?? "" : shown[field] }];
  });
}

/** A patch as the fields of an event that it sets; what it deletes is absent. */
function presentIn(patch: EventPatch): Partial<GoogleEvent> {
  const { summary, description, location, start, end, recurrence, conferenceData } = patch;
  return {
    ...(summary === undefined ? {} : { summary: summary ?? undefined }),
    ...(description === undefined ? {} : { description: description ?? undefined }),
    ...(location === undefined ? {} : { location: location ?? undefined }),
    ...(start ? { start: shownTime(start) } : {}),
    ...(end ? { end: shownTime(end) } : {}),
    ...(recurrence === undefined ? {} : { recurrence: recurrence ?? undefined }),
    ...(conferenceData === undefined ? {} : {
      hangoutLink: undefined,
      conferenceData: conferenceData === null
        ? undefined
        : { createRequest: { status: { statusCode: "pending" } } },
    }),
  };
}

function shownTime({ dateTime, timeZone }: EventTimeInput): GoogleEvent["start"] {
  return { dateTime: dateTime ?? undefined, timeZone: timeZone ?? undefined };
}
