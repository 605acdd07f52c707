import { requireKey, userOf } from "@shared/http/caller.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { hasField, readBody, validate } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { BATCH, MEETING_WEBHOOK } from "@shared/http/webhook.ts";
import { findAlternatives } from "@shared/finding_time/find_alternatives.ts";
import { scheduleBatch } from "@shared/finding_time/schedule_batch.ts";
import { dryRun } from "@shared/finding_time/dry_run.ts";
import { ALTERNATIVES_REQUEST, MAX_BODY_BYTES, SCHEDULE_REQUEST } from "./request.ts";
import type { ScheduleDependencies } from "@shared/finding_time/schedule_meeting.ts";
import { scheduleOne } from "@shared/finding_time/schedule_one.ts";

const NAME_ONE = "Name one meeting instead.";

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
      const asked = validate(await readBody(request), ALTERNATIVES_REQUEST);
      return await findAlternatives(dependencies, asked, userOf(caller));
    }
    const body = await readBody(request, { max_bytes: MAX_BODY_BYTES });
    if (hasField(body, "batch")) {
      requireKey(caller, NAME_ONE);
      const { limit, background } = validate(body, BATCH);
      const work = scheduleBatch(dependencies, limit);
      if (background === true) return accept(dependencies.inBackground, work);
      const results = await work;
      return json({ success: true, results, total_processed: results.length });
    }
    if (hasField(body, "record")) {
      requireKey(caller, NAME_ONE);
      const { record } = validate(body, MEETING_WEBHOOK);
      const { meeting_id } = record;
      const request = { meeting_id, given: null, reschedule: false, dry_run: false };
      // pg_net works through its queue in order: a slow answer would hold up the next doorbell.
      return accept(dependencies.inBackground, scheduleOne(dependencies, request, null));
    }
    return await schedule(dependencies, body, caller);
  };
}

async function schedule(
  dependencies: ScheduleDependencies,
  body: unknown,
  caller: Caller,
): Promise<Response> {
  const request = validate(body, SCHEDULE_REQUEST);
  const organizer = request.given?.organizer_user_id;
  const user_id = userOf(caller);
  if (user_id !== null && organizer !== undefined && organizer !== user_id) {
    throw new HttpFault("forbidden", "Only a secret key may schedule for somebody else.", {
      path: "organizer_user_id",
    });
  }
  return await (request.dry_run ? dryRun : scheduleOne)(dependencies, request, user_id);
}
