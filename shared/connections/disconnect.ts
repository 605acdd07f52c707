import type { Database } from "@shared/database/call.ts";
import { forgetGoogleConnection } from "@shared/database/google_connections.ts";
import { takeChannels } from "@shared/database/syncs.ts";
import type { GoogleChanges } from "@shared/google/calendar_changes.ts";
import type { GoogleOAuth } from "@shared/google/oauth.ts";
import { openOrNull } from "./token_cipher.ts";
import type { TokenCipher } from "./token_cipher.ts";

/**
 * What became of the grant at Google: `revoked` (now or before), `kept_for_others` (another user of
 * Convene has the same Google account, and a revocation would end theirs too), `failed` (with a
 * reason), or `none` when nothing was connected.
 */
export type Revocation =
  | { kind: "revoked" }
  | { kind: "kept_for_others" }
  | { kind: "failed"; reason: string }
  | { kind: "none" };

/**
 * Deletes a user's connection, then stops its push channels and revokes it at Google. In this order
 * the connection is gone even if Google cannot be reached, and its token is no longer stored.
 */
export async function disconnectGoogle(
  { database, oauth, cipher, changes }: {
    database: Database;
    oauth: Pick<GoogleOAuth, "refresh" | "revoke">;
    cipher: TokenCipher;
    changes: Pick<GoogleChanges, "stop">;
  },
  user_id: string,
): Promise<Revocation> {
  const channels = await takeChannels(database, user_id);
  const forgotten = await forgetGoogleConnection(database, user_id);
  if (forgotten === null) return { kind: "none" };
  // A token whose key is gone cannot be revoked, but must not keep its owner from leaving.
  const token = await openOrNull(
    cipher,
    forgotten.refresh_token_encrypted,
    user_id,
    "refresh_token_encrypted",
  );
  // Before the revocation: afterwards no token could stop them.
  if (token !== null) await stopChannels({ oauth, changes }, token, channels);
  if (forgotten.account_used_by_others) return { kind: "kept_for_others" };
  if (token === null) return { kind: "failed", reason: "token_unreadable" };
  const outcome = await oauth.revoke(token);
  return outcome.verdict === "done"
    ? { kind: "revoked" }
    : { kind: "failed", reason: outcome.google.reason };
}

/** A channel that cannot be stopped ends at its own time; its messages find no calendar until then. */
async function stopChannels(
  { oauth, changes }: { oauth: Pick<GoogleOAuth, "refresh">; changes: Pick<GoogleChanges, "stop"> },
  refresh_token: string,
  channels: Awaited<ReturnType<typeof takeChannels>>,
): Promise<void> {
  const stoppable = channels.flatMap(({ channel_id: id, resource_id }) =>
    resource_id === null ? [] : [{ id, resource_id }]
  );
  if (stoppable.length === 0) return;
  const token = await oauth.refresh(refresh_token);
  if (token.verdict !== "done") return;
  const { access_token } = token.value;
  await Promise.all(stoppable.map((channel) => changes.stop(access_token, channel)));
}
