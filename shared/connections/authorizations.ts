import type { Database } from "@shared/database/call.ts";
import {
  beginGoogleAuthorization,
  findGoogleAuthorization,
  receiveGoogleCode,
  useGoogleAuthorization,
} from "@shared/database/google_authorizations.ts";
import { connectGoogle, readGoogleConnection } from "@shared/database/google_connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { GoogleOAuth, Grant } from "@shared/google/oauth.ts";
import { deferral, FailureError } from "@shared/failures/failure.ts";
import { limitMessage } from "@shared/failures/reached_limit.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import { codeChallenge } from "@shared/google/pkce.ts";
import { missingScopes } from "@shared/google/scopes.ts";
import { hashSecret, randomSecret } from "./secret.ts";
import { openOrNull } from "./token_cipher.ts";
import type { TokenCipher } from "./token_cipher.ts";

export interface AuthorizationsDependencies {
  database: Database;
  oauth: GoogleOAuth;
  cipher: TokenCipher;
  now: () => Date;
  /** Where Google sends the browser; registered there to the letter. */
  redirect_uri: string;
}

export type Completion =
  | { kind: "connected"; connection: StoredConnection }
  /** The one-time code is not this user's, was used, or is older than ten minutes. */
  | { kind: "unknown_code" }
  | { kind: "no_refresh_token" }
  /** Without these scopes Google does not say whose calendar it is. */
  | { kind: "no_account"; missing_scopes: string[] }
  | { kind: "failed"; failure: GoogleFailure };

/**
 * Connecting a Google account in three steps: `begin` by a signed-in user, `receive` by the
 * browser Google sends back, `complete` by the user who began. Only the last one exchanges Google's
 * code, so a consent given in another user's browser connects no account.
 */
export interface GoogleAuthorizations {
  /** The address of Google's consent page. Throws `limit_reached` while the user has too many open ones. */
  begin(user_id: string, return_url: string): Promise<string>;
  /** Who set out with this state; null when it is unknown, expired or used. */
  find(state: string): Promise<{ user_id: string; return_url: string } | null>;
  /** A one-time code in exchange for Google's; null when the state was used in the meantime. */
  receive(state: string, user_id: string, google_code: string): Promise<string | null>;
  complete(user_id: string, one_time_code: string): Promise<Completion>;
}

export function googleAuthorizations(
  { database, oauth, cipher, now, redirect_uri }: AuthorizationsDependencies,
): GoogleAuthorizations {
  return {
    async begin(user_id, return_url) {
      const state = randomSecret();
      const code_verifier = randomSecret();
      const reached = await beginGoogleAuthorization(database, {
        user_id,
        state_hash: await hashSecret(state),
        code_verifier_encrypted: await cipher.encrypt(
          code_verifier,
          user_id,
          "code_verifier_encrypted",
        ),
        return_url,
      });
      if (reached !== null) {
        const { limit, allowed, retry_after_seconds } = reached;
        throw new FailureError(
          deferral("limit_reached", retry_after_seconds, limitMessage(reached)),
          { limit, allowed },
        );
      }
      const before = await readGoogleConnection(database, user_id);
      return oauth.authorizationUrl({
        redirect_uri,
        state,
        code_challenge: await codeChallenge(code_verifier),
        // Meetings stay with the account they were written with, so that one is suggested.
        ...(before === null ? {} : { login_hint: before.email }),
      });
    },

    async find(state) {
      return await findGoogleAuthorization(database, await hashSecret(state));
    },

    async receive(state, user_id, google_code) {
      const one_time_code = randomSecret();
      const is_open = await receiveGoogleCode(database, {
        state_hash: await hashSecret(state),
        one_time_code_hash: await hashSecret(one_time_code),
        google_code_encrypted: await cipher.encrypt(google_code, user_id, "google_code_encrypted"),
      });
      return is_open ? one_time_code : null;
    },

    async complete(user_id, one_time_code) {
      const hash = await hashSecret(one_time_code);
      const authorization = await useGoogleAuthorization(database, hash, user_id);
      if (authorization === null) return { kind: "unknown_code" };
      const { google_code_encrypted, code_verifier_encrypted } = authorization;
      const [code, code_verifier] = [
        await openOrNull(cipher, google_code_encrypted, user_id, "google_code_encrypted"),
        await openOrNull(cipher, code_verifier_encrypted, user_id, "code_verifier_encrypted"),
      ];
      // The key was removed since the user began: another start uses the present one.
      if (code === null || code_verifier === null) return { kind: "unknown_code" };
      const exchanged = await oauth.exchangeCode({ code, code_verifier, redirect_uri });
      if (exchanged.verdict !== "done") return { kind: "failed", failure: exchanged };
      return await attach(user_id, exchanged.value);
    },
  };

  async function attach(user_id: string, grant: Grant): Promise<Completion> {
    // Nothing is revoked on these exits: that would also end an older connection of the same account.
    if (grant.refresh_token === null) return { kind: "no_refresh_token" };
    const missing = missingScopes(grant.granted_scopes);
    const nameless = missing.filter((scope) => scope === "openid" || scope === "email");
    if (nameless.length > 0) return { kind: "no_account", missing_scopes: nameless };

    const account = await oauth.userinfo(grant.access_token);
    if (account.verdict !== "done") return { kind: "failed", failure: account };
    const expires_at_ms = now().getTime() + grant.expires_in_seconds * 1000;
    const connection = await connectGoogle(database, {
      user_id,
      google_account_id: account.value.google_account_id,
      email: account.value.email,
      email_verified: account.value.email_verified,
      hosted_domain: account.value.hosted_domain,
      status: missing.length === 0 ? "healthy" : "needs_reauth",
      status_reason: missing.length === 0 ? null : "insufficient_permissions",
      granted_scopes: grant.granted_scopes,
      refresh_token_encrypted: await cipher.encrypt(
        grant.refresh_token,
        user_id,
        "refresh_token_encrypted",
      ),
      access_token_encrypted: await cipher.encrypt(
        grant.access_token,
        user_id,
        "access_token_encrypted",
      ),
      access_token_expires_at: new Date(expires_at_ms).toISOString(),
    });
    return { kind: "connected", connection };
  }
}
