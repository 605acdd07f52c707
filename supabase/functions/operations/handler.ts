import type { Database } from "@shared/database/call.ts";
import { countFailedWork, requeueAll, requeueWork } from "@shared/database/failed_work.ts";
import { pauseWork, resumeWork, shownPause } from "@shared/database/pauses.ts";
import { DatabaseFault } from "@shared/failures/database_fault.ts";
import { requireKey } from "@shared/http/caller.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { PAUSE_REQUEST, REQUEUE_REQUEST, RESUME_REQUEST } from "./requests.ts";

export interface HandlerDependencies {
  database: Database;
  now: () => Date;
}

type Route = (
  dependencies: HandlerDependencies,
  request: Request,
  caller: Caller,
) => Promise<Response>;

const ROUTES = new Map<string, Route>([
  ["/requeue", requeue],
  ["/pause", pause],
  ["/resume", resume],
]);

/**
 * What operators do with the queue, keys only: POST /requeue {kind, id} or {filter, after?, dry_run?}
 * gives what failed new attempts, POST /pause {reason, kind?, user_id?, until?} pauses work, POST /resume
 * {kind?, user_id?} ends pauses.
 */
export function operationsHandler(dependencies: HandlerDependencies): Handler {
  return (request, caller) => {
    const route = ROUTES.get(routePath(request, "operations"));
    if (route === undefined) throw new HttpFault("not_found", "operations has no such path.");
    if (request.method !== "POST") throw new HttpFault("method_not_allowed", "Use POST.");
    requireKey(caller);
    return route(dependencies, request, caller);
  };
}

async function requeue({ database }: HandlerDependencies, request: Request): Promise<Response> {
  const { kind, id, filter, after, dry_run } = await readJson(request, REQUEUE_REQUEST);
  if (kind !== undefined && id !== undefined) {
    const decision = await requeueWork(database, kind, id);
    if (decision === "not_found") {
      throw new HttpFault("not_found", `There is no ${kind} with this id.`, { kind, id });
    }
    return json({ success: true, kind, id, decision, requeued: decision === "requeued" });
  }
  if (dry_run === true) {
    return json({ success: true, failed: await countFailedWork(database, filter ?? {}) });
  }
  const requeued = await requeueAll(database, "requeue_failed_work", filter ?? {}, after ?? null);
  return json({ success: true, ...requeued });
}

async function pause(
  { database, now }: HandlerDependencies,
  request: Request,
  caller: Caller,
): Promise<Response> {
  const asked = await readJson(request, PAUSE_REQUEST);
  if (asked.until !== undefined && new Date(asked.until) <= now()) {
    throw new HttpFault("invalid_request", "until: Expected a time that has not passed", {
      path: "until",
    });
  }
  const key = caller.kind === "key" ? `key ${caller.name}` : caller.kind;
  try {
    const pauses = await pauseWork(database, { ...asked, paused_by: asked.paused_by ?? key });
    return json({ success: true, pauses: pauses.map(shownPause) });
  } catch (thrown) {
    if (!isUnknownUser(thrown)) throw thrown;
    throw new HttpFault("invalid_request", "user_id: There is no such user", { path: "user_id" });
  }
}

async function resume({ database }: HandlerDependencies, request: Request): Promise<Response> {
  const asked = await readJson(request, RESUME_REQUEST);
  const { resumed, pauses } = await resumeWork(database, asked);
  return json({ success: true, resumed, pauses: pauses.map(shownPause) });
}

/** SQLSTATE 23503: the foreign key of `private.pauses.user_id`. */
function isUnknownUser(thrown: unknown): boolean {
  return thrown instanceof DatabaseFault && thrown.sqlstate === "23503";
}
