import { GoogleError } from "../contract/google_error.ts";
import type { World } from "../world/world.ts";
import { type Answer, calendarFor, type Call, checkIfMatch, no_content } from "./call.ts";
import type { Calendar } from "./calendar_store.ts";
import type { EventView } from "./event_resource.ts";
import { type EventCopy, isCancelled, isOrganizersCopy } from "./event_types.ts";
import { notifyGuests, sendUpdatesOf, type Telling } from "./guest_mail.ts";
import { exceptionsOfSeries, findEvent, makeException } from "./occurrences.ts";
import { touchShared } from "./shared_events.ts";

/** events.delete: 204, 410 `deleted` the second time, 404 for what never was. An instance id
 * cancels that instance. */
export function deleteEvent(call: Call): Answer {
  const calendar = calendarFor(call, "writer");
  const view = findEvent(calendar, call.params["eventId"] ?? "");
  if (isCancelled(view.copy)) throw new GoogleError("deleted");
  checkIfMatch(call, view.copy);
  cancelEvent(call.world, calendar, view, {
    send_updates: sendUpdatesOf(call.query, call.world),
    actor: call.account.email,
  });
  return no_content;
}

/** Cancels an event for all when it is deleted on the organizer's calendar; from a guest's calendar
 * only their copy goes, and the organizer sees that they declined. */
export function cancelEvent(
  world: World,
  calendar: Calendar,
  view: EventView,
  telling: Telling,
): EventCopy {
  const copy = makeException(world, calendar, view);
  const { shared } = copy;
  if (!isOrganizersCopy(copy)) {
    leaveEvent(world, calendar, copy);
    return copy;
  }
  const guests = shared.content.attendees;
  shared.content = { ...shared.content, status: "cancelled" };
  touchShared(world, shared);
  if (shared.series === null) {
    for (const exception of exceptionsOfSeries(world, shared)) {
      exception.content = { ...exception.content, status: "cancelled" };
      touchShared(world, exception);
    }
  }
  notifyGuests(world, shared, guests, telling);
  return copy;
}

function leaveEvent(world: World, calendar: Calendar, copy: EventCopy): void {
  const exceptions = copy.shared.series === null
    ? calendar.copies.exceptionsOf(copy.shared.id)
    : [];
  for (const gone of [copy, ...exceptions]) {
    const { content } = gone.shared;
    gone.removed = true;
    gone.shared.content = {
      ...content,
      attendees: content.attendees.map((attendee) =>
        attendee.home === calendar.id ? { ...attendee, responseStatus: "declined" } : attendee
      ),
    };
    touchShared(world, gone.shared);
  }
}
