import { GoogleError } from "../contract/google_error.ts";
import type { World } from "../world/world.ts";
import type { Calendar } from "./calendar_store.ts";
import type { EventView } from "./event_resource.ts";
import { dateToMs, type EventTime, instanceStamp, timeToMs } from "./event_time.ts";
import { type EventCopy, isCancelled, isOrganizersCopy, type SharedEvent } from "./event_types.ts";
import { addCopy, addEvent } from "./shared_events.ts";
import { addDays, daysBetween, formatInstant, wallTimeToInstant } from "./zones.ts";

/** A series without end is listed this far beyond now when no timeMax limits it (Google's own
 * limit is unknown). */
export const endless_horizon_ms = 2 * 366 * 86_400_000;

/** Later than every occurrence of a usual rule with COUNT or UNTIL. */
export const end_of_time_ms = Date.UTC(2300, 0, 1);

/** The event that an id names on a calendar: a stored copy, or an unchanged occurrence `<series
 * id>_<original start>`. 404 when there is none. */
export function findEvent(calendar: Calendar, event_id: string): EventView {
  const copy = calendar.copies.get(event_id);
  if (copy !== undefined) return { copy, occurrence: null };
  const parts = /^(.+)_(\d{8})(?:T(\d{6})Z)?$/.exec(event_id);
  const [, master_id = "", day = "", time] = parts ?? [];
  const master = calendar.copies.get(master_id);
  const set = master?.shared.recurrence_set;
  if (master === undefined || !set) throw new GoogleError("notFound");
  const start = stampToTime(day, time, master.shared);
  if (start === null || !set.has(start)) throw new GoogleError("notFound");
  return { copy: master, occurrence: occurrenceOf(master.shared, start) };
}

/** The unchanged occurrence of a series at an original start. */
export function occurrenceOf(
  shared: SharedEvent,
  start: EventTime,
): NonNullable<EventView["occurrence"]> {
  return { id: `${shared.id}_${instanceStamp(start)}`, start, end: endOf(shared, start) };
}

/** Unchanged occurrences of a series that overlap from..to (exclusive on both ends); those with
 * an exception of their own are left out. */
export function occurrencesBetween(
  calendar: Calendar,
  master: EventCopy,
  from_ms: number | null,
  to_ms: number | null,
  horizon_ms: number,
): EventView[] {
  const { shared } = master;
  const set = shared.recurrence_set;
  if (set === null) return [];
  const zone = calendar.timezone;
  const start_ms = timeToMs(shared.content.start, zone);
  const length_ms = timeToMs(shared.content.end, zone) - start_ms;
  // A whole-day event can be an hour longer or shorter over a clock change, so look a little
  // further and filter.
  const slack_ms = length_ms + 7_200_000;
  const first = Math.max((from_ms ?? -end_of_time_ms) - slack_ms, start_ms);
  const last = to_ms ?? (set.endless ? horizon_ms : end_of_time_ms);
  const changed = new Set(
    calendar.copies.exceptionsOf(shared.id).map((copy) =>
      copy.shared.series === null ? "" : instanceStamp(copy.shared.series.original_start)
    ),
  );
  const views: EventView[] = [];
  for (const start of set.between(first, last, zone)) {
    const occurrence = occurrenceOf(shared, start);
    if (changed.has(instanceStamp(start))) continue;
    if (from_ms !== null && timeToMs(occurrence.end, zone) <= from_ms) continue;
    views.push({ copy: master, occurrence });
  }
  return views;
}

/** Turns an unchanged occurrence into an event of its own (an exception) on every calendar that
 * has the series. Returns the copy on the given calendar. */
export function makeException(
  world: World,
  calendar: Calendar,
  view: EventView,
): EventCopy {
  const { copy: master, occurrence } = view;
  if (occurrence === null) return master;
  const { shared } = master;
  const holders = shared.copies.filter((copy) => !copy.removed);
  const first = holders.find(isOrganizersCopy) ?? holders[0] ?? master;
  const home = world.calendars.get(first.calendar_id) ?? calendar;
  const exception = addEvent(world, home, {
    id: occurrence.id,
    ical_uid: shared.ical_uid,
    creator: shared.creator,
    organizer: shared.organizer,
    content: {
      ...structuredClone(shared.content),
      start: occurrence.start,
      end: occurrence.end,
      recurrence: [],
    },
    recurrence_set: null,
    series: { master_id: shared.id, original_start: occurrence.start },
  }, structuredClone(first.personal));
  exception.shared.created_ms = shared.created_ms;
  exception.shared.sequence = shared.sequence;
  for (const holder of holders) {
    const other = world.calendars.get(holder.calendar_id);
    if (holder === first || other === undefined) continue;
    addCopy(world, other, exception.shared, structuredClone(holder.personal));
  }
  const here = exception.shared.copies.find((copy) => copy.calendar_id === calendar.id);
  if (here === undefined) throw new GoogleError("notFound");
  return here;
}

/** Exceptions of a series on all calendars, each shared event once. */
export function exceptionsOfSeries(world: World, shared: SharedEvent): Set<SharedEvent> {
  const found = new Set<SharedEvent>();
  for (const copy of shared.copies) {
    const calendar = world.calendars.get(copy.calendar_id);
    for (const exception of calendar?.copies.exceptionsOf(shared.id) ?? []) {
      if (exception.shared.ical_uid === shared.ical_uid) found.add(exception.shared);
    }
  }
  return found;
}

/** True when the copy is an exception whose series is still alive on the calendar. */
export function seriesIsAlive(calendar: Calendar, exception: EventCopy): boolean {
  const series = exception.shared.series;
  const master = series === null ? undefined : calendar.copies.get(series.master_id);
  return master !== undefined && !isCancelled(master);
}

function endOf(shared: SharedEvent, start: EventTime): EventTime {
  const { start: first, end } = shared.content;
  if (start.kind === "date" && first.kind === "date" && end.kind === "date") {
    return { kind: "date", date: addDays(start.date, daysBetween(first.date, end.date)) };
  }
  if (start.kind === "instant" && first.kind === "instant" && end.kind === "instant") {
    const nominal = shared.nominal_length;
    // A series whose times were changed since then has an elapsed length.
    const ms = nominal !== null && endOfNominal(first, nominal) === end.ms
      ? endOfNominal(start, nominal)
      : start.ms + (end.ms - first.ms);
    return { kind: "instant", ms, zone: end.zone };
  }
  return start;
}

function endOfNominal(
  start: { ms: number; zone: string },
  { days, ms }: NonNullable<SharedEvent["nominal_length"]>,
): number {
  const [date = "", clock = ""] = formatInstant(start.ms, start.zone).split("T");
  return wallTimeToInstant(`${addDays(date, days)}T${clock.slice(0, 8)}`, start.zone) + ms;
}

function stampToTime(day: string, time: string | undefined, shared: SharedEvent): EventTime | null {
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
  const start = shared.content.start;
  try {
    if (time === undefined) {
      return start.kind === "date" ? { kind: "date", date: addDays(date, 0) } : null;
    }
    if (start.kind !== "instant") return null;
    const clock_time = `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`;
    return {
      kind: "instant",
      ms: dateToMs(date, "UTC") + wallClockMs(clock_time),
      zone: start.zone,
    };
  } catch {
    return null;
  }
}

function wallClockMs(clock_time: string): number {
  return Date.parse(`1970-01-01T${clock_time}Z`);
}
