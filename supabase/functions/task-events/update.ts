import * as z from "zod/mini";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { TASK_ON_CONFLICT } from "@shared/schemas/auto_reschedule.ts";
import { TIMEZONE } from "@shared/schemas/fields.ts";
import { once } from "@shared/schemas/once.ts";
import { EVENT_CHANGE } from "@shared/task_events/plan/change_request.ts";
import type { TaskConflicts } from "@shared/task_events/execute/check_task_time.ts";
import { updateEvent } from "@shared/task_events/execute/update_event.ts";
import { checkMovedEvent } from "./check_times.ts";
import { eventResponse, requireUser } from "./event_response.ts";
import { NAMED_EVENT, requireName } from "./named_event.ts";
import type { Route } from "./route.ts";

/** The body of PATCH update. */
export const CHANGE_EVENT_REQUEST = z.extend(EVENT_CHANGE, {
  ...NAMED_EVENT,
  user_id: z.optional(z.uuid("Expected a user's id")),
  preview: z.optional(z.boolean()),
  confirm: z.optional(z.boolean()),
  timezone: z.optional(TIMEZONE),
  on_conflict: z.optional(TASK_ON_CONFLICT),
}).check(once("timeZone", "timezone"));

/** PATCH update: changes one event or occurrence, a series, or a series from one occurrence on. */
export const update: Route = async (dependencies, request, actor) => {
  const { user_id, preview, confirm, timezone, on_conflict, ...given } = await readJson(
    request,
    CHANGE_EVENT_REQUEST,
  );
  const change = timezone === undefined ? given : { ...given, timeZone: timezone };
  requireName(change);
  const owner = requireUser(actor, user_id);
  let checked: Partial<TaskConflicts> = {};
  const changed = await updateEvent(dependencies, owner, change, {
    preview: preview === true,
    confirm: confirm === true,
    before_change: async (target) => {
      checked = await checkMovedEvent(dependencies, owner, { target, change, on_conflict });
    },
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
    not_carried: result.not_carried,
    ...checked,
  });
};
