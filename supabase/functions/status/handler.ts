import type { Database } from "@shared/database/call.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";

type Route = (database: Database, request: Request, caller: Caller) => Promise<Response>;

// A request loads its own route only.
const ROUTES: Readonly<Record<string, Route>> = {
  "/": async (...call) => (await import("./meetings.ts")).meetings(...call),
  "/health": async (...call) => (await import("./health.ts")).health(...call),
  "/metrics": async (...call) => (await import("./health.ts")).metrics(...call),
};

/** GET / is about meetings, GET /health and /metrics about Convene. One round trip each. */
export function statusHandler({ database }: { database: Database }): Handler {
  return async (request, caller) => {
    const path = routePath(request, "status");
    const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
    if (route === undefined) throw new HttpFault("not_found", "status has no such path.");
    if (request.method !== "GET") throw new HttpFault("method_not_allowed", "status answers GET.");
    return await route(database, request, caller);
  };
}
