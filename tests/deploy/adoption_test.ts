import assert from "node:assert/strict";
import type { LocalDatabase } from "../../local/database/local_database.ts";
import { startPlatform } from "../../local/platform.ts";
import {
  type Adoptable,
  applicationAt,
  columnsOf,
  migrateWithAdoption,
  ownState,
} from "../support/adopted_database.ts";
import { eventsOf, mailsBy, rowOf, WEEK } from "../support/meetings.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { type Stack, stackOf } from "../support/stack.ts";
import { change, eventRow, START } from "../support/tasks.ts";
import { LEFT_BEHIND, uninstall } from "../support/uninstalled.ts";

const FIXTURES = new URL("../fixtures/adoption/", import.meta.url);

interface Application {
  database: LocalDatabase;
  tables: readonly Adoptable[];
  before: unknown;
  /** Everything in its schemas before Convene came. */
  own: unknown[];
  columns: Record<string, string[]>;
  migrations: URL;
  url: string;
}

/** An application with tables of its own, after Convene was installed beside it. */
async function withAdopted(
  fixture: string,
  tables: readonly Adoptable[],
  work: (application: Application) => Promise<void>,
  rows = "",
): Promise<void> {
  await using server = await startPostgresServer();
  const { url } = await server.createDatabase();
  const text = await Deno.readTextFile(new URL(fixture, FIXTURES));
  const database = await applicationAt(url, text + rows);
  try {
    const columns: Record<string, string[]> = {};
    for (const table of tables) columns[table] = await columnsOf(database, table);
    const before = await ownState(database, tables, columns);
    const own = await database.query(LEFT_BEHIND);
    const migrations = await migrateWithAdoption(database, tables);
    try {
      await work({ database, tables, before, own, columns, migrations, url });
    } finally {
      await Deno.remove(migrations, { recursive: true });
    }
  } finally {
    await database.close();
  }
}

function onStack(
  { url, migrations }: Application,
  work: (stack: Stack) => Promise<void>,
): Promise<void> {
  return (async () => {
    await using platform = await startPlatform({
      database: { kind: "url", url },
      migrations_dir: migrations,
      strict_google: true,
      background: { net: false, cron: false },
    });
    await work(stackOf(platform, true));
  })();
}

async function indexesOf(database: LocalDatabase, table: string): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    "select indexname::text as name from pg_indexes where schemaname = 'public' and tablename = $1",
    [table],
  );
  return rows.map(({ name }) => name);
}

/** What of the documented tables a fresh installation has, as the preflight records it. */
async function assertDocumented({ database, tables }: Application): Promise<void> {
  await using server = await startPostgresServer();
  const { url } = await server.createDatabase();
  const fresh = await applicationAt(url, "select 1");
  try {
    const migrations = await migrateWithAdoption(fresh, []);
    await Deno.remove(migrations, { recursive: true });
    for (const table of tables) {
      const columns = new Set(await columnsOf(database, table));
      assert.deepEqual((await columnsOf(fresh, table)).filter((name) => !columns.has(name)), []);
      const indexes = new Set(await indexesOf(database, table));
      assert.deepEqual(
        (await indexesOf(fresh, table)).filter((name) =>
          !indexes.has(name) && name.startsWith("idx_")
        ),
        [],
      );
    }
  } finally {
    await fresh.close();
  }
}

const USER = "00000000-0000-4000-8000-000000000001";
const TASK_ROWS = `
  insert into auth.users (id, email) values ('${USER}', 'owner@north.example');
  insert into public.tasks (id, user_id, title, start_date, task_type, recurrence_pattern) values
    ('00000000-0000-4000-8000-00000000000a', '${USER}', 'Plain', '${START}', 'single', 'none'),
    ('00000000-0000-4000-8000-00000000000b', '${USER}', 'On Google', '${START}', 'single', 'none'),
    ('00000000-0000-4000-8000-00000000000c', '${USER}', 'Weekly', '${START}', 'recurring', 'weekly'),
    ('00000000-0000-4000-8000-00000000000d', '${USER}', 'Own', '${START}', 'recurring', 'fortnightly');
  insert into public.task_calendar_events (user_id, task_id, calendar_event_id, event_title)
  values ('${USER}', '00000000-0000-4000-8000-00000000000b', 'old1', 'On Google');`;
const task = (letter: string) => `00000000-0000-4000-8000-00000000000${letter}`;

Deno.test("an adopted table of meetings keeps its rows, types, columns, comments, policies and rights", () =>
  withAdopted("application_meetings.sql", ["meetings"], async (application) => {
    const { database, tables, columns, before } = application;
    assert.deepEqual(await ownState(database, tables, columns), before);
    await assertDocumented(application);
    assert.deepEqual(await database.query("select agenda from public.agendas order by 1"), [
      { agenda: "Budget" },
      { agenda: "Review" },
    ]);
    const due = await database.query("select * from public.get_pending_writebacks(10)");
    assert.deepEqual(due, []);
  }));

