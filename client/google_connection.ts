import { call } from "./call.ts";
import type { CallOptions, SupabaseFunctions } from "./call.ts";
import type { Result } from "./errors.ts";
import type { Instant } from "./meeting_requests.ts";

/** A permission that the user has given: whose searches may use the user's own connection. */
export interface AvailabilitySharing {
  id: string;
  grantee_kind: "person" | "domain" | "everybody";
  /** Address or domain in lower case; null for everybody. */
  grantee: string | null;
  level: "busy" | "habits";
  created_at: Instant;
  expires_at: Instant | null;
}

/** A permission to give: docs/sharing.md. */
export type SharingRequest =
  & { level?: "busy" | "habits" | undefined; expires_at?: Instant | null | undefined }
  & (
    | { grantee_kind: "person" | "domain"; grantee: string }
    | { grantee_kind: "everybody"; grantee?: null | undefined }
  );

/** The user's Google connection; no token in any form. */
export interface GoogleConnection {
  /** Whether it can be used now. */
  connected: boolean;
  status: "healthy" | "needs_reauth" | "disconnected";
  email: string | null;
  granted_scopes: string[];
  missing_scopes: string[];
  /** A code; null while healthy. */
  reason: string | null;
  /** A sentence; null: nothing. */
  what_to_do: string | null;
  /** Google asked this user to slow down until then. */
  paused_until: Instant | null;
  /** Nothing is written for this user until then; reads are not paused. */
  writes_paused_until: Instant | null;
}

export interface ConnectedGoogle extends GoogleConnection {
  availability_sharing: AvailabilitySharing[];
  /** With `check: true`: whether Google answered, so that `connected` is the state of now. */
  checked?: boolean;
}

export interface DisconnectedGoogle extends GoogleConnection {
  /** Whether Google confirmed that the permission ended. */
  revoked: boolean;
}

/** The Google connection of the signed-in user. A secret key is refused with `forbidden`. */
export interface GoogleConnectionCalls {
  /**
   * Begins. Send the browser to `authorization_url`; Google returns it to `return_url` (one of CONVENE_APP_URLS) with
   * a one-time code, or with an error: `access_denied`, `google_refused`, `invalid_state`.
   */
  initiate(
    request?: { return_url?: string } & CallOptions,
  ): Promise<Result<{ authorization_url: string }>>;
  /**
   * Finishes with the code; the same user has to be signed in. Errors: `invalid_request` (unknown or used code),
   * `google_rejected` with `details.missing_scopes`, `needs_reauth`, `google_unavailable`.
   */
  complete(code: string, options?: CallOptions): Promise<Result<ConnectedGoogle>>;
  /** The state; with `check: true` after a request to Google. */
  read(options?: { check?: boolean } & CallOptions): Promise<Result<ConnectedGoogle>>;
  /** Deletes the connection and revokes it at Google. */
  disconnect(options?: CallOptions): Promise<Result<DisconnectedGoogle>>;
  /** The permissions that the user has given, also those that have ended. */
  listSharing(
    options?: CallOptions,
  ): Promise<Result<{ availability_sharing: AvailabilitySharing[] }>>;
  /** Gives a permission, or replaces the one that the grantee has. */
  allowSharing(
    request: SharingRequest,
    options?: CallOptions,
  ): Promise<Result<AvailabilitySharing>>;
  /** Takes a permission back. Error: `not_found`. */
  revokeSharing(
    id: string,
    options?: CallOptions,
  ): Promise<Result<{ id: string; revoked: true }>>;
}

/** The calls of `google-auth`. */
export function googleConnection(supabase: SupabaseFunctions): GoogleConnectionCalls {
  const sharing = "google-auth/sharing";
  return {
    initiate: ({ signal, ...body } = {}) =>
      call(supabase, "POST", "google-auth/initiate", { body, ...withSignal(signal) }),
    complete: (code, options) =>
      call(supabase, "POST", "google-auth/complete", { body: { code }, ...options }),
    read: ({ check, signal } = {}) =>
      call(supabase, "GET", "google-auth", {
        query: { check: check === true ? true : undefined },
        ...withSignal(signal),
      }),
    disconnect: (options) => call(supabase, "DELETE", "google-auth", options),
    listSharing: (options) => call(supabase, "GET", sharing, options),
    allowSharing: (body, options) => call(supabase, "POST", sharing, { body, ...options }),
    revokeSharing: (id, options) =>
      call(supabase, "DELETE", sharing, { query: { id }, ...options }),
  };
}

function withSignal(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}
