import * as z from "zod/mini";
import { queryOf, readBody, validate } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { DELETION_REQUEST } from "@shared/task_events/plan/change_request.ts";
import { deleteEvent } from "@shared/task_events/execute/delete_event.ts";
import { requireUser } from "./event_response.ts";
import { NAMED_EVENT, requireName } from "./named_event.ts";
import type { Route } from "./route.ts";

/** What is deleted: the query of DELETE, its body, or both together. */
export const DELETE_EVENT_REQUEST = z.extend(DELETION_REQUEST, {
  ...NAMED_EVENT,
  user_id: z.optional(z.uuid("Expected a user's id")),
});

/** DELETE, named in the query, in the body or in both: the event goes, its row stays. */
export const removeEvent: Route = async (dependencies, request, actor) => {
  const query = queryOf(request);
  const body = await readBody(request, { empty: {} });
  // A scope in the body counts also beside an id in the query: without it a whole series would go.
  const given = typeof body === "object" && body !== null && !Array.isArray(body)
    ? { ...query, ...body }
    : body;
  const { user_id, ...deletion } = validate(given, DELETE_EVENT_REQUEST);
  requireName(deletion);
  const user = requireUser(actor, user_id);
  const { event_id, deleted } = await deleteEvent(dependencies, user, deletion);
  if (deleted === null) return json({ success: true, event_id, already_deleted: true });
  const { scope, sendUpdates, recurrence, deleted_exceptions } = deleted;
  return json({
    success: true,
    event_id,
    already_deleted: false,
    update_scope: scope,
    sendUpdates,
    ...(recurrence === null ? {} : { recurrence, deleted_exceptions }),
  });
};
