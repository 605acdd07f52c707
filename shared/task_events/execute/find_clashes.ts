import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleAttendee } from "@shared/google/event.ts";
import { openAccount } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import { otherGuests } from "../plan/ownership.ts";
import { timeOfDay } from "@shared/time/wall_time.ts";
import { DAY_MS, instantOf, rfc3339, wallOf } from "@shared/time/wall_time.ts";

export interface Clashes {
  warnings: { code: "guest_busy" | "guest_unknown"; message: string; emails: string[] }[];
  /** Times at which all people with a readable calendar are free. */
  alternatives: { start_time: string; end_time: string }[];
}

interface Interval {
  start: number;
  end: number;
}

const ALTERNATIVES = 3;
const LOOK_AHEAD_MS = 7 * DAY_MS;
const STEP_MS = 30 * 60_000;
const OPENS_MS = 9 * 3_600_000;
const CLOSES_MS = 17 * 3_600_000;

/**
 * What a new time would mean for an event's guests, asked before it moves: who has something else
 * then, whose calendar cannot be read, and the next half hours of working time (9 to 17, Monday to
 * Friday, in the event's zone) at which all are free. The event's own present time does not count.
 */
export async function findClashes(
  dependencies: TaskEventDependencies,
  event: TaskEventRow,
  { start_time, end_time }: { start_time: string; end_time: string },
): Promise<Clashes> {
  const guests = otherGuests((event.attendees ?? []) as GoogleAttendee[])
    .flatMap(({ email }) => email ?? []);
  if (guests.length === 0) return { warnings: [], alternatives: [] };
  const account = await openAccount(dependencies, event.user_id);
  const at: Interval = { start: Date.parse(start_time), end: Date.parse(end_time) };
  const until = at.end + LOOK_AHEAD_MS;
  const outcome = await account.connections.call(
    account.connection,
    "read",
    (token) =>
      account.calendar.freeBusy(token, {
        timeMin: new Date(at.start).toISOString(),
        timeMax: new Date(until).toISOString(),
        calendars: guests,
      }),
  );
  if (outcome.verdict !== "done") return { warnings: [unreadable(guests)], alternatives: [] };

  const unknown: string[] = [];
  const busy: string[] = [];
  const taken: Interval[] = [];
  for (const email of guests) {
    const shown = outcome.value.get(email);
    if (shown === undefined || "unknown" in shown) {
      unknown.push(email);
      continue;
    }
    const others = shown.busy
      .map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }))
      .flatMap((interval) => withoutOwn(interval, event));
    taken.push(...others);
    if (others.some((interval) => overlaps(interval, at))) busy.push(email);
  }
  return {
    warnings: [
      ...(busy.length === 0 ? [] : [{
        code: "guest_busy" as const,
        message: `Busy at the new time: ${busy.join(", ")}.`,
        emails: busy,
      }]),
      ...(unknown.length === 0 ? [] : [unreadable(unknown)]),
    ],
    alternatives: busy.length === 0 ? [] : alternatives(at, until, taken, event.timezone ?? "UTC"),
  };
}

function unreadable(emails: string[]) {
  return {
    code: "guest_unknown" as const,
    message: `Their calendars could not be read: ${emails.join(", ")}.`,
    emails,
  };
}

/** Busy time without the current time of the event itself. */
function withoutOwn({ start, end }: Interval, event: TaskEventRow): Interval[] {
  const own_start = Date.parse(event.event_start ?? "");
  const own_end = Date.parse(event.event_end ?? "");
  if (!(start < own_end && own_start < end)) return [{ start, end }];
  return [{ start, end: own_start }, { start: own_end, end }].filter((one) => one.start < one.end);
}

function alternatives(at: Interval, until: number, taken: readonly Interval[], zone: string) {
  const length = at.end - at.start;
  const found: Clashes["alternatives"] = [];
  for (let start = at.start + STEP_MS; start + length <= until; start += STEP_MS) {
    if (found.length === ALTERNATIVES) break;
    const wall = wallOf(start, zone);
    const day = new Date(wall).getUTCDay();
    const opens = timeOfDay(wall);
    if (day === 0 || day === 6 || opens < OPENS_MS || opens + length > CLOSES_MS) continue;
    const slot = { start, end: start + length };
    if (instantOf(wall, zone) !== start || taken.some((one) => overlaps(one, slot))) continue;
    found.push({
      start_time: rfc3339({ wall, zone }),
      end_time: rfc3339({ wall: wall + length, zone }),
    });
  }
  return found;
}

function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}
