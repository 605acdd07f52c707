import type { World } from "../world/world.ts";
import type { Calendar } from "./calendar_store.ts";
import { timeToMs } from "./event_time.ts";
import type { EventCopy, SharedEvent } from "./event_types.ts";
import { busyPeriods, type Period } from "./free_busy.ts";
import { occurrencesBetween } from "./occurrences.ts";
import { touchShared } from "./shared_events.ts";

/** How far ahead a room looks at a series; Google names no number. */
const horizon_ms = 366 * 86_400_000;

/** Rooms answer by themselves, after the write that asked them: a room accepts where its calendar is
 * free and declines where it is taken. */
export function askRooms(world: World, shared: SharedEvent, was_rescheduled: boolean): void {
  for (const { home, responseStatus } of shared.content.attendees) {
    if (!world.directory.isRoom(home)) continue;
    if (was_rescheduled || responseStatus === "needsAction") {
      world.later(() => answer(world, shared, home));
    }
  }
}

function answer(world: World, shared: SharedEvent, room: string): void {
  const calendar = world.calendars.get(room);
  const copy = shared.copies.find((candidate) => candidate.calendar_id === room);
  if (calendar === undefined || copy === undefined || shared.content.status === "cancelled") return;
  const responseStatus = isTaken(world, calendar, copy) ? "declined" : "accepted";
  const before = shared.content.attendees;
  const attendees = before.map((attendee) =>
    attendee.home === room ? { ...attendee, responseStatus } as const : attendee
  );
  if (JSON.stringify(attendees) === JSON.stringify(before)) return;
  shared.content = { ...shared.content, attendees };
  touchShared(world, shared);
}

function isTaken(world: World, calendar: Calendar, copy: EventCopy): boolean {
  const from_ms = timeToMs(copy.shared.content.start, calendar.timezone);
  const own = periodsOf(calendar, copy, from_ms);
  const to_ms = Math.max(...own.map(({ end_ms }) => end_ms));
  const others = busyPeriods(world, calendar, from_ms, to_ms, copy.shared);
  return own.some(({ start_ms, end_ms }) =>
    others.some((other) => other.start_ms < end_ms && other.end_ms > start_ms)
  );
}

function periodsOf(calendar: Calendar, copy: EventCopy, from_ms: number): Period[] {
  const zone = calendar.timezone;
  const { start, end } = copy.shared.content;
  const single = [{ start_ms: timeToMs(start, zone), end_ms: timeToMs(end, zone) }];
  if (copy.shared.recurrence_set === null) return single;
  const until_ms = from_ms + horizon_ms;
  return occurrencesBetween(calendar, copy, from_ms, until_ms, until_ms).flatMap(
    ({ occurrence }) =>
      occurrence === null ? [] : [{
        start_ms: timeToMs(occurrence.start, zone),
        end_ms: timeToMs(occurrence.end, zone),
      }],
  );
}
