import type { LocalDatabase } from "./local_database.ts";
import { splitStatements } from "./split_statements.ts";

interface Migration {
  version: string;
  name: string;
  path: URL;
}

/**
 * Applies the files `<version>_<name>.sql` of `directory` that the database does not have yet, in
 * the order of their names, each in a transaction of its own, and records them where the Supabase
 * CLI does, so that `supabase migration up` and this agree. Returns the versions it applied. Throws
 * what a migration says that refuses the database, or where and why one failed.
 */
export async function applyMigrations(database: LocalDatabase, directory: URL): Promise<string[]> {
  const applied = new Set(await recordedVersions(database));
  const versions: string[] = [];
  for (const migration of await migrationsIn(directory)) {
    if (applied.has(migration.version)) continue;
    await applyMigration(database, migration);
    versions.push(migration.version);
  }
  return versions;
}

async function recordedVersions(database: LocalDatabase): Promise<string[]> {
  await database.execute(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text not null primary key
    );
    alter table supabase_migrations.schema_migrations
      add column if not exists statements text[],
      add column if not exists name text;
  `);
  const rows = await database.query<{ version: string }>(
    "select version from supabase_migrations.schema_migrations",
  );
  return rows.map((row) => row.version);
}

async function migrationsIn(directory: URL): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const match = /^([0-9]+)_(.*)\.sql$/.exec(entry.name);
    if (!entry.isFile || !match) continue;
    const [, version = "", name = ""] = match;
    migrations.push({ version, name, path: new URL(encodeURIComponent(entry.name), directory) });
  }
  return migrations.sort((a, b) => a.path.href < b.path.href ? -1 : 1);
}

async function applyMigration(database: LocalDatabase, migration: Migration): Promise<void> {
  const statements = splitStatements(await Deno.readTextFile(migration.path));
  let current = 0;
  try {
    await database.transaction(async (session) => {
      for (const statement of statements) {
        current++;
        await session.execute(statement);
      }
      await session.query(
        `insert into supabase_migrations.schema_migrations (version, name, statements)
         select $1, $2, array(select jsonb_array_elements_text($3::jsonb))`,
        [migration.version, migration.name, JSON.stringify(statements)],
      );
    });
  } catch (error) {
    if (isRefusal(error)) throw new Error(refusalMessage(error), { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Migration ${migration.version}_${migration.name}.sql failed at statement ${current} of ` +
        `${statements.length}: ${reason}\n${excerpt(statements[current - 1] ?? "")}`,
      { cause: error },
    );
  }
}

/** SQLSTATE of a migration that refuses a database of an unreleased version. */
const UNRELEASED = "CV001";
/** A name is taken, or a table cannot be adopted: the hint says what to do. */
const REFUSED = ["CV002", "CV003"];

interface Refused extends Error {
  code: string;
  hint?: string;
}

function isRefusal(error: unknown): error is Refused {
  return error instanceof Error && "code" in error &&
    [UNRELEASED, ...REFUSED].includes(String(error.code));
}

function refusalMessage({ code, message, hint }: Refused): string {
  return code === UNRELEASED || hint === undefined ? message : `${message}. ${hint}`;
}

function excerpt(statement: string): string {
  const lines = statement.split("\n");
  return lines.slice(0, 12).join("\n") + (lines.length > 12 ? "\n..." : "");
}
