import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { forgetMeetings, manyMeetings } from "../support/many_meetings.ts";
import { WEEK } from "../support/meetings.ts";
import { forgetOperations } from "../support/operations.ts";
import { withSetting } from "../support/queue.ts";
import { recordCalls, recordedCalls } from "../support/recorded_calls.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const ROWS = 300;

/** Searches of one call (supabase/functions/schedule/handler.ts), and notifications (supabase/functions/notify/handler.ts). */
const SEARCHES_A_CALL = 40;
const NOTIFICATIONS_A_CALL = 200;

promise("drain after one tick", {
  "300 meetings of a user who has connected again are written after one run of the sweep": async (
    stack,
  ) => {
    await begin(stack);
    const organizer = await stack.organizer();
    const [first = ""] = await manyMeetings(stack, [organizer], ROWS);
    await stack.google.revokeGrant(organizer.email);
    await stack.platform.sql("delete from private.pauses");
    const refused = await organizer.call("write-back", { body: { meeting_id: first } });
    assert.equal(refused.body.error, "needs_reauth", JSON.stringify(refused.body));
    await pauseAll(stack);
    await reconnect(stack, organizer);
    await endPausesUnseen(stack);
    await oneTick(stack);
    await created(stack, ROWS);
    const calls = await recordedCalls(stack);
    assert.ok((calls.get("write-back") ?? []).length <= 2, `${calls.get("write-back")?.length}`);
    assert.equal(await ticks(stack), 1);
  },

  "300 meetings of 100 users are written after one run of the sweep": async (stack) => {
    await begin(stack);
    const organizers = [];
    for (let count = 0; count < 100; count++) organizers.push(await connectedOrganizer(stack));
    await manyMeetings(stack, organizers, ROWS);
    await endPausesUnseen(stack);
    await oneTick(stack);
    await created(stack, ROWS);
    const calls = await recordedCalls(stack);
    assert.ok((calls.get("write-back") ?? []).length <= 2, `${calls.get("write-back")?.length}`);
    assert.equal(await ticks(stack), 1);
  },

  "300 searches of one user are done after one run of the sweep, each call calling the next":
    async (
      stack,
    ) => {
      await begin(stack);
      const organizer = await stack.organizer();
      await withSetting(stack, "searches_per_minute", 1000, async () => {
        await stack.platform.sql(
          `insert into public.meetings (organizer_user_id, title, participants, constraints)
         select $1, 'Search ' || n, jsonb_build_array($2::text), $3::jsonb from generate_series(1, $4::integer) as n`,
          [organizer.user_id, organizer.email, JSON.stringify(WEEK), ROWS],
        );
        await stack.platform.sql(
          "select pause_work('only searches are counted', 'write'), pause_work('as well', 'sync')",
        );
        await stack.platform.sql("delete from private.pauses where kind is null");
        await oneTick(stack);
        await until("all searches are done", async () => {
          const left = await stack.platform.sql("select from private.work where kind = 'search'");
          return left.length === 0;
        }, 240);
      });
      const found = (await recordedCalls(stack)).get("schedule") ?? [];
      const least = Math.ceil(ROWS / SEARCHES_A_CALL);
      assert.ok(found.length >= least && found.length <= least + 2, `${found.length} calls`);
      assert.equal(await ticks(stack), 1);
    },

  "300 notifications are delivered after one run of the sweep, each call calling the next": async (
    stack,
  ) => {
    await begin(stack);
    await stack.platform.sql(
      `insert into public.notifications (event, transition_key, kind, payload)
       select 'needs_reauth', 'drain ' || n, 'log',
         '{"user_id": "00000000-0000-0000-0000-000000000000", "email": "user@north.example", "reason": "invalid_grant"}'
       from generate_series(1, $1::integer) as n`,
      [ROWS],
    );
    await endPausesUnseen(stack);
    await oneTick(stack);
    await until("all are sent", async () => {
      const sent = await stack.platform.sql(
        "select from public.notifications where status = 'sent'",
      );
      return sent.length === ROWS;
    }, 120);
    const found = (await recordedCalls(stack)).get("notify") ?? [];
    const least = Math.ceil(ROWS / NOTIFICATIONS_A_CALL);
    assert.ok(found.length >= least && found.length <= least + 1, `${found.length} calls`);
    assert.equal(await ticks(stack), 1);
  },
}, {
  databases: "only postgres",
  background: { net: true, cron: false },
  environment: { CONVENE_TOKEN_KEYS: TOKEN_KEYS },
  onFunctionsOutput: () => {},
});

/** Nothing is due, and nothing that becomes due wakes a function. */
async function begin(stack: Stack): Promise<void> {
  await pauseAll(stack);
  await forgetOperations(stack);
  await forgetMeetings(stack);
  await stack.platform.sql("delete from private.budget_spending");
  await stack.platform.sql("drop table if exists public.recorded_calls cascade");
  await stack.platform.sql("drop function if exists public.record_call() cascade");
  await recordCalls(stack);
}

async function pauseAll(stack: Stack): Promise<void> {
  await stack.platform.sql("select pause_work('nothing is woken')");
}

/** As if the wake-up of the resumption were lost. */
async function endPausesUnseen(stack: Stack): Promise<void> {
  await stack.platform.sql("delete from private.pauses");
}

async function reconnect(stack: Stack, { email, access_token }: Organizer): Promise<void> {
  await connectGoogle(stack.platform.functions_url, access_token, stack.google, {
    email,
    scopes: "all",
  });
}

async function oneTick(stack: Stack): Promise<void> {
  await stack.platform.sql("delete from public.recorded_calls");
  await stack.platform.runCron();
}

async function ticks(stack: Stack): Promise<number> {
  const rows = await stack.platform.sql(
    `select from cron.job_run_details as d join cron.job as j using (jobid) where j.jobname = 'convene-sweep'`,
  );
  await stack.platform.sql("delete from private.pauses");
  return rows.length;
}

async function created(stack: Stack, count: number): Promise<void> {
  await until(`${count} are created`, async () => {
    const rows = await stack.platform.sql(
      "select from public.meetings where writeback_status = 'created'",
    );
    return rows.length === count;
  }, 240);
}
