import { GoogleError } from "../contract/google_error.ts";
import type { Directory } from "../world/directory.ts";
import { readAttendees } from "./attendees.ts";
import { type ConferenceMode, readConference } from "./conference.ts";
import { checkOrder, parseEventTime } from "./event_time.ts";
import {
  type EventBody,
  type EventStatus,
  type PersonalContent,
  plain_fields,
  type PlainFields,
  type SharedContent,
} from "./event_types.ts";
import { parseRecurrence, type RecurrenceSet } from "./recurrence.ts";
import { readReminders } from "./reminders.ts";
import { checkSpecialEvent } from "./special_events.ts";

const longest_key = 44;
const longest_value = 1024;

/** What reading a body depends on besides the body. */
export interface ReadingContext {
  directory: Directory;
  calendar_zone: string;
  /** The event as it was; null when it is new. */
  before: SharedContent | null;
  /** The conferenceDataVersion parameter; at 0 conferenceData in the body counts as not sent. */
  conference_version: number;
  conference_mode: ConferenceMode;
  /** The supportsAttachments parameter; without it attachments in the body count as not sent. */
  supports_attachments: boolean;
  /** An exception of a series has no rule of its own. */
  is_exception: boolean;
  /** Where most types other than `default` are allowed. */
  on_primary: boolean;
}

export interface EventContent {
  shared: SharedContent;
  personal: PersonalContent;
  recurrence_set: RecurrenceSet | null;
}

const most_attachments = 25;
const longest_description = 8192;

const defaults: Readonly<Record<string, unknown>> = {
  anyoneCanAddSelf: false,
  endTimeUnspecified: false,
  eventType: "default",
  guestsCanInviteOthers: true,
  guestsCanModify: false,
  guestsCanSeeOtherGuests: true,
  visibility: "default",
};

const choices: Readonly<Record<string, readonly string[]>> = {
  visibility: ["default", "public", "private", "confidential"],
  eventType: ["default", "birthday", "fromGmail", "focusTime", "outOfOffice", "workingLocation"],
};

/** Reads a complete event, as insert and update send it and a merged patch is; 400 says what is
 * wrong. */
export function readEvent(body: EventBody, context: ReadingContext): EventContent {
  const recurrence = context.is_exception ? [] : body.recurrence ?? [];
  const recurring = recurrence.length > 0;
  if (!body.start) throw new GoogleError("required", { message: "Missing start time." });
  if (!body.end) throw new GoogleError("required", { message: "Missing end time." });
  const start = parseEventTime("start", body.start, context.calendar_zone, recurring);
  const end = parseEventTime("end", body.end, context.calendar_zone, recurring);
  checkOrder(start, end);
  const conference_before = context.before?.conference ?? null;
  const content: EventContent = {
    shared: {
      status: readStatus(body.status),
      plain: readPlainFields(body, context),
      start,
      end,
      recurrence,
      attendees: readAttendees(
        body.attendees,
        context.before?.attendees ?? [],
        context.directory,
      ),
      shared_properties: readProperties(body.extendedProperties?.shared),
      conference: context.conference_version === 1
        ? readConference(body.conferenceData, conference_before, context.conference_mode)
        : conference_before,
    },
    personal: {
      reminders: readReminders(body.reminders),
      color_id: body.colorId ?? null,
      transparent: readTransparency(body.transparency),
      private_properties: readProperties(body.extendedProperties?.private),
    },
    recurrence_set: recurring ? parseRecurrence(recurrence, start) : null,
  };
  checkSpecialEvent(content.shared, content.personal, context);
  return content;
}

function readStatus(status: string | null | undefined): EventStatus {
  switch (status ?? "confirmed") {
    case "confirmed":
      return "confirmed";
    case "tentative":
      return "tentative";
    case "cancelled":
      return "cancelled";
    default:
      throw new GoogleError("invalid", { message: `Invalid event status: ${status}.` });
  }
}

function readTransparency(transparency: string | null | undefined): boolean {
  const value = transparency ?? "opaque";
  if (value !== "opaque" && value !== "transparent") {
    throw new GoogleError("invalid", { message: `Invalid transparency: ${value}.` });
  }
  return value === "transparent";
}

function readPlainFields(body: EventBody, context: ReadingContext): PlainFields {
  const attachments = context.supports_attachments
    ? body.attachments
    : context.before?.plain.attachments;
  if ((attachments?.length ?? 0) > most_attachments) {
    throw new GoogleError("invalid", { message: "Too many attachments." });
  }
  const kept: Record<string, unknown> = {};
  for (const field of plain_fields) {
    const value = field === "attachments" ? attachments : body[field];
    if (value === undefined || value === null || value === defaults[field]) continue;
    const allowed = choices[field];
    if (allowed !== undefined && !allowed.includes(String(value))) {
      throw new GoogleError("invalid", { message: `Invalid ${field}: ${String(value)}.` });
    }
    kept[field] = field === "description" ? String(value).slice(0, longest_description) : value;
  }
  return kept;
}

/** Extended properties as Google keeps them: keys above 44 characters vanish, values are cut at
 * 1024, null deletes. */
function readProperties(
  given: Record<string, string | null> | null | undefined,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(given ?? {})) {
    if (value === null || key.length > longest_key) continue;
    kept[key] = value.slice(0, longest_value);
  }
  return kept;
}
