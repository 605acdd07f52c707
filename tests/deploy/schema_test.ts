import assert from "node:assert/strict";
import postgres from "postgres";
import { DATABASE_SCHEMA, dumpDatabaseSchema } from "../../local/tasks/database_schema.ts";
import { startProjectDatabase } from "../../local/tasks/project_database.ts";

Deno.test("tests/deploy/schema.sql is the schema of a migrated database, on every Postgres", async () => {
  await using database = await startProjectDatabase({ migrated: true });
  const dumped = await dumpDatabaseSchema(database.url);
  const lines = dumped.split("\n");
  const committed = (await Deno.readTextFile(DATABASE_SCHEMA)).split("\n");
  const line = lines.findIndex((text, index) => text !== committed[index]);
  assert.ok(
    line === -1 && lines.length === committed.length,
    `schema.sql differs in line ${line + 1}: the database has "${lines[line]}", the file ` +
      `"${committed[line]}"; run "deno task db:dump" if that is meant`,
  );

  // Each kind of change shows in the dump.
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  try {
    for (
      const statement of [
        "alter table public.tasks alter column title drop not null",
        "alter table public.tasks alter column status set default 'done'",
        "alter table public.tasks drop constraint tasks_status_check",
        "alter table public.tasks disable row level security",
        "drop index public.idx_tasks_user",
        "drop trigger tasks_touch on public.tasks",
        `alter policy "users read their tasks" on public.tasks using (true)`,
        "alter function private.tasks_touch() security definer",
        "grant execute on function private.tasks_touch() to anon",
        "grant insert (title) on public.meetings to anon",
        "alter view public.v_writeback_status rename column writeback_error to problem",
        "update private.settings set value = value + 1 where name = 'ledger_retention_days'",
        "select cron.unschedule('convene-sweep')",
      ]
    ) {
      const before = await dumpDatabaseSchema(database.url);
      await sql.unsafe(statement);
      assert.notEqual(await dumpDatabaseSchema(database.url), before, statement);
    }
  } finally {
    await sql.end();
  }
});
