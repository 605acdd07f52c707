import { call } from "./call.ts";
import type { Database } from "./call.ts";
import { shownInstant } from "@shared/time/shown_time.ts";

export type SharingLevel = "busy" | "habits";

/** A permission that a user has given. Instants are RFC 3339. */
export interface AvailabilitySharing {
  id: string;
  grantee_kind: "person" | "domain" | "everybody";
  /** Address or domain in lower case; null for everybody. */
  grantee: string | null;
  level: SharingLevel;
  created_at: string;
  expires_at: string | null;
}

/** How many permissions a user may have given; the setting and its value. */
export interface PermissionLimit {
  limit: string;
  allowed: number;
}

/** Gives a permission, or changes the one that the grantee has. Returns the limit where the user has given too many. */
export async function allowAvailability(
  database: Database,
  user_id: string,
  sharing: {
    grantee_kind: AvailabilitySharing["grantee_kind"];
    grantee: string | null;
    level: SharingLevel;
    expires_at: string | null;
  },
): Promise<AvailabilitySharing | PermissionLimit> {
  const given: StoredSharing | PermissionLimit = await call(database, "allow_availability", {
    p_user_id: user_id,
    p_grantee_kind: sharing.grantee_kind,
    p_grantee: sharing.grantee,
    p_level: sharing.level,
    p_expires_at: sharing.expires_at,
  });
  return "limit" in given ? given : shown(given);
}

/** Takes a permission back. False when the user has none with this id. */
export function revokeAvailability(
  database: Database,
  user_id: string,
  id: string,
): Promise<boolean> {
  return call(database, "revoke_availability", { p_user_id: user_id, p_id: id });
}

/** The permissions that a user has given, also those that have ended. */
export async function listAvailabilitySharing(
  database: Database,
  user_id: string,
): Promise<AvailabilitySharing[]> {
  const rows: StoredSharing[] = await call(database, "list_availability_sharing", {
    p_user_id: user_id,
  });
  return rows.map(shown);
}

type StoredSharing = AvailabilitySharing & { owner_user_id: string };

function shown({ owner_user_id: _, ...sharing }: StoredSharing): AvailabilitySharing {
  return {
    ...sharing,
    created_at: shownInstant(sharing.created_at),
    expires_at: shownInstant(sharing.expires_at),
  };
}
