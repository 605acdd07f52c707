import type { LocalDatabase } from "./local_database.ts";

/** Who provides an extension's schema: the extension itself, or this folder's stand-in. */
export type Provider = "extension" | "stand-in";

export interface Providers {
  net: Provider;
  vault: Provider;
  cron: Provider;
}

/**
 * Installs stand-ins for pg_net, Vault and pg_cron where the server cannot create the extension.
 * Where it can, nothing is done: the project's migrations create it.
 */
export async function installStandIns(database: LocalDatabase): Promise<Providers> {
  return {
    net: await provide(database, "net", await isCreatable(database, "pg_net", "pg_net")),
    vault: await provide(database, "vault", await isCreatable(database, "supabase_vault")),
    cron: await provide(
      database,
      "cron",
      await isCreatable(database, "pg_cron", "pg_cron") && await isCronDatabase(database),
    ),
  };
}

async function provide(
  database: LocalDatabase,
  schema: keyof Providers,
  creatable: boolean,
): Promise<Provider> {
  if (creatable) return "extension";
  const [existing] = await database.query<{ of_extension: boolean }>(
    `select exists (
       select from pg_catalog.pg_depend
       where classid = 'pg_catalog.pg_namespace'::regclass and objid = n.oid and deptype = 'e'
     ) as of_extension
     from pg_catalog.pg_namespace n where n.nspname = $1`,
    [schema],
  );
  if (existing) return existing.of_extension ? "extension" : "stand-in";
  const script = await Deno.readTextFile(new URL(`stand_in_${schema}.sql`, import.meta.url));
  await database.transaction((session) => session.execute(script));
  return "stand-in";
}

async function isCreatable(
  database: LocalDatabase,
  extension: string,
  preloaded_library?: string,
): Promise<boolean> {
  const [row] = await database.query<{ available: boolean; libraries: string }>(
    `select exists (select from pg_catalog.pg_available_extensions where name = $1) as available,
       pg_catalog.current_setting('shared_preload_libraries', true) as libraries`,
    [extension],
  );
  if (!row?.available) return false;
  if (preloaded_library === undefined) return true;
  return row.libraries.split(",").some((library) => library.trim() === preloaded_library);
}

/** pg_cron is listed in every database of a cluster but can be created only in this one. */
async function isCronDatabase(database: LocalDatabase): Promise<boolean> {
  const [row] = await database.query<{ matches: boolean }>(
    `select pg_catalog.current_setting('cron.database_name', true)
       is not distinct from pg_catalog.current_database() as matches`,
  );
  return row?.matches === true;
}
