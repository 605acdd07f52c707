import { restartSync, settleSync, storeSyncPage } from "@shared/database/syncs.ts";
import type { LeasedSync } from "@shared/database/syncs.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { EventChanges } from "@shared/google/calendar_changes.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { openChannel } from "./open_channel.ts";
import type { SyncContext } from "./sync_context.ts";
import { syncedEvent } from "./synced_event.ts";
import { verifyEvents } from "./verify_events.ts";

/** What became of one calendar. `lost`: another worker has the lease. */
export interface SyncResult {
  sync_id: string;
  status: "synced" | "lost" | "unreadable" | "failed";
  changed: number;
  /** Code, colon, sentence, where it is not `synced`. */
  error?: string;
}

/** Roles that show whole events; with less, a calendar shows only when there is something. */
const READERS = ["owner", "writer", "writerWithoutPrivateAccess", "reader"];

/**
 * Reads what changed on a leased calendar since its cursor, page by page, and stores each page with
 * its cursor in one statement. Without a cursor, or with one that Google no longer accepts (410), it
 * reads the whole calendar, and what that did not show is read by its id.
 */
export async function syncCalendar(context: SyncContext, leased: LeasedSync): Promise<SyncResult> {
  const { database } = context;
  const { sync_id, calendar_id } = leased;
  await openChannel(context, leased);
  let { cursor, page_token } = leased;
  let changed = 0;
  let has_restarted = false;
  while (true) {
    const page = await list(context, leased, { sync_token: cursor, page_token });
    if (page.verdict !== "done") {
      if (isOutdated(page, { cursor, page_token }) && !has_restarted) {
        if (!await restartSync(database, leased)) return { sync_id, status: "lost", changed };
        [cursor, page_token, has_restarted] = [null, null, true];
        continue;
      }
      return await settleFailure(context, leased, page, changed);
    }
    const { events, accessRole, nextPageToken, nextSyncToken } = page.value;
    if (accessRole !== undefined && !READERS.includes(accessRole)) {
      return await settleUnreadable(context, leased, changed);
    }
    const stored = await storeSyncPage(database, leased, {
      events: events.map((event) => syncedEvent(event, calendar_id)),
      next: nextPageToken !== undefined
        ? { page_token: nextPageToken }
        : { sync_token: nextSyncToken ?? "" },
    });
    if (!stored.stored) return { sync_id, status: "lost", changed };
    changed += stored.changed ?? 0;
    if (stored.is_over === true) return { sync_id, status: "synced", changed };
    if (nextPageToken === undefined) {
      return await verifyRest(context, leased, stored.unverified ?? [], changed);
    }
    page_token = nextPageToken;
  }
}

/** Reads the events by their ids of which the pages did not say enough, and settles the lease. */
async function verifyRest(
  context: SyncContext,
  leased: LeasedSync,
  unverified: readonly string[],
  changed_before: number,
): Promise<SyncResult> {
  const { database } = context;
  const { sync_id } = leased;
  const { events, ids, failure } = await verifyEvents(context, leased, unverified);
  const stored = await storeSyncPage(database, leased, { events, verified: ids });
  if (!stored.stored) return { sync_id, status: "lost", changed: changed_before };
  const changed = changed_before + (stored.changed ?? 0);
  if (stored.is_over === true) return { sync_id, status: "synced", changed };
  if (failure !== null) return await settleFailure(context, leased, failure, changed);
  // A change of ours is in progress on the others, or there were too many for one run.
  await settleSync(database, leased, { verdict: "defer" });
  return { sync_id, status: "synced", changed };
}

function list(
  { changes, connections }: SyncContext,
  { connection, calendar_id }: LeasedSync,
  from: { sync_token: string | null; page_token: string | null },
): Promise<GoogleOutcome<EventChanges>> {
  return connections.call(
    connection,
    "read",
    (token) => changes.list(token, calendar_id, from),
  );
}

/** 410 ends a cursor; a token that Google does not know is a 400. A read without tokens has none that could be outdated. */
function isOutdated(
  failure: GoogleFailure,
  { cursor, page_token }: Pick<LeasedSync, "cursor" | "page_token">,
): boolean {
  if (failure.verdict !== "reject") return false;
  const { status } = failure.google;
  return (status === 410 || status === 400) && (cursor !== null || page_token !== null);
}

async function settleFailure(
  context: SyncContext,
  leased: LeasedSync,
  failure: GoogleFailure,
  changed: number,
): Promise<SyncResult> {
  const { status } = failure.google;
  if (failure.verdict === "reject" && (status === 404 || status === 403)) {
    return await settleUnreadable(context, leased, changed);
  }
  const error = `${failure.code}: ${failure.message}`;
  const is_deferred = failure.verdict === "defer" || failure.verdict === "reconnect";
  await settleSync(context.database, leased, {
    verdict: is_deferred ? "defer" : "retry",
    error,
    not_before_seconds: failure.verdict === "defer" ? failure.not_before_seconds ?? null : null,
  });
  return { sync_id: leased.sync_id, status: "failed", changed, error };
}

/** Deleted, or its access was taken away: that says nothing about the events, whose rows stay as they are. */
async function settleUnreadable(
  { database }: SyncContext,
  leased: LeasedSync,
  changed: number,
): Promise<SyncResult> {
  const error = "calendar_unreadable: Google shows this account no events of the calendar " +
    `"${leased.calendar_id}". Share it with the account again, or connect the account that has it.`;
  await settleSync(database, leased, { verdict: "done", error, is_unreadable: true });
  return { sync_id: leased.sync_id, status: "unreadable", changed, error };
}
