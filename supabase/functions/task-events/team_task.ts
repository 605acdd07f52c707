import type { Actor } from "@shared/database/actor.ts";
import { readGoogleConnection } from "@shared/database/google_connections.ts";
import { isUnwritten, readAssigneeEmails, readTaskEvents } from "@shared/database/task_events.ts";
import type { TaskEventRow, TaskRow } from "@shared/database/task_events.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { ASSIGNEES } from "@shared/schemas/assignees.ts";
import type { Assignee, GivenAssignee } from "@shared/schemas/assignees.ts";
import type { GivenConstraints } from "@shared/schemas/constraints.ts";
import { accountOf, calendarZone } from "@shared/task_events/execute/account.ts";
import { refreshPlace } from "@shared/task_events/execute/refresh_place.ts";
import { endOfSeries, patternOf } from "@shared/task_events/plan/compose_task_event.ts";
import type { WantedEvent } from "@shared/task_events/plan/compose_task_event.ts";
import type { HandlerDependencies } from "./route.ts";
import { constraintsFor } from "./team_search.ts";
import { teamTimes } from "./team_times.ts";
import type { TeamTimes } from "./team_times.ts";

/** What a request says of a task's event and of who does the task. */
export interface TeamRequest {
  task_id: string;
  wanted: WantedEvent;
  assignees: readonly GivenAssignee[] | undefined;
  constraints: GivenConstraints | undefined;
}

/** The event as it is to be written, and the times that a search finds for it. */
export interface PreparedTask {
  wanted: WantedEvent;
  times?: TeamTimes;
  /** The task, where it has no event yet. */
  new_task?: TaskRow;
}

/**
 * Names the assignees by their addresses and, where neither a time is given nor an event exists, finds the first time that
 * suits all of them. Throws HttpFault.
 */
export async function prepareTask(
  dependencies: HandlerDependencies,
  { task_id, wanted, assignees, constraints }: TeamRequest,
  actor: Actor,
): Promise<PreparedTask> {
  const known = await readTask(dependencies, task_id, actor);
  // Whether the task is another user's or none at all is said in one place.
  if (known === undefined) return { wanted };
  const { task } = known;
  const people = await addressesOf(dependencies, task, assignees);
  const invited = people.length === 0 ? wanted : { ...wanted, assignees: people };
  const is_search = wanted.start_time === undefined &&
    (people.length > 0 || constraints !== undefined);
  const prepared = {
    wanted: invited,
    ...(known.event === null ? { new_task: task } : {}),
  };
  if (!is_search || await hasEvent(dependencies, known, actor)) return prepared;

  const connection = await readGoogleConnection(dependencies.database, task.user_id);
  const account = accountOf(dependencies, connection);
  const timezone = wanted.timeZone ?? constraints?.timezone ??
    await calendarZone(account, wanted.calendar_id ?? "primary") ?? "UTC";
  const pattern = patternOf(task, wanted);
  const times = await teamTimes(dependencies, {
    user_id: task.user_id,
    people: people.length > 0 ? people : [{ email: account.connection.email }],
    constraints: constraintsFor(task, constraints ?? {}, {
      duration_minutes: wanted.duration_minutes,
      timezone,
      now: dependencies.now(),
    }),
  }, {
    task_event_id: known.event?.id ?? null,
    series: pattern === undefined
      ? null
      : { pattern, ends: endOfSeries(task, wanted), zone: timezone },
  });
  return { wanted: { ...invited, timeZone: timezone }, times };
}

interface KnownTask {
  task: TaskRow;
  event: TaskEventRow | null;
}

async function readTask(
  { database }: HandlerDependencies,
  task_id: string,
  actor: Actor,
): Promise<KnownTask | undefined> {
  const [known] = await readTaskEvents(database, actor, [task_id]);
  return known;
}

/** Whether the task has an event already, also on Google: one that was deleted there gets a new time. */
async function hasEvent(
  dependencies: HandlerDependencies,
  { task, event }: KnownTask,
  actor: Actor,
): Promise<boolean> {
  if (event === null || isUnwritten(event)) return false;
  const connection = await readGoogleConnection(dependencies.database, task.user_id);
  await refreshPlace(dependencies, event, connection);
  const now = await readTask(dependencies, task.id, actor);
  return now !== undefined && now.event !== null;
}

/** A user who may not be assigned by id is refused like an id that does not exist. */
async function addressesOf(
  { database }: HandlerDependencies,
  task: TaskRow,
  given: readonly GivenAssignee[] | undefined,
): Promise<Assignee[]> {
  const parsed = ASSIGNEES.safeParse(given ?? task.assignees ?? []);
  if (!parsed.success) {
    const { path, message } = firstIssue(parsed.error);
    throw invalid(path === "body" ? "assignees" : `assignees${path}`, message);
  }
  const ids = parsed.data.flatMap((one) =>
    typeof one === "object" && "user_id" in one ? one.user_id : []
  );
  const emails = ids.length === 0 ? {} : await readAssigneeEmails(database, task.user_id, ids);
  const people = parsed.data.map((one, i): Assignee => {
    if (typeof one === "string") return { email: one };
    if (!("user_id" in one)) return one;
    const email = emails[one.user_id.toLowerCase()];
    if (email !== undefined) return { email };
    throw invalid(
      `assignees[${i}].user_id`,
      "Expected the id of a user who shares availability with you, or an e-mail address",
    );
  });
  return [...new Map(people.map((one) => [one.email.toLowerCase(), one])).values()];
}

function invalid(path: string, message: string): HttpFault {
  return new HttpFault("invalid_request", `${path}: ${message}`, { path });
}
