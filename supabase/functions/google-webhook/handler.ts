import { finishBatch } from "@shared/database/work.ts";
import { allowanceOf, drainWoken } from "@shared/http/drain.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { log } from "@shared/http/log.ts";
import { readJson } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import { batchOf } from "@shared/schemas/webhook.ts";
import { leaseByPush, pushMessageOf } from "@shared/sync/receive_push.ts";
import type { SyncResult } from "@shared/sync/sync_calendar.ts";
import type { SyncContext } from "@shared/sync/sync_context.ts";

export interface HandlerDependencies extends SyncContext {
  inBackground: (work: Promise<unknown>) => void;
}

const DEFAULT_LIMIT = 20;
const WOKEN_ALLOWANCE = { rows: 40, slice_rows: DEFAULT_LIMIT, last_slice_ms: 60_000 };
/** The body of POST sync. */
export const SYNC_BATCH = batchOf(100);

/** Whether a request is for the sweep, which needs a secret key; Google's messages have none. */
export function isBatch(request: Request): boolean {
  return routePath(request, "google-webhook") === "/sync";
}

/** `POST /sync` {batch, limit?, background?} reads the calendars that are due. Keys only. */
export function syncHandler({ inBackground, ...context }: HandlerDependencies): Handler {
  return async (request) => {
    requirePost(request);
    const { limit, background } = await readJson(request, SYNC_BATCH);
    if (background !== true) return json(response(await run(context, limit ?? DEFAULT_LIMIT)));
    const queue = {
      process: async (most: number) => (await run(context, most)).length,
      finish: (wake: boolean) => finishBatch(context.database, "sync", wake),
    };
    return accept(inBackground, drainWoken(queue, allowanceOf(WOKEN_ALLOWANCE, limit)));
  };
}

/**
 * `POST /` is a message of one of Google's push channels. The response is the same whether the
 * channel is known or not, and is sent before the calendar is read.
 */
export function pushHandler({ inBackground, ...context }: HandlerDependencies): Handler {
  return async (request) => {
    if (routePath(request, "google-webhook") !== "/") {
      throw new HttpFault("not_found", "google-webhook has no such path.");
    }
    requirePost(request);
    await request.body?.cancel();
    const message = pushMessageOf(request.headers);
    const leased = message === null ? null : await leaseByPush(context, message);
    if (leased !== null) {
      const { syncCalendar } = await import("@shared/sync/sync_calendar.ts");
      inBackground(syncCalendar(context, leased).then(report));
    }
    return new Response(null, { status: 200 });
  };
}

async function run(context: SyncContext, limit: number): Promise<SyncResult[]> {
  const { syncBatch } = await import("@shared/sync/sync_batch.ts");
  const results = await syncBatch(context, limit);
  results.forEach(report);
  return results;
}

function report({ sync_id, status, error }: SyncResult): void {
  if (error !== undefined) log("warning", "calendar_not_synced", { sync_id, status, error });
}

function response(results: readonly SyncResult[]) {
  const synced = results.filter(({ status }) => status === "synced").length;
  return {
    success: synced === results.length,
    results,
    total_processed: results.length,
    synced,
    changed: results.reduce((sum, { changed }) => sum + changed, 0),
  };
}

function requirePost({ method }: Request): void {
  if (method !== "POST") {
    throw new HttpFault("method_not_allowed", "google-webhook answers POST.");
  }
}
