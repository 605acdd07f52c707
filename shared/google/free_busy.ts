import * as z from "zod/mini";

/** Google answers at most 50 calendars a query (`calendarExpansionMax`). */
const CALENDARS_PER_QUERY = 50;

/** The longest range is undocumented; about 90 days were observed to work, longer ones are refused. */
const WINDOW_MS = 60 * 24 * 3600 * 1000;

/** RFC 3339 instants, start inclusive, end exclusive, in UTC. */
export interface BusyTime {
  start: string;
  end: string;
}

/** A calendar that could not be read, wholly or in part, is unknown: neither free nor busy. */
export type CalendarBusy = { busy: BusyTime[] } | { unknown: string };

export interface FreeBusyQuery {
  timeMin: string;
  timeMax: string;
  items: { id: string }[];
}

/** Google keeps errors of single calendars inside a 200; `groups` is not asked for. */
export const FREE_BUSY_REPLY = z.lazy(() =>
  z.object({
    calendars: z.record(
      z.string(),
      z.object({
        errors: z.optional(z.array(z.object({ reason: z.optional(z.string()) }))),
        busy: z.optional(z.array(z.object({ start: z.string(), end: z.string() }))),
      }),
    ),
  })
);
export type FreeBusyReply = z.infer<typeof FREE_BUSY_REPLY>;

/** Splits a request into queries that Google accepts. Throws on a range that is empty or unreadable. */
export function freeBusyQueries(
  timeMin: string,
  timeMax: string,
  calendars: readonly string[],
): FreeBusyQuery[] {
  const [from, to] = [Date.parse(timeMin), Date.parse(timeMax)];
  if (!(from < to)) throw new RangeError(`Cannot read busy time from ${timeMin} to ${timeMax}`);
  const ids = [...new Set(calendars)];
  const queries: FreeBusyQuery[] = [];
  for (let start = from; start < to; start += WINDOW_MS) {
    const window = { timeMin: utc(start), timeMax: utc(Math.min(start + WINDOW_MS, to)) };
    for (let first = 0; first < ids.length; first += CALENDARS_PER_QUERY) {
      const items = ids.slice(first, first + CALENDARS_PER_QUERY).map((id) => ({ id }));
      queries.push({ ...window, items });
    }
  }
  return queries;
}

/**
 * Puts the answers together, one entry for every calendar asked for. Google promises neither to
 * join overlapping times nor to clip them to the range, so both happen here. A calendar that any
 * answer reports an error for, or leaves out, is unknown.
 */
export function mergeFreeBusy(
  answers: readonly { query: FreeBusyQuery; reply: FreeBusyReply }[],
): Map<string, CalendarBusy> {
  const times = new Map<string, Span[]>();
  const unknown = new Map<string, string>();
  for (const { query, reply } of answers) {
    const range = { start: Date.parse(query.timeMin), end: Date.parse(query.timeMax) };
    for (const { id } of query.items) {
      const found = spansOf(reply, id, range);
      if (typeof found === "string") unknown.set(id, unknown.get(id) ?? found);
      else times.set(id, [...(times.get(id) ?? []), ...found]);
    }
  }
  const merged = new Map<string, CalendarBusy>();
  for (const [id, spans] of times) merged.set(id, { busy: joined(spans) });
  for (const [id, reason] of unknown) merged.set(id, { unknown: reason });
  return merged;
}

interface Span {
  start: number;
  end: number;
}

/** The busy times of one calendar inside `range`, or the reason why they are not known. */
function spansOf(reply: FreeBusyReply, id: string, range: Span): Span[] | string {
  const calendar = Object.hasOwn(reply.calendars, id) ? reply.calendars[id] : undefined;
  if (calendar === undefined) return "missing_from_answer";
  if (calendar.errors !== undefined && calendar.errors.length > 0) {
    return calendar.errors[0]?.reason ?? "unexplained_error";
  }
  if (calendar.busy === undefined) return "missing_from_answer";
  const spans = calendar.busy.map(({ start, end }) => ({
    start: Date.parse(start),
    end: Date.parse(end),
  }));
  if (spans.some(({ start, end }) => !(start <= end))) return "unreadable_busy_time";
  return spans
    .map(({ start, end }) => ({
      start: Math.max(start, range.start),
      end: Math.min(end, range.end),
    }))
    .filter(({ start, end }) => start < end);
}

function joined(spans: readonly Span[]): BusyTime[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result.map(({ start, end }) => ({ start: utc(start), end: utc(end) }));
}

function utc(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
