import assert from "node:assert/strict";
import type { LocalDatabase } from "../../local/database/local_database.ts";
import { applyMigrations } from "../../local/database/migrations.ts";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { prepareDatabaseAt } from "../../local/database/prepare_database_at.ts";
import { MIGRATIONS, openMigratedDatabase } from "../../local/tasks/migrated_database.ts";
import {
  PREFLIGHT,
  preflightFor,
  UNINSTALL,
  uninstallFor,
} from "../../local/tasks/preflight_lists.ts";
import { startPostgresServer } from "../support/postgres_server.ts";

/** Everything that a migration could have created, renamed, opened or closed. */
const CATALOG = `
  select 'relation ' || oid::regclass || ' ' || relkind::text || ' ' || coalesce(relacl::text, '')
    || relrowsecurity as object from pg_class
  union all select 'function ' || oid::regprocedure || coalesce(proacl::text, '') from pg_proc
  union all select 'schema ' || nspname || coalesce(nspacl::text, '') from pg_namespace
  union all select 'column ' || attrelid::regclass || ' ' || attname from pg_attribute
  union all select 'trigger ' || tgrelid::regclass || ' ' || tgname from pg_trigger
  union all select 'comment ' || description from pg_description
  order by 1`;

async function withProject(work: (database: LocalDatabase) => Promise<void>): Promise<void> {
  await using server = await startPostgresServer();
  const { url } = await server.createDatabase();
  await prepareDatabaseAt(url);
  const database = await openPostgresDatabase(url);
  try {
    // Where the migrations are recorded, which is the one thing that a refused push leaves.
    await applyMigrations(
      database,
      new URL("../fixtures/adoption/no_migrations/", import.meta.url),
    );
    await work(database);
  } finally {
    await database.close();
  }
}

async function refusal(database: LocalDatabase): Promise<{ message: string; hint: string }> {
  try {
    await applyMigrations(database, MIGRATIONS);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    assert.ok(cause instanceof Error, String(error));
    return { message: cause.message, hint: String(Reflect.get(cause, "hint")) };
  }
  throw new Error("The migrations were applied");
}

/** Expects `statement` to make the migrations refuse with `sentence`, and to change nothing. */
async function assertRefused(
  database: LocalDatabase,
  [statement, sentence, undo]: readonly [statement: string, sentence: string, undo: string],
): Promise<void> {
  await database.execute(statement);
  const before = await database.query(CATALOG);
  const { message, hint } = await refusal(database);
  assert.equal(message, sentence);
  assert.match(hint, /Nothing was created\. See docs\/adopting\.md\.$/);
  assert.deepEqual(await database.query(CATALOG), before);
  await database.execute(undo);
}

const TAKEN =
  "Convene cannot be installed, because this database has objects of the same names that are not Convene's: ";

Deno.test({
  name: "migrations refuse a database in which a name of ours is taken, and create nothing",
  fn: () =>
    withProject(async (database) => {
      const cases: [statement: string, taken: string, undo: string][] = [
        ["create table public.meetings (id integer)", "public.meetings", "drop table meetings"],
        [
          "create table public.tasks (id integer); grant all on public.tasks to anon, authenticated",
          "public.tasks",
          "drop table tasks",
        ],
        [
          "create table public.task_calendar_events (id integer); create table public.tasks ()",
          "public.task_calendar_events, public.tasks",
          "drop table task_calendar_events, tasks",
        ],
        [
          "create view public.v_writeback_status as select 1 as one",
          "public.v_writeback_status",
          "drop view v_writeback_status",
        ],
        [
          "create function public.claim_writebacks() returns integer return 1",
          "public.claim_writebacks()",
          "drop function claim_writebacks",
        ],
        [
          "create schema private; create function private.wake(uuid) returns integer return 1",
          "private.wake()",
          "drop schema private cascade",
        ],
        [
          "create schema private; create table private.settings (id integer)",
          "private.settings",
          "drop schema private cascade",
        ],
      ];
      for (const [statement, taken, undo] of cases) {
        await assertRefused(database, [statement, TAKEN + taken, undo]);
      }
    }),
});

