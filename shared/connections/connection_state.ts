import type { ConnectionStatus, StoredConnection } from "@shared/database/google_connections.ts";
import { missingScopes } from "@shared/google/scopes.ts";
import { shownInstant } from "@shared/time/shown_time.ts";
import { reconnectMessage } from "./reconnect_message.ts";

/** What a user may know about their own Google connection; no token in any form. */
export interface ConnectionState {
  /** True when Convene can use the connection now. */
  connected: boolean;
  status: ConnectionStatus | "disconnected";
  email: string | null;
  granted_scopes: string[];
  missing_scopes: string[];
  /** A code, null while healthy. */
  reason: string | null;
  /** A sentence, null when there is nothing to do. */
  what_to_do: string | null;
  /** Google asked this user to slow down until then (RFC 3339); null when it did not. */
  paused_until: string | null;
  /** After an invitation limit: nothing is written for this user until then (RFC 3339); reads are not paused. */
  writes_paused_until: string | null;
}

/** Describes a stored connection, or that there is none. */
export function connectionState(connection: StoredConnection | null, now: Date): ConnectionState {
  if (connection === null) {
    return {
      connected: false,
      status: "disconnected",
      email: null,
      granted_scopes: [],
      missing_scopes: [],
      reason: "not_connected",
      what_to_do: "Connect Google: POST google-auth/initiate and open the authorization_url.",
      paused_until: null,
      writes_paused_until: null,
    };
  }
  const { status, status_reason, email, granted_scopes } = connection;
  const { paused_until, writes_paused_until } = connection;
  const ahead = (instant: string | null) =>
    instant !== null && Date.parse(instant) > now.getTime() ? shownInstant(instant) : null;
  const missing_scopes = missingScopes(granted_scopes);
  return {
    connected: status === "healthy",
    status,
    email,
    granted_scopes,
    missing_scopes,
    reason: status_reason,
    what_to_do: status_reason === null ? null : reconnectMessage(status_reason, missing_scopes),
    paused_until: ahead(paused_until),
    writes_paused_until: ahead(writes_paused_until),
  };
}
