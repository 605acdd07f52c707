import { actorOf } from "@shared/http/caller.ts";
import { faultOfThrown, HttpFault } from "@shared/http/fault.ts";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { requireOwnPath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import type { TaskEventDependencies } from "@shared/task_events/execute/account.ts";
import {
  SYNC_ORGANIZER_REQUEST,
  syncRequested,
} from "@shared/task_events/sync_organizer_request.ts";

/**
 * POST {event_ids}, {task_ids}, {meeting_id} or {backfill, limit?} reads again whose events they are
 * and how their guests replied: users their own, keys any. The same as POST task-events/sync-organizer.
 */
export function syncOrganizerHandler(dependencies: TaskEventDependencies): Handler {
  return async (request, caller) => {
    requireOwnPath(request, "sync-organizer");
    if (request.method !== "POST") {
      throw new HttpFault("method_not_allowed", "sync-organizer answers POST.");
    }
    const wanted = await readJson(request, SYNC_ORGANIZER_REQUEST);
    try {
      return json(await syncRequested(dependencies, actorOf(caller), wanted));
    } catch (thrown) {
      throw faultOfThrown(thrown);
    }
  };
}
