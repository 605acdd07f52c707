import assert from "node:assert/strict";
import { isDue } from "../../local/background/cron_schedule.ts";
import { postgresHas } from "../support/postgres_extensions.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { onBothDatabases, startFixture } from "./fixture_platform.ts";

onBothDatabases(
  "runCron() runs every job once, in order, active or not, and notes how it went",
  async (database) => {
    await using platform = await startFixture({ database });
    await platform.sql("create table public.ticks (job text)");
    await platform.sql(
      "select cron.schedule('first', '* * * * *', $$insert into public.ticks values ('first')$$)",
    );
    await platform.sql(
      "select cron.schedule('second', '0 3 * * *', $$insert into public.ticks values ('second')$$)",
    );
    await platform.sql(
      "select cron.alter_job(jobid, active := false) from cron.job where jobname = 'second'",
    );

    assert.deepEqual(await platform.runCron(), ["first", "second"]);
    assert.deepEqual(await platform.sql("select job from public.ticks"), [
      { job: "first" },
      { job: "second" },
    ]);
    const details = await platform.sql(
      "select status, username = current_user as mine, end_time >= start_time as timed from cron.job_run_details",
    );
    const fine = { status: "succeeded", mine: true, timed: true };
    assert.deepEqual(details, [fine, fine]);
  },
);

onBothDatabases(
  "runCron() runs the other jobs too when one fails, and then says which",
  async (database) => {
    await using platform = await startFixture({ database });
    await platform.sql("create table public.ticks (job text)");
    await platform.sql("select cron.schedule('bad', '* * * * *', 'select 1 / 0')");
    await platform.sql(
      "select cron.schedule('good', '* * * * *', $$insert into public.ticks values ('good')$$)",
    );
    await assert.rejects(platform.runCron(), /Cron job bad failed: division by zero/);
    assert.deepEqual(await platform.sql("select job from public.ticks"), [{ job: "good" }]);
    assert.deepEqual(
      await platform.sql("select status, return_message from cron.job_run_details order by runid"),
      [
        { status: "failed", return_message: "division by zero" },
        { status: "succeeded", return_message: "" },
      ],
    );
  },
);

Deno.test("cron.schedule() replaces a job of the same name and refuses a bad schedule", async () => {
  await using platform = await startFixture();
  const schedule = (text: string) =>
    platform.sql<{ id: number }>("select cron.schedule('job', $1, 'select 1') as id", [text]);
  const first = await schedule("*/5 * * * *");
  assert.deepEqual(await schedule("30 seconds"), first);
  for (const bad of ["", "* * * *", "* * * * * *", "60 seconds", "? * * * *"]) {
    await assert.rejects(schedule(bad), /invalid schedule/, bad);
  }
  assert.deepEqual(await platform.sql("select schedule from cron.job"), [{
    schedule: "30 seconds",
  }]);

  assert.deepEqual(await platform.sql("select cron.unschedule('job') as gone"), [{ gone: true }]);
  await assert.rejects(platform.sql("select cron.unschedule('job')"), /could not find valid entry/);
});

const has_pg_cron = await postgresHas("pg_cron");

Deno.test({
  name: `startPlatform() uses the real pg_cron where the server has it${
    has_pg_cron ? "" : " (skipped: this Postgres has no pg_cron)"
  }`,
  ignore: !has_pg_cron,
  async fn() {
    await using server = await startPostgresServer();
    const { url } = await server.createDatabase({ name: server.cron_database });
    await using platform = await startFixture({
      database: { kind: "url", url },
      migrations_dir: new URL("fixtures/cron_migrations/", import.meta.url),
    });
    const [row] = await platform.sql(
      "select count(*)::int as extensions from pg_extension where extname = 'pg_cron'",
    );
    assert.deepEqual(row, { extensions: 1 });
    assert.deepEqual(
      await platform.sql("select jobname, active from cron.job"),
      [{ jobname: "fixture", active: false }],
      "configured not to run automatically",
    );
    assert.deepEqual(await platform.runCron(), ["fixture"]);
    assert.deepEqual(await platform.sql("select count(*)::int as ticks from public.ticks"), [
      { ticks: 1 },
    ]);
  },
});

Deno.test("isDue() reads cron's five fields in UTC", () => {
  // A Friday.
  const at = new Date("2026-11-20T10:15:00Z");
  const cases: [string, boolean][] = [
    ["* * * * *", true],
    ["15 10 * * *", true],
    ["16 10 * * *", false],
    ["*/5 * * * *", true],
    ["*/4 * * * *", false],
    ["10-20/5 * * * *", true],
    ["11-20/5 * * * *", false],
    ["0,15,30 9-17 * * *", true],
    ["15 10 20 11 *", true],
    ["15 10 21 * *", false],
    ["15 10 * nov *", true],
    ["15 10 * dec *", false],
    ["15 10 * * fri", true],
    ["15 10 * * mon-thu", false],
    ["15 10 * * 5", true],
    ["15 10 1 * 5", true],
    ["15 10 1 * 6", false],
    ["15 10 1 * *", false],
    ["30 seconds", true],
  ];
  for (const [schedule, due] of cases) assert.equal(isDue(schedule, at), due, schedule);
  const sunday = new Date("2026-11-22T10:15:00Z");
  assert.equal(isDue("15 10 * * 7", sunday), true);
  assert.equal(isDue("15 10 * * 0", sunday), true);
});
