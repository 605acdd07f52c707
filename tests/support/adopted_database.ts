import { fileURLToPath } from "node:url";
import type { LocalDatabase } from "../../local/database/local_database.ts";
import { applyMigrations } from "../../local/database/migrations.ts";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { prepareDatabaseAt } from "../../local/database/prepare_database_at.ts";
import { MIGRATIONS } from "../../local/tasks/migrated_database.ts";
import { PROJECT_ROOT } from "../../local/tasks/supabase_cli.ts";

/** The tables whose rights, rows and rules belong to the application. */
export type Adoptable = "meetings" | "tasks" | "task_calendar_events";

/** The migration that docs/adopting.md shows, for some of the tables. */
export async function adoptionMigration(tables: readonly Adoptable[]): Promise<string> {
  const page = await Deno.readTextFile(`${PROJECT_ROOT}/docs/adopting.md`);
  const shown = /```sql\n([\s\S]*?)```/.exec(page)?.[1];
  if (shown === undefined) throw new Error("docs/adopting.md shows no migration");
  return shown.replace(
    "('meetings'), ('tasks'), ('task_calendar_events')",
    tables.map((name) => `('${name}')`).join(", "),
  );
}

/**
 * A folder of migrations: the application's own (name: text), then Convene's. Versions of the
 * application sort before Convene's.
 */
export async function projectMigrations(own: Record<string, string>): Promise<URL> {
  const folder = await Deno.makeTempDir({ prefix: "convene-migrations-" });
  for await (const { name } of Deno.readDir(MIGRATIONS)) {
    await Deno.copyFile(fileURLToPath(new URL(name, MIGRATIONS)), `${folder}/${name}`);
  }
  for (const [name, text] of Object.entries(own)) {
    await Deno.writeTextFile(`${folder}/${name}.sql`, text);
  }
  return new URL(`file://${folder}/`);
}

/** Prepares the database at `url` and applies the application's migration there, nothing of ours. */
export async function applicationAt(url: string, text: string): Promise<LocalDatabase> {
  await prepareDatabaseAt(url);
  const database = await openPostgresDatabase(url);
  await database.transaction((session) => session.execute(text));
  return database;
}

/** Applies the adoption of `tables` and Convene's migrations. Returns their folder. */
export async function migrateWithAdoption(
  database: LocalDatabase,
  tables: readonly Adoptable[],
): Promise<URL> {
  const migrations = await projectMigrations(
    tables.length === 0
      ? {}
      : { "20261128000000_convene_adoption": await adoptionMigration(tables) },
  );
  await applyMigrations(database, migrations);
  return migrations;
}

/** What must not change: existing columns, rows, policies and grants, by table. */
export async function ownState(
  database: Pick<LocalDatabase, "query">,
  tables: readonly string[],
  columns: Record<string, string[]>,
): Promise<unknown> {
  const state: Record<string, unknown> = {};
  for (const table of tables) {
    const own = columns[table] ?? [];
    state[table] = {
      rows: await database.query(
        `select ${own.join(", ")} from public.${table} order by 1`,
      ),
      columns: await database.query(
        `select attname, format_type(atttypid, atttypmod) as type, attnotnull, attacl::text,
           pg_get_expr(adbin, adrelid) as value, col_description(attrelid, attnum) as comment
         from pg_attribute left join pg_attrdef on (adrelid, adnum) = (attrelid, attnum)
         where attrelid = $1::regclass and attname::text = any ($2::text[]) order by attnum`,
        [`public.${table}`, `{${own}}`],
      ),
      table: await database.query(
        `select relrowsecurity, relforcerowsecurity, obj_description(oid, 'pg_class') as comment,
           array(select acl::text from unnest(relacl) as acl
             where acl::text not like 'service_role=%' order by 1) as rights
         from pg_class where oid = $1::regclass`,
        [`public.${table}`],
      ),
      policies: await database.query(
        "select * from pg_policies where schemaname = 'public' and tablename = $1 order by policyname",
        [table],
      ),
    };
  }
  return state;
}

/** The names of a table's columns. */
export async function columnsOf(
  database: Pick<LocalDatabase, "query">,
  table: string,
): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `select attname::text as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [`public.${table}`],
  );
  return rows.map(({ name }) => name);
}
