import { createAdminClient } from "@supabase/server/core";
import type { Database } from "./call.ts";

/** Opens the database with the project's default secret key, read from the environment that Supabase gives functions. */
export function connect(): Database {
  return createAdminClient();
}
