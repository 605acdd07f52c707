import assert from "node:assert/strict";
import { createdMeeting, EVENT, EVENTS } from "../support/changes.ts";
import { eventsOf, rowOf } from "../support/meetings.ts";
import { addTarget, notify, outbox } from "../support/notifications.ts";
import { callWithKey, failuresIn, forgetOperations, healthOf } from "../support/operations.ts";
import { runProgram } from "../support/run_program.ts";
import { promise, type Stack } from "../support/stack.ts";
import { calendarsOf, syncDue, syncNow } from "../support/sync.ts";
import {
  change,
  eventRow,
  eventRows,
  insertTask,
  makeEventsDue,
  scheduledTask,
  sweep,
} from "../support/tasks.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise("requeueing of every kind", {
  "the event of a task whose creation failed is created after a requeue, which only its user may ask for":
    async (stack) => {
      await forgetOperations(stack);
      const { organizer, id } = await failedEvent(stack);
      assert.deepEqual(failuresIn(await healthOf(stack)), [
        { kind: "task_event", reason: "google_rejected", count: 1 },
      ]);
      const stranger = await stack.organizer({ connected: false });
      const refused = await stranger.call("task-events/requeue", { body: { id } });
      assert.equal(refused.status, 404, JSON.stringify(refused.body));
      assert.equal((await eventRows(stack, organizer))[0]?.sync_status, "failed");

      const { status, body } = await organizer.call("task-events/requeue", { body: { id } });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.requeued, true);
      assert.equal(body.sync_status, "pending");
      const again = await organizer.call("task-events/requeue", { body: { id } });
      assert.deepEqual([again.body.requeued, again.body.sync_status], [false, "pending"]);
      await sweep(stack);
      const [row] = await eventRows(stack, organizer);
      assert.equal(row?.sync_status, "synced");
      assert.equal(row?.sync_error, null);
      assert.equal((await eventsOf(stack, organizer)).length, 1);
      const done = await organizer.call("task-events/requeue", { body: { id } });
      assert.equal(done.body.requeued, false);
    },

  "a change whose processing crashed three times is shown, and completed after a requeue": async (
    stack,
  ) => {
    await forgetOperations(stack);
    const { organizer, event_id } = await scheduledTask(stack);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, status: 500, times: 1 });
    await change(organizer, { event_id, summary: "After the crash" });
    const { id, pending_change } = await eventRow(stack, organizer, event_id);
    assert.notEqual(pending_change, null);
    await stack.platform.sql(
      `update private.work set crashes = 2, lease_token = gen_random_uuid(), leased_at = now() - interval '1 hour',
         leased_until = now() - interval '1 minute', due_at = now() - interval '1 hour'
       where kind = 'task_event' and subject_id = $1`,
      [id],
    );
    await sweep(stack);
    assert.deepEqual(failuresIn(await healthOf(stack)), [
      { kind: "task_event", reason: "internal", count: 1 },
    ]);
    const { body } = await callWithKey(stack, "operations/requeue", {
      filter: { kind: "task_event", user_id: organizer.user_id },
    });
    assert.deepEqual(body, { success: true, requeued: 1, not_requeued: {}, next_after: null });
    await makeEventsDue(stack, organizer);
    await sweep(stack);
    const [event] = await eventsOf(stack, organizer);
    assert.equal(event?.summary, "After the crash");
    assert.equal((await eventRow(stack, organizer, event_id)).pending_change, null);
    assert.deepEqual(failuresIn(await healthOf(stack)), []);
  },

  "a notification that failed is sent after a requeue by reason; one whose target is gone is not":
    async (stack) => {
      await forgetOperations(stack);
      await using receiver = startReceiver();
      receiver.answer(404);
      const failed = [];
      for (let n = 0; n < 2; n++) {
        const organizer = await stack.organizer();
        await addTarget(organizer, receiver, "webhook");
        const meeting_id = await meetingOf(stack, organizer);
        await notify(stack);
        const [row] = await outbox(stack, meeting_id);
        assert.equal(row?.status, "failed");
        failed.push({ organizer, meeting_id, id: row?.notification_id });
      }
      assert.deepEqual(failuresIn(await healthOf(stack)), [
        { kind: "notification", reason: "target_answered", count: 2 },
      ]);
      const [sent, gone] = failed;
      await stack.platform.sql(
        "delete from public.notification_targets where owner_user_id = $1",
        [gone?.organizer.user_id],
      );
      receiver.answer(200);
      receiver.received.length = 0;
      const { body } = await callWithKey(stack, "operations/requeue", {
        filter: { reason: "target_answered", since: "2020-01-01T00:00:00Z" },
      });
      assert.deepEqual(body, {
        success: true,
        requeued: 1,
        not_requeued: { target_gone: 1 },
        next_after: null,
      });
      await notify(stack);
      assert.equal(receiver.received.length, 1);
      assert.equal((await outbox(stack, sent?.meeting_id ?? ""))[0]?.status, "sent");
      const one = await callWithKey(stack, "operations/requeue", {
        kind: "notification",
        id: gone?.id,
      });
      assert.deepEqual(one.body, {
        success: true,
        kind: "notification",
        id: gone?.id,
        decision: "target_gone",
        requeued: false,
      });
    },

  "an event whose Meet link was given up is read again, and a refused conference is not": async (
    stack,
  ) => {
    await forgetOperations(stack);
    const { meeting_id } = await createdMeeting(stack);
    const { meet_link } = await rowOf(stack, meeting_id);
    assert.notEqual(meet_link, null);
    const giveUp = (code: string) =>
      stack.platform.sql(
        "update public.meetings set meet_link = null, meet_link_error = $2 || ': given up' where meeting_id = $1",
        [meeting_id, code],
      );
    const requeue = async () =>
      (await callWithKey(stack, "operations/requeue", { kind: "meet_link", id: meeting_id })).body
        .decision;
    await giveUp("conference_refused");
    assert.equal(await requeue(), "conference_refused");
    await giveUp("conference_pending");
    assert.equal(await requeue(), "requeued");
    await callWithKey(stack, "meetings/meet-links", { batch: true });
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.meet_link, row.meet_link_error], [meet_link, null]);
    assert.equal(await requeue(), "not_failed");
  },

  "a calendar that could not be read is read at once after a requeue": async (stack) => {
    await forgetOperations(stack);
    const { organizer } = await createdMeeting(stack);
    await stack.google.fault({ method: "GET", path_pattern: EVENTS, status: 404, times: 1 });
    await syncNow(stack, organizer);
    const [calendar] = await calendarsOf(stack, organizer);
    assert.notEqual(calendar?.error, null, "the fixture: the calendar could not be read");
    const { body } = await callWithKey(stack, "operations/requeue", {
      filter: { kind: "sync", user_id: organizer.user_id },
    });
    assert.equal(body.requeued, 1, JSON.stringify(body));
    await syncDue(stack);
    assert.equal((await calendarsOf(stack, organizer))[0]?.error, null);
  },

  "deno task requeue shows what failed, requeues what its options name, and says what is left":
    async (stack) => {
      await forgetOperations(stack);
      const run = (...args: string[]) => runProgram(stack, "operations/requeue.ts", ...args);
      const nothing = await run();
      assert.equal(nothing.stderr, "");
      assert.deepEqual([nothing.code, nothing.stdout], [0, "Nothing that failed matches.\n"]);
      const { organizer, id } = await failedEvent(stack);
      await failedEvent(stack);
      for (
        const args of [[], ["--kind", "task_event", "--dry-run"], ["--since", "1h", "--dry-run"]]
      ) {
        const shown = await run(...args);
        assert.equal(shown.code, 1, shown.stderr);
        assert.match(shown.stdout, /^ +2 +task_event +google_rejected$/m);
      }
      assert.equal((await eventRows(stack, organizer))[0]?.sync_status, "failed");
      const other = await run("--reason", "invalid_grant", "--json");
      assert.deepEqual(JSON.parse(other.stdout), { requeued: 0, not_requeued: {} });

      for (const args of [[], ["--dry-run"]]) {
        const typo = await run("--reason", "google_rejectd", ...args);
        assert.equal(typo.code, 0);
        assert.match(typo.stderr, /No row has .+ Did you mean google_rejected\?/);
        assert.equal((await run("--reason", "wrong_account", ...args)).stderr, "");
      }

      const one = await run("--kind", "task_event", "--id", id);
      assert.deepEqual([one.code, one.stdout], [0, "Requeued 1 row.\n"]);
      const twice = await run("--kind", "task_event", "--id", id);
      assert.deepEqual([twice.code, twice.stdout], [1, "Not requeued: pending.\n"]);
      const rest = await run("--all");
      assert.deepEqual([rest.code, rest.stdout], [0, "Requeued 1 row.\n"]);
      assert.equal((await sweep(stack)).succeeded, 2);
      assert.equal((await eventRows(stack, organizer))[0]?.sync_status, "synced");

      for (
        const [args, message] of [
          [["--id", id], /--id needs --kind/],
          [["--since", "yesterday"], /--since is neither/],
          [["--kind", "lunch"], /422.*Expected search or write/],
          [["--key", "sb_secret_wrong"], /401/],
        ] as const
      ) {
        const refused = await run(...args);
        assert.equal(refused.code, 2, refused.stdout);
        assert.match(refused.stderr, message);
      }
      const help = await run("--help");
      assert.equal(help.code, 0);
      assert.match(help.stdout, /--dry-run/);
    },

  "requests that name no row, or two, are refused, and users have no access": async (stack) => {
    const organizer = await stack.organizer({ connected: false });
    for (
      const body of [
        {},
        { filter: {} },
        { id: "a" },
        { kind: "write" },
        { kind: "write", id: "a", filter: { kind: "write" } },
        { kind: "write", id: "a", dry_run: true },
      ]
    ) {
      const answer = await callWithKey(stack, "operations/requeue", body);
      assert.equal(answer.status, 422, JSON.stringify(answer.body));
    }
    const unknown = await callWithKey(stack, "operations/requeue", { kind: "sync", id: "none" });
    assert.equal(unknown.status, 404);
    const asUser = await organizer.call("operations/requeue", {
      body: { filter: { kind: "write" } },
    });
    assert.equal(asUser.status, 401, JSON.stringify(asUser.body));
  },
}, { databases: "both" });

