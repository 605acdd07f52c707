import { saveChannel } from "@shared/database/syncs.ts";
import type { LeasedSync } from "@shared/database/syncs.ts";
import type { SyncContext } from "./sync_context.ts";

/**
 * Opens the push channel that the lease asks for, before the calendar is read: what changes after
 * the read is then reported. A channel that Google refuses costs only time, because calendars are
 * also polled; the reason is stored.
 */
export async function openChannel(
  { database, changes, connections, tokens, webhook_url }: SyncContext,
  { new_channel_id: id, calendar_id, connection }: LeasedSync,
): Promise<void> {
  if (id === null || webhook_url === null) return;
  const channel = { id, token: await tokens.tokenOf(id), address: webhook_url };
  const opened = await connections.call(
    connection,
    "read",
    (access_token) => changes.watch(access_token, calendar_id, channel),
  );
  if (opened.verdict !== "done") {
    await saveChannel(database, id, { error: `${opened.code}: ${opened.message}` });
    return;
  }
  if (await saveChannel(database, id, opened.value)) return;
  // The user has disconnected meanwhile.
  const { resource_id } = opened.value;
  await connections.call(
    connection,
    "read",
    (access_token) => changes.stop(access_token, { id, resource_id }),
  );
}
