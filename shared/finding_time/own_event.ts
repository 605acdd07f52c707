import { takesTime } from "@shared/google/listed_event.ts";
import type { ListedEvent } from "@shared/google/listed_event.ts";
import type { Reading } from "./credentials.ts";
import type { EventLists } from "./event_lists.ts";
import type { Availability } from "./read_busy.ts";
import { subtract, without } from "./spans.ts";
import type { Span } from "./spans.ts";

/** The event that a meeting has on Google; the guests' copies carry the same id. */
export interface OwnEvent {
  event_id: string;
}

/** An all-day event may begin this much earlier or end this much later, wherever on Earth its calendar is. */
const ALL_DAY_MARGIN_MS = 14 * 3600 * 1000;

/**
 * The same times without what the meeting's own event takes, for those on whose calendar that can be
 * proven. freeBusy joins events that touch or overlap, so an interval that equals ours
 * may hide another event. Only a list of events shows it, which is read where a calendar is read with its
 * owner's connection. All others stay busy at the current time of the meeting: too few slots
 * are found then, never a wrong one.
 */
export async function withoutOwnEvent(
  lists: EventLists,
  read: ReadonlyMap<string, Availability>,
  wanted: readonly Reading[],
  own: OwnEvent,
): Promise<ReadonlyMap<string, Availability>> {
  const listable = wanted.filter(({ email, calendar_ids, connection }) =>
    calendar_ids.length === 1 && calendar_ids[0] === email &&
    connection.email.toLowerCase() === email.toLowerCase() &&
    Array.isArray(read.get(email)?.busy)
  );
  const freed = await Promise.all(
    listable.map(async (reading) => [reading.email, await ownTime(lists, reading, own)] as const),
  );
  const times = new Map(read);
  for (const [email, spans] of freed) {
    const known = read.get(email);
    if (known === undefined || known.busy === "unknown" || spans === null) continue;
    times.set(email, { ...known, busy: subtract(known.busy, spans), without_own_event: true });
  }
  return times;
}

/** The spans that only our event takes; null where the calendar could not be listed to its end. */
async function ownTime(
  lists: EventLists,
  { email, connection }: Reading,
  { event_id }: OwnEvent,
): Promise<Span[] | null> {
  const listed = await lists.listed(connection, email);
  if (listed === null) return null;
  const taking = listed.events.filter(takesTime);
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
