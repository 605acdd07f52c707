import { takesTime } from "@shared/google/listed_event.ts";
import type { ListedEvent } from "@shared/google/listed_event.ts";
import type { BusyInterval } from "@shared/scheduling/input/scheduling_request.ts";
import type { Reading } from "./credentials.ts";
import type { Availability, BusyReader, TimeWindow } from "./read_busy.ts";

/** The event that a meeting has on Google; the guests' copies carry the same id. */
export interface OwnEvent {
  event_id: string;
}

/** More than this in one window is no calendar of a person; nothing is freed on it then. */
const MAX_PAGES = 4;

/** An all-day event may begin this much earlier or end this much later, wherever on Earth its calendar is. */
const ALL_DAY_MARGIN_MS = 14 * 3600 * 1000;

interface Span {
  start: number;
  end: number;
}

/**
 * The same times without what the meeting's own event takes, for those on whose calendar that can be
 * proven. freeBusy joins events that touch or overlap, so an interval that equals ours
 * may hide another event. Only a list of events shows it, which is read where a calendar is read with its
 * owner's connection. All others stay busy at the current time of the meeting: too few slots
 * are found then, never a wrong one.
 */
export async function withoutOwnEvent(
  reader: BusyReader,
  read: ReadonlyMap<string, Availability>,
  wanted: readonly Reading[],
  own: OwnEvent,
  window: TimeWindow,
): Promise<ReadonlyMap<string, Availability>> {
  const listable = wanted.filter(({ email, calendar_ids, connection }) =>
    calendar_ids.length === 1 && calendar_ids[0] === email &&
    connection.email.toLowerCase() === email.toLowerCase() &&
    Array.isArray(read.get(email)?.busy)
  );
  const freed = await Promise.all(
    listable.map(async (reading) =>
      [reading.email, await ownTime(reader, reading, own, window)] as const
    ),
  );
  const times = new Map(read);
  for (const [email, spans] of freed) {
    const known = read.get(email);
    if (known === undefined || known.busy === "unknown" || spans.length === 0) continue;
    times.set(email, { busy: subtract(known.busy, spans) });
  }
  return times;
}

/** The spans that only our event takes; none where the calendar could not be listed to its end. */
async function ownTime(
  { calendar, connections }: BusyReader,
  { email, connection }: Reading,
  { event_id }: OwnEvent,
  window: TimeWindow,
): Promise<Span[]> {
  const range = { timeMin: window.start, timeMax: window.end, max_pages: MAX_PAGES };
  const listed = await connections.call(
    connection,
    "read",
    (token) => calendar.listOccurrences(token, email, range),
  );
  if (listed.verdict !== "done" || !listed.value.is_complete) return [];
  const taking = listed.value.events.filter(takesTime);
  const ours = taking.filter((event) => isOurs(event, event_id)).flatMap(exactSpan);
  const others = taking.filter((event) => !isOurs(event, event_id)).map(widestSpan);
  return others.reduce(without, ours);
}

function isOurs({ id, recurringEventId }: ListedEvent, event_id: string): boolean {
  return id === event_id || recurringEventId === event_id;
}

function exactSpan({ start, end }: ListedEvent): Span[] {
  const span = { start: Date.parse(start?.dateTime ?? ""), end: Date.parse(end?.dateTime ?? "") };
  return span.start < span.end ? [span] : [];
}

/** The most that an event may take; one that cannot be read may take everything. */
function widestSpan({ start, end }: ListedEvent): Span {
  if (start?.dateTime !== undefined && end?.dateTime !== undefined) {
    return { start: Date.parse(start.dateTime), end: Date.parse(end.dateTime) };
  }
  if (start?.date !== undefined && end?.date !== undefined) {
    return {
      start: Date.parse(start.date) - ALL_DAY_MARGIN_MS,
      end: Date.parse(end.date) + ALL_DAY_MARGIN_MS,
    };
  }
  return { start: -Infinity, end: Infinity };
}

function without(spans: readonly Span[], taken: Span): Span[] {
  return spans.flatMap(({ start, end }) => {
    if (taken.end <= start || taken.start >= end) return [{ start, end }];
    return [{ start, end: taken.start }, { start: taken.end, end }].filter((rest) =>
      rest.start < rest.end
    );
  });
}

function subtract(busy: readonly BusyInterval[], freed: readonly Span[]): BusyInterval[] {
  return busy.flatMap((interval) => {
    const span = { start: Date.parse(interval.start), end: Date.parse(interval.end) };
    if (!freed.some(({ start, end }) => start < span.end && end > span.start)) return [interval];
    return freed.reduce(without, [span]).map(({ start, end }) => ({
      ...interval,
      start: new Date(start).toISOString(),
      end: new Date(end).toISOString(),
    }));
  });
}
