import assert from "node:assert/strict";
import {
  AT_NOON,
  batch,
  cancel,
  change,
  createdMeeting,
  endLease,
  EVENT,
  EVENTS,
  killDuring,
  loseWorker,
  makeRetryDue,
  onlyEvent,
  requestsAbout,
  write,
} from "../support/changes.ts";
import { loseWakeUps } from "../support/many_meetings.ts";
import {
  deleteOnGoogle,
  eventsOf,
  insertMeeting,
  mailsBy,
  makeDue,
  pendingMeeting,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

promise("cancelling meetings", {
  "a cancelled meeting's event is deleted once and its guests are notified once": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    const answer = await cancel(organizer, meeting_id);
    assert.equal(answer.body.already_cancelled, false);
    assert.equal(answer.body.event_is_due, true);
    const written = await write(organizer, meeting_id);
    assert.deepEqual(written.body, {
      success: true,
      message: "Calendar event cancelled",
      results: [{ meeting_id, success: true, cancelled: true, google_event_id: event.id }],
    });
    await batch(stack);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "cancellation"],
      ["invitation", "cancellation"],
    ]);
    assert.equal((await requestsAbout(stack, event.id, "DELETE")).length, 1);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created");
    assert.equal(row.written_version, row.desired_version);
    assert.equal(row.write_due_at, null);
    assert.equal(row.google_event_id, event.id);
  },

  "cancelling twice is a no-op that says so, and nothing else works any more": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await cancel(organizer, meeting_id);
    await write(organizer, meeting_id);
    const before = await rowOf(stack, meeting_id);
    const again = await cancel(organizer, meeting_id);
    assert.equal(again.body.already_cancelled, true);
    for (
      const answer of [
        await organizer.call("meetings", { method: "PATCH", body: { meeting_id, title: "x" } }),
        await organizer.call("write-back", { body: { meeting_id } }),
        await organizer.call("schedule", { body: { meeting_id, reschedule: true } }),
      ]
    ) {
      assert.equal(answer.status, 410, JSON.stringify(answer.body));
      assert.equal(answer.body.error, "cancelled");
    }
    const requeued = await organizer.call("meetings/requeue", { body: { meeting_id } });
    assert.equal(requeued.body.requeued, false);
    assert.deepEqual(await rowOf(stack, meeting_id), before);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "cancellation"],
      ["invitation", "cancellation"],
    ]);
  },

  "a meeting that was never leased is cancelled without a request to Google": async (stack) => {
    const organizer = await stack.organizer();
    const unscheduled = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    const waiting = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
    const asked = (await stack.google.requests()).length;
    for (const meeting_id of [unscheduled, waiting]) {
      const answer = await cancel(organizer, meeting_id);
      assert.equal(answer.body.event_is_due, false);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.writeback_status, null);
      assert.equal(row.search_due_at, null);
    }
    await batch(stack);
    assert.equal((await stack.google.requests()).length, asked);
  },

  "a meeting cancelled while its slot is searched gets none": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    const [lease] = await stack.platform.sql<{ token: string }>(
      "select public.begin_scheduling($1) #>> '{meeting,lease_token}' as token",
      [meeting_id],
    );
    await cancel(organizer, meeting_id);
    const [late] = await stack.platform.sql<{ settled: { decision: string } }>(
      `select public.settle_scheduling($1, $2::uuid, '{"timezone": "UTC", "held": [], "max_candidates": 1}',
         '[{"start_time": "2035-01-08T10:00:00Z", "end_time": "2035-01-08T10:30:00Z"}]') as settled`,
      [meeting_id, lease?.token],
    );
    assert.equal(late?.settled.decision, "lease_lost");
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.starts_at, null);
    assert.equal(row.write_due_at, null);
  },

  "a deletion whose response is lost, before or after, is finished by the queue and notified once":
    async (
      stack,
    ) => {
      for (const drop of ["before", "after"] as const) {
        const { organizer, guests, meeting_id } = await createdMeeting(stack);
        await cancel(organizer, meeting_id);
        await stack.google.fault({ method: "DELETE", path_pattern: EVENT, drop, times: 1 });
        assert.equal((await organizer.call("write-back", { body: { meeting_id } })).status, 502);
        assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
        await makeRetryDue(stack, meeting_id);
        await batch(stack);
        assert.deepEqual(await eventsOf(stack, organizer), []);
        const row = await rowOf(stack, meeting_id);
        assert.equal(row.write_due_at, null);
        assert.equal(row.writeback_error, null);
        assert.deepEqual(await mailsBy(stack, guests), [
          ["invitation", "cancellation"],
          ["invitation", "cancellation"],
        ]);
      }
    },

  "a worker killed in the middle of the deletion leaves nothing behind": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await cancel(organizer, meeting_id);
    await killDuring(
      stack,
      organizer,
      meeting_id,
      "DELETE",
      async () => (await eventsOf(stack, organizer)).length === 0,
    );
    await endLease(stack, meeting_id);
    await write(organizer, meeting_id);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created");
    assert.equal(row.write_due_at, null);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "cancellation"],
      ["invitation", "cancellation"],
    ]);
  },

  "a creation whose outcome is unknown is verified, and deleted if it took effect": async (
    stack,
  ) => {
    for (const drop of ["before", "after"] as const) {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop, times: 1 });
      await organizer.call("write-back", { body: { meeting_id } });
      const [stored] = await eventsOf(stack, organizer);
      assert.equal(stored !== undefined, drop === "after");
      await cancel(organizer, meeting_id);
      // The lost request may still take effect, so the verification is not due yet.
      const early = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(early.body.error, "in_progress");
      await makeDue(stack, meeting_id);
      const answer = await write(organizer, meeting_id);
      assert.equal(answer.body.results[0].google_event_id, stored?.id ?? null);
      assert.deepEqual(await eventsOf(stack, organizer), []);
      const told = drop === "after" ? ["invitation", "cancellation"] : [];
      assert.deepEqual(await mailsBy(stack, guests), [told, told]);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.writeback_status, drop === "after" ? "created" : null);
      assert.equal(row.write_due_at, null);
      assert.equal(row.outcome_unknown, false);
    }
  },

  "an event that a dead worker had written under the next id is found and deleted too": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    const [first] = await eventsOf(stack, organizer);
    await deleteOnGoogle(stack, organizer.email, first?.id ?? "");
    await killDuring(
      stack,
      organizer,
      meeting_id,
      "POST",
      async () => (await eventsOf(stack, organizer)).length > 0,
    );
    assert.match((await onlyEvent(stack, organizer)).id, /g2$/);
    await cancel(organizer, meeting_id);
    await endLease(stack, meeting_id);
    await makeDue(stack, meeting_id);
    await write(organizer, meeting_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "a foreign event under our id survives the cancellation": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const { event_key } = await rowOf(stack, meeting_id);
    await stack.google.addEvents(organizer.email, [{
      id: `convene${event_key.replaceAll("-", "")}g1`,
      summary: "A foreign event",
      start: { dateTime: "2035-01-08T10:00:00Z" },
      end: { dateTime: "2035-01-08T11:00:00Z" },
    }]);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "before", times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    await cancel(organizer, meeting_id);
    await makeDue(stack, meeting_id);
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).summary, "A foreign event");
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, null);
  },

  "a meeting cancelled while its event is being written ends without an event": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: EVENTS,
      answer_delay_ms: 500,
      times: 1,
    });
    const writing = write(organizer, meeting_id);
    while ((await eventsOf(stack, organizer)).length === 0) await Promise.resolve();
    await cancel(organizer, meeting_id);
    await writing;
    await batch(stack);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "cancellation"],
      ["invitation", "cancellation"],
    ]);
    assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
  },

  "a change that was not written yet is overtaken by the cancellation": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await cancel(organizer, meeting_id);
    await write(organizer, meeting_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "cancellation"],
      ["invitation", "cancellation"],
    ]);
  },

  "a cancellation has three attempts of its own, whatever the change before it has spent": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    for (let death = 1; death <= 3; death++) await loseWorker(stack, meeting_id);
    const spent = await rowOf(stack, meeting_id);
    assert.deepEqual([spent.attempts, spent.crashes], [2, 2]);
    await cancel(organizer, meeting_id);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual(
      [row.writeback_retry_count, row.attempts, row.crashes],
      [0, 0, 0],
    );
    await write(organizer, meeting_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "an event that was deleted on Google before is no obstacle": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    await deleteOnGoogle(stack, organizer.email, event.id);
    await cancel(organizer, meeting_id);
    await write(organizer, meeting_id);
    assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
  },

  "changes and cancellations wake write-back": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    for (
      const act of [
        () => change(organizer, meeting_id, AT_NOON),
        () => cancel(organizer, meeting_id),
      ]
    ) {
      await loseWakeUps(stack);
      await act();
      const posted = await stack.platform.sql<{ url: string; body: string }>(
        "select url, convert_from(body, 'utf8') as body from net.http_request_queue",
      );
      assert.equal(posted.length, 1);
      assert.match(posted[0]?.url ?? "", /\/write-back$/);
      assert.equal(JSON.parse(posted[0]?.body ?? "").record.meeting_id, meeting_id);
      await write(organizer, meeting_id);
    }
  },

  "a row that has an event, or may have one, cannot be deleted before it is cancelled": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const lost = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
    await lost.organizer.call("write-back", { body: { meeting_id: lost.meeting_id } });
    await refusesDeletion(stack, meeting_id);
    await refusesDeletion(stack, lost.meeting_id);
    for (const made of [{ organizer, meeting_id }, lost]) {
      await cancel(made.organizer, made.meeting_id);
      await refusesDeletion(stack, made.meeting_id);
      await makeDue(stack, made.meeting_id);
      await write(made.organizer, made.meeting_id);
      await deleteRow(stack, made.meeting_id);
    }
    const waiting = await pendingMeeting(stack);
    await deleteRow(stack, waiting.meeting_id);
  },
}, { databases: "both" });

