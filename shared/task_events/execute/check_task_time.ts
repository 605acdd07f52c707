import { shownConflict } from "@shared/database/conflicts.ts";
import type { Conflict } from "@shared/database/conflicts.ts";
import { FailureError } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import { responseCode } from "@shared/failures/codes.ts";
import { openAccount } from "./account.ts";
import type { TaskEventDependencies } from "./account.ts";
import type { ProposeTimes } from "./find_clashes.ts";
import { readConflicts } from "./read_conflicts.ts";
import type { ConflictQuestion } from "./read_conflicts.ts";

/** What a response says of conflicts at a time that its request named. */
export type TaskConflicts =
  | {
    conflicts: Conflict[];
    /** Other times at which everybody whose calendar can be read is free, the user too. */
    alternatives: { start_time: string; end_time: string }[];
    unchecked: string[];
  }
  /** The calendars could not be read; nothing is known. */
  | { conflicts: null; alternatives: []; conflict_check: { error: string; message: string } };

/** What is asked for a user's event that is about to be written; `timezone` is that of other times. */
export type TaskTime = ConflictQuestion & { user_id: string; timezone: string };

/**
 * Whether the user and the guests of an event are free at its new time, read before it is written: afterwards all are busy with
 * the event itself. A failure is part of the result, as a warning hinders no change.
 */
export async function checkTaskTime(
  dependencies: TaskEventDependencies,
  { user_id, timezone, ...question }: TaskTime,
  propose: ProposeTimes,
): Promise<TaskConflicts> {
  try {
    const account = await openAccount(dependencies, user_id);
    const { email } = account.connection;
    const guests = question.people.filter((one) => one.email.toLowerCase() !== email.toLowerCase());
    const read = await readConflicts(account, {
      ...question,
      people: [{ email, type: "required" }, ...guests],
    });
    if ("verdict" in read) return unknown(read);
    const checked = {
      ...read,
      conflicts: read.conflicts.map((one) => shownConflict(one, timezone)),
    };
    if (read.conflicts.length === 0) return { ...checked, alternatives: [] };
    const [first] = question.at;
    if (first === undefined) throw new Error("An event without a time was checked");
    const people = guests.length > 0 ? guests.map(({ email }) => email) : [email];
    const proposed = await propose({ user_id, timezone }, people, {
      start_time: new Date(first.start).toISOString(),
      end_time: new Date(first.end).toISOString(),
    });
    return { ...checked, alternatives: "alternatives" in proposed ? proposed.alternatives : [] };
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    return unknown(thrown.failure);
  }
}

function unknown({ code, message }: Failure): TaskConflicts {
  return {
    conflicts: null,
    alternatives: [],
    conflict_check: { error: responseCode(code), message },
  };
}
