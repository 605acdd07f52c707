import { receivePush } from "@shared/database/syncs.ts";
import type { LeasedSync } from "@shared/database/syncs.ts";
import type { SyncContext } from "./sync_context.ts";

/** A message of Google's, from its headers; it says only that something changed. */
export interface PushMessage {
  channel_id: string;
  token: string;
  resource_id: string | null;
  /** `sync` for the first message of a channel, `exists` for every change. */
  resource_state: string;
}

/** The message in Google's headers; null where they are not those of a message. */
export function pushMessageOf(headers: Headers): PushMessage | null {
  const channel_id = headers.get("x-goog-channel-id");
  const token = headers.get("x-goog-channel-token");
  const resource_state = headers.get("x-goog-resource-state");
  if (channel_id === null || token === null || resource_state === null) return null;
  if (channel_id.length > 64) return null;
  return { channel_id, token, resource_id: headers.get("x-goog-resource-id"), resource_state };
}

/**
 * The calendar to read because of a message, leased; null where nothing is to be done now: a sync is
 * in flight and one more is remembered, the channel is unknown, or the message is not Google's.
 */
export async function leaseByPush(
  { database, tokens }: SyncContext,
  message: PushMessage,
): Promise<LeasedSync | null> {
  const { channel_id, token, resource_id, resource_state } = message;
  if (!await tokens.isTokenOf(channel_id, token)) return null;
  const result = await receivePush(database, {
    channel_id,
    resource_id,
    is_first: resource_state === "sync",
  });
  return result.received === "claimed" ? result.sync : null;
}
