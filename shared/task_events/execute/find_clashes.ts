import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleAttendee } from "@shared/google/event.ts";
import { openAccount } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import { otherGuests } from "../plan/ownership.ts";
import { readConflicts } from "./read_conflicts.ts";
import type { Interval } from "./read_conflicts.ts";

export interface Clashes {
  warnings: {
    code: "guest_busy" | "guest_unknown" | "no_alternatives";
    message: string;
    emails: string[];
  }[];
  /** Times at which all people with a readable calendar are free, the user among them. */
  alternatives: { start_time: string; end_time: string }[];
}

/** Other times for an event and its guests, the first that suit all of them, from the given one on; or why there are none. */
export type ProposeTimes = (
  event: { user_id: string; timezone: string | null },
  guests: readonly string[],
  from: { start_time: string; end_time: string },
) => Promise<{ alternatives: Clashes["alternatives"] } | { problem: string }>;

/**
 * What a new time would mean for an event's guests, asked before it moves: who has something else
 * then, whose calendar cannot be read, and where a guest has, other times for all. The event's own
 * present time does not count.
 */
export async function findClashes(
  dependencies: TaskEventDependencies,
  event: TaskEventRow,
  { start_time, end_time }: { start_time: string; end_time: string },
  propose: ProposeTimes,
): Promise<Clashes> {
  const guests = otherGuests((event.attendees ?? []) as GoogleAttendee[])
    .flatMap(({ email }) => email ?? []);
  if (guests.length === 0) return { warnings: [], alternatives: [] };
  const account = await openAccount(dependencies, event.user_id);
  const read = await readConflicts(account, {
    people: guests.map((email) => ({ email, type: "required" })),
    at: { start: Date.parse(start_time), end: Date.parse(end_time) },
    present: presentTime(event),
  });
  if ("verdict" in read) return { warnings: [unreadable(guests)], alternatives: [] };
  const { unchecked: unknown } = read;
  const busy = read.conflicts.map(({ email }) => email);
  const proposed = busy.length === 0
    ? { alternatives: [] }
    : await propose(event, guests, { start_time, end_time });
  return {
    warnings: [
      ...(busy.length === 0 ? [] : [{
        code: "guest_busy" as const,
        message: `Busy at the new time: ${busy.join(", ")}.`,
        emails: busy,
      }]),
      ...(unknown.length === 0 ? [] : [unreadable(unknown)]),
      ...("alternatives" in proposed ? [] : [{
        code: "no_alternatives" as const,
        message: `No other times can be proposed: ${proposed.problem}`,
        emails: [],
      }]),
    ],
    alternatives: "alternatives" in proposed ? proposed.alternatives : [],
  };
}

function unreadable(emails: string[]) {
  return {
    code: "guest_unknown" as const,
    message: `Their calendars could not be read: ${emails.join(", ")}.`,
    emails,
  };
}

function presentTime({ event_start, event_end }: TaskEventRow): Interval | null {
  const present = { start: Date.parse(event_start ?? ""), end: Date.parse(event_end ?? "") };
  return present.start < present.end ? present : null;
}
