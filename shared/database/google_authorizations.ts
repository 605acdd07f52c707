import type { ReachedLimit } from "@shared/failures/reached_limit.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";

/**
 * Remembers that a user set out for Google's consent page; forgotten after ten minutes. Returns the
 * limit if the user has as many open ones as are allowed; then nothing is stored.
 */
export async function beginGoogleAuthorization(
  database: Database,
  authorization: {
    user_id: string;
    state_hash: string;
    code_verifier_encrypted: string;
    return_url: string;
  },
): Promise<ReachedLimit | null> {
  return await call(database, "begin_google_authorization", {
    p_user_id: authorization.user_id,
    p_state_hash: authorization.state_hash,
    p_code_verifier_encrypted: authorization.code_verifier_encrypted,
    p_return_url: authorization.return_url,
  });
}

/** Who set out with this state; null when it is unknown, expired or has brought back a code already. */
export async function findGoogleAuthorization(
  database: Database,
  state_hash: string,
): Promise<{ user_id: string; return_url: string } | null> {
  const rows: { user_id: string; return_url: string }[] = await call(
    database,
    "find_google_authorization",
    { p_state_hash: state_hash },
  );
  return rows[0] ?? null;
}

/** Keeps Google's code for `useGoogleAuthorization`. False when the state is no longer open. */
export function receiveGoogleCode(
  database: Database,
  received: { state_hash: string; one_time_code_hash: string; google_code_encrypted: string },
): Promise<boolean> {
  return call(database, "receive_google_code", {
    p_state_hash: received.state_hash,
    p_one_time_code_hash: received.one_time_code_hash,
    p_google_code_encrypted: received.google_code_encrypted,
  });
}

/** Uses up a one-time code; null unless this user began with it less than ten minutes ago. */
export async function useGoogleAuthorization(
  database: Database,
  one_time_code_hash: string,
  user_id: string,
): Promise<{ code_verifier_encrypted: string; google_code_encrypted: string } | null> {
  const rows: { code_verifier_encrypted: string; google_code_encrypted: string }[] = await call(
    database,
    "use_google_authorization",
    { p_one_time_code_hash: one_time_code_hash, p_user_id: user_id },
  );
  return rows[0] ?? null;
}
