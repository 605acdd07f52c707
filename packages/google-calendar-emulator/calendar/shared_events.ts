import type { World } from "../world/world.ts";
import type { Calendar } from "./calendar_store.ts";
import type {
  Attendee,
  EventCopy,
  Person,
  PersonalContent,
  SharedContent,
  SharedEvent,
} from "./event_types.ts";
import type { RecurrenceSet } from "./recurrence.ts";

/** What a new event needs; the rest follows from the clock. */
export interface NewEvent {
  id: string;
  ical_uid: string;
  creator: Person;
  organizer: Person;
  content: SharedContent;
  recurrence_set: RecurrenceSet | null;
  series: SharedEvent["series"];
}

/** Puts a new event on a calendar, without guests' copies yet. */
export function addEvent(
  world: World,
  calendar: Calendar,
  event: NewEvent,
  personal: PersonalContent,
): EventCopy {
  const now = world.clock.now();
  const shared: SharedEvent = {
    ...event,
    created_ms: now,
    updated_ms: now,
    sequence: 0,
    nominal_length: null,
    copies: [],
    former: [],
  };
  return addCopy(world, calendar, shared, personal);
}

/** Puts one more copy of an event on a calendar. */
export function addCopy(
  world: World,
  calendar: Calendar,
  shared: SharedEvent,
  personal: PersonalContent,
): EventCopy {
  const copy: EventCopy = {
    calendar_id: calendar.id,
    shared,
    personal,
    removed: false,
    version: world.nextVersion(),
  };
  shared.copies.push(copy);
  calendar.copies.add(copy);
  world.channels.changed(calendar.id);
  return copy;
}

/** Gives every guest with a calendar here a copy, and takes it from those who are no longer
 * invited. A guest who deleted their copy gets it back only when invited again. */
export function syncGuestCopies(
  world: World,
  shared: SharedEvent,
  before: readonly Attendee[],
): void {
  const invited = calendarsOf(world, shared.content.attendees);
  const invited_before = calendarsOf(world, before);
  for (const id of invited) {
    const calendar = world.calendars.get(id);
    if (calendar === undefined) continue;
    const copy = shared.copies.find((candidate) => candidate.calendar_id === calendar.id);
    if (copy === undefined) {
      addCopy(world, calendar, shared, {
        reminders: { useDefault: true, overrides: [] },
        color_id: null,
        transparent: false,
        private_properties: {},
      });
    } else if (copy.removed && !invited_before.has(calendar.id)) {
      copy.removed = false;
      touchCopy(world, copy);
    }
  }
  for (const copy of shared.copies) {
    if (copy.removed || copy.calendar_id === shared.organizer.email) continue;
    if (invited_before.has(copy.calendar_id) && !invited.has(copy.calendar_id)) {
      copy.removed = true;
      touchCopy(world, copy);
    }
  }
}

function calendarsOf(world: World, attendees: readonly Attendee[]): Set<string> {
  return new Set(attendees.flatMap(({ email }) => world.directory.calendarsOf(email)));
}

/** Notes a change of one calendar's own fields: the etag moves, `updated` does not. */
export function touchCopy(world: World, copy: EventCopy): void {
  copy.version = world.nextVersion();
  world.channels.changed(copy.calendar_id);
}

/** Stores a change that is shown on all copies. */
export function touchShared(world: World, shared: SharedEvent): void {
  shared.updated_ms = world.clock.now();
  for (const copy of shared.copies) touchCopy(world, copy);
}
