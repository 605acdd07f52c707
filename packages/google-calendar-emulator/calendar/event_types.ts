import type { Shape } from "../contract/schemas.ts";
import type { EventTime } from "./event_time.ts";
import type { RecurrenceSet } from "./recurrence.ts";

/** A checked Event body; `null` deletes in a patch and counts as absent elsewhere. */
export type EventBody = Shape<"Event">;

export type EventStatus = "confirmed" | "tentative" | "cancelled";
export type ResponseStatus = "needsAction" | "declined" | "tentative" | "accepted";

export interface Person {
  email: string;
  displayName?: string;
}

export interface Attendee extends Person {
  /** The calendar of the account that the address belongs to: not the address itself for an alias. */
  home: string;
  responseStatus: ResponseStatus;
  optional?: boolean;
  resource?: boolean;
  comment?: string;
  additionalGuests?: number;
}

/** Fields stored as they come and left out of answers when they have their default. */
export const plain_fields = [
  "summary",
  "description",
  "location",
  "visibility",
  "source",
  "attachments",
  "gadget",
  "eventType",
  "eventLabelId",
  "endTimeUnspecified",
  "anyoneCanAddSelf",
  "guestsCanInviteOthers",
  "guestsCanModify",
  "guestsCanSeeOtherGuests",
  "birthdayProperties",
  "focusTimeProperties",
  "outOfOfficeProperties",
  "workingLocationProperties",
] as const;

export type PlainFields = Pick<EventBody, typeof plain_fields[number]>;
export type ConferenceData = NonNullable<EventBody["conferenceData"]>;

/** What the organizer's copy decides for all copies. */
export interface SharedContent {
  status: EventStatus;
  plain: PlainFields;
  start: EventTime;
  end: EventTime;
  recurrence: string[];
  attendees: Attendee[];
  shared_properties: Record<string, string>;
  conference: ConferenceData | null;
}

export interface Reminder {
  method: "email" | "popup";
  minutes: number;
}

/** What every calendar keeps for itself. */
export interface PersonalContent {
  reminders: { useDefault: boolean; overrides: Reminder[] };
  color_id: string | null;
  transparent: boolean;
  private_properties: Record<string, string>;
}

/** One event, seen by all calendars that hold a copy of it. */
export interface SharedEvent {
  readonly id: string;
  readonly ical_uid: string;
  created_ms: number;
  updated_ms: number;
  sequence: number;
  creator: Person;
  organizer: Person;
  content: SharedContent;
  /** Of an exception only: the series and the start that the rule gave it. */
  readonly series: { master_id: string; original_start: EventTime } | null;
  /** Parsed from content; null for single events and exceptions. */
  recurrence_set: RecurrenceSet | null;
  /** Of a series whose length counts days by the calendar, as an imported DURATION:P1D does; those
   * of the API have elapsed lengths. */
  nominal_length: { days: number; ms: number } | null;
  readonly copies: EventCopy[];
  /** What the series was before its rule or times changed: a delta of an expanded list has the
   * occurrences that were dropped. */
  readonly former: FormerSeries[];
}

/** The rule and times of a series until a change. */
export interface FormerSeries {
  recurrence_set: RecurrenceSet;
  start: EventTime;
  end: EventTime;
  /** The version of the change. */
  until_version: number;
}

/** An event on one calendar. */
export interface EventCopy {
  readonly calendar_id: string;
  readonly shared: SharedEvent;
  personal: PersonalContent;
  /** Gone from this calendar only: its guest deleted it or is no longer invited. */
  removed: boolean;
  /** The etag and the position among all changes. */
  version: number;
}

export function isCancelled(copy: EventCopy): boolean {
  return copy.removed || copy.shared.content.status === "cancelled";
}

/** True when this copy may change the shared fields: it is on the organizer's calendar. */
export function isOrganizersCopy(copy: EventCopy): boolean {
  return copy.calendar_id === copy.shared.organizer.email;
}
