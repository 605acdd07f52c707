import { actorOf } from "@shared/http/caller.ts";
import { faultOfThrown, HttpFault } from "@shared/http/fault.ts";
import { pending } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
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
      const { sweep } = await import("./sweep.ts");
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
