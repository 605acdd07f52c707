import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { insertMeeting, pendingMeeting, rowOf, SLOT } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";
import { type Receiver, startReceiver } from "../unit/notifications/receiver.ts";

const KEY = randomBytes(32);
const SECRET = `whsec_${KEY.toString("base64")}`;

/** The mail API of the whole file: the functions learn its address when they start. */
const mails = startReceiver();

const MAIL = {
  CONVENE_MAIL_URL: mails.url,
  CONVENE_MAIL_KEY: "mail-key-of-a-test",
  CONVENE_MAIL_FROM: "Convene <convene@north.example>",
};

promise("notifications", {
  "a meeting that becomes created is announced once to each target, in its channel's words": async (
    stack,
  ) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack, { title: "Budget" });
    for (const kind of ["webhook", "slack", "teams"]) await addTarget(organizer, receiver, kind);
    await organizer.client.from("notification_targets").insert({ kind: "email" } as never);
    await organizer.call("write-back", { body: { meeting_id } });
    await organizer.call("write-back", { body: { meeting_id } });
    await notify(stack);
    await notify(stack);

    const rows = await outbox(stack, meeting_id);
    assert.deepEqual(
      rows.map(({ kind, event, status, attempts }) => [kind, event, status, attempts]),
      ["email", "slack", "teams", "webhook"].map((kind) => [kind, "created", "sent", 1]),
    );
    assert.deepEqual(receiver.received.map(({ path }) => path).toSorted(), [
      "/slack",
      "/teams",
      "/webhook",
    ]);
    const row = await rowOf(stack, meeting_id);
    const webhook = body(receiver, "/webhook");
    assert.equal(webhook.type, "meeting.created");
    assert.equal(webhook.data.meeting_id, meeting_id);
    assert.equal(webhook.data.google_event_link, row.google_event_link);
    assert.equal(webhook.data.organizer_email, organizer.email);
    assert.equal(webhook.data.participants.length, 3);
    assert.match(body(receiver, "/slack").text, /^Meeting scheduled: Budget$/);
    assert.equal(body(receiver, "/teams").attachments.length, 1);
    const sent = mails.received.filter(({ text }) => text.includes(organizer.email));
    assert.equal(sent.length, 1);
    assert.equal(sent[0]?.path, "/emails");
    assert.equal(sent[0]?.headers.get("authorization"), "Bearer mail-key-of-a-test");
    assert.equal(
      sent[0]?.headers.get("idempotency-key"),
      rows.find(({ kind }) => kind === "email")?.notification_id,
    );
    assert.deepEqual(JSON.parse(sent[0]?.text ?? "").to, [organizer.email]);
  },

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
        createHmac("sha256", KEY)
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
    const [failed] = (await outbox(stack, meeting_id)).filter(({ status }) => status === "failed");
    assert.match(failed?.error, /^target_answered_500: /);
    assert.equal(failed?.next_attempt_at, null);
  },

  "retries wait, with growing and random pauses": async (stack) => {
    await using down = startReceiver();
    down.answer(503);
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, down, "webhook");
    await organizer.call("write-back", { body: { meeting_id } });
    await notify(stack);
    await notify(stack);
    assert.equal(down.received.length, 1, "not due again at once");
    const [waits] = await stack.platform.sql<{ first: number; second: number; fifth: number }>(
      `select extract(epoch from max(private.notification_backoff(1)))::float as first,
              extract(epoch from max(private.notification_backoff(2)))::float as second,
              extract(epoch from max(private.notification_backoff(5)))::float as fifth
         from generate_series(1, 500)`,
    );
    assert.ok(waits && waits.first <= 300 && waits.first > 200);
    assert.ok(waits.second <= 1800 && waits.second > 1200 && waits.fifth <= 1800);
  },

  "429 spends no attempt and waits as long as it asks; other 4xx and redirects fail at once":
    async (stack) => {
      for (
        const [status, headers, expected] of [
          [429, { "retry-after": "120" }, ["retrying", 0]],
          [404, {}, ["failed", 1]],
          [307, { location: mails.url }, ["failed", 1]],
          [408, {}, ["retrying", 1]],
        ] as const
      ) {
        await using receiver = startReceiver();
        receiver.answer(status, headers);
        const { organizer, meeting_id } = await pendingMeeting(stack);
        await addTarget(organizer, receiver, "slack");
        await organizer.call("write-back", { body: { meeting_id } });
        const before = mails.received.length;
        await notify(stack);
        const [row] = await outbox(stack, meeting_id);
        assert.deepEqual([row?.status, row?.attempts], expected, String(status));
        assert.equal(receiver.received.length, 1);
        assert.equal(mails.received.length, before);
        if (status === 429) {
          const [wait] = await stack.platform.sql<{ seconds: number }>(
            `select extract(epoch from next_attempt_at - now())::float as seconds
               from public.notifications where meeting_id = $1`,
            [meeting_id],
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
    await stack.platform.sql(
      "update public.notifications set created_at = now() - interval '25 hours' where meeting_id = $1",
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

  "events, switch and deletion of a target are obeyed": async (stack) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "slack", { events: ["failed"] });
    await addTarget(organizer, receiver, "slack", { enabled: false });
    const target_id = await addTarget(organizer, receiver, "slack");
    await organizer.call("write-back", { body: { meeting_id } });
    await organizer.client.from("notification_targets").delete().eq("target_id", target_id);
    await notify(stack);
    const rows = await outbox(stack, meeting_id);
    assert.equal(rows.length, 1);
    assert.match(rows[0]?.error, /^target_gone: /);
    assert.deepEqual(receiver.received, []);
  },

  "a failure is announced with its reason, and again when it fails again after a requeue": async (
    stack,
  ) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack, {
      starts_at: "2020-01-06T10:00:00Z",
      ends_at: "2020-01-06T10:30:00Z",
    });
    await addTarget(organizer, receiver, "webhook");
    await organizer.call("write-back", { body: { meeting_id } });
    await notify(stack);
    assert.equal(body(receiver, "/webhook").type, "meeting.failed");
    assert.match(body(receiver, "/webhook").data.error, /^slot_expired: /);
    await stack.platform.sql(
      `update public.meetings set writeback_status = 'pending', writeback_next_attempt_at = now()
        where meeting_id = $1`,
      [meeting_id],
    );
    await organizer.call("write-back", { body: { meeting_id } });
    await notify(stack);
    assert.equal(receiver.received.length, 2);
  },

  "a meeting that gets no slot is announced as failed": async (stack) => {
    await using receiver = startReceiver();
    const organizer = await stack.organizer();
    await addTarget(organizer, receiver, "webhook");
    await insertMeeting(organizer, { participants: ["nonsense"] });
    await notify(stack);
    assert.equal(body(receiver, "/webhook").type, "meeting.failed");
    assert.match(body(receiver, "/webhook").data.error, /^invalid_request: participants\[0\]/);
  },

  "a cancellation is announced once, when nothing is left to do": async (stack) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "webhook", { events: ["cancelled"] });
    await organizer.call("write-back", { body: { meeting_id } });
    const change = (set: string) =>
      stack.platform.sql(`update public.meetings set ${set} where meeting_id = $1`, [meeting_id]);
    await change(
      "cancelled_at = now(), writeback_operation = 'cancel', desired_version = desired_version + 1, writeback_next_attempt_at = now()",
    );
    await change("writeback_lease_token = gen_random_uuid(), writeback_leased_until = now()");
    assert.deepEqual(await outbox(stack, meeting_id), [], "it waits");
    await change(
      "writeback_next_attempt_at = null, writeback_lease_token = null, writeback_error = 'google_rejected: no'",
    );
    assert.deepEqual(await outbox(stack, meeting_id), [], "Google refused it");
    await change("writeback_error = null, written_version = desired_version");
    await change("writeback_lease_token = gen_random_uuid()");
    await change("writeback_lease_token = null");
    await notify(stack);
    assert.deepEqual(
      (await outbox(stack, meeting_id)).map(({ event, status }) => [event, status]),
      [["cancelled", "sent"]],
    );
    assert.equal(body(receiver, "/webhook").type, "meeting.cancelled");
  },

  "a meeting that is cancelled before anything was asked of Google is announced too": async (
    stack,
  ) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "webhook");
    await stack.platform.sql(
      `update public.meetings set cancelled_at = now(), writeback_status = null, writeback_next_attempt_at = null
        where meeting_id = $1`,
      [meeting_id],
    );
    await notify(stack);
    assert.equal(body(receiver, "/webhook").type, "meeting.cancelled");
  },

  "a transition that is replayed is announced once": async (stack) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "webhook");
    await organizer.call("write-back", { body: { meeting_id } });
    for (const status of ["retrying", "created"]) {
      await stack.platform.sql(
        "update public.meetings set writeback_status = $2 where meeting_id = $1",
        [meeting_id, status],
      );
    }
    await notify(stack);
    assert.equal(receiver.received.length, 1);
  },

  "a connection that dies is one alert an episode, for operators and for targets": async (
    stack,
  ) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "webhook", { events: ["needs_reauth"] });
    await stack.google.revokeGrant(organizer.email);
    await stack.google.expireAccessTokens(organizer.email);
    await organizer.call("write-back", { body: { meeting_id } });
    await organizer.call("write-back", { body: { meeting_id } });
    await notify(stack);
    const alerts = () =>
      stack.platform.sql(
        `select kind, status from public.notifications
          where event = 'needs_reauth' and organizer_user_id = $1 order by kind`,
        [organizer.user_id],
      );
    const once = [{ kind: "log", status: "sent" }, { kind: "webhook", status: "sent" }];
    assert.deepEqual(await alerts(), once);
    assert.deepEqual(body(receiver, "/webhook").data, {
      user_id: organizer.user_id,
      email: organizer.email,
      reason: "invalid_grant",
    });
    const connection = (set: string) =>
      stack.platform.sql(
        `update private.google_connections set ${set} where user_id = $1`,
        [organizer.user_id],
      );
    await connection("status = 'needs_reauth', status_reason = 'invalid_credentials'");
    assert.deepEqual(await alerts(), once, "still the same episode");
    await connection("status = 'healthy', status_reason = null, connected_at = clock_timestamp()");
    await connection("status = 'needs_reauth', status_reason = 'invalid_grant'");
    await notify(stack);
    assert.equal((await alerts()).length, 4);
    assert.equal(receiver.received.length, 2);
  },

  "two calls at once deliver each notification once": async (stack) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    for (let target = 0; target < 12; target++) await addTarget(organizer, receiver, "slack");
    await organizer.call("write-back", { body: { meeting_id } });
    const answers = await Promise.all([notify(stack), notify(stack), notify(stack)]);
    assert.equal(receiver.received.length, 12);
    assert.equal(answers.reduce((sum, answer) => sum + answer.body.total_processed, 0), 12);
  },

  "a delivery whose worker died is taken over, and given up when three have died": async (
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
    const expire = () =>
      stack.platform.sql(
        "update public.notifications set leased_until = now() where meeting_id = $1",
        [meeting_id],
      );
    const [first] = await claim();
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
    assert.deepEqual([row?.status, row?.next_attempt_at], ["failed", null]);
    assert.match(row?.error, /^worker_lost: /);
  },

  "the transition rings notify, the job finds what it missed, and an idle system makes no call":
    async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await stack.platform.sql("update public.notifications set next_attempt_at = null");
      await addTarget(organizer, receiver, "slack");
      await addTarget(organizer, receiver, "teams");
      await stack.platform.sql("delete from net.http_request_queue");
      await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(await bells(stack), 1);
      await stack.platform.sql("delete from net.http_request_queue");
      await stack.platform.runCron();
      assert.equal(await bells(stack), 1);
      await notify(stack);
      await stack.platform.sql("delete from net.http_request_queue");
      await stack.platform.runCron();
      assert.equal(await bells(stack), 0);
    },

  "meetings that end in one statement are announced in it, with one bell": async (stack) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "slack");
    const columns = { participants: [organizer.email], ...SLOT };
    const ids = [meeting_id];
    for (let more = 0; more < 4; more++) ids.push(await insertMeeting(organizer, columns));
    await stack.platform.sql("update public.notifications set next_attempt_at = null");
    await stack.platform.sql("delete from net.http_request_queue");
    await stack.platform.sql(
      `update public.meetings set writeback_status = 'failed', writeback_next_attempt_at = null,
         writeback_attempted_at = now(), writeback_error = 'google_rejected: No.'
       where meeting_id = any ($1)`,
      [ids],
    );
    assert.equal(await bells(stack), 1);
    const rows = await stack.platform.sql<{ meeting_id: string; event: string }>(
      "select meeting_id, event from public.notifications where meeting_id = any ($1)",
      [ids],
    );
    assert.deepEqual(rows.map((row) => row.meeting_id).toSorted(), ids.toSorted());
    assert.deepEqual([...new Set(rows.map(({ event }) => event))], ["failed"]);
    await notify(stack);
    assert.equal(receiver.received.length, 5);
  },

  "without a target nothing is written and nothing rings": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.platform.sql("delete from net.http_request_queue");
    await organizer.call("write-back", { body: { meeting_id } });
    assert.deepEqual(await outbox(stack, meeting_id), []);
    assert.equal(await bells(stack), 0);
  },

  "an outbox that is broken does not keep a meeting from its event": async (stack) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "slack");
    await stack.platform.sql("alter table public.notifications rename to broken");
    try {
      const answer = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(answer.status, 200);
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
    } finally {
      await stack.platform.sql("alter table public.broken rename to notifications");
    }
  },

  "what ended long ago is forgotten, and nothing else": async (stack) => {
    await stack.platform.sql(
      `insert into public.notifications (event, transition_key, kind, payload, status, next_attempt_at, created_at)
       values ('needs_reauth', 'old:sent', 'log', '{}', 'sent', null, now() - interval '91 days'),
              ('needs_reauth', 'old:waiting', 'log', '{}', 'retrying', now() + interval '1 day', now() - interval '91 days'),
              ('needs_reauth', 'new:sent', 'log', '{}', 'sent', null, now() - interval '89 days')`,
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
}, { environment: MAIL });

