import * as z from "zod/mini";
import { readBody, validate } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { DELETION_REQUEST, ID } from "@shared/task_events/plan/change_request.ts";
import { deleteEvent } from "@shared/task_events/execute/delete_event.ts";
import { requireUser } from "./event_response.ts";
import type { Route } from "./route.ts";

const REQUEST = z.extend(DELETION_REQUEST, {
  calendar_id: z.optional(ID),
  user_id: z.optional(z.uuid("Expected a user's id")),
});

/** DELETE, named in the query, in the body or in both: the event goes, its row stays. */
export const removeEvent: Route = async (dependencies, request, actor) => {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const body = await readBody(request, { empty: {} });
  // A scope in the body counts also beside an id in the query: without it a whole series would go.
  const given = typeof body === "object" && body !== null && !Array.isArray(body)
    ? { ...query, ...body }
    : body;
  const { user_id, ...deletion } = validate(given, REQUEST);
  const user = requireUser(actor, user_id);
  const deleted = await deleteEvent(dependencies, user, deletion);
  const { event_id } = deletion;
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
