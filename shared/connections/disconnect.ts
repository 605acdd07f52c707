import type { Database } from "@shared/database/call.ts";
import { forgetGoogleConnection } from "@shared/database/google_connections.ts";
import type { GoogleOAuth } from "@shared/google/oauth.ts";
import { TokenCipherFault } from "./token_cipher.ts";
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
 * Deletes a user's connection, then revokes it at Google. In this order the connection is gone even
 * if Google cannot be reached, and its token is no longer stored.
 */
export async function disconnectGoogle(
  { database, oauth, cipher }: {
    database: Database;
    oauth: Pick<GoogleOAuth, "revoke">;
    cipher: TokenCipher;
  },
  user_id: string,
): Promise<Revocation> {
  const forgotten = await forgetGoogleConnection(database, user_id);
  if (forgotten === null) return { kind: "none" };
  if (forgotten.account_used_by_others) return { kind: "kept_for_others" };
  const token = await decrypted(cipher, forgotten.refresh_token_encrypted, user_id);
  if (token === null) return { kind: "failed", reason: "token_unreadable" };
  const outcome = await oauth.revoke(token);
  return outcome.verdict === "done"
    ? { kind: "revoked" }
    : { kind: "failed", reason: outcome.google.reason };
}

/** A token whose key is gone cannot be revoked, but must not keep its owner from leaving. */
async function decrypted(
  cipher: TokenCipher,
  encrypted: string,
  user_id: string,
): Promise<string | null> {
  try {
    return await cipher.decrypt(encrypted, user_id);
  } catch (error) {
    if (error instanceof TokenCipherFault) return null;
    throw error;
  }
}