promise("notification privileges", {
  "a user sees, changes and deletes targets of nobody else": async (stack) => {
    await using receiver = startReceiver();
    const [owner, stranger] = [await stack.organizer(), await stack.organizer()];
    const target_id = await addTarget(owner, receiver, "webhook");
    const targets = (organizer: Organizer) => organizer.client.from("notification_targets");
    assert.equal((await targets(owner).select("*")).data?.length, 1);
    assert.deepEqual((await targets(stranger).select("*")).data, []);
    await targets(stranger).update({ enabled: false } as never).eq("target_id", target_id);
    await targets(stranger).delete().eq("target_id", target_id);
    const [kept] = await stack.platform.sql(
      "select enabled from public.notification_targets where target_id = $1",
      [target_id],
    );
    assert.equal(kept?.enabled, true);
  },

  "a signing secret is written and never read back": async (stack) => {
    await using receiver = startReceiver();
    const owner = await stack.organizer();
    const target_id = await addTarget(owner, receiver, "webhook");
    const { data } = await owner.client.from("notification_targets").select("*");
    assert.ok(!JSON.stringify(data).includes("whsec_"));
    const [stored] = await stack.platform.sql(
      "select signing_secret from private.notification_secrets where target_id = $1",
      [target_id],
    );
    assert.equal(stored?.signing_secret, SECRET);
    const other = `whsec_${randomBytes(24).toString("base64")}`;
    await owner.client.from("notification_targets").update({ signing_secret: other } as never)
      .eq("target_id", target_id);
    const [changed] = await stack.platform.sql(
      "select signing_secret from private.notification_secrets where target_id = $1",
      [target_id],
    );
    assert.equal(changed?.signing_secret, other);
    await owner.client.from("notification_targets").delete().eq("target_id", target_id);
    assert.deepEqual(
      await stack.platform.sql("select from private.notification_secrets where target_id = $1", [
        target_id,
      ]),
      [],
    );
  },

  "what a target may not be is refused": async (stack) => {
    const owner = await stack.organizer();
    const stranger = await stack.organizer();
    const add = async (columns: Record<string, unknown>) =>
      (await owner.client.from("notification_targets").insert(columns as never)).error?.code;
    const address = "https://target.example/";
    assert.equal(await add({ kind: "webhook", address }), "22023");
    assert.equal(await add({ kind: "webhook", address, signing_secret: "whsec_short" }), "22023");
    assert.equal(await add({ kind: "slack", address, signing_secret: SECRET }), "22023");
    // The local REST server has no code for a check constraint.
    assert.ok(await add({ kind: "slack", address: "ftp://target.example" }));
    assert.ok(await add({ kind: "slack" }));
    assert.ok(await add({ kind: "slack", address, events: ["born"] }));
    assert.equal(await add({ kind: "slack", address, owner_user_id: null }), "42501");
    assert.equal(await add({ kind: "slack", address, owner_user_id: stranger.user_id }), "42501");
    assert.equal(await add({ kind: "email", address: "victim@elsewhere.example" }), "42501");
    const target_id = crypto.randomUUID();
    assert.equal(await add({ kind: "slack", address, target_id }), "42501", "nor choose its id");
    assert.equal(await add({ kind: "email" }), undefined);
    const { error } = await owner.client.from("notification_targets")
      .update({ address: "victim@elsewhere.example" } as never).eq("kind", "email");
    assert.equal(error?.code, "42501");
  },

  "a user reads what his own targets were sent, operators' targets stay theirs": async (stack) => {
    await using receiver = startReceiver();
    const [target] = await stack.platform.sql<{ target_id: string }>(
      `insert into public.notification_targets (owner_user_id, kind, address)
       values (null, 'slack', $1) returning target_id`,
      [`${receiver.url}/operators`],
    );
    try {
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, receiver, "webhook");
      await organizer.call("write-back", { body: { meeting_id } });
      await notify(stack);
      assert.deepEqual(receiver.received.map(({ path }) => path).toSorted(), [
        "/operators",
        "/webhook",
      ]);
      const { data } = await organizer.client.from("notifications").select("kind, meeting_id");
      assert.deepEqual(data, [{ kind: "webhook", meeting_id }]);
      const stranger = await stack.organizer();
      assert.deepEqual((await stranger.client.from("notifications").select("*")).data, []);
    } finally {
      await stack.platform.sql("delete from public.notification_targets where target_id = $1", [
        target?.target_id,
      ]);
    }
  },

  "users cannot write the outbox, and nobody but a key calls notify": async (stack) => {
    const { organizer } = await pendingMeeting(stack);
    for (
      const { error } of [
        await organizer.client.from("notifications").insert({ event: "created" } as never),
        await organizer.client.from("notifications").update({ status: "sent" } as never).neq(
          "kind",
          "",
        ),
        await organizer.client.from("notifications").delete().neq("kind", ""),
        await organizer.client.rpc("claim_notifications" as never),
      ]
    ) assert.equal(error?.code, "42501");
    assert.equal((await organizer.call("notify", { body: { batch: true } })).status, 401);
    const nobody = await callFunction(stack.platform, "notify", { body: { batch: true } });
    assert.equal(nobody.status, 401);
    const wrong = await callFunction(stack.platform, "notify", {
      apikey: stack.platform.secret_key,
      body: { batch: true, every: 1 },
    });
    assert.equal(wrong.status, 422);
  },

  "anon is answered 42501 over REST": async (stack) => {
    for (
      const path of ["notifications", "notification_targets", "rpc/claim_notifications"]
    ) {
      const response = await fetch(`${stack.platform.api_url}/rest/v1/${path}`, {
        method: path.startsWith("rpc/") ? "POST" : "GET",
        headers: { apikey: stack.platform.publishable_key, "content-type": "application/json" },
        ...(path.startsWith("rpc/") ? { body: '{"p_limit":1,"p_lease_seconds":1}' } : {}),
      });
      assert.equal((await response.json()).code, "42501", path);
    }
  },
}, { environment: MAIL });