Deno.test("an old row of an adopted table of meetings is scheduled and written once", () =>
  withAdopted(
    "application_meetings.sql",
    ["meetings"],
    (application) =>
      onStack(application, async (stack) => {
        const organizer = await stack.organizer();
        const guest = await stack.guest();
        await stack.platform.sql(
          "update public.meetings set organizer_user_id = $1 where true",
          [organizer.user_id],
        );
        // No statement of the application fails because of Convene's columns; what cannot work says so.
        await stack.platform.sql(
          "insert into public.meetings (meeting_id, agenda, organizer_user_id, timezone) values ('new-1', 'Plan', $1, 'Paris')",
          [organizer.user_id],
        );
        await stack.platform.sql(
          "update public.meetings set constraints = '{\"durations\": 1}' where meeting_id = 'old-2'",
        );
        const refused = await rowOf(stack, "new-1");
        assert.deepEqual(
          [refused.scheduling_status, refused.scheduling_details.path],
          ["failed", "participants"],
        );
        await stack.platform.sql(
          "update public.meetings set constraints = '{}' where meeting_id = 'old-2'",
        );

        const scheduled = await organizer.call("schedule", {
          body: { meeting_id: "old-1", participant_emails: [guest], constraints: WEEK },
        });
        assert.equal(scheduled.status, 200, JSON.stringify(scheduled.body));
        const written = await organizer.call("write-back", { body: { meeting_id: "old-1" } });
        assert.equal(written.status, 200, JSON.stringify(written.body));
        const again = await organizer.call("write-back", { body: { meeting_id: "old-1" } });
        assert.equal(again.body.results[0].already_exists, true, JSON.stringify(again.body));
        const row = await rowOf(stack, "old-1");
        assert.deepEqual(
          [row.writeback_status, row.writeback_retry_count, row.agenda, row.room_number],
          ["created", 0, "Budget", 7],
        );
        assert.deepEqual((await eventsOf(stack, organizer)).map(({ id }) => id), [
          row.google_event_id,
        ]);
        assert.deepEqual(await mailsBy(stack, [guest]), [["invitation"]]);

        const existing = await organizer.call("write-back", { body: { meeting_id: "old-2" } });
        const result = existing.body.results?.[0];
        assert.deepEqual(
          [existing.status, result?.already_exists, result?.google_event_id],
          [200, true, "abc123"],
          JSON.stringify(existing.body),
        );
        assert.equal((await eventsOf(stack, organizer)).length, 1);
      }),
  ));

Deno.test("adopted tables of tasks keep their rows, types, columns, policies and rights", () =>
  withAdopted(
    "application_tasks.sql",
    ["tasks", "task_calendar_events"],
    async (application) => {
      const { database, tables, columns, before } = application;
      assert.deepEqual(await ownState(database, tables, columns), before);
      await assertDocumented(application);
      const [unknown] = await database.query<{ organizer_self: unknown; attendees: unknown }>(
        "select organizer_self, attendees from public.task_calendar_events",
      );
      assert.deepEqual(unknown, { organizer_self: null, attendees: [] });
    },
    TASK_ROWS,
  ));

