import assert from "node:assert/strict";
import {
  AT_NOON,
  cancel,
  change,
  createdMeeting,
  EVENT,
  EVENTS,
  write,
} from "../support/changes.ts";
import { loseWakeUps } from "../support/many_meetings.ts";
import {
  eventsOf,
  insertFailed,
  insertMeeting,
  mailsBy,
  pendingMeeting,
  rowOf,
  SLOT,
} from "../support/meetings.ts";
import { addTarget, notify } from "../support/notifications.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise("cron jobs", {
  "a retry comes when its time has come, not before, and by the jobs alone": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    assert.deepEqual(await wokenAfter(stack, 0), []);
    const wait = await secondsToRetry(stack, meeting_id);
    assert.ok(wait > 0 && wait <= 60, `the next attempt is in ${wait} s`);
    assert.deepEqual(await wokenAfter(stack, wait), ["write-back"]);
    await endsCreated(stack, meeting_id);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    assert.deepEqual(await wokenAfter(stack, 0), []);
  },

  "a retry of a change comes on time too": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, status: 503, times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    assert.deepEqual(await wokenAfter(stack, 0), []);
    const wait = await secondsToRetry(stack, meeting_id);
    assert.deepEqual(await wokenAfter(stack, wait), ["write-back"]);
    await stack.platform.drainNet();
    await until("the change", async () => (await rowOf(stack, meeting_id)).written_version === 2);
  },

  "an organizer whom Google asked to slow down continues after the pause": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: EVENTS,
      status: 429,
      retry_after_seconds: 600,
      times: 1,
    });
    await organizer.call("write-back", { body: { meeting_id } });
    const waiting = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
    assert.deepEqual(await wokenAfter(stack, 300), []);
    assert.deepEqual(await wokenAfter(stack, 301), ["write-back"]);
    await endsCreated(stack, meeting_id);
    await endsCreated(stack, waiting);
  },

  "what a dead worker left is taken up when its lease has ended": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
    assert.deepEqual(await wokenAfter(stack, 60), []);
    assert.deepEqual(await wokenAfter(stack, 61), ["write-back"]);
    await endsCreated(stack, meeting_id);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
  },

  "jobs that run twice do once what is to be done": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await loseWakeUps(stack);
    await stack.platform.runCron();
    await stack.platform.runCron();
    await endsCreated(stack, meeting_id);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
  },

  "a system with nothing to do makes no function call, whatever rests in its tables": async (
    stack,
  ) => {
    await using receiver = startReceiver();
    const done = await createdMeeting(stack);
    await addTarget(done.organizer, receiver, "webhook");
    const cancelled = await createdMeeting(stack);
    await cancel(cancelled.organizer, cancelled.meeting_id);
    await write(cancelled.organizer, cancelled.meeting_id);
    // Given up, and told.
    await change(done.organizer, done.meeting_id, AT_NOON);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, status: 403, times: 1 });
    await done.organizer.call("write-back", { body: { meeting_id: done.meeting_id } });
    await notify(stack);
    // Due, of an organizer whom Google slows down, and of one who has to connect again.
    const [paused, dead] = [await pendingMeeting(stack), await pendingMeeting(stack)];
    await stack.platform.sql(
      "update private.google_connections set paused_until = now() + interval '1 hour' where user_id = $1",
      [paused.organizer.user_id],
    );
    await stack.google.revokeGrant(dead.organizer.email);
    await stack.google.expireAccessTokens(dead.organizer.email);
    await dead.organizer.call("write-back", { body: { meeting_id: dead.meeting_id } });
    await notify(stack);
    await insertMeeting(dead.organizer, { participants: dead.guests, ...SLOT });
    // In a worker's hands, and refused at once.
    const leased = await pendingMeeting(stack);
    await stack.platform.sql("select public.begin_writeback($1)", [leased.meeting_id]);
    await insertFailed(stack, done.organizer);
    await notify(stack);

    assert.deepEqual(await wokenAfter(stack, 0), []);
    assert.deepEqual(await wokenAfter(stack, 60), [], "nor a minute later");
  },
}, { databases: "both" });

/** The columns that make something due. */
const TIMES: readonly [table: string, column: string][] = [
  ["private.work", "due_at"],
  ["private.work", "leased_at"],
  ["private.work", "leased_until"],
  ["private.google_connections", "paused_until"],
];

/**
 * Lets seconds pass, as the database sees it, then runs every job's own command. The functions that
 * were called for it, each named once; whatever rang before is lost.
 */
async function wokenAfter(stack: Stack, seconds: number): Promise<string[]> {
  for (const [table, column] of TIMES) {
    await stack.platform.sql(
      `update ${table} set ${column} = ${column} - make_interval(secs => $1) where ${column} is not null`,
      [seconds],
    );
  }
  // Times that were named are checked once; what would be checked again and again shows below.
  await callFunction(stack.platform, "schedule/conflicts", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 100 },
  });
  await loseWakeUps(stack);
  await stack.platform.runCron();
  const calls = await stack.platform.sql<{ url: string }>("select url from net.http_request_queue");
  return [...new Set(calls.map(({ url }) => url.split("/functions/v1/").at(-1) ?? ""))];
}

async function secondsToRetry(stack: Stack, meeting_id: string): Promise<number> {
  const [row] = await stack.platform.sql<{ seconds: number }>(
    `select extract(epoch from due_at - now())::float8 as seconds
       from private.work where kind = 'write' and subject_id = $1`,
    [meeting_id],
  );
  assert.ok(row);
  return row.seconds;
}

/** Delivers what was rung for; the functions work on in the background. */
async function endsCreated(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.drainNet();
  const row = await until(`${meeting_id} to end`, async () => {
    const now = await rowOf(stack, meeting_id);
    return ["created", "failed"].includes(now.writeback_status) ? now : null;
  });
  assert.equal(row.writeback_status, "created", row.writeback_error);
}
