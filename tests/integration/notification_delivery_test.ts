import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { pendingMeeting, rowOf } from "../support/meetings.ts";
import {
  addTarget,
  addTargetAt,
  beginningQuietly,
  loseWakeUps,
  notify,
  outbox,
  SIGNING_KEY,
  wakeUps,
} from "../support/notifications.ts";
import { promise, type Stack } from "../support/stack.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise(
  "notification delivery",
  beginningQuietly({
    "a webhook's signature verifies by an independent computation, and fails for another body":
      async (stack) => {
        await using receiver = startReceiver();
        const { organizer, meeting_id } = await pendingMeeting(stack);
        await addTarget(organizer, receiver, "webhook");
        await organizer.call("write-back", { body: { meeting_id } });
        await notify(stack);
        const [{ headers, text } = assert.fail("nothing arrived")] = receiver.received;
        const [row] = await outbox(stack, meeting_id);
        assert.equal(headers.get("webhook-id"), row?.notification_id);
        const signed = (content: string) =>
          createHmac("sha256", SIGNING_KEY)
            .update(`${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${content}`)
            .digest("base64");
        assert.equal(headers.get("webhook-signature"), `v1,${signed(text)}`);
        assert.notEqual(headers.get("webhook-signature"), `v1,${signed(text + " ")}`);
      },

    "a target that is down changes nothing for the meeting or for other targets": async (stack) => {
      await using down = startReceiver();
      await using up = startReceiver();
      down.answer(500);
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, down, "webhook");
      await addTarget(organizer, up, "slack");
      const answer = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(answer.status, 200);
      const seen = [];
      for (let attempt = 1; attempt <= 4; attempt++) {
        await notify(stack);
        const row = (await outbox(stack, meeting_id)).find(({ kind }) => kind === "webhook");
        seen.push([row?.status, row?.attempts]);
        await makeNotificationsDue(stack, meeting_id);
      }
      assert.deepEqual(seen, [["retrying", 1], ["retrying", 2], ["failed", 3], ["failed", 3]]);
      assert.equal(down.received.length, 3);
      assert.equal(new Set(down.received.map(({ headers }) => headers.get("webhook-id"))).size, 1);
      assert.equal(up.received.length, 1);
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
      const [failed] = (await outbox(stack, meeting_id)).filter(({ status }) =>
        status === "failed"
      );
      assert.match(failed?.error, /^target_answered_500: /);
      assert.equal(failed?.due_at, null);
    },

    "retries wait, with growing and random pauses": async (stack) => {
      await using down = startReceiver();
      down.answer(503);
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, down, "webhook");
      await organizer.call("write-back", { body: { meeting_id } });
      await notify(stack);
      // The pause is random, and may be over at once; this one is not.
      await waitSeconds(stack, meeting_id, 60);
      await notify(stack);
      assert.equal(down.received.length, 1, "not due again yet");
      await waitSeconds(stack, meeting_id, 0);
      await notify(stack);
      assert.equal(down.received.length, 2);
      const [waits] = await stack.platform.sql<{ first: number; second: number; fifth: number }>(
        `select extract(epoch from max(private.backoff(1)))::float as first,
              extract(epoch from max(private.backoff(2)))::float as second,
              extract(epoch from max(private.backoff(5)))::float as fifth
         from generate_series(1, 500)`,
      );
      assert.ok(waits && waits.first <= 60 && waits.first > 40);
      assert.ok(waits.second <= 240 && waits.second > 160);
      assert.ok(waits.fifth <= 3600 && waits.fifth > 2400);
    },

    "429 spends no attempt and waits as long as it asks; other 4xx and redirects fail at once":
      async (stack) => {
        await using elsewhere = startReceiver();
        for (
          const [status, headers, expected] of [
            [429, { "retry-after": "120" }, ["retrying", 0]],
            [404, {}, ["failed", 1]],
            [307, { location: elsewhere.url }, ["failed", 1]],
            [408, {}, ["retrying", 1]],
          ] as const
        ) {
          await using receiver = startReceiver();
          receiver.answer(status, headers);
          const { organizer, meeting_id } = await pendingMeeting(stack);
          await addTarget(organizer, receiver, "slack");
          await organizer.call("write-back", { body: { meeting_id } });
          await notify(stack);
          const [row] = await outbox(stack, meeting_id);
          assert.deepEqual([row?.status, row?.attempts], expected, String(status));
          assert.equal(receiver.received.length, 1);
          assert.deepEqual(elsewhere.received, [], "redirects are not followed");
          if (status === 429) {
            const [wait] = await stack.platform.sql<{ seconds: number }>(
              `select extract(epoch from due_at - now())::float as seconds
               from private.work where kind = 'notification' and subject_id = $1`,
              [row?.notification_id],
            );
            assert.ok(wait && wait.seconds > 100 && wait.seconds <= 120);
          }
        }
      },

    "a target that only ever asks to wait is given up after a day": async (stack) => {
      await using receiver = startReceiver();
      receiver.answer(429);
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, receiver, "slack");
      await organizer.call("write-back", { body: { meeting_id } });
      await notify(stack);
      await stack.platform.sql(
        `with asked_to_wait as (
           update public.notifications set queued_at = now() - interval '25 hours'
           where meeting_id = $1 returning notification_id::text as id)
         update private.work set due_at = now() from asked_to_wait where subject_id = id`,
        [meeting_id],
      );
      await notify(stack);
      const [row] = await outbox(stack, meeting_id);
      assert.equal(row?.status, "failed");
      assert.match(row?.error, /^rate_limited: /);
    },

    "a target inside the network is refused without a connection": async (stack) => {
      const { organizer, meeting_id } = await pendingMeeting(stack);
      const addresses = [
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://100.64.0.1/",
      ];
      for (const address of addresses) await addTargetAt(organizer, address, "slack");
      await organizer.call("write-back", { body: { meeting_id } });
      await notify(stack);
      const rows = await outbox(stack, meeting_id);
      assert.deepEqual(rows.map(({ status, attempts }) => [status, attempts]), [
        ["failed", 1],
        ["failed", 1],
        ["failed", 1],
        ["failed", 1],
        ["failed", 1],
      ]);
      for (const { error } of rows) assert.match(error, /^target_refused: /);
    },

    "two calls at once deliver each notification once": async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await stack.platform.sql(
        "update private.settings set value = 12 where name = 'notification_targets'",
      );
      for (let target = 0; target < 12; target++) await addTarget(organizer, receiver, "slack");
      await organizer.call("write-back", { body: { meeting_id } });
      const answers = await Promise.all([notify(stack), notify(stack), notify(stack)]);
      assert.equal(receiver.received.length, 12);
      assert.equal(answers.reduce((sum, answer) => sum + answer.body.total_processed, 0), 12);
    },

    "a delivery whose worker died is reclaimed, and given up when three have died": async (
      stack,
    ) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, receiver, "slack");
      await organizer.call("write-back", { body: { meeting_id } });
      const claim = () =>
        stack.platform.sql<{ notification_id: string; lease_token: string }>(
          "select * from public.claim_notifications(10, 60)",
        );
      const [first] = await claim();
      const expire = () =>
        stack.platform.sql(
          `update private.work set leased_until = clock_timestamp()
            where kind = 'notification' and subject_id = $1`,
          [first?.notification_id],
        );
      assert.deepEqual(await claim(), [], "leased");
      await expire();
      const [second] = await claim();
      assert.equal(second?.notification_id, first?.notification_id);
      const [late] = await stack.platform.sql<{ settled: boolean }>(
        "select public.settle_notification($1, $2, 'sent') as settled",
        [first?.notification_id, first?.lease_token],
      );
      assert.equal(late?.settled, false, "a lost lease settles nothing");
      await expire();
      await claim();
      await expire();
      assert.deepEqual(await claim(), []);
      const [row] = await outbox(stack, meeting_id);
      assert.deepEqual([row?.status, row?.due_at], ["failed", null]);
      assert.match(row?.error, /^worker_lost: /);
    },

    "the transition wakes notify, the sweep finds what it missed, and an idle system makes no call":
      async (stack) => {
        await using receiver = startReceiver();
        const { organizer, meeting_id } = await pendingMeeting(stack);
        await addTarget(organizer, receiver, "slack");
        await addTarget(organizer, receiver, "teams");
        await loseWakeUps(stack);
        await organizer.call("write-back", { body: { meeting_id } });
        assert.equal(await wakeUps(stack), 1);
        await loseWakeUps(stack);
        await stack.platform.runCron();
        assert.equal(await wakeUps(stack), 1);
        await notify(stack);
        await loseWakeUps(stack);
        await stack.platform.runCron();
        assert.equal(await wakeUps(stack), 0);
      },

    "what ended long ago is forgotten, and nothing else": async (stack) => {
      await stack.platform.sql(
        `insert into public.notifications (event, transition_key, kind, payload, status, created_at)
       values ('needs_reauth', 'old:sent', 'log', '{}', 'sent', now() - interval '91 days'),
              ('needs_reauth', 'old:waiting', 'log', '{}', 'retrying', now() - interval '91 days'),
              ('needs_reauth', 'new:sent', 'log', '{}', 'sent', now() - interval '89 days')`,
      );
      await stack.platform.runCron();
      const left = await stack.platform.sql(
        "delete from public.notifications where transition_key ~ '^(old|new):' returning transition_key",
      );
      assert.deepEqual(left.map(({ transition_key }) => transition_key).toSorted(), [
        "new:sent",
        "old:waiting",
      ]);
    },
  }),
);

/** The work rows of a meeting's notifications; $1 is the meeting. */
const DELIVERIES = `kind = 'notification' and subject_id in (
  select notification_id::text from public.notifications where meeting_id = $1)`;

async function waitSeconds(stack: Stack, meeting_id: string, seconds: number): Promise<void> {
  await stack.platform.sql(
    `update private.work set due_at = clock_timestamp() + make_interval(secs => $2)
      where ${DELIVERIES}`,
    [meeting_id, seconds],
  );
}

async function makeNotificationsDue(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    `update private.work set due_at = least(due_at, clock_timestamp()) where ${DELIVERIES}`,
    [meeting_id],
  );
}
