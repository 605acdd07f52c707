import { SYSTEM } from "@shared/database/actor.ts";
import type { Actor } from "@shared/database/actor.ts";
import { checkBatch } from "@shared/finding_time/check_batch.ts";
import { dryRun } from "@shared/finding_time/dry_run.ts";
import { findAlternatives } from "@shared/finding_time/find_alternatives.ts";
import { scheduleBatch, SLICE_ROWS } from "@shared/finding_time/schedule_batch.ts";
import type { ScheduleDependencies } from "@shared/finding_time/schedule_meeting.ts";
import { scheduleOne } from "@shared/finding_time/schedule_one.ts";
import type { ScheduleRequest } from "@shared/finding_time/schedule_one.ts";
import { finishBatch } from "@shared/database/work.ts";
import { actorOf, requireKey } from "@shared/http/caller.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { allowanceOf, drain, drainWoken } from "@shared/http/drain.ts";
import type { Queue } from "@shared/http/drain.ts";
import { lookOnceMore } from "@shared/http/look_once_more.ts";
import { hasField, readBody, validate } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { BATCH, MEETING_WEBHOOK } from "@shared/schemas/webhook.ts";
import { ALTERNATIVES_REQUEST, SCHEDULE_REQUEST } from "./request.ts";
import {
  alternativesResponse,
  batchElement,
  dryRunResponse,
  scheduledResponse,
} from "./responses.ts";

const NAME_ONE = "Send one meeting instead.";

/** CPU time bounds the searches of one call. */
const WOKEN_ALLOWANCE = { rows: 40, slice_rows: SLICE_ROWS, last_slice_ms: 45_000 };

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
    if (path === "/alternatives") {
      const named = validate(await readBody(request), ALTERNATIVES_REQUEST);
      const started = performance.now();
      const found = await findAlternatives(dependencies, named, actorOf(caller));
      return alternativesResponse(named.meeting_id, found, performance.now() - started);
    }
    if (path === "/conflicts") return await checkTimes(dependencies, request, caller);
    const body = await readBody(request, { max_bytes: LIMITS.schedule_body_bytes });
    if (hasField(body, "batch")) {
      requireKey(caller, NAME_ONE);
      const { limit, background } = validate(body, BATCH);
      if (background === true) {
        const allowance = allowanceOf(WOKEN_ALLOWANCE, limit);
        return accept(dependencies.inBackground, drainWoken(searchesOf(dependencies), allowance));
      }
      const batch = await scheduleBatch(dependencies, limit ?? SLICE_ROWS);
      const results = batch.results.map(batchElement);
      return json({ success: true, results, total_processed: results.length });
    }
    if (hasField(body, "record")) {
      requireKey(caller, NAME_ONE);
      const { record } = validate(body, MEETING_WEBHOOK);
      const { meeting_id } = record;
      const request = { meeting_id, given: null, reschedule: false };
      // pg_net sends its queue in order: a slow response would delay the next wake-up.
      return accept(
        dependencies.inBackground,
        lookOnceMore(
          scheduleAndRespond(dependencies, request, SYSTEM, { waits: false }),
          () => drain(searchesOf(dependencies), WOKEN_ALLOWANCE),
        ),
      );
    }
    return await schedule(dependencies, body, caller);
  };
}

function searchesOf(dependencies: ScheduleDependencies): Queue {
  return {
    process: async (limit) => (await scheduleBatch(dependencies, limit)).claimed,
    finish: (wake) => finishBatch(dependencies.database, "search", wake),
  };
}

async function checkTimes(
  dependencies: ScheduleDependencies,
  request: Request,
  caller: Caller,
): Promise<Response> {
  requireKey(caller);
  const { limit, background } = validate(await readBody(request), BATCH);
  const run = () => checkBatch(dependencies, { limit, wake: background === true });
  if (background === true) return accept(dependencies.inBackground, lookOnceMore(run(), run));
  const results = await run();
  return json({ success: true, results, total_processed: results.length });
}

async function schedule(
  dependencies: ScheduleDependencies,
  body: unknown,
  caller: Caller,
): Promise<Response> {
  const { dry_run, ...request } = validate(body, SCHEDULE_REQUEST);
  const organizer = request.given?.organizer_user_id;
  const actor = actorOf(caller);
  if (actor.kind === "user" && organizer !== undefined && organizer !== actor.user_id) {
    throw new HttpFault("forbidden", "Only a secret key may schedule for another user.", {
      path: "organizer_user_id",
    });
  }
  if (!dry_run) return await scheduleAndRespond(dependencies, request, actor, { waits: true });
  const started = performance.now();
  const outcome = await dryRun(dependencies, request, actor);
  const elapsed_ms = performance.now() - started;
  return dryRunResponse(dependencies.calendar, request.meeting_id, outcome, elapsed_ms);
}

async function scheduleAndRespond(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  actor: Actor,
  options: { waits: boolean },
): Promise<Response> {
  const started = performance.now();
  const scheduled = await scheduleOne(dependencies, request, actor, options);
  return scheduledResponse(request.meeting_id, scheduled, performance.now() - started);
}
