import type { Conflict } from "@shared/database/conflicts.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { Account } from "./account.ts";

/** Time from `start` until `end` (exclusive), in milliseconds since 1970. */
export interface Interval {
  start: number;
  end: number;
}

/** Whose calendars are asked about a time of an event. */
export interface ConflictQuestion {
  people: readonly Pick<Conflict, "email" | "type">[];
  /** Of a series all its occurrences, ascending. */
  at: readonly Interval[];
  /** When the event itself is now, of people who have it already; none: it is on no calendar. */
  present: readonly Interval[];
}

/**
 * Who has something else at the times of an event, and whose calendar cannot be read, by one free/busy request of the user's. The
 * event's own present time does not count. Google joins busy times, so what it hides there stays unknown.
 */
export async function readConflicts(
  { calendar, connections, connection }: Account,
  { people, at, present }: ConflictQuestion,
): Promise<{ conflicts: Conflict[]; unchecked: string[] } | GoogleFailure> {
  const outcome = await connections.call(
    connection,
    "read",
    (token) =>
      calendar.freeBusy(token, {
        timeMin: new Date(Math.min(...at.map(({ start }) => start))).toISOString(),
        timeMax: new Date(Math.max(...at.map(({ end }) => end))).toISOString(),
        calendars: people.map(({ email }) => email),
      }),
  );
  if (outcome.verdict !== "done") return outcome;
  const conflicts: Conflict[] = [];
  const unchecked: string[] = [];
  for (const { email, type } of people) {
    const shown = outcome.value.get(email);
    if (shown === undefined || "unknown" in shown) {
      unchecked.push(email);
      continue;
    }
    const busy = shown.busy
      .map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }))
      .flatMap((interval) => present.reduce(without, [interval]))
      .filter((interval) => at.some((one) => overlaps(interval, one)));
    if (busy.length === 0) continue;
    conflicts.push({ email, type, is_certain: true, busy: busy.map(timesOf) });
  }
  return { conflicts, unchecked };
}

function without(intervals: readonly Interval[], present: Interval): Interval[] {
  return intervals.flatMap(({ start, end }) => {
    if (!overlaps({ start, end }, present)) return [{ start, end }];
    return [{ start, end: present.start }, { start: present.end, end }].filter((one) =>
      one.start < one.end
    );
  });
}

function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

function timesOf({ start, end }: Interval): Conflict["busy"][number] {
  return { start_time: new Date(start).toISOString(), end_time: new Date(end).toISOString() };
}
