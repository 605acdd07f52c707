import type { EventInput, GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";

/** Names in `extendedProperties.private` (at most 44 characters) by which we know what we wrote. */
export const EVENT_KEY_PROPERTY = "convene_event_key";
export const VERSION_PROPERTY = "convene_version";
const CHANGE_PROPERTY = "convene_change";

/** The key of the row that wrote this event, if one of ours did. */
export function shownKey(event: GoogleEvent): string | undefined {
  return event.extendedProperties?.private?.[EVENT_KEY_PROPERTY];
}

/** The version of the meeting that this event shows; null if it has none. */
export function shownVersion(event: GoogleEvent): number | null {
  const version = Number(event.extendedProperties?.private?.[VERSION_PROPERTY]);
  return Number.isInteger(version) ? version : null;
}

/** The last change of ours that this event shows. */
export function shownChange(event: GoogleEvent): string | undefined {
  return event.extendedProperties?.private?.[CHANGE_PROPERTY];
}

/** Marks an event as showing a change, so that a lost response can be verified. */
export function changeMark(change: string) {
  return { extendedProperties: { private: { [CHANGE_PROPERTY]: change } } };
}

/** An event under our own id of this generation, marked with the key of its row. */
export function asOwnEvent(
  event_key: string,
  generation: number,
  body: EventInput,
): EventInput & { id: string } {
  return {
    ...body,
    id: eventId(event_key, generation),
    extendedProperties: {
      ...body.extendedProperties,
      private: { ...body.extendedProperties?.private, [EVENT_KEY_PROPERTY]: event_key },
    },
  };
}
