import { PostgrestClient } from "@supabase/postgrest-js";
import { resolveEnv } from "@supabase/server/core";
import type { Database } from "./call.ts";

/**
 * Opens the database with the project's default secret key, read from the environment that Supabase gives functions.
 * PostgREST's own client: supabase-js brings auth, storage and realtime as well, half of what a function would load.
 */
export function connect(): Database {
  const { data, error } = resolveEnv();
  if (error !== null) throw error;
  const key = data.secretKeys["default"];
  if (key === undefined) throw new Error("SUPABASE_SECRET_KEYS has no key named default");
  return new PostgrestClient(`${data.url}/rest/v1`, {
    headers: { apikey: key, authorization: `Bearer ${key}` },
  });
}