/** The row of a task's event that Google refused for good. */
async function failedEvent(stack: Stack) {
  const organizer = await stack.organizer();
  const task_id = await insertTask(organizer);
  await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 403, times: 1 });
  const answer = await organizer.call("task-events/schedule", {
    body: { task_id, timeZone: "UTC" },
  });
  assert.equal(answer.body.error, "google_rejected", JSON.stringify(answer.body));
  const [row] = await eventRows(stack, organizer);
  assert.ok(row);
  assert.equal(row.sync_status, "failed");
  return { organizer, id: row.id as string };
}

async function meetingOf(
  stack: Stack,
  organizer: Awaited<ReturnType<Stack["organizer"]>>,
): Promise<string> {
  const { data, error } = await organizer.client.from("meetings").insert(
    {
      organizer_user_id: organizer.user_id,
      title: "Notified",
      participants: [organizer.email],
      starts_at: "2035-01-08T10:00:00Z",
      ends_at: "2035-01-08T10:30:00Z",
      timezone: "UTC",
    } as never,
  ).select("meeting_id").single();
  assert.equal(error, null, JSON.stringify(error));
  const { meeting_id } = data as unknown as { meeting_id: string };
  const { status, body } = await callWithKey(stack, "write-back", { meeting_id });
  assert.equal(status, 200, JSON.stringify(body));
  return meeting_id;
}
