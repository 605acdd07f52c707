import * as z from "zod/mini";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { WANTED_EVENT } from "@shared/task_events/plan/compose_task_event.ts";
import { scheduleTask } from "@shared/task_events/execute/schedule_task.ts";
import { rowResponse } from "./event_response.ts";
import type { Route } from "./route.ts";

const REQUEST = z.extend(WANTED_EVENT, {
  task_id: z.string().check(z.minLength(1), z.maxLength(200)),
});

/** POST schedule: puts a task on the calendar, once, however often it is asked. */
export const schedule: Route = async (dependencies, request, actor) => {
  const { task_id, ...wanted } = await readJson(request, REQUEST);
  const { event, already_exists } = await scheduleTask(dependencies, task_id, actor, wanted);
  return json({ success: true, task_id, ...rowResponse(event), already_exists });
};
