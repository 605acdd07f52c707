import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import {
  AT_NOON,
  cancel,
  change,
  createdMeeting,
  EVENT,
  EVENTS,
  onlyEvent,
  requeue,
  write,
} from "../support/changes.ts";
import { loseWakeUps } from "../support/many_meetings.ts";
import {
  eventsOf,
  insertMeeting,
  mailsBy,
  makeDue,
  pendingMeeting,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

promise("requeueing", {
  "a meeting that failed gets three new attempts and its one event": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 9 });
    for (let attempt = 0; attempt < 4; attempt++) {
      await makeDue(stack, meeting_id);
      await organizer.call("write-back", { body: { meeting_id } });
    }
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
    await stack.google.clearFaults();
    const answer = await requeue(organizer, meeting_id);
    assert.equal(answer.body.requeued, true);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "pending");
    assert.equal(row.writeback_retry_count, 0);
    assert.equal(row.event_generation, 1);
    await write(organizer, meeting_id);
    await onlyEvent(stack, organizer);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
  },

  "after a foreign event had our id, the next one is used": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const { event_key } = await rowOf(stack, meeting_id);
    await stack.google.addEvents(organizer.email, [{
      id: `convene${event_key.replaceAll("-", "")}g1`,
      summary: "A foreign event",
      start: { dateTime: "2035-01-08T10:00:00Z" },
      end: { dateTime: "2035-01-08T11:00:00Z" },
    }]);
    await organizer.call("write-back", { body: { meeting_id } });
    await requeue(organizer, meeting_id);
    await write(organizer, meeting_id);
    const ids = (await eventsOf(stack, organizer)).map(({ id }) => id.slice(-2)).toSorted();
    assert.deepEqual(ids, ["g1", "g2"]);
  },

  "what is not given up says how it stands and stays as it is": async (stack) => {
    const waiting = await pendingMeeting(stack);
    const done = await createdMeeting(stack);
    const unscheduled = await insertMeeting(waiting.organizer, {
      participants: [waiting.organizer.email],
      constraints: WEEK,
    });
    for (
      const [organizer, meeting_id, message] of [
        [waiting.organizer, waiting.meeting_id, /already in the queue/],
        [done.organizer, done.meeting_id, /nothing to requeue/],
        [waiting.organizer, unscheduled, /no slot/],
      ] as const
    ) {
      const before = await rowOf(stack, meeting_id);
      const answer = await requeue(organizer, meeting_id);
      assert.equal(answer.body.requeued, false);
      assert.match(answer.body.message, message);
      assert.deepEqual(await rowOf(stack, meeting_id), before);
    }
  },

  "a slot that has passed is not written after all": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack, {
      starts_at: "2020-01-06T10:00:00Z",
      ends_at: "2020-01-06T10:30:00Z",
    });
    await organizer.call("write-back", { body: { meeting_id } });
    const answer = await organizer.call("meetings/requeue", { body: { meeting_id } });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.error, "slot_expired");
    await change(organizer, meeting_id, AT_NOON);
    assert.equal((await requeue(organizer, meeting_id)).body.requeued, true);
    await write(organizer, meeting_id);
    await onlyEvent(stack, organizer);
  },

  "a cancellation that was given up continues after a requeue": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await cancel(organizer, meeting_id);
    await stack.google.fault({ method: "DELETE", path_pattern: EVENT, status: 403, times: 1 });
    const refused = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(refused.body.results[0].error, "google_rejected");
    assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
    assert.equal((await requeue(organizer, meeting_id)).body.requeued, true);
    await write(organizer, meeting_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "cancellation"],
      ["invitation", "cancellation"],
    ]);
  },
}, { databases: "both" });

