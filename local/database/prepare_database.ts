import type { App } from "@supabase/lite";
import type { LocalDatabase } from "./local_database.ts";
import { installStandIns, type Providers } from "./stand_ins.ts";

export interface PrepareOptions {
  /**
   * What anon, authenticated and service_role get on a new object of schema public: nothing (hosted
   * Supabase today, the default), or everything (projects from before the change).
   */
  default_privileges?: "none" | "legacy-grant-all";
}

/**
 * Makes a database look like a fresh Supabase project: roles, `extensions` and `auth` schemas,
 * default privileges, and stand-ins for the missing extensions. Safe to repeat.
 */
export async function prepareDatabase(
  database: LocalDatabase,
  app: Pick<App, "ensureSystemSchema">,
  options: PrepareOptions = {},
): Promise<Providers> {
  await database.execute(await script("roles.sql"));
  if (options.default_privileges === "legacy-grant-all") {
    await database.execute(await script("legacy_default_privileges.sql"));
  }
  await database.exclusive(() => app.ensureSystemSchema());
  await database.execute(await script("auth_access.sql"));
  return await installStandIns(database);
}

function script(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, import.meta.url));
}
