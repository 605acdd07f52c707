import assert from "node:assert/strict";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { applyMigrations } from "../../local/database/migrations.ts";
import { prepareDatabaseAt } from "../../local/database/prepare_database_at.ts";
import { PROJECT_ROOT } from "../../local/tasks/supabase_cli.ts";
import { isRefusedBySafeupdate, parsedSession } from "../support/parse_trees.ts";
import { type PostgresServer, startPostgresServer } from "../support/postgres_server.ts";
import { statementsWithoutWhere } from "../support/statements_without_where.ts";

// Hosted Supabase loads the extension safeupdate for REST: an UPDATE or DELETE without WHERE is
// refused there, also inside a function, and nowhere else.

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

let server: PostgresServer | undefined;
let template: Promise<string> | undefined;

/** A database with all migrations; each caller gets a copy. */
async function migrated(): Promise<string> {
  server ??= await startPostgresServer();
  template ??= migrate(server);
  return (await server.createDatabase({ template: await template })).url;
}

async function migrate({ createDatabase }: PostgresServer): Promise<string> {
  const { name, url } = await createDatabase();
  await prepareDatabaseAt(url);
  const database = await openPostgresDatabase(url);
  try {
    await applyMigrations(database, MIGRATIONS);
  } finally {
    await database.close();
  }
  return name;
}

Deno.test.afterAll(() => server?.stop());

/** The server outlives the test that starts it. */
const SHARED_SERVER = { sanitizeOps: false, sanitizeResources: false };

const OURS = `p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not exists (
    select from pg_depend as d
     where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`;

const FUNCTIONS = `
  select p.oid::regprocedure::text as signature, l.lanname::text as language, p.oid::text as oid,
    p.prorettype = 'trigger'::regtype as is_trigger,
    coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body
  from pg_proc as p join pg_language as l on l.oid = p.prolang
  where ${OURS} order by 1`;

interface OurFunction {
  /** As `regprocedure` prints it. */
  signature: string;
  body: string;
  language: string;
  oid: string;
  is_trigger: boolean;
}

Deno.test("statementsWithoutWhere() knows a statement from a lock, a grant and a trigger", () => {
  for (
    const [text, count] of [
      ["update a set b = 1", 1],
      ["with gone as (delete from a returning id) select from gone where true", 1],
      ["if x then update only a.b as c set d = (select e from f where g); end if;", 1],
      ["delete from a using b where a.id = b.id; update a set b = 'where'", 1],
      ["delete from a -- where true", 1],
      ["update a set b = 1 where c; delete from a where true", 0],
      ["insert into a values (1) on conflict (a) do update set b = 1", 0],
      ["select from a for update skip locked; select from a for no key update", 0],
      ["grant select, update, delete on a to b; grant update on a to b", 0],
      ["create trigger t before update on a for each row execute function f('update a set b')", 0],
      ["create policy p on a for update using (true)", 0],
    ] as const
  ) assert.equal(statementsWithoutWhere(text).length, count, text);
});

Deno.test({
  name: "no function of ours has an UPDATE or DELETE without WHERE in its text",
  ...SHARED_SERVER,
  async fn() {
    await using session = await parsedSession(await migrated());
    const functions = await session.query<OurFunction>(FUNCTIONS);
    assert.ok(functions.length > 100);
    assert.deepEqual(
      functions.flatMap(({ signature, body }) =>
        statementsWithoutWhere(body).map((statement) => `${signature}: ${statement}`)
      ),
      [],
    );
    const jobs = await session.query<{ jobname: string; command: string }>(
      "select jobname, command from cron.job",
    );
    assert.ok(jobs.length > 0);
    for (const { jobname, command } of jobs) {
      assert.deepEqual(statementsWithoutWhere(command), [], jobname);
    }
  },
});

Deno.test({
  name: "no function of ours has a statement that safeupdate refuses, as Postgres parses it",
  ...SHARED_SERVER,
  async fn() {
    await using session = await parsedSession(await migrated());
    const refuses = async (text: string, params?: string[]) => {
      session.trees();
      await session.query(text, params);
      return session.trees().some(isRefusedBySafeupdate);
    };
    await session.query("create table public.kept (id integer)");
    assert.equal(await refuses("update public.kept set id = 1"), true);
    assert.equal(await refuses("update public.kept set id = 1 where id = 2"), false);
    assert.equal(
      await refuses("with gone as (delete from public.kept returning id) select from gone"),
      true,
    );
    assert.equal(
      await refuses("delete from public.kept as k using public.kept as o where k.id = o.id"),
      false,
    );

    const [checker] = await session.query(
      "select from pg_available_extensions where name = 'plpgsql_check'",
    );
    if (checker) await session.query("create extension plpgsql_check");
    const refused: string[] = [];
    let checked = 0;
    for (
      const { signature, language, oid, is_trigger } of await session.query<OurFunction>(FUNCTIONS)
    ) {
      // The validator of SQL functions parses each statement; PL/pgSQL's does not, but its checker.
      const check = language === "sql"
        ? "select fmgr_sql_validator($1::oid)"
        : checker && !is_trigger
        ? "select plpgsql_check_function($1::oid)"
        : undefined;
      if (check === undefined) continue;
      checked++;
      if (await refuses(check, [oid])) refused.push(signature);
    }
    assert.ok(checked > 30);
    assert.deepEqual(refused, []);
  },
});

Deno.test("no SQL text of the platform and of the functions lacks a WHERE", async () => {
  const found: string[] = [];
  for (const folder of ["local", "shared", "supabase/functions", "supabase/migrations"]) {
    for await (const path of textFiles(`${PROJECT_ROOT}/${folder}`)) {
      const text = await Deno.readTextFile(path);
      const statements = path.endsWith(".sql") ? [text] : sqlLiterals(text);
      for (const statement of statements.flatMap(statementsWithoutWhere)) {
        found.push(`${path.slice(PROJECT_ROOT.length + 1)}: ${statement}`);
      }
    }
  }
  assert.deepEqual(found, []);
});

async function* textFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* textFiles(`${folder}/${name}`);
    else if (/\.(ts|sql)$/.test(name)) yield `${folder}/${name}`;
  }
}

/** String and template literals that hold an UPDATE or a DELETE. */
function sqlLiterals(source: string): string[] {
  return [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)]
    .map(([, quoted, template]) => quoted ?? template ?? "")
    .filter((text) => /^\s*(with\b[\s\S]*)?(update\s+[\w.]+|delete\s+from)\b/i.test(text));
}
