import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { ReconnectCode } from "@shared/failures/google_reply.ts";

export type ConnectionStatus = "healthy" | "needs_reauth";

/** A user's Google connection as it is stored. Instants are RFC 3339; tokens are ciphertexts. */
export interface StoredConnection {
  user_id: string;
  google_account_id: string;
  email: string;
  status: ConnectionStatus;
  /** Null while healthy, else why the user has to connect again. */
  status_reason: ReconnectCode | null;
  granted_scopes: string[];
  refresh_token_encrypted: string;
  access_token_encrypted: string | null;
  access_token_expires_at: string | null;
  /** Google asked this user to slow down until then. */
  paused_until: string | null;
  /** After an invitation limit: nothing is written until then; reads are not paused. */
  writes_paused_until: string | null;
}

/** Google's claims about an account, beside its address. */
export interface AccountClaims {
  email_verified: boolean;
  hosted_domain: string | null;
}

/** The user's connection, or null when there is none. */
export async function readGoogleConnection(
  database: Database,
  user_id: string,
): Promise<StoredConnection | null> {
  const rows: StoredConnection[] = await call(database, "read_google_connection", {
    p_user_id: user_id,
  });
  return rows[0] ?? null;
}

/** Stores what a user granted, in place of an earlier connection, and returns it as stored. */
export async function connectGoogle(
  database: Database,
  { email_verified, hosted_domain, ...connection }:
    & Omit<StoredConnection, "paused_until" | "writes_paused_until">
    & AccountClaims,
): Promise<StoredConnection> {
  const pauses: Pick<StoredConnection, "paused_until" | "writes_paused_until"> = await call(
    database,
    "connect_google",
    {
      p_user_id: connection.user_id,
      p_google_account_id: connection.google_account_id,
      p_email: connection.email,
      p_email_verified: email_verified,
      p_hosted_domain: hosted_domain,
      p_status: connection.status,
      p_status_reason: connection.status_reason,
      p_granted_scopes: connection.granted_scopes,
      p_refresh_token_encrypted: connection.refresh_token_encrypted,
      p_access_token_encrypted: connection.access_token_encrypted,
      p_access_token_expires_at: connection.access_token_expires_at,
    },
  );
  return { ...connection, ...pauses };
}

/** Keeps a refreshed access token. False when the user has connected again or left meanwhile. */
export function saveGoogleAccessToken(
  database: Database,
  connection: StoredConnection,
  refreshed: {
    access_token_encrypted: string;
    access_token_expires_at: string;
    /** The same refresh token under a newer key; null leaves the stored one. */
    new_refresh_token_encrypted: string | null;
    /** What Google says of the account today; null when it said nothing. */
    account: Pick<StoredConnection, "email"> & AccountClaims | null;
  },
): Promise<boolean> {
  return call(database, "save_google_access_token", {
    p_user_id: connection.user_id,
    p_refresh_token_encrypted: connection.refresh_token_encrypted,
    p_access_token_encrypted: refreshed.access_token_encrypted,
    p_access_token_expires_at: refreshed.access_token_expires_at,
    p_new_refresh_token_encrypted: refreshed.new_refresh_token_encrypted,
    ...(refreshed.account === null ? {} : {
      p_email: refreshed.account.email,
      p_email_verified: refreshed.account.email_verified,
      p_hosted_domain: refreshed.account.hosted_domain,
    }),
  });
}

/** Notes that Google refuses this grant. False when the user has connected again or left meanwhile. */
export function markGoogleNeedsReauth(
  database: Database,
  connection: StoredConnection,
  reason: ReconnectCode,
): Promise<boolean> {
  return call(database, "mark_google_needs_reauth", {
    p_user_id: connection.user_id,
    p_refresh_token_encrypted: connection.refresh_token_encrypted,
    p_reason: reason,
  });
}

/** Sends nothing to Google, or writes nothing, for this user before `until` (RFC 3339). A longer pause stays. */
export async function pauseGoogleConnection(
  database: Database,
  user_id: string,
  until: string,
  what: "connection" | "writes",
): Promise<void> {
  await call(database, "pause_google_connection", {
    p_user_id: user_id,
    p_until: until,
    p_writes_only: what === "writes",
  });
}

/** Pauses all requests to Google until `until` (RFC 3339). Longer pauses stay. */
export async function pauseAllGoogleConnections(database: Database, until: string): Promise<void> {
  await call(database, "pause_all_google_connections", { p_until: until });
}

export interface ForgottenConnection {
  refresh_token_encrypted: string;
  /** Revoking would also end the connections of other users with the same Google account. */
  account_used_by_others: boolean;
}

/** Deletes the user's connection; null when there was none. */
export async function forgetGoogleConnection(
  database: Database,
  user_id: string,
): Promise<ForgottenConnection | null> {
  const rows: ForgottenConnection[] = await call(database, "forget_google_connection", {
    p_user_id: user_id,
  });
  return rows[0] ?? null;
}
