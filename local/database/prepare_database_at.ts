import { App } from "@supabase/lite";
import { openPostgresDatabase } from "./postgres_database.ts";
import { prepareDatabase, type PrepareOptions } from "./prepare_database.ts";
import type { Providers } from "./stand_ins.ts";

/**
 * Makes the empty Postgres database at `url` look like a fresh Supabase project, without applying
 * migrations: what the Supabase CLI needs to find. Returns who provides net, vault and cron.
 */
export async function prepareDatabaseAt(
  url: string,
  options: PrepareOptions = {},
): Promise<Providers> {
  const database = await openPostgresDatabase(url);
  try {
    // The secret signs nothing here; lite only wants one before it creates the auth schema.
    const app = new App({
      connection: database.connection,
      auth: { enabled: true, jwt_secret: crypto.randomUUID() },
    });
    return await prepareDatabase(database, app, options);
  } finally {
    await database.close();
  }
}
