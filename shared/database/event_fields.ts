/** What a change named of one guest: put on the list, taken off it, or described differently. */
export type GuestChange = "added" | "removed" | "changed";

/**
 * Fields that changes have named, each with the version that last named it
 * (`private.event_state.named_fields`). Start, end and zone are one field, `time`; a zone alone is
 * `zone`. `guests` has an entry for each address, in lower case.
 */
export type NamedFields =
  & { guests?: Record<string, { version: number; change: GuestChange }> }
  & { [Field in EventField]?: number };

/** Fields of an event that are named, kept and written as one. */
export const EVENT_FIELDS = [
  "title",
  "description",
  "location",
  "time",
  "zone",
  "recurrence",
  "conference",
  "reminders",
  "guests_can_modify",
  "guests_can_invite_others",
  "guests_can_see_other_guests",
] as const;

export type EventField = (typeof EVENT_FIELDS)[number];

/**
 * What Convene last wrote, by the names of named_fields (`private.event_state.written_fields`), as
 * Google returned it. `description` is the mark of the text.
 */
export type WrittenFields = { [Field in EventField | "guests"]?: unknown };

/** The event as Google showed it on a calendar: what `private.event_state.seen_event` holds. */
export type SeenEvent = Record<string, unknown> & { calendar_id: string };
