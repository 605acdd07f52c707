import assert from "node:assert/strict";
import {
  eventsOf,
  insertMeeting,
  mailsBy,
  pendingMeeting,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { loseWakeUps } from "../support/many_meetings.ts";
import { promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

promise("wake-ups", {
  "one insert as a signed-in user, and nothing else, becomes one event and one mail a guest":
    async (stack) => {
      const organizer = await stack.organizer();
      const guests = [await stack.guest(), await stack.guest()];
      const meeting_id = await insertMeeting(organizer, {
        participants: guests,
        constraints: WEEK,
      });
      const row = await settled(stack, meeting_id, () => stack.platform.drainNet());
      assert.equal(row.writeback_status, "created");
      assert.deepEqual((await eventsOf(stack, organizer)).map(({ id }) => id), [
        row.google_event_id,
      ]);
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    },

  "the sweep finds a meeting whose wake-ups were all lost": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const meeting_id = await insertMeeting(organizer, { participants: [guest], constraints: WEEK });
    const row = await settled(stack, meeting_id, async () => {
      // Whatever the triggers have posted is lost; only what the cron job posts is delivered.
      await stack.platform.sql("delete from net.http_request_queue");
      await stack.platform.runCron();
      await stack.platform.drainNet();
    });
    assert.equal(row.writeback_status, "created");
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.deepEqual(await mailsBy(stack, [guest]), [["invitation"]]);
  },

  "a slot that is given is written without a search": async (stack) => {
    // A check of the slot would read free/busy times beside the write.
    const { organizer, meeting_id } = await pendingMeeting(stack, { on_conflict: "ignore" });
    const asked = (await stack.google.requests({ path: "/calendar/v3/freeBusy" })).length;
    const row = await settled(stack, meeting_id, () => stack.platform.drainNet());
    assert.equal(row.writeback_status, "created");
    assert.equal((await stack.google.requests({ path: "/calendar/v3/freeBusy" })).length, asked);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
  },

  "a wake-up that arrives twice still leads to one event": async (stack) => {
    await loseWakeUps(stack);
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.platform.sql(
      "insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds) select method, url, headers, body, timeout_milliseconds from net.http_request_queue",
    );
    await settled(stack, meeting_id, () => stack.platform.drainNet());
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
  },

  "an idle system makes no call": async (stack) => {
    await settleEverything(stack);
    await stack.platform.sql("delete from net.http_request_queue");
    await stack.platform.runCron();
    const queued = await stack.platform.sql("select * from net.http_request_queue");
    assert.deepEqual(queued, []);
  },

  "an insert goes through while Vault has no entries, and posts nothing": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    await loseWakeUps(stack);
    const names = "('convene_functions_url', 'convene_automations_key')";
    await stack.platform.sql(`create table public.kept as
      select name, decrypted_secret from vault.decrypted_secrets where name in ${names}`);
    await stack.platform.sql(`delete from vault.secrets where name in ${names}`);
    try {
      const meeting_id = await insertMeeting(organizer, { participants: [guest], ...SLOT });
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "pending");
      assert.deepEqual(await stack.platform.sql("select * from net.http_request_queue"), []);
    } finally {
      await stack.platform.sql(
        "select vault.create_secret(decrypted_secret, name) from public.kept",
      );
      await stack.platform.sql("drop table public.kept");
    }
  },

  "an insert goes through when the wake-up itself is broken": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    await loseWakeUps(stack);
    await stack.platform.sql("alter table net.http_request_queue rename to broken");
    try {
      const meeting_id = await insertMeeting(organizer, { participants: [guest], ...SLOT });
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "pending");
    } finally {
      await stack.platform.sql("alter table net.broken rename to http_request_queue");
    }
  },

  "the webhook carries Supabase's payload": async (stack) => {
    await loseWakeUps(stack);
    const { meeting_id } = await pendingMeeting(stack);
    const posted = await stack.platform.sql<{ url: string; body: string }>(
      "select url, convert_from(body, 'utf8') as body from net.http_request_queue order by url desc",
    );
    assert.deepEqual(posted.map(({ url }) => /\/functions\/v1\/(.*)$/.exec(url)?.[1]), [
      "write-back",
      "schedule/conflicts",
    ]);
    const payload = JSON.parse(posted[0]?.body ?? "");
    assert.deepEqual(Object.keys(payload).toSorted(), [
      "old_record",
      "record",
      "schema",
      "table",
      "type",
    ]);
    assert.equal(payload.type, "INSERT");
    assert.equal(payload.record.meeting_id, meeting_id);
    assert.equal(payload.old_record, null);
  },

  "every job is one of pg_cron, or of its stand-in, by its name": async (stack) => {
    const jobs = await stack.platform.sql<{ jobname: string; schedule: string; real: boolean }>(
      `select jobname, schedule, exists (select from pg_extension where extname = 'pg_cron') as real
         from cron.job order by jobname`,
    );
    assert.deepEqual(jobs.map(({ jobname, schedule }) => [jobname, schedule]), [
      ["convene-availability-read-retention", "*/15 * * * *"],
      ["convene-hold-expiry", "*/5 * * * *"],
      ["convene-ledger-retention", "*/15 * * * *"],
      ["convene-log-retention", "*/15 * * * *"],
      ["convene-notification-retention", "*/15 * * * *"],
      ["convene-sweep", "* * * * *"],
      ["convene-sync", "* * * * *"],
    ]);
    const available = await stack.platform.sql(
      "select from pg_available_extensions where name = 'pg_cron'",
    );
    assert.equal(jobs[0]?.real, available.length > 0);
  },
}, { databases: "both", real_cron: true });

/** Keeps waking until the meeting has come to an end; functions that were woken work in the background. */
async function settled(stack: Stack, meeting_id: string, wake: () => Promise<unknown>) {
  return await until(`${meeting_id} to end`, async () => {
    await wake();
    const row = await rowOf(stack, meeting_id);
    const ended = ["created", "failed"].includes(row.writeback_status) ||
      row.scheduling_status === "failed";
    return ended ? row : null;
  });
}

async function settleEverything(stack: Stack): Promise<void> {
  await stack.platform.sql("delete from private.work");
}
