import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleAttendee } from "@shared/google/event.ts";
import { openAccount } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import { otherGuests } from "../plan/ownership.ts";
import { readConflicts } from "./read_conflicts.ts";
import type { Interval } from "./read_conflicts.ts";

export interface Clashes {
  warnings: {
    code: "user_busy" | "guest_busy" | "guest_unknown" | "no_alternatives";
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

/** How times of events are checked before they move. */
export interface ClashCheck {
  propose: ProposeTimes;
  /** Times of a series from its first one on, up to the horizon of a search. */
  occurrencesOf: (
    first: { start: string; end: string },
    series: { recurrence: readonly string[] | null; timezone: string | null },
  ) => Interval[];
  /** Whether an event without guests is checked too; it costs the user a request more. */
  checks_user_alone: boolean;
}

/**
 * What a new time would mean for an event's user and guests, asked before it moves: who has something else
 * then (of a series, at one of its occurrences), whose calendar cannot be read, and where one has, other times for all. The
 * event's own present time does not count.
 */
export async function findClashes(
  dependencies: TaskEventDependencies,
  event: TaskEventRow,
  { start_time, end_time }: { start_time: string; end_time: string },
  { propose, occurrencesOf, checks_user_alone }: ClashCheck,
): Promise<Clashes> {
  const guests = otherGuests((event.attendees ?? []) as GoogleAttendee[])
    .flatMap(({ email }) => email ?? []);
  if (guests.length === 0 && !checks_user_alone) return { warnings: [], alternatives: [] };
  const account = await openAccount(dependencies, event.user_id);
  const user = account.connection.email;
  const present = presentTime(event);
  const series = {
    recurrence: event.recurrence_rule?.split("\n") ?? null,
    timezone: event.timezone,
  };
  const read = await readConflicts(account, {
    people: [user, ...guests].map((email) => ({ email, type: "required" })),
    at: occurrencesOf({ start: start_time, end: end_time }, series),
    present: present === null ? [] : occurrencesOf(present, series),
  });
  if ("verdict" in read) return { warnings: [unreadable([user, ...guests])], alternatives: [] };
  const { unchecked: unknown } = read;
  const is_user_busy = read.conflicts.some(({ email }) => email === user);
  const busy = read.conflicts.flatMap(({ email }) => email === user ? [] : [email]);
  const proposed = read.conflicts.length === 0
    ? { alternatives: [] }
    : await propose(event, guests.length > 0 ? guests : [user], { start_time, end_time });
  return {
    warnings: [
      ...(is_user_busy
        ? [{
          code: "user_busy" as const,
          message: "The user has something else at the new time.",
          emails: [user],
        }]
        : []),
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

function presentTime(
  { event_start, event_end }: TaskEventRow,
): { start: string; end: string } | null {
  if (event_start === null || event_end === null) return null;
  return Date.parse(event_start) < Date.parse(event_end)
    ? { start: event_start, end: event_end }
    : null;
}
