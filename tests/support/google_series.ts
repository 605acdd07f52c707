import { type calendar_v3 } from "@googleapis/calendar";
import { expand } from "../unit/task_events/expand.ts";

/** A series as Google stores it: its lines, and its start on the wall clock of its zone. */
export interface StoredSeries {
  id: string;
  recurrence: string[];
  start: { wall: number; zone: string | null };
}

const PRIMARY = { calendarId: "primary", maxResults: 2500 };

/** What a clock on the wall of a zone shows, as milliseconds that would show the same in UTC. */
export function wallIn(instant: number, zone: string): number {
  const shown = new Intl.DateTimeFormat("sv", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(instant);
  return Date.parse(`${shown.replace(" ", "T")}Z`);
}

/** A wall time as a request names it: a date, or an instant. None that a clock change skips or doubles. */
export function askedTime(wall: number, zone: string | null): string {
  if (zone === null) return new Date(wall).toISOString().slice(0, 10);
  const near = wall - (wallIn(wall, zone) - wall);
  return new Date(near - (wallIn(near, zone) - wall)).toISOString();
}

/** The wall time of an event's start (or original start) in a zone, or of its day. */
export function wallOfTime(time: calendar_v3.Schema$EventDateTime, zone: string | null): number {
  if (time.date) return Date.parse(`${time.date}T00:00:00Z`);
  return wallIn(Date.parse(time.dateTime ?? ""), zone ?? "UTC");
}

/** A series as Google's own client shows it. */
export async function storedSeries(
  google: calendar_v3.Calendar,
  eventId: string,
): Promise<StoredSeries> {
  const { data } = await google.events.get({ calendarId: "primary", eventId });
  const zone = data.start?.date ? null : data.start?.timeZone ?? "UTC";
  return {
    id: eventId,
    recurrence: data.recurrence ?? [],
    start: { wall: wallOfTime(data.start ?? {}, zone), zone },
  };
}

/**
 * When the occurrences of a series stand, from its stored rule alone and an RRULE library that
 * neither Convene nor the emulator uses, with its stored exceptions in their places. Wall times.
 */
export async function standingAt(
  google: calendar_v3.Calendar,
  series: StoredSeries,
  until: number,
): Promise<number[]> {
  const { recurrence, start } = series;
  const { data } = await google.events.list({ ...PRIMARY, showDeleted: true });
  // The start counts, also where it stands beside the rule.
  const first = new Date(start.wall).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  const lines = [...recurrence, `RDATE:${start.zone === null ? first.slice(0, 8) : first}`];
  const places = new Map(expand(lines, start, start.wall, until).map((wall) => [wall, wall]));
  for (const event of data.items ?? []) {
    if (event.recurringEventId !== series.id) continue;
    const original = wallOfTime(event.originalStartTime ?? {}, start.zone);
    if (!places.has(original)) continue;
    if (event.status === "cancelled") places.delete(original);
    else places.set(original, wallOfTime(event.start ?? {}, start.zone));
  }
  return [...places.values()].sort((a, b) => a - b);
}

/** The same as the calendar itself lists it, every occurrence for itself. */
export async function listedAt(
  google: calendar_v3.Calendar,
  { id, start: { zone } }: StoredSeries,
  until: number,
): Promise<number[]> {
  const walls: number[] = [];
  let pageToken: string | undefined;
  do {
    const { data } = await google.events.instances({
      ...PRIMARY,
      eventId: id,
      timeMax: new Date(until + 86_400_000).toISOString(),
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    walls.push(...(data.items ?? []).map((event) => wallOfTime(event.start ?? {}, zone)));
    pageToken = data.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  return walls.filter((wall) => wall <= until).sort((a, b) => a - b);
}
