import type { Database } from "@shared/database/call.ts";
import { CODES } from "@shared/failures/codes.ts";
import type { Pause } from "@shared/failures/failure.ts";
import type { GoogleFailure, ReconnectCode, RequestKind } from "@shared/failures/google_reply.ts";
import {
  markGoogleNeedsReauth,
  pauseAllGoogleConnections,
  pauseGoogleConnection,
  saveGoogleAccessToken,
} from "@shared/database/google_connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { GoogleOAuth } from "@shared/google/oauth.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { missingScopes } from "@shared/google/scopes.ts";
import { reconnectMessage } from "./reconnect_message.ts";
import { openOrNull } from "./token_cipher.ts";
import type { TokenCipher } from "./token_cipher.ts";

export type { StoredConnection } from "@shared/database/google_connections.ts";

/** A token that lives shorter than this is renewed first: it must outlast the request. */
const MARGIN_MS = 60_000;

export interface Connections {
  /**
   * Runs a request with a valid access token of the user. A refused token (401) is refreshed once
   * and the request run again, which is safe: a 401 did nothing. A dead grant or a missing scope is
   * stored (`needs_reauth`), a rate limit pauses the user, an invitation limit the user's writes, a
   * limit of the whole project all users; then no request is sent. What fails because of the
   * connection itself is deferred: it spends no attempt. A refresh token that cannot be decrypted is
   * `needs_reauth` with reason `token_unreadable` until it can be. Throws on a database error.
   */
  call<T>(
    connection: StoredConnection,
    kind: RequestKind,
    request: (access_token: string) => Promise<GoogleOutcome<T>>,
  ): Promise<GoogleOutcome<T>>;
}

export interface ConnectionsDependencies {
  database: Database;
  oauth: Pick<GoogleOAuth, "refresh">;
  cipher: TokenCipher;
  now: () => Date;
}

interface HeldToken {
  access_token: string;
  expires_at_ms: number;
}

/** The users' Google connections in use. Two callers may refresh one connection concurrently. */
export function googleConnections(
  { database, oauth, cipher, now }: ConnectionsDependencies,
): Connections {
  // A connection object outlives its stored access token, so a renewed one is kept beside it.
  const held = new WeakMap<StoredConnection, HeldToken>();
  // The rows of a slice share one connection: its token is opened once.
  const opened = new WeakMap<StoredConnection, Promise<HeldToken | null>>();
  const refreshing = new WeakMap<StoredConnection, Promise<GoogleOutcome<HeldToken>>>();

  async function call<T>(
    connection: StoredConnection,
    kind: RequestKind,
    request: (access_token: string) => Promise<GoogleOutcome<T>>,
  ): Promise<GoogleOutcome<T>> {
    const closed = closedFor(connection, kind, now());
    if (closed !== null) return closed;

    const token = await validToken(connection, null);
    if (token.verdict !== "done") return note(connection, unsent(token));
    const outcome = await request(token.value.access_token);
    if (!isRefusedToken(outcome)) return note(connection, outcome);

    const renewed = await validToken(connection, token.value.access_token);
    if (renewed.verdict !== "done") return note(connection, unsent(renewed));
    return note(connection, await request(renewed.value.access_token));
  }

  /** The held or stored token unless it is `refused` or runs out, else a new one. */
  async function validToken(
    connection: StoredConnection,
    refused: string | null,
  ): Promise<GoogleOutcome<HeldToken>> {
    const stored = held.has(connection) ? null : await openedToken(connection);
    // Another caller may have renewed it while this one was decrypting.
    const token = held.get(connection) ?? stored;
    if (
      token !== null && token.access_token !== refused &&
      token.expires_at_ms - now().getTime() > MARGIN_MS
    ) {
      return { verdict: "done", status: 200, value: token };
    }
    const running = refreshing.get(connection) ??
      refresh(connection).finally(() => refreshing.delete(connection));
    refreshing.set(connection, running);
    return await running;
  }

  function openedToken(connection: StoredConnection): Promise<HeldToken | null> {
    const token = opened.get(connection) ?? storedToken(connection);
    opened.set(connection, token);
    return token;
  }

  async function storedToken(connection: StoredConnection): Promise<HeldToken | null> {
    const { access_token_encrypted, access_token_expires_at, user_id } = connection;
    if (access_token_encrypted === null || access_token_expires_at === null) return null;
    const access_token = await openOrNull(
      cipher,
      access_token_encrypted,
      user_id,
      "access_token_encrypted",
    );
    // Google gives another one for the refresh token.
    if (access_token === null) return null;
    return {
      access_token,
      expires_at_ms: Date.parse(access_token_expires_at),
    };
  }

  async function refresh(connection: StoredConnection): Promise<GoogleOutcome<HeldToken>> {
    const { user_id, refresh_token_encrypted } = connection;
    const refresh_token = await openOrNull(
      cipher,
      refresh_token_encrypted,
      user_id,
      "refresh_token_encrypted",
    );
    if (refresh_token === null) return unreadable();
    const outcome = await oauth.refresh(refresh_token);
    if (outcome.verdict !== "done") return outcome;
    const { access_token, expires_in_seconds, account } = outcome.value;
    const token = { access_token, expires_at_ms: now().getTime() + expires_in_seconds * 1000 };
    await saveGoogleAccessToken(database, connection, {
      access_token_encrypted: await cipher.encrypt(access_token, user_id, "access_token_encrypted"),
      access_token_expires_at: new Date(token.expires_at_ms).toISOString(),
      new_refresh_token_encrypted: cipher.isCurrent(refresh_token_encrypted)
        ? null
        : await cipher.encrypt(refresh_token, user_id, "refresh_token_encrypted"),
      // Another account's claims would not be those of this grant.
      account: account?.google_account_id === connection.google_account_id ? account : null,
    });
    held.set(connection, token);
    return { verdict: "done", status: outcome.status, value: token };
  }

  /** Stores what a failure means for the connection, for its next use. */
  async function note<T>(
    connection: StoredConnection,
    outcome: GoogleOutcome<T>,
  ): Promise<GoogleOutcome<T>> {
    if (outcome.verdict === "reconnect") return await noteReconnect(connection, outcome);
    if (outcome.verdict === "defer" && outcome.pause !== undefined) {
      const wait_ms = (outcome.not_before_seconds ?? 0) * 1000;
      await pause(connection, outcome.pause, new Date(now().getTime() + wait_ms).toISOString());
    }
    return outcome;
  }

  async function pause({ user_id }: StoredConnection, who: Pause, until: string): Promise<void> {
    await (who === "everybody"
      ? pauseAllGoogleConnections(database, until)
      : pauseGoogleConnection(database, user_id, until, who));
  }

  async function noteReconnect(
    connection: StoredConnection,
    failure: GoogleFailure & { verdict: "reconnect" },
  ): Promise<GoogleFailure> {
    const code = failure.code as ReconnectCode;
    if (
      connection.status_reason === code || await markGoogleNeedsReauth(database, connection, code)
    ) {
      return {
        ...failure,
        message: reconnectMessage(code, missingScopes(connection.granted_scopes)),
      };
    }
    // The grant that died is no longer the user's grant: the next try uses the new one.
    const { message } = CODES.connection_changed;
    return {
      verdict: "defer",
      code: "google_unavailable",
      message,
      not_before_seconds: null,
      google: { ...failure.google, reason: "connection_changed", message },
    };
  }

  return { call };
}

