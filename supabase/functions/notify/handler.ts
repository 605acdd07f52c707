import { finishBatch } from "@shared/database/work.ts";
import { allowanceOf, drainWoken } from "@shared/http/drain.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { log } from "@shared/http/log.ts";
import { readJson } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { requireOwnPath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import { batchOf } from "@shared/schemas/webhook.ts";
import type { NotifyDependencies, NotifyResult } from "@shared/notifications/notify.ts";

export interface HandlerDependencies extends Omit<NotifyDependencies, "alert"> {
  inBackground: (work: Promise<unknown>) => void;
}

const DEFAULT_LIMIT = 100;
const WOKEN_ALLOWANCE = { rows: 200, slice_rows: DEFAULT_LIMIT, last_slice_ms: 60_000 };
/** The body of POST. */
export const NOTIFY_BATCH = batchOf(1000);

/** POST {batch, limit?, background?} delivers the notifications that are due. Keys only. */
export function notifyHandler({ inBackground, ...dependencies }: HandlerDependencies): Handler {
  return async (request) => {
    requireOwnPath(request, "notify");
    if (request.method !== "POST") {
      throw new HttpFault("method_not_allowed", "notify answers POST.");
    }
    const { limit, background } = await readJson(request, NOTIFY_BATCH);
    if (background !== true) return json(answer(await run(dependencies, limit ?? DEFAULT_LIMIT)));
    const queue = {
      process: async (most: number) => (await run(dependencies, most)).length,
      finish: (wake: boolean) => finishBatch(dependencies.database, "notification", wake),
    };
    return accept(inBackground, drainWoken(queue, allowanceOf(WOKEN_ALLOWANCE, limit)));
  };
}

async function run(
  dependencies: Omit<NotifyDependencies, "alert">,
  limit: number,
): Promise<NotifyResult[]> {
  const { notify } = await import("@shared/notifications/notify.ts");
  const results = await notify({
    ...dependencies,
    alert: ({ user_id, reason }) =>
      log("warning", "google_connection_needs_reauth", { user_id, reason }),
  }, limit);
  for (const { notification_id, kind, delivery } of results) {
    if (delivery.outcome === "sent") continue;
    log("warning", "notification_not_delivered", { notification_id, kind, error: delivery.error });
  }
  return results;
}

function answer(results: readonly NotifyResult[]) {
  const succeeded = results.filter(({ delivery }) => delivery.outcome === "sent").length;
  return {
    success: succeeded === results.length,
    results: results.map(({ notification_id, event, kind, delivery }) => ({
      notification_id,
      event,
      kind,
      success: delivery.outcome === "sent",
      ...errorOf(delivery.error),
    })),
    total_processed: results.length,
    succeeded,
    failed: results.length - succeeded,
  };
}

function errorOf(error: string | null) {
  if (error === null) return {};
  const colon = error.indexOf(": ");
  return { error: error.slice(0, colon), message: error.slice(colon + 2) };
}
