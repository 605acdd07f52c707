import assert from "node:assert/strict";
import {
  AT_NOON,
  batch,
  cancel,
  change,
  createdMeeting,
  EVENT,
  loseWorker,
  requeue,
  write,
} from "../support/changes.ts";
import {
  eventsOf,
  insertFailed,
  insertMeeting,
  mailsBy,
  pendingMeeting,
  rowOf,
  SLOT,
} from "../support/meetings.ts";
import {
  addTarget,
  beginningQuietly,
  bodiesAt,
  bodyAt,
  loseWakeUps,
  notify,
  operatorsTarget,
  outbox,
  quietOutbox,
  wakeUps,
} from "../support/notifications.ts";
import { promise, type Stack } from "../support/stack.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

/** The mail API of the whole file: the functions learn its address when they start. */
const mails = startReceiver();

const MAIL = {
  CONVENE_MAIL_URL: mails.url,
  CONVENE_MAIL_KEY: "mail-key-of-a-test",
  CONVENE_MAIL_FROM: "Convene <convene@north.example>",
};

promise(
  "notifications",
  beginningQuietly({
    "a meeting that becomes created is notified once to each target, in the format of its channel":
      async (
        stack,
      ) => {
        await using receiver = startReceiver();
        const { organizer, meeting_id } = await pendingMeeting(stack, { title: "Budget" });
        for (const kind of ["webhook", "slack", "teams"]) {
          await addTarget(organizer, receiver, kind);
        }
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
        const webhook = bodyAt(receiver, "/webhook");
        assert.equal(webhook.type, "meeting.created");
        assert.equal(webhook.data.meeting_id, meeting_id);
        assert.equal(webhook.data.google_event_link, row.google_event_link);
        assert.equal(webhook.data.organizer_email, organizer.email);
        assert.equal(webhook.data.participants.length, 3);
        assert.match(bodyAt(receiver, "/slack").text, /^Meeting scheduled: Budget$/);
        assert.equal(bodyAt(receiver, "/teams").attachments.length, 1);
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

    "events, switch and deletion of a target are obeyed": async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, receiver, "slack", { events: ["failed"] });
      await addTarget(organizer, receiver, "slack", { enabled: false });
      const target_id = await addTarget(organizer, receiver, "slack");
      await addTarget(organizer, receiver, "webhook");
      await organizer.call("write-back", { body: { meeting_id } });
      // Taken from the queue, and not delivered yet.
      await stack.platform.sql("select private.fan_out_announcements(20)");
      await organizer.client.from("notification_targets").delete().eq("target_id", target_id);
      await organizer.client.from("notification_targets").update({ enabled: false } as never)
        .eq("kind", "webhook");
      await notify(stack);
      const rows = await outbox(stack, meeting_id);
      assert.deepEqual(rows.map(({ kind, status }) => [kind, status]), [
        ["slack", "failed"],
        ["webhook", "failed"],
      ]);
      for (const { error } of rows) assert.match(error, /^target_gone: /);
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
      assert.equal(bodyAt(receiver, "/webhook").type, "meeting.failed");
      assert.match(bodyAt(receiver, "/webhook").data.error, /^slot_expired: /);
      await stack.platform.sql(
        "update public.meetings set writeback_status = 'pending' where meeting_id = $1",
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
      await insertFailed(stack, organizer);
      await notify(stack);
      assert.equal(bodyAt(receiver, "/webhook").type, "meeting.failed");
      assert.match(bodyAt(receiver, "/webhook").data.error, /^invalid_request: participants\[0\]/);
    },

    "a cancellation is announced once, when the event is gone and not before": async (stack) => {
      await using receiver = startReceiver();
      const { organizer, guests, meeting_id } = await createdMeeting(stack);
      await addTarget(organizer, receiver, "webhook");
      await cancel(organizer, meeting_id);
      await notify(stack);
      assert.deepEqual(receiver.received, [], "it waits for Google");
      await write(organizer, meeting_id);
      await batch(stack);
      await cancel(organizer, meeting_id);
      await notify(stack);
      const [notice, ...more] = bodiesAt(receiver, "/webhook");
      assert.deepEqual([notice.type, more], ["meeting.cancelled", []]);
      assert.equal(notice.data.meeting_id, meeting_id);
      assert.deepEqual(await eventsOf(stack, organizer), []);
      assert.deepEqual(await mailsBy(stack, guests), [
        ["invitation", "cancellation"],
        ["invitation", "cancellation"],
      ]);
    },

    "a meeting that is cancelled before anything was asked of Google is announced too": async (
      stack,
    ) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, receiver, "webhook");
      await cancel(organizer, meeting_id);
      await notify(stack);
      assert.deepEqual(bodiesAt(receiver, "/webhook").map(({ type }) => type), [
        "meeting.cancelled",
      ]);
    },

    "a change that was given up is notified with its reason, each time, in the format of each channel":
      async (stack) => {
        await using receiver = startReceiver();
        const { organizer, meeting_id } = await createdMeeting(stack, { title: "Budget" });
        for (const kind of ["webhook", "slack", "teams"]) {
          await addTarget(organizer, receiver, kind);
        }
        await organizer.client.from("notification_targets").insert({ kind: "email" } as never);
        await change(organizer, meeting_id, AT_NOON);
        await refuse(stack, "PATCH");
        await organizer.call("write-back", { body: { meeting_id } });
        await organizer.call("write-back", { body: { meeting_id } });
        await notify(stack);
        const rows = await outbox(stack, meeting_id);
        assert.deepEqual(
          rows.map(({ kind, event, status }) => [kind, event, status]),
          ["email", "slack", "teams", "webhook"].map((kind) => [kind, "given_up", "sent"]),
        );
        const [notice] = bodiesAt(receiver, "/webhook");
        assert.equal(notice.type, "meeting.given_up");
        assert.equal(notice.data.operation, "update");
        assert.match(notice.data.error, /^google_rejected: /);
        assert.equal(Date.parse(notice.data.start_time), Date.parse(AT_NOON.start_time));
        assert.equal(bodyAt(receiver, "/slack").text, "Meeting could not be changed: Budget");
        assert.match(JSON.stringify(bodyAt(receiver, "/teams")), /could not be changed: Budget/);
        const [mail] = mails.received.filter(({ text }) => text.includes(organizer.email));
        assert.equal(JSON.parse(mail?.text ?? "").subject, "Meeting could not be changed: Budget");

        await requeue(organizer, meeting_id);
        await refuse(stack, "PATCH");
        await organizer.call("write-back", { body: { meeting_id } });
        await notify(stack);
        assert.equal(bodiesAt(receiver, "/webhook").length, 2, "given up again is news again");
      },

    "a change that is written sends no notification, also after a requeue": async (
      stack,
    ) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await createdMeeting(stack);
      await addTarget(organizer, receiver, "webhook");
      await change(organizer, meeting_id, AT_NOON);
      await write(organizer, meeting_id);
      await change(organizer, meeting_id, { title: "Budget" });
      await refuse(stack, "PATCH");
      await organizer.call("write-back", { body: { meeting_id } });
      // A target without a notification of the creation must not get one now.
      await addTarget(organizer, receiver, "slack");
      await requeue(organizer, meeting_id);
      await write(organizer, meeting_id);
      await notify(stack);
      assert.deepEqual(
        (await outbox(stack, meeting_id)).map(({ kind, event }) => [kind, event]),
        [["webhook", "given_up"]],
      );
    },

    "a cancellation that was given up is announced as that, and as cancelled once it goes through":
      async (stack) => {
        await using receiver = startReceiver();
        const { organizer, meeting_id } = await createdMeeting(stack);
        await addTarget(organizer, receiver, "webhook");
        await cancel(organizer, meeting_id);
        await refuse(stack, "DELETE");
        await organizer.call("write-back", { body: { meeting_id } });
        await notify(stack);
        await requeue(organizer, meeting_id);
        await write(organizer, meeting_id);
        await notify(stack);
        const notices = bodiesAt(receiver, "/webhook");
        assert.deepEqual(notices.map(({ type }) => type), [
          "meeting.given_up",
          "meeting.cancelled",
        ]);
        assert.equal(notices[0].data.operation, "cancel");
      },

    "a change over which three workers died is announced as given up": async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await createdMeeting(stack);
      await addTarget(organizer, receiver, "webhook");
      await change(organizer, meeting_id, AT_NOON);
      for (let death = 1; death <= 3; death++) await loseWorker(stack, meeting_id);
      await batch(stack);
      await notify(stack);
      const [notice] = bodiesAt(receiver, "/webhook");
      assert.equal(notice.type, "meeting.given_up");
      assert.match(notice.data.error, /^internal_error: Processing crashed 3 times/);
    },

    "operators are notified of the change that a deleted user's meeting will never show": async (
      stack,
    ) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await createdMeeting(stack);
      await using _target = await operatorsTarget(stack, receiver);
      await change(organizer, meeting_id, AT_NOON);
      await stack.platform.sql("delete from auth.users where id = $1", [organizer.user_id]);
      await notify(stack);
      assert.match(bodyAt(receiver, "/operators").text, /^Meeting could not be changed/);
      assert.match(JSON.stringify(bodyAt(receiver, "/operators")), /organizer_deleted: /);
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
      assert.deepEqual(bodyAt(receiver, "/webhook").data, {
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
      await connection(
        "status = 'healthy', status_reason = null, connected_at = clock_timestamp()",
      );
      await connection("status = 'needs_reauth', status_reason = 'invalid_grant'");
      await notify(stack);
      assert.equal((await alerts()).length, 4);
      assert.equal(receiver.received.length, 2);
    },

    "meetings that end in one statement are announced in it, with one wake-up": async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, receiver, "slack");
      const columns = { participants: [organizer.email], ...SLOT };
      const ids = [meeting_id];
      for (let more = 0; more < 4; more++) ids.push(await insertMeeting(organizer, columns));
      await quietOutbox(stack);
      await loseWakeUps(stack);
      await stack.platform.sql(
        `with ended as (
           delete from private.work where kind = 'write' and subject_id = any ($1))
         update public.meetings set writeback_status = 'failed',
           writeback_attempted_at = now(), writeback_error = 'google_rejected: No.'
         where meeting_id = any ($1)`,
        [ids],
      );
      assert.equal(await wakeUps(stack), 1);
      await notify(stack);
      const rows = await stack.platform.sql<{ meeting_id: string; event: string }>(
        "select meeting_id, event from public.notifications where meeting_id = any ($1)",
        [ids],
      );
      assert.deepEqual(rows.map((row) => row.meeting_id).toSorted(), ids.toSorted());
      assert.deepEqual([...new Set(rows.map(({ event }) => event))], ["failed"]);
      assert.equal(await wakeUps(stack), 1, "what the worker takes from the queue wakes no other");
      assert.equal(receiver.received.length, 5);
    },

    "without a target nothing is written and nothing is woken": async (stack) => {
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await loseWakeUps(stack);
      await organizer.call("write-back", { body: { meeting_id } });
      assert.deepEqual(await outbox(stack, meeting_id), []);
      assert.equal(await wakeUps(stack), 0);
    },

    "an outbox that is broken does not keep a meeting from its event": async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await addTarget(organizer, receiver, "slack");
      await stack.platform.sql("alter table public.notifications rename to broken");
      try {
        const answer = await organizer.call("write-back", { body: { meeting_id } });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
      } finally {
        await stack.platform.sql("alter table public.broken rename to notifications");
      }
    },
  }),
  { databases: "both", environment: MAIL },
);

/** Google refuses the next such request for good. */
async function refuse(stack: Stack, method: "PATCH" | "DELETE"): Promise<void> {
  await stack.google.fault({
    method,
    path_pattern: EVENT,
    status: 403,
    reason: "forbidden",
    times: 1,
  });
}
