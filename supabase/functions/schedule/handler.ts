import type { ScheduleDependencies } from "@shared/finding_time/schedule_meeting.ts";
import { actorOf, requireKey } from "@shared/http/caller.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { hasField, readBody, validate } from "@shared/http/request.ts";
import { accept } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { BATCH, MEETING_WEBHOOK } from "@shared/schemas/webhook.ts";

const NAME_ONE = "Send one meeting instead.";

/** The search is most of the function's code: requests that are refused do not load it. */
const searches = () => import("./searches.ts");

/**
 * POST finds a meeting its slot: {meeting_id?, participants, constraints, ...} stores a new meeting
 * or schedules one that exists; {batch, limit} those that wait (keys only); a database webhook the
 * meeting it names. With "dry_run": true nothing is stored. POST alternatives {meeting_id} finds the
 * next best slots of a meeting, POST conflicts {batch, limit} checks times for conflicts (keys only).
 */
export function scheduleHandler(dependencies: ScheduleDependencies): Handler {
  return async (request, caller) => {
    const path = routePath(request, "schedule");
    if (path !== "/" && path !== "/alternatives" && path !== "/conflicts") {
      throw new HttpFault("not_found", "schedule has no such path.");
    }
    if (request.method !== "POST") {
      throw new HttpFault("method_not_allowed", "schedule answers POST.");
    }
    if (path === "/alternatives") return await alternatives(dependencies, request, caller);
    if (path === "/conflicts") return await conflicts(dependencies, request, caller);
    const body = await readBody(request, { max_bytes: LIMITS.schedule_body_bytes });
    if (hasField(body, "batch")) {
      requireKey(caller, NAME_ONE);
      const { limit, background } = validate(body, BATCH);
      const { searchBatch, searchWoken } = await searches();
      if (background === true) {
        return accept(dependencies.inBackground, searchWoken(dependencies, limit));
      }
      return await searchBatch(dependencies, limit);
    }
    if (hasField(body, "record")) {
      requireKey(caller, NAME_ONE);
      const { record } = validate(body, MEETING_WEBHOOK);
      const { searchNamed } = await searches();
      // pg_net sends its queue in order: a slow response would delay the next wake-up.
      return accept(dependencies.inBackground, searchNamed(dependencies, record.meeting_id));
    }
    return await schedule(dependencies, body, caller);
  };
}

async function alternatives(
  dependencies: ScheduleDependencies,
  request: Request,
  caller: Caller,
): Promise<Response> {
  const { ALTERNATIVES_REQUEST } = await import("./request.ts");
  const named = validate(await readBody(request), ALTERNATIVES_REQUEST);
  const { searchAlternatives } = await searches();
  return await searchAlternatives(dependencies, named, actorOf(caller));
}

async function conflicts(
  dependencies: ScheduleDependencies,
  request: Request,
  caller: Caller,
): Promise<Response> {
  requireKey(caller);
  const { limit, background } = validate(await readBody(request), BATCH);
  const { checkTimes, checkTimesWoken } = await searches();
  if (background === true) {
    return accept(dependencies.inBackground, checkTimesWoken(dependencies, limit));
  }
  return await checkTimes(dependencies, limit);
}

async function schedule(
  dependencies: ScheduleDependencies,
  body: unknown,
  caller: Caller,
): Promise<Response> {
  const { SCHEDULE_REQUEST } = await import("./request.ts");
  const { dry_run, ...request } = validate(body, SCHEDULE_REQUEST);
  const organizer = request.given?.organizer_user_id;
  const actor = actorOf(caller);
  if (actor.kind === "user" && organizer !== undefined && organizer !== actor.user_id) {
    throw new HttpFault("forbidden", "Only a secret key may schedule for another user.", {
      path: "organizer_user_id",
    });
  }
  const { searchDry, searchOne } = await searches();
  return dry_run
    ? await searchDry(dependencies, request, actor)
    : await searchOne(dependencies, request, actor);
}