async function addTarget(
  organizer: Organizer,
  receiver: Receiver,
  kind: string,
  columns: Record<string, unknown> = {},
): Promise<string> {
  return await addTargetAt(organizer, `${receiver.url}/${kind}`, kind, columns);
}

async function addTargetAt(
  organizer: Organizer,
  address: string,
  kind: string,
  columns: Record<string, unknown> = {},
): Promise<string> {
  const { data, error } = await organizer.client.from("notification_targets").insert(
    {
      kind,
      address,
      ...(kind === "webhook" ? { signing_secret: SECRET } : {}),
      ...columns,
    } as never,
  ).select("*").single();
  assert.equal(error, null, JSON.stringify(error));
  return (data as unknown as { target_id: string }).target_id;
}

async function notify(stack: Stack) {
  const answer = await callFunction(stack.platform, "notify", {
    apikey: stack.platform.automations_key,
    body: { batch: true },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

// deno-lint-ignore no-explicit-any -- a row is whatever the test asserts it to be
function outbox(stack: Stack, meeting_id: string): Promise<Record<string, any>[]> {
  return stack.platform.sql(
    "select * from public.notifications where meeting_id = $1 order by kind, created_at",
    [meeting_id],
  );
}

async function makeNotificationsDue(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    "update public.notifications set next_attempt_at = now() where meeting_id = $1 and next_attempt_at > now()",
    [meeting_id],
  );
}

function body(receiver: Receiver, path: string) {
  const found = receiver.received.find((one) => one.path === path);
  assert.ok(found, `nothing arrived at ${path}`);
  return JSON.parse(found.text);
}

/** How often notify was rung for; what other functions are woken for is not this file's question. */
async function bells(stack: Stack): Promise<number> {
  const posted = await stack.platform.sql(
    "select from net.http_request_queue where url like '%/notify'",
  );
  return posted.length;
}
