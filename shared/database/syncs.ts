import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { StoredConnection } from "./google_connections.ts";

/** A leased calendar that is to be read for changes. */
export interface LeasedSync {
  sync_id: string;
  lease_token: string;
  /** primary, or an id. */
  calendar_id: string;
  /** Google's sync token; null: a full read. */
  cursor: string | null;
  /** Where an interrupted read continues. */
  page_token: string | null;
  /** Ids that are to be read one by one. */
  unverified: string[];
  /** A push channel to open before the read; null: none is needed. */
  new_channel_id: string | null;
  connection: StoredConnection;
}

export interface StoredPage {
  /** False: the lease was lost, and nothing was stored. */
  stored: boolean;
  unverified?: string[];
  /** The lease is settled. */
  is_over?: boolean;
  changed?: number;
}

/** Leases calendars that are due. `push`: channels may be opened. */
export function claimSyncs(
  database: Database,
  { limit, push }: { limit: number; push: boolean },
): Promise<LeasedSync[]> {
  return call(database, "claim_syncs", {
    p_limit: limit,
    p_push: push,
    p_lease_seconds: null,
  });
}

/** Stores a page and its cursor in one transaction; `verified`: ids that were read one by one. */
export function storeSyncPage(
  database: Database,
  { sync_id, lease_token }: Pick<LeasedSync, "sync_id" | "lease_token">,
  { events, next = {}, verified = [] }: {
    events: readonly unknown[];
    next?: { page_token?: string; sync_token?: string };
    verified?: readonly string[];
  },
): Promise<StoredPage> {
  return call(database, "store_sync_page", {
    p_sync_id: sync_id,
    p_lease_token: lease_token,
    p_events: events,
    p_next: next,
    p_verified: verified,
  });
}

/** Forgets the cursor: the calendar is read from its beginning. False: the lease was lost. */
export function restartSync(
  database: Database,
  { sync_id, lease_token }: Pick<LeasedSync, "sync_id" | "lease_token">,
): Promise<boolean> {
  return call(database, "restart_sync", { p_sync_id: sync_id, p_lease_token: lease_token });
}

/** Settles a read that ended before its last page. False: the lease was lost. */
export function settleSync(
  database: Database,
  { sync_id, lease_token }: Pick<LeasedSync, "sync_id" | "lease_token">,
  { verdict, error = null, not_before_seconds = null, is_unreadable = false }: {
    verdict: "done" | "retry" | "defer";
    error?: string | null;
    not_before_seconds?: number | null;
    is_unreadable?: boolean;
  },
): Promise<boolean> {
  return call(database, "settle_sync", {
    p_sync_id: sync_id,
    p_lease_token: lease_token,
    p_verdict: verdict,
    p_error: error,
    p_not_before_seconds: not_before_seconds,
    p_is_unreadable: is_unreadable,
  });
}

export type ReceivedPush =
  | { received: "claimed"; sync: LeasedSync }
  | { received: "remembered" | "first" | "unknown" };

/** A message of a push channel whose token was checked. */
export function receivePush(
  database: Database,
  { channel_id, resource_id, is_first }: {
    channel_id: string;
    resource_id: string | null;
    is_first: boolean;
  },
): Promise<ReceivedPush> {
  return call(database, "receive_push", {
    p_channel_id: channel_id,
    p_resource_id: resource_id,
    p_is_first: is_first,
    p_push: true,
    p_lease_seconds: null,
  });
}

/** What became of a request for a channel. False: it is no longer wanted and is to be stopped. */
export function saveChannel(
  database: Database,
  channel_id: string,
  result: { resource_id: string; expires_at: string } | { error: string },
): Promise<boolean> {
  return call(database, "save_channel", {
    p_channel_id: channel_id,
    p_resource_id: "error" in result ? null : result.resource_id,
    p_expires_at: "error" in result ? null : result.expires_at,
    p_error: "error" in result ? result.error : null,
  });
}

/** Forgets a user's channels; they are to be stopped. `resource_id` null: Google has not named it. */
export function takeChannels(
  database: Database,
  user_id: string,
): Promise<{ channel_id: string; resource_id: string | null }[]> {
  return call(database, "take_channels", { p_user_id: user_id });
}
