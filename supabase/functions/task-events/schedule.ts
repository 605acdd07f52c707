import * as z from "zod/mini";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { TASK_ON_CONFLICT } from "@shared/schemas/auto_reschedule.ts";
import { ASSIGNEES } from "@shared/schemas/assignees.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { idOf } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { WANTED_EVENT } from "@shared/task_events/plan/compose_task_event.ts";
import { scheduleTask } from "@shared/task_events/execute/schedule_task.ts";
import { checkNewTask } from "./check_times.ts";
import { rowResponse } from "./event_response.ts";
import type { Route } from "./route.ts";
import { prepareTask } from "./team_task.ts";

/** The body of POST schedule. */
export const SCHEDULE_TASK_REQUEST = z.extend(WANTED_EVENT, {
  task_id: idOf(LIMITS.task_id_characters),
  assignees: z.optional(ASSIGNEES),
  constraints: z.optional(CONSTRAINTS),
  on_conflict: z.optional(TASK_ON_CONFLICT),
});

/**
 * POST schedule: puts a task on the calendar, once, however often it is asked, with its assignees. Without `start_time` a
 * task with assignees, or a request with `constraints`, gets the first time that suits all; with it the response says who has
 * something else then.
 */
export const schedule: Route = async (dependencies, request, actor) => {
  const { task_id, assignees, constraints, on_conflict, ...given } = await readJson(
    request,
    SCHEDULE_TASK_REQUEST,
  );
  const { wanted, times, new_task } = await prepareTask(
    dependencies,
    { task_id, wanted: given, assignees, constraints },
    actor,
  );
  const checked = given.start_time === undefined || new_task === undefined
    ? {}
    : await checkNewTask(dependencies, new_task, wanted, on_conflict);
  const { event, already_exists, candidate } = await scheduleTask(
    dependencies,
    task_id,
    actor,
    wanted,
    times?.next ?? null,
  );
  const found = candidate === null ? {} : times?.shownFrom(candidate);
  return json({
    success: true,
    task_id,
    ...rowResponse(event),
    already_exists,
    ...found,
    ...checked,
  });
};
