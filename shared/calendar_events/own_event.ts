import type { GoogleEvent } from "@shared/google/event.ts";

/** Names in `extendedProperties.private` (at most 44 characters) by which we know what we wrote. */
const EVENT_KEY_PROPERTY = "convene_event_key";
const CHANGE_PROPERTY = "convene_change";

/** The key of the row that wrote this event, if one of ours did. */
export function writtenBy(event: GoogleEvent): string | undefined {
  return event.extendedProperties?.private?.[EVENT_KEY_PROPERTY];
}

/** The last change of ours that this event shows. */
export function shownChange(event: GoogleEvent): string | undefined {
  return event.extendedProperties?.private?.[CHANGE_PROPERTY];
}

/** Marks an event as made by a row. */
export function keyMark(event_key: string) {
  return { extendedProperties: { private: { [EVENT_KEY_PROPERTY]: event_key } } };
}

/** Marks an event as showing a change, so that a lost answer can be looked up. */
export function changeMark(change: string) {
  return { extendedProperties: { private: { [CHANGE_PROPERTY]: change } } };
}
