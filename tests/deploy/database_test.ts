import assert from "node:assert/strict";
import postgres from "postgres";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { applyMigrations } from "../../local/database/migrations.ts";
import { adviseDatabase, lintDatabase } from "../../local/tasks/database_checks.ts";
import { DATABASE_TYPES, generateDatabaseTypes } from "../../local/tasks/database_types.ts";
import { startProjectDatabase } from "../../local/tasks/project_database.ts";
import { supabaseCli } from "../../local/tasks/supabase_cli.ts";
import { postgresHas } from "../support/postgres_extensions.ts";
import { promisesOf } from "../support/promises.ts";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

async function query(url: string, text: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(text)];
  } finally {
    await sql.end();
  }
}

async function applyLikeThePlatform(url: string): Promise<string[]> {
  const database = await openPostgresDatabase(url);
  try {
    return await applyMigrations(database, MIGRATIONS);
  } finally {
    await database.close();
  }
}

function record(url: string): Promise<unknown[]> {
  return query(
    url,
    "select version, name, statements from supabase_migrations.schema_migrations order by version",
  );
}

/** Every object of the project's own schemas, as the catalogue describes it, without its identity. */
function structure(url: string): Promise<unknown[]> {
  return query(
    url,
    `select pg_catalog.pg_describe_object(classid, objid, objsubid) as object
     from (
       select 'pg_class'::regclass as classid, oid as objid, 0 as objsubid, relnamespace as schema
       from pg_class
       union all select 'pg_proc'::regclass, oid, 0, pronamespace from pg_proc
       union all select 'pg_class'::regclass, attrelid, attnum, relnamespace
       from pg_attribute join pg_class on pg_class.oid = attrelid where attnum > 0
     ) objects
     where schema in ('public'::regnamespace, 'private'::regnamespace)
     order by 1`,
  );
}

Deno.test("supabase migration up and the local platform apply and record the same migrations", async () => {
  await using by_cli = await startProjectDatabase({ migrated: true });
  await using by_platform = await startProjectDatabase({ migrated: false });
  const applied = await applyLikeThePlatform(by_platform.url);
  assert.ok(applied.length > 0);
  assert.deepEqual(await record(by_cli.url), await record(by_platform.url));
  assert.deepEqual(await structure(by_cli.url), await structure(by_platform.url));

  assert.deepEqual(await applyLikeThePlatform(by_cli.url), []);
  const again = await supabaseCli(["migration", "up", `--remote=${by_platform.url}`]);
  assert.equal(again.success, true, again.stderr);
  assert.doesNotMatch(again.stdout + again.stderr, /Applying migration/);
});

async function migratedUrl(resources: AsyncDisposableStack): Promise<string> {
  return resources.use(await startProjectDatabase({ migrated: true })).url;
}

promisesOf("the Supabase CLI has nothing to say about the migrated database", migratedUrl, {
  async "the committed types are those it generates"(url) {
    const generated = (await generateDatabaseTypes(url)).split("\n");
    const committed = (await Deno.readTextFile(DATABASE_TYPES)).split("\n");
    const line = generated.findIndex((text, index) => text !== committed[index]);
    assert.ok(
      line === -1 && generated.length === committed.length,
      `shared/database/types.ts differs in line ${line + 1}; run "deno task db:types"`,
    );
  },

  async "db advisors warn of nothing, until a table is open to all"(url) {
    const before = await adviseDatabase(url);
    assert.equal(before.success, true, before.stdout + before.stderr);
    await query(url, "create table public.open_to_all (id int primary key)");
    await query(url, "grant select on public.open_to_all to anon");
    const after = await adviseDatabase(url);
    assert.equal(after.success, false);
    assert.match(after.stdout, /open_to_all/);
  },
});

const has_checker = await postgresHas("plpgsql_check");

Deno.test({
  name: `db lint finds nothing, until a function is broken${
    has_checker ? "" : " (skipped: this Postgres has no plpgsql_check)"
  }`,
  ignore: !has_checker,
  async fn() {
    await using database = await startProjectDatabase({ migrated: true });
    const { url } = database;
    const before = await lintDatabase(url);
    assert.equal(before.success, true, before.stdout + before.stderr);
    await query(
      url,
      `create function public.broken() returns int language plpgsql
       as $$ begin return (select nothing from public.nowhere); end $$`,
    );
    const after = await lintDatabase(url);
    assert.equal(after.success, false);
    assert.match(after.stdout, /public\.broken/);
  },
});
