import assert from "node:assert/strict";
import { pendingMeeting } from "../support/meetings.ts";
import { forgetOperations } from "../support/operations.ts";
import { promise } from "../support/stack.ts";

promise("logs of the platform", {
  "old runs of Convene's jobs are deleted, newer ones and those of other jobs stay": async (
    stack,
  ) => {
    await forgetOperations(stack);
    await stack.platform.sql(
      "select cron.schedule('of-the-application', '0 0 1 1 *', 'select 1')",
    );
    try {
      await stack.platform.runCron();
      const runs = () =>
        stack.platform.sql<{ name: string; is_old: boolean }>(
          `select j.jobname as name, d.start_time < now() - interval '1 day' as is_old
           from cron.job_run_details as d join cron.job as j using (jobid)
           where j.jobname in ('convene-sweep', 'of-the-application') order by 1, 2`,
        );
      await stack.platform.sql(
        "update cron.job_run_details set start_time = start_time - interval '8 days'",
      );
      await stack.platform.runCron();
      assert.deepEqual(await runs(), [
        { name: "convene-sweep", is_old: false },
        { name: "of-the-application", is_old: false },
        { name: "of-the-application", is_old: true },
      ]);
      await stack.platform.sql(
        "update cron.job_run_details set start_time = start_time - interval '6 days' where start_time > now() - interval '1 day'",
      );
      await stack.platform.sql("select private.trim_logs()");
      assert.deepEqual((await runs())[0], { name: "convene-sweep", is_old: true });
    } finally {
      await stack.platform.sql("select cron.unschedule('of-the-application')");
    }
  },

  "old responses to wake-ups are deleted, those of other applications stay": async (stack) => {
    await forgetOperations(stack);
    await pendingMeeting(stack);
    await stack.platform.sql(
      "select net.http_post($1, '{}'::jsonb)",
      [`${stack.platform.functions_url}/of-the-application`],
    );
    await stack.platform.drainNet();
    const responses = async () =>
      (await stack.platform.sql<{ status_code: number }>(
        "select status_code from net._http_response order by id",
      )).map(({ status_code }) => status_code);
    const before = await responses();
    // The write of the meeting, the check of its time, and the application's.
    assert.equal(before.length, 3);
    await stack.platform.sql("select private.trim_logs()");
    assert.deepEqual(await responses(), before);
    await stack.platform.sql(
      "update net._http_response set created = created - interval '25 hours'",
    );
    await stack.platform.sql(
      "update private.posted_wake_ups set posted_at = posted_at - interval '25 hours'",
    );
    await stack.platform.sql("select private.trim_logs()");
    assert.deepEqual(await responses(), [404]);
    assert.deepEqual(await stack.platform.sql("select * from private.posted_wake_ups"), []);
  },
}, { databases: "both" });
