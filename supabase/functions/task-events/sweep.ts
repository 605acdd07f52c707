import { finishBatch } from "@shared/database/work.ts";
import { allowanceOf, drainWoken } from "@shared/http/drain.ts";
import { log } from "@shared/http/log.ts";
import { hasField, readBody, validate } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { BATCH } from "@shared/schemas/webhook.ts";
import { finishDue } from "@shared/task_events/execute/finish_pending.ts";
import type { HandlerDependencies } from "./route.ts";

const DEFAULT_LIMIT = 10;

/** A change is up to ten requests to Google, one after the other. */
const WOKEN_ALLOWANCE = { rows: 40, slice_rows: DEFAULT_LIMIT, last_slice_ms: 60_000 };

/** POST / {batch} finishes what was interrupted; null: the body is no batch. */
export async function sweep(
  dependencies: HandlerDependencies,
  request: Request,
): Promise<Response | null> {
  const body = await readBody(request);
  if (!hasField(body, "batch")) return null;
  const { limit, background } = validate(body, BATCH);
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