/** The failure for a connection that is known to be dead or paused; null when it may be used. */
function closedFor(
  connection: StoredConnection,
  kind: RequestKind,
  now: Date,
): GoogleFailure | null {
  const { status, status_reason, granted_scopes } = connection;
  // Operators can add a missing key again, so such a token is tried each time.
  if (status === "needs_reauth" && status_reason !== "token_unreadable") {
    const code = status_reason ?? "invalid_grant";
    const message = reconnectMessage(code, missingScopes(granted_scopes));
    const google = { status: null, reason: code, message, body: "" };
    return { verdict: "reconnect", code, message, google };
  }
  const paused_until = pausedUntil(connection, kind);
  const wait_ms = paused_until === null ? 0 : Date.parse(paused_until) - now.getTime();
  if (wait_ms <= 0) return null;
  const message = `Google's rate limit was reached; this user's next ${
    kind === "write" ? "change" : "request"
  } is due at ${paused_until}.`;
  return {
    verdict: "defer",
    code: "rate_limited",
    message,
    not_before_seconds: Math.ceil(wait_ms / 1000),
    google: { status: null, reason: "connection_paused", message, body: "" },
  };
}

/** Until when such requests wait; null: they may go out. */
function pausedUntil(
  { paused_until, writes_paused_until }: StoredConnection,
  kind: RequestKind,
): string | null {
  if (kind === "read" || writes_paused_until === null) return paused_until;
  return paused_until !== null && Date.parse(paused_until) > Date.parse(writes_paused_until)
    ? paused_until
    : writes_paused_until;
}

function unreadable(): GoogleFailure {
  const { message } = CODES.token_unreadable;
  const google = { status: null, reason: "token_unreadable", message, body: "" };
  return { verdict: "reconnect", code: "token_unreadable", message, google };
}

/** A token that could not be renewed: whatever was wanted with it has not been sent, or did nothing. */
function unsent(failure: GoogleFailure): GoogleFailure {
  return failure.verdict === "retry" ? { ...failure, verdict: "defer" } : failure;
}

function isRefusedToken(outcome: GoogleOutcome<unknown>): boolean {
  return outcome.verdict === "reconnect" && outcome.google.status === 401;
}