promise("deleting users", {
  "before a user is deleted, one call cancels all that is not over": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    const waiting = await insertMeeting(organizer, { participants: guests, ...SLOT });
    const [first] = await cancelAll(stack, organizer.user_id);
    assert.deepEqual(first?.answer, { cancelled: 2, waiting: 1 });
    await batch(stack);
    const [second] = await cancelAll(stack, organizer.user_id);
    assert.deepEqual(second?.answer, { cancelled: 0, waiting: 0 });
    await deleteUser(stack, organizer.user_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    for (const id of [meeting_id, waiting]) {
      assert.equal((await rowOf(stack, id)).organizer_user_id, null);
      await deleteRow(stack, id);
    }
  },

  "a user deleted without a word leaves meetings that say what was not done": async (stack) => {
    const created = await createdMeeting(stack);
    const { organizer } = created;
    const pending = await insertMeeting(organizer, { participants: created.guests, ...SLOT });
    const unscheduled = await insertMeeting(organizer, {
      participants: created.guests,
      constraints: WEEK,
    });
    await change(organizer, created.meeting_id, AT_NOON);
    await deleteUser(stack, organizer.user_id);

    const event = await rowOf(stack, created.meeting_id);
    assert.equal(event.writeback_status, "created");
    assert.match(event.writeback_error, /^organizer_deleted: /);
    assert.equal((await rowOf(stack, pending)).writeback_status, "failed");
    assert.match((await rowOf(stack, pending)).writeback_error, /^organizer_deleted: /);
    assert.equal((await rowOf(stack, unscheduled)).scheduling_error, "organizer_deleted");
    for (const id of [created.meeting_id, pending, unscheduled]) {
      const row = await rowOf(stack, id);
      assert.equal(row.write_due_at, null);
      assert.equal(row.search_due_at, null);
      await deleteRow(stack, id);
    }
  },
}, { databases: "both" });

