import { GoogleError } from "../contract/google_error.ts";
import { type Answer, calendarFor, type Call } from "./call.ts";
import { isCancelled, isOrganizersCopy } from "./event_types.ts";
import { notifyGuests, sendUpdatesOf } from "./guest_mail.ts";
import { eventAnswer, organizerOf } from "./insert_event.ts";
import { exceptionsOfSeries, findEvent } from "./occurrences.ts";
import { addCopy, touchShared } from "./shared_events.ts";

/** events.move: another calendar becomes the organizer. The old one keeps a copy only as a guest,
 * else a cancelled one. */
export function moveEvent(call: Call): Answer {
  const { world } = call;
  const source = calendarFor(call, "writer");
  const destination = calendarFor(call, "writer", call.query.text("destination") ?? "");
  const { copy, occurrence } = findEvent(source, call.params["eventId"] ?? "");
  if (isCancelled(copy)) throw new GoogleError("notFound");
  const type = copy.shared.content.plain.eventType ?? "default";
  if (type !== "default" || occurrence !== null || copy.shared.series !== null) {
    throw new GoogleError("invalid", { message: "This event cannot be moved." });
  }
  if (!isOrganizersCopy(copy)) throw new GoogleError("forbiddenForNonOrganizer");
  for (const shared of [copy.shared, ...exceptionsOfSeries(world, copy.shared)]) {
    const left = shared.copies.find(isOrganizersCopy);
    const target = shared.copies.find((other) => other.calendar_id === destination.id);
    shared.organizer = organizerOf(destination);
    if (target !== undefined) {
      // A copy that was left behind earlier has the personal fields of that time.
      if (target.removed && left !== undefined) target.personal = structuredClone(left.personal);
      target.removed = false;
    } else addCopy(world, destination, shared, structuredClone((left ?? copy).personal));
    const stays = shared.content.attendees.some(({ home }) => home === source.id);
    if (left !== undefined && !stays && left.calendar_id !== destination.id) left.removed = true;
    touchShared(world, shared);
  }
  notifyGuests(world, copy.shared, copy.shared.content.attendees, {
    send_updates: sendUpdatesOf(call.query, call.world),
    actor: call.account.email,
  });
  const moved = destination.copies.get(copy.shared.id);
  if (moved === undefined) throw new GoogleError("notFound");
  return eventAnswer(call, destination, moved);
}
