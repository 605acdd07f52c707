import assert from "node:assert/strict";
import { EVENT, EVENTS } from "../support/changes.ts";
import { eventsOf } from "../support/meetings.ts";
import { withSetting } from "../support/queue.ts";
import { callFunction, promise } from "../support/stack.ts";
import type { Answer, Organizer, Stack } from "../support/stack.ts";
import { change, eventRows, insertTask, makeEventsDue, scheduledTask } from "../support/tasks.ts";
import { until } from "../support/until.ts";

/** Longer than a call needs to find the lease, on a busy machine too. */
const SLOW_MS = 800;

promise("a call for a task that meets its own wake-up", {
  "gets the event; the first of several callers gets it as created, a later one as existing":
    async (stack) => {
      const { organizer, task_id } = await deferredTask(stack);
      await stack.google.fault({ method: "POST", path_pattern: EVENTS, delay_ms: SLOW_MS });
      await wake(stack, organizer);
      const answers = await Promise.all(callers(organizer, task_id, 5));
      const [event, ...more] = await eventsOf(stack, organizer);
      assert.deepEqual(more, []);
      for (const { status, body } of answers) {
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal(body.event_id, event?.id);
      }
      assert.equal(answers.filter(({ body }) => body.already_exists === false).length, 1);
      const later = await organizer.call("task-events/schedule", { body: { task_id } });
      assert.equal(later.body.already_exists, true);
    },

  "gets the failure of its attempt, and makes none of its own": async (stack) => {
    const { organizer, task_id } = await deferredTask(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: EVENTS,
      delay_ms: SLOW_MS,
      status: 503,
      times: 1,
    });
    await wake(stack, organizer);
    for (const answer of await Promise.all(callers(organizer, task_id, 3))) {
      assert.deepEqual([answer.status, answer.body.error], [502, "google_unavailable"]);
      assert.ok(Number(answer.headers.get("retry-after")) >= 1);
    }
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "gets 202 and the time to come back if the other worker takes longer than lease_wait_seconds":
    async (stack) => {
      const organizer = await stack.organizer();
      const task_id = await insertTask(organizer);
      await stack.platform.sql("select public.begin_task_event($1, null, '{}')", [task_id]);
      const [leased] = await eventRows(stack, organizer);
      const changed = await scheduledTask(stack);
      await stack.platform.sql("select public.begin_event_change($1, 'primary', $2)", [
        changed.organizer.user_id,
        changed.event_id,
      ]);
      const { event_id } = changed;
      await withSetting(stack, "lease_wait_seconds", 0.3, async () => {
        for (
          const answer of [
            await organizer.call("task-events/schedule", { body: { task_id } }),
            await change(changed.organizer, { event_id, summary: "Another" }),
            await changed.organizer.call("task-events", { method: "DELETE", query: { event_id } }),
          ]
        ) {
          const { status, success, retry_after_seconds } = answer.body;
          assert.deepEqual([answer.status, status, success], [202, "pending", false]);
          assert.equal(answer.headers.get("retry-after"), String(retry_after_seconds));
          assert.ok(retry_after_seconds >= 1 && retry_after_seconds <= 2);
        }
      });
      assert.deepEqual((await eventRows(stack, organizer))[0], leased);
    },

  "takes over if the other worker has died": async (stack) => {
    const organizer = await stack.organizer();
    const task_id = await insertTask(organizer);
    await stack.platform.sql("select public.begin_task_event($1, null, '{}')", [task_id]);
    const calls = callers(organizer, task_id, 4);
    await until("callers who wait", () => Promise.resolve(true));
    await makeEventsDue(stack, organizer);
    const answers = await Promise.all(calls);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(answers.filter(({ body }) => body.already_exists === false).length, 1);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
  },

  "a change waits for the change before it, and is made after it": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, delay_ms: SLOW_MS, times: 1 });
    const [first, second] = await Promise.all([
      change(organizer, { event_id, summary: "One" }),
      change(organizer, { event_id, location: "Room 4" }),
    ]);
    assert.deepEqual([first.status, second.status], [200, 200]);
    const [event] = await eventsOf(stack, organizer);
    assert.deepEqual([event?.summary, event?.location], ["One", "Room 4"]);
  },
});

/** A task whose event Google refused for now, so that the queue writes it later. */
async function deferredTask(stack: Stack) {
  const organizer = await stack.organizer();
  const task_id = await insertTask(organizer);
  await stack.google.fault({
    method: "POST",
    path_pattern: EVENTS,
    status: 403,
    reason: "rateLimitExceeded",
    times: 1,
  });
  const answer = await organizer.call("task-events/schedule", { body: { task_id } });
  assert.equal(answer.status, 429, JSON.stringify(answer.body));
  await makeEventsDue(stack, organizer);
  await stack.platform.sql(
    "update private.google_connections set paused_until = null, writes_paused_until = null where user_id = $1",
    [organizer.user_id],
  );
  return { organizer, task_id };
}

/** Calls the function as the queue does, and returns when the lease is there. */
async function wake(stack: Stack, organizer: Organizer): Promise<void> {
  const accepted = await callFunction(stack.platform, "task-events", {
    apikey: stack.platform.automations_key,
    body: { batch: true, background: true },
  });
  assert.equal(accepted.status, 202, JSON.stringify(accepted.body));
  await until("the lease", async () => (await eventRows(stack, organizer))[0]?.lease_token);
}

function callers(organizer: Organizer, task_id: string, count: number): Promise<Answer>[] {
  return Array.from(
    { length: count },
    () => organizer.call("task-events/schedule", { body: { task_id } }),
  );
}
