import type { TaskRow } from "@shared/database/task_events.ts";
import type { NotSearched } from "@shared/finding_time/not_searched.ts";
import type { ScheduleRequest } from "@shared/finding_time/schedule_one.ts";
import type { PostponedSearch, RefusedSearch } from "@shared/finding_time/search.ts";
import type { DryRunDependencies } from "@shared/finding_time/dry_run.ts";
import type { FoundSlots } from "@shared/finding_time/search.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import type { Assignee } from "@shared/schemas/assignees.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import type { GivenConstraints } from "@shared/schemas/constraints.ts";
import type { ProposeTimes } from "@shared/task_events/execute/find_clashes.ts";

/** For whom a time is searched: the task's user always takes part. */
export interface TeamSearch {
  user_id: string;
  people: readonly Pick<Assignee, "email" | "name" | "optional">[];
  constraints: GivenConstraints;
  recurrence?: string[] | undefined;
}

/** When a caller may repeat a search that Google could not answer. */
const REPEAT_SECONDS = 30;

const ALTERNATIVES = 3;

const LOOK_AHEAD_MS = 7 * 24 * 3_600_000;

/** The times at which all can come, by the search of meetings, with the rights of the task's user. Stores nothing. */
export async function searchForTeam(
  dependencies: DryRunDependencies,
  search: TeamSearch,
): Promise<FoundSlots> {
  const { user_id } = search;
  // The search is a third of the function, and most requests name a time.
  const { dryRun } = await import("@shared/finding_time/dry_run.ts");
  const outcome = await dryRun(dependencies, requestOf(search), { kind: "user", user_id });
  if (outcome.kind === "dry_run") return outcome.found;
  throw faultOfSearch(outcome);
}

/** The search as one for a meeting that is never stored. */
export function requestOf(
  { user_id, people, constraints, recurrence }: TeamSearch,
): ScheduleRequest {
  return {
    meeting_id: crypto.randomUUID(),
    reschedule: false,
    given: {
      organizer_user_id: user_id,
      // Without a participant there is no meeting; the user is one in any case.
      participants: people.map(({ email, name, optional }) => ({
        email,
        name,
        type: optional === true ? "optional" : "required",
      })),
      constraints,
      recurrence,
    },
  };
}

/** The error response to a search that found no time. */
export function faultOfSearch(outcome: NotSearched | RefusedSearch | PostponedSearch): HttpFault {
  switch (outcome.kind) {
    case "not_searched":
      return new HttpFault(
        outcome.code,
        outcome.message,
        outcome.details,
        outcome.retry_after_seconds,
      );
    case "refused":
      return new HttpFault(outcome.code, outcome.reason, outcome.details);
    case "postponed":
      return new HttpFault(
        outcome.code,
        outcome.reason,
        {},
        outcome.retry_after_seconds ?? REPEAT_SECONDS,
      );
  }
}

/** The constraints of a search for a task: what the request names, and what the task says of itself. */
export function constraintsFor(
  task: TaskRow,
  given: GivenConstraints,
  { duration_minutes, timezone, now }: {
    duration_minutes: number | undefined;
    timezone: string;
    now: Date;
  },
): GivenConstraints {
  const not_before = task.start_date === null || Date.parse(task.start_date) <= now.valueOf()
    ? undefined
    : new Date(task.start_date).toISOString();
  const constraints = {
    priority: "soonest" as const,
    timezone,
    ...(not_before === undefined ? {} : { earliest_date: not_before }),
    ...given,
    duration_minutes: duration_minutes ?? given.duration_minutes ?? task.duration_minutes,
  };
  const checked = CONSTRAINTS.safeParse(constraints);
  if (checked.success) return checked.data;
  const { path, message } = firstIssue(checked.error);
  const at = path === "duration_minutes" ? path : `constraints.${path}`;
  throw new HttpFault("invalid_request", `${at}: ${message}`, { path: at });
}

/** Proposes other times for an event and its guests. A search that is refused, or finds none, does not stop the move. */
export function proposeWith(dependencies: DryRunDependencies): ProposeTimes {
  return async (event, guests, { start_time, end_time }) => {
    const start = Date.parse(start_time);
    try {
      const { candidates } = await searchForTeam(dependencies, {
        user_id: event.user_id,
        people: guests.map((email) => ({ email })),
        constraints: {
          priority: "soonest",
          on_unknown: "ignore",
          earliest_date: new Date(start).toISOString(),
          latest_date: new Date(start + LOOK_AHEAD_MS).toISOString(),
          duration_minutes: Math.round((Date.parse(end_time) - start) / 60_000),
          interval_minutes: 30,
          max_candidates: ALTERNATIVES,
          timezone: event.timezone ?? "UTC",
        },
      });
      return {
        alternatives: candidates.map(({ start_time, end_time }) => ({ start_time, end_time })),
      };
    } catch (thrown) {
      if (thrown instanceof HttpFault) return { problem: thrown.message };
      throw thrown;
    }
  };
}
