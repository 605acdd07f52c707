import { App } from "@supabase/lite";
import type { LocalDatabase } from "./local_database.ts";
import { applyMigrations } from "./migrations.ts";
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
    return await prepareDatabase(database, appOn(database), options);
  } finally {
    await database.close();
  }
}

/** Makes an empty database what it is after a deployment of the migrations in `directory`. */
export async function deployTo(database: LocalDatabase, directory: URL): Promise<void> {
  await prepareDatabase(database, appOn(database));
  await applyMigrations(database, directory);
}

/** The secret signs nothing here; lite only wants one before it creates the auth schema. */
function appOn(database: LocalDatabase): App {
  return new App({
    connection: database.connection,
    auth: { enabled: true, jwt_secret: crypto.randomUUID() },
  });
}