Deno.test("old rows of adopted tables of tasks are scheduled, moved, changed and deleted on Google", () =>
  withAdopted(
    "application_tasks.sql",
    ["tasks", "task_calendar_events"],
    (application) =>
      onStack(application, async (stack) => {
        const organizer = await stack.organizer({ timezone: "Europe/Paris" });
        const { event_ids: [old_event = ""] } = await stack.google.addEvents(organizer.email, [{
          summary: "On Google",
          start: { dateTime: START },
          end: { dateTime: "2035-01-08T10:00:00Z" },
        }]);
        await stack.platform.sql("update public.tasks set user_id = $1 where true", [
          organizer.user_id,
        ]);
        await stack.platform.sql(
          "update public.task_calendar_events set user_id = $1, calendar_event_id = $2 where true",
          [organizer.user_id, old_event],
        );

        const plain = await organizer.call("task-events/schedule", {
          body: { task_id: task("a") },
        });
        assert.deepEqual([plain.status, plain.body.already_exists], [200, false], text(plain));
        const known = await organizer.call("task-events/schedule", {
          body: { task_id: task("b") },
        });
        assert.deepEqual([known.body.already_exists, known.body.event_id], [true, old_event]);
        const weekly = await organizer.call("task-events/schedule", {
          body: { task_id: task("c"), timeZone: "Europe/Paris" },
        });
        assert.equal(weekly.status, 200, text(weekly));
        const series = await eventRow(stack, organizer, weekly.body.event_id);
        assert.match(series.recurrence_rule, /FREQ=WEEKLY/);
        const own = await organizer.call("task-events/schedule", { body: { task_id: task("d") } });
        assert.deepEqual([own.status, own.body.error], [422, "invalid_request"], text(own));
        assert.match(own.body.message, /recurrence_pattern: The task has fortnightly/);
        const named = await organizer.call("task-events/schedule", {
          body: { task_id: task("d"), recurrence_pattern: "biweekly" },
        });
        assert.equal(named.status, 200, text(named));

        const moved = await organizer.call("task-events/reschedule", {
          body: {
            tasks: ["a", "b"].map((letter) => ({
              task_id: task(letter),
              start_time: "2035-01-10T13:00:00Z",
            })),
          },
        });
        assert.deepEqual(
          moved.body.results.map(({ status }: { status: string }) => status),
          ["updated", "updated"],
          text(moved),
        );
        for (const event_id of [plain.body.event_id, old_event]) {
          const changed = await change(organizer, { event_id, location: "Room 4" });
          assert.equal(changed.status, 200, text(changed));
          const row = await eventRow(stack, organizer, event_id);
          assert.equal(Date.parse(row.event_start), Date.parse("2035-01-10T13:00:00Z"));
        }
        const removed = await organizer.call("task-events", {
          method: "DELETE",
          body: { event_id: old_event },
        });
        assert.equal(removed.status, 200, text(removed));
        assert.equal((await eventRow(stack, organizer, old_event)).sync_status, "cancelled");
        const live = (await stack.google.events({ calendar_id: organizer.email, status: "live" }))
          .map(({ id }) => id);
        assert.equal(live.length, 3, JSON.stringify(live));
        assert.equal(live.includes(old_event), false);
      }),
    TASK_ROWS,
  ));

const text = (answer: { body: unknown }) => JSON.stringify(answer.body);

const APPLICATIONS = [
  ["application_meetings.sql", ["meetings"], ""],
  ["application_tasks.sql", ["tasks", "task_calendar_events"], TASK_ROWS],
] as const;
for (const [fixture, tables, rows] of APPLICATIONS) {
  Deno.test(`uninstalling leaves adopted tables of ${fixture} as they were, and nothing of Convene on them`, () =>
    withAdopted(fixture, tables, async ({ database, columns, before, own }) => {
      await uninstall(database);
      assert.deepEqual(await ownState(database, tables, columns), before);
      assert.deepEqual(await database.query(LEFT_BEHIND), own);
      assert.deepEqual(
        await database.query(
          "select tgname from pg_trigger where not tgisinternal and tgrelid = any ($1::regclass[])",
          [`{${tables.map((table) => `public.${table}`)}}`],
        ),
        [],
      );
    }, rows));
}

const MANY_ROWS = `
  insert into auth.users (id, email) values ('${USER}', 'owner@north.example');
  insert into public.tasks (user_id, title) select '${USER}', 'Task ' || n from generate_series(1, 100000) as n;
  insert into public.task_calendar_events (user_id, task_id, calendar_event_id, sync_status)
  select user_id, id, 'event' || row_number() over (), 'synced' from public.tasks;`;

Deno.test("ids of adopted tables are found by an index among 100,000 rows", () =>
  withAdopted(
    "application_tasks.sql",
    ["tasks", "task_calendar_events"],
    async ({ database }) => {
      await database.execute("analyze public.tasks; analyze public.task_calendar_events");
      const [some] = await database.query<{ id: string }>(
        "select id::text from public.tasks limit 1",
      );
      for (
        const call of [
          "public.begin_task_event($1::text, null, '{}')",
          "public.read_task_events(null, array[$1::text])",
          "(select private.task_event_response('exists', e, null) from public.task_calendar_events as e where e.task_id::text = $1)",
        ]
      ) {
        await database.transaction(async (session) => {
          // What this session has counted and not yet reported: rows read one after the other.
          const scanned = () =>
            session.query(
              `select relname::text, seq_scan::integer from pg_stat_xact_user_tables
               where relname in ('tasks', 'task_calendar_events') order by 1`,
            );
          const before = await scanned();
          await session.query(`select ${call}`, [some?.id]);
          assert.deepEqual(await scanned(), before, call);
        });
      }
      const plan = await database.query<{ "QUERY PLAN": string }>(
        `explain select from public.tasks as t join public.task_calendar_events as e
           on e.task_id::text = t.id::text where t.id::text = '${some?.id}'`,
      );
      const lines = plan.map((row) => row["QUERY PLAN"]).join("\n");
      assert.match(lines, /idx_tasks_id_text/);
      assert.match(lines, /idx_task_calendar_events_task_id_text/);
      assert.doesNotMatch(lines, /Seq Scan/);
    },
    MANY_ROWS,
  ));
