import type { Connection } from "@supabase/lite";

/**
 * lite 0.10.0 runs GRANT ALL ON ALL TABLES for its three roles on its first request, undoing every
 * revoke of the migrations, unless it has recorded that it has done so. The field is private and its
 * values are its own, hence the check.
 */
export function keepPrivileges(connection: Connection): void {
  if (!("rlsState" in connection)) {
    throw new Error(
      "This version of @supabase/lite has no connection.rlsState: find out how it grants " +
        "privileges on its first request, and stop it there",
    );
  }
  Object.assign(connection, { rlsState: "active" });
}
