import { isTentative, takesTime } from "@shared/google/listed_event.ts";
import type { ListedEvent, ListedEvents } from "@shared/google/listed_event.ts";
import { instantOf, wallOfDay } from "@shared/time/wall_time.ts";
import type { Reading } from "./credentials.ts";
import type { EventLists } from "./event_lists.ts";
import type { Availability } from "./read_busy.ts";
import { busyOf, subtract, within, without } from "./spans.ts";
import type { Span } from "./spans.ts";

/** By e-mail address: the time that only tentative events take. Absent: it could not be told. */
export type TentativeTimes = ReadonlyMap<string, readonly Span[]>;

/**
 * Which time is tentative, of people whose events their own connection may list. freeBusy does not say: it joins a
 * tentative event with what touches it.
 */
export async function readTentativeTimes(
  lists: EventLists,
  wanted: readonly Reading[],
): Promise<TentativeTimes> {
  const readable = wanted.filter(({ may_read_events }) => may_read_events);
  const found = await Promise.all(
    readable.map(async ({ email, connection, calendar_ids }) =>
      [
        email,
        await Promise.all(calendar_ids.map((id) => lists.listed(connection, id))),
      ] as const
    ),
  );
  const times = new Map<string, readonly Span[]>();
  for (const [email, calendars] of found) {
    const known = calendars.filter((calendar) => calendar !== null);
    if (known.length === calendars.length) times.set(email, onlyTentative(known));
  }
  return times;
}

/** The same busy time with what is tentative marked, and who it was told of. */
export function withTentativeTimes(
  read: ReadonlyMap<string, Availability>,
  tentative: TentativeTimes,
): Map<string, Availability> {
  const times = new Map(read);
  for (const [email, spans] of tentative) {
    const known = read.get(email);
    if (known === undefined || known.busy === "unknown") continue;
    const marked = within(spans, known.busy).map((span) => ({ ...busyOf(span), tentative: true }));
    times.set(email, {
      ...known,
      busy: [...subtract(known.busy, spans), ...marked],
      shows_tentative: true,
    });
  }
  return times;
}

function onlyTentative(calendars: readonly ListedEvents[]): Span[] {
  const taking = calendars.flatMap(({ events, timezone }) =>
    events.filter(takesTime).map((event) => ({
      is_tentative: isTentative(event),
      span: spanOf(event, timezone ?? "UTC"),
    }))
  );
  const certain = taking.filter(({ is_tentative }) => !is_tentative).map(({ span }) => span);
  return taking.filter(({ is_tentative }) => is_tentative)
    .flatMap(({ span }) => certain.reduce(without, [span]));
}

/** Whole days are days of the calendar's zone. An event that cannot be read is none. */
function spanOf({ start, end }: ListedEvent, timezone: string): Span {
  const at = (time: ListedEvent["start"]) =>
    time?.date === undefined
      ? Date.parse(time?.dateTime ?? "")
      : instantOf(wallOfDay(time.date), timezone);
  return { start: at(start), end: at(end) };
}
