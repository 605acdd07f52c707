import { finishBatch } from "@shared/database/work.ts";
import { actorOf } from "@shared/http/caller.ts";
import { allowanceOf, drainWoken } from "@shared/http/drain.ts";
import { faultOfThrown, HttpFault } from "@shared/http/fault.ts";
import { log } from "@shared/http/log.ts";
import { hasField, readBody, validate } from "@shared/http/request.ts";
import { accept, json, pending } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import { BATCH } from "@shared/schemas/webhook.ts";
import type { HandlerDependencies, Route } from "./route.ts";

// A request loads its own route only.
const schedule: Route = async (...call) => (await import("./schedule.ts")).schedule(...call);
const update: Route = async (...call) => (await import("./update.ts")).update(...call);
const removeEvent: Route = async (...call) => (await import("./delete.ts")).removeEvent(...call);
const listEvents: Route = async (...call) => (await import("./events.ts")).listEvents(...call);
const reschedule: Route = async (...call) => (await import("./reschedule.ts")).reschedule(...call);
const requeue: Route = async (...call) => (await import("./requeue.ts")).requeue(...call);
const syncOrganizer: Route = async (...call) =>
  (await import("./sync_organizer.ts")).syncOrganizer(...call);

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  "/": { POST: schedule, PATCH: update, DELETE: removeEvent, GET: listEvents },
  "/schedule": { POST: schedule },
  "/update": { PATCH: update, POST: update },
  "/delete": { DELETE: removeEvent, POST: removeEvent },
  "/reschedule": { POST: reschedule },
  "/requeue": { POST: requeue },
  "/sync-organizer": { POST: syncOrganizer },
  "/events": { GET: listEvents },
};

const DEFAULT_LIMIT = 10;

/** A change is up to ten requests to Google, one after the other. */
const WOKEN_ALLOWANCE = { rows: 40, slice_rows: DEFAULT_LIMIT, last_slice_ms: 60_000 };

/**
 * The events of tasks: POST schedule, PATCH update, DELETE, POST reschedule, POST
 * sync-organizer, POST requeue, GET events.
 * POST / {batch} finishes what was interrupted (keys only).
 */
export function taskEventsHandler(dependencies: HandlerDependencies): Handler {
  return async (request, caller) => {
    const path = routePath(request, "task-events");
    const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
    if (methods === undefined) {
      throw new HttpFault("not_found", "task-events has no such path.");
    }
    const route = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
    if (route === undefined) {
      throw new HttpFault(
        "method_not_allowed",
        `Use ${Object.keys(methods).join(" or ")}.`,
      );
    }
    if (caller.kind === "key" && path === "/" && request.method === "POST") {
      const swept = await sweep(dependencies, request.clone());
      if (swept !== null) return swept;
    }
    try {
      return await route(dependencies, request, actorOf(caller));
    } catch (thrown) {
      const fault = faultOfThrown(thrown);
      if (fault instanceof HttpFault && fault.code === "in_progress") return leasedElsewhere(fault);
      throw fault;
    }
  };
}

/** When another worker, whose lease the call has waited for, may be done. */
const IN_PROGRESS_SECONDS = 2;

function leasedElsewhere({ retry_after_seconds = IN_PROGRESS_SECONDS }: HttpFault): Response {
  const message =
    "Another worker is processing this event, and nothing was changed. Repeat the request shortly.";
  return pending(retry_after_seconds, message, {});
}

async function sweep(
  dependencies: HandlerDependencies,
  request: Request,
): Promise<Response | null> {
  const body = await readBody(request);
  if (!hasField(body, "batch")) return null;
  const { limit, background } = validate(body, BATCH);
  const { finishDue } = await import("@shared/task_events/execute/finish_pending.ts");
  const run = (most: number) =>
    finishDue(dependencies, most, (id, thrown) => {
      log("error", "task_event_unfinished", { id, error: String(thrown) });
    });
  if (background === true) {
    const queue = {
      process: async (most: number) => (await run(most)).length,
      finish: (wake: boolean) => finishBatch(dependencies.database, "task_event", wake),
    };
    return accept(
      dependencies.inBackground,
      drainWoken(queue, allowanceOf(WOKEN_ALLOWANCE, limit)),
    );
  }
  const results = await run(limit ?? DEFAULT_LIMIT);
  const succeeded = results.filter(({ success }) => success).length;
  return json({
    success: succeeded === results.length,
    results,
    total_processed: results.length,
    succeeded,
    failed: results.length - succeeded,
  });
}
