import * as z from "zod/mini";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { EVENT_CHANGE } from "@shared/tracking/change_request.ts";
import { updateEvent } from "@shared/tracking/update_event.ts";
import { eventResponse, requireUser } from "./event_response.ts";
import type { Route } from "./handler.ts";

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
  const { plan, result } = changed;
  return json({
    success: true,
    update_scope: plan.scope,
    sendUpdates: plan.sendUpdates,
    ...eventResponse(result.event),
    following: result.following === null ? null : eventResponse(result.following.event),
    carried_exceptions: result.carried.filter(({ is_own }) => is_own)
      .map(({ event }) => eventResponse(event)),
    cancelled_occurrences: plan.cancelled,
    lost_exceptions: result.lost,
  });
};
