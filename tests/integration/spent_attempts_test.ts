import assert from "node:assert/strict";
import {
  AT_NOON,
  cancel,
  change,
  createdMeeting,
  EVENT,
  EVENTS,
  killDuring,
  loseWorker,
  makeRetryDue,
  onlyEvent,
  requestsAbout,
  requeue,
  write,
} from "../support/changes.ts";
import {
  deleteOnGoogle,
  eventsOf,
  mailsBy,
  makeDue,
  pendingMeeting,
  rowOf,
} from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const MAILS_OF_CHANGE = [["invitation", "update"], ["invitation", "update"]];
const MAILS_OF_END = [["invitation", "cancellation"], ["invitation", "cancellation"]];

promise("spent attempts", {
  "a change over which three workers died is verified, given up, and continues when requeued":
    async (stack) => {
      const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
      await change(organizer, meeting_id, AT_NOON);
      for (let death = 1; death <= 3; death++) await loseWorker(stack, meeting_id);
      const looks = (await requestsAbout(stack, event.id, "GET")).length;
      const answer = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(answer.body.error, "internal", JSON.stringify(answer.body));
      assert.equal((await requestsAbout(stack, event.id, "GET")).length, looks + 1);
      assert.deepEqual(await requestsAbout(stack, event.id, "PATCH"), []);
      await isGivenUp(stack, meeting_id, /^internal_error: Processing crashed 3 times; the event/);

      await requeue(organizer, meeting_id);
      const again = await rowOf(stack, meeting_id);
      assert.deepEqual(
        [again.writeback_retry_count, again.deferrals, again.crashes],
        [0, 0, 0],
      );
      await write(organizer, meeting_id);
      assert.deepEqual(await mailsBy(stack, guests), MAILS_OF_CHANGE);
    },

  "a change that the third worker had written before it died is found, and notified once": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    for (let death = 1; death <= 2; death++) await loseWorker(stack, meeting_id);
    await killDuring(stack, organizer, meeting_id, "PATCH", async () => {
      const { start } = await onlyEvent(stack, organizer);
      return Date.parse(start?.dateTime ?? "") === Date.parse(AT_NOON.start_time);
    });
    await endLeases(stack);
    await write(organizer, meeting_id);
    await isWritten(stack, meeting_id);
    assert.equal((await requestsAbout(stack, event.id, "PATCH")).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), MAILS_OF_CHANGE);
  },

  "a cancellation over which three workers died is verified: done if one took effect": async (
    stack,
  ) => {
    for (const got_through of [false, true]) {
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      await cancel(organizer, meeting_id);
      for (let death = 1; death <= 3; death++) await loseWorker(stack, meeting_id);
      if (got_through) await deleteOnGoogle(stack, organizer.email, event.id);
      const deletions = (await requestsAbout(stack, event.id, "DELETE")).length;
      await organizer.call("write-back", { body: { meeting_id } });
      assert.equal((await requestsAbout(stack, event.id, "DELETE")).length, deletions);
      if (got_through) {
        await isWritten(stack, meeting_id);
        continue;
      }
      await isGivenUp(stack, meeting_id, /^internal_error: .* still on Google Calendar/);
      await requeue(organizer, meeting_id);
      await write(organizer, meeting_id);
      assert.deepEqual(await eventsOf(stack, organizer), []);
    }
  },

  "a cancellation that fails three times is given up after a verification, and continues when requeued":
    async (stack) => {
      const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
      await cancel(organizer, meeting_id);
      await stack.google.fault({ method: "DELETE", path_pattern: EVENT, status: 503 });
      await tryAgain(stack, organizer, meeting_id, 3);
      assert.equal((await rowOf(stack, meeting_id)).outcome_unknown, true);
      await tryAgain(stack, organizer, meeting_id, 1);
      assert.equal((await requestsAbout(stack, event.id, "DELETE")).length, 3);
      await isGivenUp(
        stack,
        meeting_id,
        /^google_unavailable: 3 attempts failed; the event is/,
      );

      await stack.google.clearFaults();
      await requeue(organizer, meeting_id);
      await write(organizer, meeting_id);
      assert.deepEqual(await eventsOf(stack, organizer), []);
      assert.deepEqual(await mailsBy(stack, guests), MAILS_OF_END);
    },

  "a cancellation whose third response was lost after it took effect is done": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await cancel(organizer, meeting_id);
    await stack.google.fault({ method: "DELETE", path_pattern: EVENT, status: 503, times: 2 });
    await stack.google.fault({ method: "DELETE", path_pattern: EVENT, drop: "after", times: 1 });
    await tryAgain(stack, organizer, meeting_id, 3);
    await tryAgain(stack, organizer, meeting_id, 1);
    await isWritten(stack, meeting_id);
    assert.deepEqual(await mailsBy(stack, guests), MAILS_OF_END);
  },

  "a deletion that may have an event is never given up, and is processed alone after crashes":
    async (
      stack,
    ) => {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
      await organizer.call("write-back", { body: { meeting_id } });
      await cancel(organizer, meeting_id);
      await makeRetryDue(stack, meeting_id);
      for (let death = 1; death <= 3; death++) await loseWorker(stack, meeting_id);
      await organizer.call("write-back", { body: { meeting_id } });
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.outcome_unknown, true);
      const minutes = (Date.parse(row.write_due_at) - Date.now()) / 60_000;
      assert.ok(minutes > 55 && minutes <= 61, `in ${minutes} minutes`);
      await makeRetryDue(stack, meeting_id);
      await write(organizer, meeting_id);
      assert.deepEqual(await eventsOf(stack, organizer), []);
      assert.deepEqual(await mailsBy(stack, guests), MAILS_OF_END);
    },

  "an event that a dead worker wrote under the next id is adopted, not given up, at the end":
    async (stack) => {
      for (const earlier_deaths of [0, 1]) {
        const { organizer, guests, meeting_id } = await pendingMeeting(stack);
        await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
        await organizer.call("write-back", { body: { meeting_id } });
        const first = await onlyEvent(stack, organizer);
        await deleteOnGoogle(stack, organizer.email, first.id);
        for (let death = 1; death <= earlier_deaths; death++) await loseWorker(stack, meeting_id);
        await killDuring(
          stack,
          organizer,
          meeting_id,
          "POST",
          async () => (await eventsOf(stack, organizer)).length > 0,
        );
        await endLeases(stack);
        const answer = await write(organizer, meeting_id);
        assert.equal(answer.body.results[0].already_exists, true);
        assert.match((await onlyEvent(stack, organizer)).id, /g2$/);
        const [[...told] = []] = await mailsBy(stack, guests);
        assert.deepEqual(told.filter((kind) => kind === "invitation").length, 2);
      }
    },

  "an event that is changed during each attempt is given up at the third one, with that reason":
    async (
      stack,
    ) => {
      const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
      await change(organizer, meeting_id, AT_NOON);
      await stack.google.fault({
        method: "PATCH",
        path_pattern: EVENT,
        status: 412,
        reason: "conditionNotMet",
        times: 9,
      });
      for (let attempt = 1; attempt <= 2; attempt++) {
        const answer = await organizer.call("write-back", { body: { meeting_id } });
        assert.equal(answer.body.error, "google_unavailable");
        assert.ok(answer.headers.has("retry-after"));
        const row = await rowOf(stack, meeting_id);
        assert.equal(row.writeback_retry_count, attempt);
        await makeRetryDue(stack, meeting_id);
      }
      const last = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(last.headers.has("retry-after"), false, "no retry is needed");
      await isGivenUp(
        stack,
        meeting_id,
        /Other changes of the event .* 3 attempts failed\. Requeue/,
      );
      assert.equal((await requestsAbout(stack, event.id, "PATCH")).length, 9);
      await requeue(organizer, meeting_id);
      await write(organizer, meeting_id);
      assert.deepEqual(await mailsBy(stack, guests), MAILS_OF_CHANGE);
    },

  "a new meeting whose third attempt is refused for now is failed, and says what helps": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: EVENTS,
      status: 409,
      reason: "conflict",
      times: 3,
    });
    await tryAgain(stack, organizer, meeting_id, 3);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "failed");
    assert.match(row.writeback_error, /\(conflict\)\. 3 attempts failed\. Requeue the meeting/);
    await requeue(organizer, meeting_id);
    await write(organizer, meeting_id);
    await onlyEvent(stack, organizer);
  },
});

async function tryAgain(stack: Stack, organizer: Organizer, meeting_id: string, times: number) {
  for (let time = 1; time <= times; time++) {
    await makeDue(stack, meeting_id);
    await organizer.call("write-back", { body: { meeting_id } });
  }
}

async function endLeases(stack: Stack): Promise<void> {
  await stack.platform.sql(
    "update private.work set leased_until = clock_timestamp() where kind = 'write' and lease_token is not null",
  );
}

async function isGivenUp(stack: Stack, meeting_id: string, error: RegExp): Promise<void> {
  const row = await rowOf(stack, meeting_id);
  assert.equal(row.writeback_status, "created");
  assert.ok(row.written_version < row.desired_version);
  assert.equal(row.write_due_at, null);
  assert.equal(row.lease_token, null);
  assert.match(row.writeback_error, error);
}

async function isWritten(stack: Stack, meeting_id: string): Promise<void> {
  const row = await rowOf(stack, meeting_id);
  assert.equal(row.writeback_status, "created");
  assert.equal(row.written_version, row.desired_version);
  assert.equal(row.write_due_at, null);
  assert.equal(row.writeback_error, null);
}
