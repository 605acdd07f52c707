import { MINUTES_PER_DAY, parseInstant } from "@shared/time/instants.ts";
import { offsetAt, offsetSegments } from "@shared/time/zones.ts";
import { CELLS, cellsOf, MOST_COUNTED, type Profile } from "./input/profile.ts";
import { SchedulingInputError } from "./input/scheduling_input_error.ts";
import { requireTimeZone } from "./input/time_zone.ts";

/**
 * An event of the past as far as a profile cares. `response` is the person's own answer to an invitation; without one
 * the event is their own entry: busy time, but no reply to an invitation.
 */
export interface PastEvent {
  start: string;
  end: string;
  all_day?: boolean;
  response?: "accepted" | "declined" | "tentative" | "needsAction";
  transparent?: boolean;
}

const HISTORY_DAYS = 365;
/** Longer pauses are lunch or the evening, not a habit between meetings. */
const LONGEST_PAUSE_MINUTES = 120;

interface Counted {
  start: number;
  end: number;
  wall: number;
  response: PastEvent["response"];
}

/**
 * Learns a person's profile from the events of the last 365 days before `now`, by their local clock in `timezone`.
 * All-day and transparent events say nothing about meetings; answers other than yes and no are no evidence. Throws
 * SchedulingInputError with the field's path.
 */
export function learnProfile(
  events: readonly PastEvent[],
  { timezone, now }: { timezone: string; now: Date },
): Profile {
  requireTimeZone(timezone, "timezone");
  const until = Math.floor(now.getTime() / 60_000);
  const from = until - HISTORY_DAYS * MINUTES_PER_DAY;
  const offsets = offsetSegments(timezone, from, until + 1);
  const past = events.flatMap((event, i): Counted[] => {
    if (event.all_day === true || event.transparent === true) return [];
    const start = Math.floor(instant(event.start, `events[${i}].start`));
    const end = Math.ceil(instant(event.end, `events[${i}].end`));
    if (start < from || end > until || end <= start) return [];
    return [{ start, end, wall: start + offsetAt(offsets, start), response: event.response }];
  });
  const accepted = past.filter(({ response }) => response === "accepted");
  const declined = past.filter(({ response }) => response === "declined");
  const meetings = accepted.length + declined.length;
  return {
    ...histogram(accepted, declined),
    meetings: Math.min(meetings, 65_535),
    declined_percentage: meetings === 0 ? 0 : Math.round(100 * declined.length / meetings),
    typical_minutes: Math.min(median(accepted.map(({ start, end }) => end - start)), 1_440),
    typical_gap_minutes: median(pauses(past.filter(({ response }) => response !== "declined"))),
  };
}

function histogram(accepted: readonly Counted[], declined: readonly Counted[]) {
  const yes = counts(accepted);
  const no = counts(declined);
  for (let cell = 0; cell < CELLS; cell++) {
    const most = Math.max(yes[cell]!, no[cell]!);
    if (most <= MOST_COUNTED) continue;
    yes[cell] = Math.round(yes[cell]! * MOST_COUNTED / most);
    no[cell] = Math.round(no[cell]! * MOST_COUNTED / most);
  }
  return { accepted: Uint8Array.from(yes), declined: Uint8Array.from(no) };
}

function counts(events: readonly Counted[]): Uint32Array {
  const cells = new Uint32Array(CELLS);
  for (const { start, end, wall } of events) {
    for (const cell of cellsOf(wall, end - start)) cells[cell]!++;
  }
  return cells;
}

/** Minutes between an event and the next one of the same local day. */
function pauses(events: readonly Counted[]): number[] {
  const sorted = events.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const dayOf = ({ wall }: Counted) => Math.floor(wall / MINUTES_PER_DAY);
  const found: number[] = [];
  let latest: Counted | undefined;
  for (const event of sorted) {
    if (latest !== undefined && dayOf(latest) === dayOf(event)) {
      const pause = event.start - latest.end;
      if (pause >= 0 && pause <= LONGEST_PAUSE_MINUTES) found.push(pause);
    }
    if (latest === undefined || event.end > latest.end) latest = event;
  }
  return found;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function instant(text: string, path: string): number {
  const minute = parseInstant(text);
  if (Number.isNaN(minute)) {
    throw new SchedulingInputError(
      path,
      `Write a date-time with offset such as 2030-01-07T09:00:00Z, not ${JSON.stringify(text)}`,
    );
  }
  return minute;
}