const ADOPT = (...tables: string[]) =>
  `create schema private; create table private.adopted_tables (table_name text primary key);
   insert into private.adopted_tables select unnest('{${tables}}'::text[]);`;
const FORGET = "drop schema private cascade;";

Deno.test({
  name: "migrations refuse to adopt a table that does not fit, say why, and create nothing",
  fn: () =>
    withProject(async (database) => {
      const meetings = (columns: string) =>
        `${ADOPT("meetings")} create table public.meetings (${columns})`;
      const events = (columns: string) =>
        `${ADOPT("tasks", "task_calendar_events")}
         create table public.tasks (id uuid primary key, user_id uuid, title text);
         create table public.task_calendar_events (${columns})`;
      const drop_events = `${FORGET} drop table tasks, task_calendar_events`;
      const key = "id uuid primary key default gen_random_uuid(), user_id uuid, task_id uuid";
      const cases: [statement: string, sentence: string, undo: string][] = [
        [ADOPT("meetings"), "public.meetings: it does not exist", FORGET],
        [
          ADOPT("profiles"),
          "public.profiles: only meetings, tasks and task_calendar_events can be adopted",
          FORGET,
        ],
        [
          ADOPT("task_calendar_events"),
          "public.task_calendar_events without public.tasks",
          FORGET,
        ],
        [
          `${ADOPT("meetings")} create view public.meetings as select 1 as meeting_id`,
          "public.meetings: it is not a table",
          `${FORGET} drop view meetings`,
        ],
        [
          meetings("id text primary key"),
          "public.meetings: it lacks the column meeting_id",
          `${FORGET} drop table meetings`,
        ],
        [
          meetings("meeting_id uuid primary key"),
          "public.meetings: column meeting_id has the type uuid instead of text",
          `${FORGET} drop table meetings`,
        ],
        [
          meetings("meeting_id text primary key, participants text[]"),
          "public.meetings: column participants has the type text[] instead of jsonb",
          `${FORGET} drop table meetings`,
        ],
        [
          meetings("meeting_id text"),
          "public.meetings: column meeting_id is neither its primary key nor unique",
          `${FORGET} drop table meetings`,
        ],
        [
          `${meetings("meeting_id text primary key")};
           create function public.note() returns trigger language plpgsql as 'begin return new; end';
           create trigger meetings_touch before update on public.meetings for each row
             execute function public.note()`,
          "public.meetings: it has a trigger meetings_touch",
          `${FORGET} drop table meetings; drop function note`,
        ],
        [
          `create type public.sync as enum ('pending', 'synced', 'failed');
           ${events(`${key}, calendar_event_id text, sync_status public.sync`)}`,
          "public.task_calendar_events: the type of sync_status has no value cancelled",
          `${drop_events}; drop type sync`,
        ],
        [
          events(`${key}, calendar_event_id text, colour text not null`),
          "public.task_calendar_events: column colour is NOT NULL without a default, and Convene inserts rows without it",
          drop_events,
        ],
        [
          `${events(`${key}, calendar_event_id text`)};
           insert into public.task_calendar_events (user_id, calendar_event_id)
           select '00000000-0000-0000-0000-000000000001', 'same' from generate_series(1, 2)`,
          "public.task_calendar_events: it has several rows of one event (user_id, calendar_id, calendar_event_id)",
          drop_events,
        ],
      ];
      for (const [statement, reason, undo] of cases) {
        await assertRefused(database, [statement, `Convene cannot adopt ${reason}`, undo]);
      }
    }),
});

Deno.test({
  name:
    "the preflight and uninstall.sql know every name that the migrations create, and every documented column",
  // PGlite keeps its own state in the exit code until it is closed.
  sanitizeExit: false,
  async fn() {
    const database = await openMigratedDatabase();
    try {
      for (
        const [file, listsFor] of [[PREFLIGHT, preflightFor], [UNINSTALL, uninstallFor]] as const
      ) {
        const expected = (await listsFor(database)).split("\n");
        const committed = (await Deno.readTextFile(file)).split("\n");
        const line = expected.findIndex((text, index) => text !== committed[index]);
        assert.equal(
          line,
          -1,
          `${file.pathname} differs in line ${line + 1}; run "deno task db:preflight"`,
        );
      }
    } finally {
      await database.close();
    }
  },
});
