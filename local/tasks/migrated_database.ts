import { applyMigrations } from "../database/migrations.ts";
import type { LocalDatabase } from "../database/local_database.ts";
import { openPgliteDatabase } from "../database/pglite_database.ts";
import { prepareDatabase } from "../database/prepare_database.ts";
import { openApi } from "../api.ts";
import { generateKeys } from "../keys.ts";

export const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

/** PGlite in memory with all migrations. The caller closes it. */
export async function openMigratedDatabase(): Promise<LocalDatabase> {
  const database = await openPgliteDatabase();
  try {
    await prepareDatabase(database, openApi(database, generateKeys()).app);
    await applyMigrations(database, MIGRATIONS);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
