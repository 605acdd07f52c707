import { shownKey } from "@shared/calendar_events/own_event.ts";
import { seenEvent } from "@shared/calendar_events/seen_event.ts";
import type { SeenEvent } from "@shared/database/event_fields.ts";
import type { GoogleEvent } from "@shared/google/event.ts";

/** An event as `store_sync_page` takes it: what `private.event_state.seen_event` keeps. */
export function syncedEvent(event: GoogleEvent, calendar_id: string): SeenEvent {
  // The text of an event that is not Convene's is of no use there.
  const { description: _, ...others } = event;
  const seen = seenEvent(shownKey(event) === undefined ? others : event, calendar_id);
  // Whether it takes the organizer's time.
  return event.transparency === undefined ? seen : { ...seen, transparency: event.transparency };
}

/** An event that was verified to be deleted, with the version in which it is and the last replies, where Google still shows them. */
export function deletedEvent(
  { id, etag, sequence, updated, organizer, attendees }: DeletedEvent,
  calendar_id: string,
): SeenEvent {
  const shown = { id, etag, sequence, updated, organizer, attendees, status: "cancelled" };
  return seenEvent(shown, calendar_id);
}

type DeletedEvent = Pick<
  GoogleEvent,
  "id" | "etag" | "sequence" | "updated" | "organizer" | "attendees"
>;
