import type { Database } from "@shared/database/call.ts";
import { claimNotifications, settleNotification } from "@shared/database/notifications.ts";
import type { ClaimedNotification } from "@shared/database/notifications.ts";
import { deliver } from "./deliver.ts";
import type { DeliveryDependencies } from "./deliver.ts";
import { rejected } from "./delivery.ts";
import type { Delivery } from "./delivery.ts";

/** Delivered side by side; the claim takes targets in turns. */
const SLICE = 20;
/** No slice is begun later than this; a function has 150 s in all. */
const LAST_SLICE_MS = 60_000;

export interface NotifyDependencies extends DeliveryDependencies {
  database: Database;
}

export interface NotifyResult {
  notification_id: string;
  event: ClaimedNotification["event"];
  kind: ClaimedNotification["kind"];
  delivery: Delivery;
  /** False: the lease was lost, and another worker delivers it again. */
  settled: boolean;
}

/** Delivers what is due, slice by slice, at most `limit`; each row is settled as soon as it is known. */
export async function notify(
  dependencies: NotifyDependencies,
  limit: number,
): Promise<NotifyResult[]> {
  const started = dependencies.now().getTime();
  const results: NotifyResult[] = [];
  while (results.length < limit && dependencies.now().getTime() - started < LAST_SLICE_MS) {
    const size = Math.min(SLICE, limit - results.length);
    const rows = await claimNotifications(dependencies.database, size);
    results.push(...await Promise.all(rows.map((row) => deliverOne(dependencies, row))));
    if (rows.length === 0) break;
  }
  return results;
}

async function deliverOne(
  dependencies: NotifyDependencies,
  row: ClaimedNotification,
): Promise<NotifyResult> {
  const { notification_id, event, kind } = row;
  const delivery = await deliver(dependencies, row).catch((error: unknown) =>
    // Our own mistake with this row; it must not take the others along.
    rejected("internal", error instanceof Error ? error.message : String(error))
  );
  const settled = await settleNotification(dependencies.database, row, delivery);
  return { notification_id, event, kind, delivery, settled };
}
