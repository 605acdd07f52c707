import * as z from "zod/mini";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { EVENT_CHANGE } from "@shared/task_events/plan/change_request.ts";
import { updateEvent } from "@shared/task_events/execute/update_event.ts";
import { eventResponse, requireUser } from "./event_response.ts";
import type { Route } from "./route.ts";

const REQUEST = z.extend(EVENT_CHANGE, {
  user_id: z.optional(z.uuid("Expected a user's id")),
  preview: z.optional(z.boolean()),
  confirm: z.optional(z.boolean()),
});

/** PATCH update: changes one event or occurrence, a series, or a series from one occurrence on. */
export const update: Route = async (dependencies, request, actor) => {
  const { user_id, preview, confirm, ...change } = await readJson(request, REQUEST);
  const changed = await updateEvent(dependencies, requireUser(actor, user_id), change, {
    preview: preview === true,
    confirm: confirm === true,
  });
  if (changed.kind === "preview") {
    return json({ success: true, preview: true, ...changed.preview });
  }
  if (changed.kind === "unchanged") throw new Error("A change without that option was left out");
  const { plan, result } = changed;
  return json({
    success: true,
    update_scope: plan.scope,
    sendUpdates: plan.sendUpdates,
    ...eventResponse(result.event),
    following: result.tail === null ? null : eventResponse(result.tail.event),
    carried_exceptions: result.migrated.filter(({ is_own }) => is_own)
      .map(({ event }) => eventResponse(event)),
    cancelled_occurrences: plan.cancelled,
    lost_exceptions: result.dropped,
  });
};
