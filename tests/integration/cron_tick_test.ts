import assert from "node:assert/strict";
import { eventsOf, pendingMeeting, rowOf } from "../support/meetings.ts";
import { checkOf, healthOf } from "../support/operations.ts";
import { startPlatform } from "../../local/platform.ts";
import { postgresHas } from "../support/postgres_extensions.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { stackOf } from "../support/stack.ts";
import { until } from "../support/until.ts";

/** pg_cron ticks each minute; the rest is for a slow machine. */
const TICK_SECONDS = 90;

const has_pg_cron = await postgresHas("pg_cron");

Deno.test({
  name: `a real tick of pg_cron makes an event of an inserted meeting, without a call from outside${
    has_pg_cron ? "" : " (skipped: this Postgres has no pg_cron)"
  }`,
  ignore: !has_pg_cron,
  async fn() {
    await using server = await startPostgresServer();
    const { url } = await server.createDatabase({ name: server.cron_database });
    await using platform = await startPlatform({
      strict_google: true,
      database: { kind: "url", url },
    });
    const stack = stackOf(platform, true);
    await platform.sql("alter table private.work disable trigger work_wake_inserted");
    await platform.sql("alter table private.work disable trigger work_wake_updated");
    const { organizer, meeting_id } = await pendingMeeting(stack);
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "pending");

    const row = await until("the tick", async () => {
      const now = await rowOf(stack, meeting_id);
      return now.writeback_status === "created" ? now : null;
    }, TICK_SECONDS);
    assert.deepEqual((await eventsOf(stack, organizer)).map(({ id }) => id), [
      row.google_event_id,
    ]);
    const [run] = await platform.sql<{ status: string }>(
      `select d.status from cron.job_run_details as d join cron.job as j using (jobid)
          where j.jobname = 'convene-sweep' and d.status = 'succeeded' limit 1`,
    );
    assert.equal(run?.status, "succeeded");
    const sweep = checkOf(await healthOf(stack), "jobs", "convene-sweep");
    assert.equal(sweep.status, "ok");
    assert.notEqual(sweep.since, null);
  },
});
