import * as z from "zod/mini";
import { requeueTaskEvent } from "@shared/database/task_events.ts";
import { CODES } from "@shared/failures/codes.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { rowResponse } from "./event_response.ts";
import type { Route } from "./route.ts";

/** The body of POST requeue. */
export const REQUEUE_EVENT_REQUEST = z.strictObject({
  id: z.guid("Expected the id of a row of task_calendar_events"),
});

/** Messages for requeue requests of an event that is not given up. */
const STANDING = {
  requeued: "The event is in the queue again.",
  pending: "The event is already in the queue.",
  not_failed: "Nothing of this event was given up; there is nothing to requeue.",
  cancelled: "The event was deleted; there is nothing to requeue.",
};

/** POST requeue {id}: an event whose creation failed, or whose change was given up, gets new attempts. */
export const requeue: Route = async ({ database }, request, actor) => {
  const { id } = await readJson(request, REQUEUE_EVENT_REQUEST);
  const { decision, event } = await requeueTaskEvent(database, id, actor);
  if (decision === "not_found" || event === undefined) {
    throw new HttpFault("not_found", "There is no event with this id.", { id });
  }
  if (decision === "task_not_found") {
    throw new HttpFault("task_not_found", CODES.task_not_found.message, { id });
  }
  return json({
    success: true,
    id,
    message: STANDING[decision],
    requeued: decision === "requeued",
    sync_status: event.sync_status,
    ...rowResponse(event),
  });
};
