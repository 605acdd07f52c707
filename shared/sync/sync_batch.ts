import { claimSyncs } from "@shared/database/syncs.ts";
import { syncCalendar } from "./sync_calendar.ts";
import type { SyncResult } from "./sync_calendar.ts";
import type { SyncContext } from "./sync_context.ts";

/** Calendars side by side; each is another user's quota, or the same user's other calendar. */
const PARALLEL_CALENDARS = 4;

/** Reads the calendars that are due, `limit` at most. Throws on a database error. */
export async function syncBatch(context: SyncContext, limit: number): Promise<SyncResult[]> {
  const leased = await claimSyncs(context.database, {
    limit,
    push: context.webhook_url !== null,
  });
  const results: SyncResult[] = [];
  for (let first = 0; first < leased.length; first += PARALLEL_CALENDARS) {
    const slice = leased.slice(first, first + PARALLEL_CALENDARS);
    results.push(...await Promise.all(slice.map((one) => syncCalendar(context, one))));
  }
  return results;
}
