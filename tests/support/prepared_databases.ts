import type { DatabaseChoice } from "../../local/database/open_database.ts";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { dumpPgliteCluster } from "../../local/database/pglite_database.ts";
import { deployTo } from "../../local/database/prepare_database_at.ts";
import type { PostgresServer } from "./postgres_server.ts";

/**
 * What the test task makes once and every file copies: initdb and all migrations take seconds, a
 * copy a fraction of one. A file that runs without the task makes its own.
 */
const EMPTY_CLUSTER = "CONVENE_TEST_PGLITE_EMPTY";
const MIGRATED_CLUSTER = "CONVENE_TEST_PGLITE_MIGRATED";
const MIGRATED_TEMPLATE = "CONVENE_TEST_POSTGRES_TEMPLATE";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

/** Writes both clusters of PGlite to `directory`; returns the variables that name them. */
export async function preparePglite(directory: string): Promise<Record<string, string>> {
  const paths = {
    [EMPTY_CLUSTER]: `${directory}/empty.tar`,
    [MIGRATED_CLUSTER]: `${directory}/migrated.tar`,
  };
  await Deno.writeFile(`${directory}/empty.tar`, (await dumpPgliteCluster()).stream());
  const migrated = await dumpPgliteCluster((database) => deployTo(database, MIGRATIONS));
  await Deno.writeFile(`${directory}/migrated.tar`, migrated.stream());
  return paths;
}

/** Creates the database that `migratedPostgres` copies; returns the variable that names it. */
export async function preparePostgres(server: PostgresServer): Promise<Record<string, string>> {
  const { name, url } = await server.createDatabase();
  const database = await openPostgresDatabase(url);
  try {
    await deployTo(database, MIGRATIONS);
  } finally {
    await database.close();
  }
  return { [MIGRATED_TEMPLATE]: name };
}

/** PGlite in memory with nothing in it. */
export async function emptyPglite(): Promise<DatabaseChoice> {
  return await copyOf(EMPTY_CLUSTER);
}

/** PGlite in memory after all migrations, on a project that grants nothing by default. */
export async function migratedPglite(): Promise<DatabaseChoice> {
  return await copyOf(MIGRATED_CLUSTER);
}

/** A new database of the server, named `name` if given, with nothing in it. */
export async function emptyPostgres(
  server: PostgresServer,
  name?: string,
): Promise<DatabaseChoice> {
  const { url } = await server.createDatabase(name === undefined ? {} : { name });
  return { kind: "url", url };
}

/** A database of the server after all migrations, on a project that grants nothing by default. */
export async function migratedPostgres(server: PostgresServer): Promise<DatabaseChoice> {
  const template = Deno.env.get(MIGRATED_TEMPLATE) ?? "";
  if (template === "") return await emptyPostgres(server);
  const { url } = await server.createDatabase({ template });
  const copy = await openPostgresDatabase(url);
  try {
    // pg_cron runs a job in the database that scheduled it.
    await copy.query("update cron.job set database = current_database()");
  } finally {
    await copy.close();
  }
  return { kind: "url", url };
}

const clusters = new Map<string, Blob>();

/** Without the task a new cluster; the platform applies the migrations to it. */
async function copyOf(variable: string): Promise<DatabaseChoice> {
  const path = Deno.env.get(variable) ?? "";
  if (path === "") return { kind: "memory" };
  const cluster = clusters.get(path) ??
    new Blob([await Deno.readFile(path)], { type: "application/x-tar" });
  clusters.set(path, cluster);
  return { kind: "memory", cluster };
}