promise("reconnecting", {
  "meetings that failed for a dead connection continue automatically once the user has reconnected":
    async (
      stack,
    ) => {
      const created = await createdMeeting(stack);
      const { organizer, guests } = created;
      const cancelled = await insertMeeting(organizer, { participants: guests, ...SLOT });
      await write(organizer, cancelled);
      const pending = await insertMeeting(organizer, { participants: guests, ...SLOT });
      const unscheduled = await insertMeeting(organizer, {
        participants: guests,
        constraints: WEEK,
      });
      await stack.google.revokeGrant(organizer.email);
      await change(organizer, created.meeting_id, AT_NOON);
      await cancel(organizer, cancelled);
      for (const meeting_id of [pending, created.meeting_id, cancelled]) {
        const answer = await organizer.call("write-back", { body: { meeting_id } });
        assert.equal(answer.body.error, "needs_reauth", JSON.stringify(answer.body));
        assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
      }
      await organizer.call("schedule", { body: { meeting_id: unscheduled } });
      assert.equal((await rowOf(stack, unscheduled)).scheduling_error, "needs_reauth");

      await loseWakeUps(stack);
      await reconnect(stack, organizer);
      assert.equal((await rowOf(stack, pending)).writeback_status, "pending");
      const rung = await stack.platform.sql<{ url: string }>(
        "select distinct url from net.http_request_queue",
      );
      assert.deepEqual(rung.map(({ url }) => url.split("/").at(-1)).toSorted(), [
        "schedule",
        "write-back",
      ]);
      await drain(stack);

      const rows = await Promise.all(
        [created.meeting_id, cancelled, pending, unscheduled].map((id) => rowOf(stack, id)),
      );
      for (const row of rows) {
        assert.equal(row.writeback_status, "created", row.writeback_error);
        assert.equal(row.write_due_at, null);
        assert.equal(row.written_version, row.desired_version);
      }
      const ids = (await eventsOf(stack, organizer)).map(({ id }) => id).toSorted();
      const expected = rows.filter((row) => row.cancelled_at === null).map((r) =>
        r.google_event_id
      );
      assert.deepEqual(ids, expected.toSorted());
    },

  "a missing permission and a missing connection are cured the same way": async (stack) => {
    const never = await stack.organizer({ connected: false });
    const half = await stack.organizer({
      scopes: ["openid", "email", "https://www.googleapis.com/auth/calendar.events.freebusy"],
    });
    for (const organizer of [never, half]) {
      const meeting_id = await insertMeeting(organizer, {
        participants: [await stack.guest()],
        ...SLOT,
      });
      await organizer.call("write-back", { body: { meeting_id } });
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
      await reconnect(stack, organizer);
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "pending");
      await drain(stack);
      assert.equal((await onlyEvent(stack, organizer)).id.length, 41);
    }
  },

  "an event begun with one Google account is not touched with another": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await stack.google.revokeGrant(organizer.email);
    await change(organizer, meeting_id, AT_NOON);
    await organizer.call("write-back", { body: { meeting_id } });
    const begun = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
    await organizer.call("write-back", { body: { meeting_id: begun } });
    const other = await stack.guest();
    await reconnect(stack, organizer, other);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.write_due_at, null, "only the former account reaches its event");
    assert.match(row.writeback_error, /^invalid_grant: /);
    await drain(stack);
    assert.equal((await stack.google.events({ calendar_id: other, status: "live" })).length, 1);

    await reconnect(stack, organizer);
    await drain(stack);
    assert.equal((await rowOf(stack, meeting_id)).written_version, 2);
  },

  "what failed for another reason stays failed": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 403, times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    const before = await rowOf(stack, meeting_id);
    assert.equal(before.writeback_status, "failed");
    await reconnect(stack, organizer);
    assert.deepEqual(await rowOf(stack, meeting_id), before);
  },
}, { databases: "both" });

async function reconnect(stack: Stack, organizer: Organizer, email = organizer.email) {
  await connectGoogle(stack.platform.functions_url, organizer.access_token, stack.google, {
    email,
    scopes: "all",
  });
}

/** What the wake-ups cause: a round of schedule, then one of write-back. */
async function drain(stack: Stack): Promise<void> {
  for (const name of ["schedule", "write-back"]) {
    const answer = await callFunction(stack.platform, name, {
      apikey: stack.platform.automations_key,
      body: { batch: true, limit: 50 },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
}
