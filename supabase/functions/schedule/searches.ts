import { SYSTEM } from "@shared/database/actor.ts";
import type { Actor } from "@shared/database/actor.ts";
import { CALL_ROWS } from "@shared/finding_time/call_rows.ts";
import { checkBatch } from "@shared/finding_time/check_batch.ts";
import { dryRun } from "@shared/finding_time/dry_run.ts";
import { findAlternatives } from "@shared/finding_time/find_alternatives.ts";
import { scheduleBatch, SLICE_ROWS } from "@shared/finding_time/schedule_batch.ts";
import type { ScheduleDependencies } from "@shared/finding_time/schedule_meeting.ts";
import { scheduleOne } from "@shared/finding_time/schedule_one.ts";
import type { ScheduleRequest } from "@shared/finding_time/schedule_one.ts";
import { finishBatch } from "@shared/database/work.ts";
import { allowanceOf, drain, drainWoken } from "@shared/http/drain.ts";
import type { Queue } from "@shared/http/drain.ts";
import { lookOnceMore } from "@shared/http/look_once_more.ts";
import { json } from "@shared/http/respond.ts";
import {
  alternativesResponse,
  batchElement,
  dryRunResponse,
  scheduledResponse,
} from "./responses.ts";

const WOKEN_ALLOWANCE = { rows: CALL_ROWS, slice_rows: SLICE_ROWS, last_slice_ms: 45_000 };

/** Searches for one meeting, and responds when it is stored. */
export async function searchOne(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  actor: Actor,
  options: { waits: boolean } = { waits: true },
): Promise<Response> {
  const started = performance.now();
  const scheduled = await scheduleOne(dependencies, request, actor, options);
  return scheduledResponse(request.meeting_id, scheduled, performance.now() - started);
}

/** What `searchOne` would find; nothing is stored. */
export async function searchDry(
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  actor: Actor,
): Promise<Response> {
  const started = performance.now();
  const outcome = await dryRun(dependencies, request, actor);
  const elapsed_ms = performance.now() - started;
  return dryRunResponse(dependencies.calendar, request.meeting_id, outcome, elapsed_ms);
}

export async function searchAlternatives(
  dependencies: ScheduleDependencies,
  named: Parameters<typeof findAlternatives>[1],
  actor: Actor,
): Promise<Response> {
  const started = performance.now();
  const found = await findAlternatives(dependencies, named, actor);
  return alternativesResponse(named.meeting_id, found, performance.now() - started);
}

export async function searchBatch(
  dependencies: ScheduleDependencies,
  limit: number | undefined,
): Promise<Response> {
  const { elements: results } = await scheduleBatch(
    dependencies,
    limit ?? SLICE_ROWS,
    batchElement,
  );
  return json({ success: true, results, total_processed: results.length });
}

/** What a wake-up does after its response: searches until nothing is due or the call is at its end. */
export function searchWoken(
  dependencies: ScheduleDependencies,
  limit: number | undefined,
): Promise<unknown> {
  return drainWoken(searchesOf(dependencies), allowanceOf(WOKEN_ALLOWANCE, limit));
}

/** The same for a database webhook: first the meeting that it names. */
export function searchNamed(
  dependencies: ScheduleDependencies,
  meeting_id: string,
): Promise<unknown> {
  return lookOnceMore(
    searchOne(dependencies, { meeting_id, given: null, reschedule: false }, SYSTEM, {
      waits: false,
    }),
    () => drain(searchesOf(dependencies), WOKEN_ALLOWANCE),
  );
}

export async function checkTimes(
  dependencies: ScheduleDependencies,
  limit: number | undefined,
): Promise<Response> {
  const results = await checkBatch(dependencies, { limit, wake: false });
  return json({ success: true, results, total_processed: results.length });
}

export function checkTimesWoken(
  dependencies: ScheduleDependencies,
  limit: number | undefined,
): Promise<unknown> {
  const run = () => checkBatch(dependencies, { limit, wake: true });
  return lookOnceMore(run(), run);
}

function searchesOf(dependencies: ScheduleDependencies): Queue {
  return {
    process: async (limit) => (await scheduleBatch(dependencies, limit, () => null)).used,
    finish: (wake) => finishBatch(dependencies.database, "search", wake),
  };
}
