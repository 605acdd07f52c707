import { SYSTEM } from "@shared/database/actor.ts";
import type { Actor } from "@shared/database/actor.ts";
import { dryRun } from "@shared/finding_time/dry_run.ts";
import { findAlternatives } from "@shared/finding_time/find_alternatives.ts";
import { scheduleBatch } from "@shared/finding_time/schedule_batch.ts";
import type { ScheduleDependencies } from "@shared/finding_time/schedule_meeting.ts";
import { scheduleOne } from "@shared/finding_time/schedule_one.ts";
import type { ScheduleRequest } from "@shared/finding_time/schedule_one.ts";
import { actorOf, requireKey } from "@shared/http/caller.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { lookOnceMore } from "@shared/http/look_once_more.ts";
import { hasField, readBody, validate } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { BATCH, MEETING_WEBHOOK } from "@shared/schemas/webhook.ts";
import { ALTERNATIVES_REQUEST, MAX_BODY_BYTES, SCHEDULE_REQUEST } from "./request.ts";
import {
  alternativesResponse,
  batchElement,
  dryRunResponse,
  scheduledResponse,
} from "./responses.ts";

const NAME_ONE = "Send one meeting instead.";

/**
 * POST finds a meeting its slot: {meeting_id?, participants, constraints, ...} stores a new meeting
 * or schedules one that exists; {batch, limit} those that wait (keys only); a database webhook the
 * meeting it names. With "dry_run": true nothing is stored. POST alternatives {meeting_id} finds the
 * next best slots of a meeting.
 */
export function scheduleHandler(dependencies: ScheduleDependencies): Handler {
  return async (request, caller) => {
    const path = routePath(request, "schedule");
    if (path !== "/" && path !== "/alternatives") {
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
    const body = await readBody(request, { max_bytes: MAX_BODY_BYTES });
    if (hasField(body, "batch")) {
      requireKey(caller, NAME_ONE);
      const { limit, background } = validate(body, BATCH);
      const run = () => scheduleBatch(dependencies, { limit, wake: background === true });
      if (background === true) {
        return accept(dependencies.inBackground, lookOnceMore(run(), run));
      }
      const results = (await run()).map(batchElement);
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
          scheduleAndRespond(dependencies, request, SYSTEM),
          () => scheduleBatch(dependencies, { limit: undefined, wake: true }),
        ),
      );
    }
    return await schedule(dependencies, body, caller);
  };
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
  if (!dry_run) return await scheduleAndRespond(dependencies, request, actor);
  const started = performance.now();
  const outcome = await dryRun(dependencies, request, actor);
  const elapsed_ms = performance.now() - started;
  return dryRunResponse(dependencies.calendar, request.meeting_id, outcome, elapsed_ms);
}

async function scheduleAndRespond(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  actor: Actor,
): Promise<Response> {
  const started = performance.now();
  const scheduled = await scheduleOne(dependencies, request, actor);
  return scheduledResponse(request.meeting_id, scheduled, performance.now() - started);
}