async function deleteRow(stack: Stack, meeting_id: string): Promise<void> {
  const deleted = await stack.platform.sql(
    "delete from public.meetings where meeting_id = $1 returning meeting_id",
    [meeting_id],
  );
  assert.equal(deleted.length, 1);
}

/** As a service reads it over REST: the SQLSTATE and what to do. */
async function refusesDeletion(stack: Stack, meeting_id: string): Promise<void> {
  const response = await fetch(
    `${stack.platform.api_url}/rest/v1/meetings?meeting_id=eq.${meeting_id}`,
    { method: "DELETE", headers: { apikey: stack.platform.secret_key } },
  );
  const answer = await response.json();
  assert.deepEqual([response.status, answer.code], [409, "23503"], JSON.stringify(answer));
  assert.match(answer.message, /cancel it first/);
  assert.equal((await rowOf(stack, meeting_id)).meeting_id, meeting_id);
}

function cancelAll(stack: Stack, user_id: string) {
  return stack.platform.sql<{ answer: unknown }>(
    "select public.cancel_meetings_of_user($1) as answer",
    [user_id],
  );
}

async function deleteUser(stack: Stack, user_id: string): Promise<void> {
  const deleted = await stack.platform.sql(
    "delete from auth.users where id = $1 returning id",
    [user_id],
  );
  assert.equal(deleted.length, 1);
}
