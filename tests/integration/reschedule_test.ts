import assert from "node:assert/strict";
import { requireContract } from "../support/contract/fetch_function.ts";
import { deleteOnGoogle, mailsBy } from "../support/meetings.ts";
import { promise } from "../support/stack.ts";
import { change, eventRow, insertTask, scheduledTask, startsOn } from "../support/tasks.ts";
import type { Organizer, Stack } from "../support/stack.ts";

const LATER = "2035-01-10T13:00:00Z";

async function plan(organizer: Organizer, task_id: string, columns: Record<string, unknown>) {
  const { error } = await organizer.client.from("tasks").update(columns as never).eq("id", task_id);
  assert.equal(error, null, JSON.stringify(error));
}

async function reschedule(organizer: Organizer, task_ids: string[]) {
  const answer = await organizer.call("task-events/reschedule", { body: { task_ids } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** The answer whose lines come one by one. */
async function streamed(stack: Stack, organizer: Organizer, task_ids: string[]): Promise<Response> {
  const response = await fetch(`${stack.platform.functions_url}/task-events/reschedule`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${organizer.access_token}`,
      "content-type": "application/json",
      accept: "application/x-ndjson",
    },
    body: JSON.stringify({ task_ids }),
  });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/x-ndjson/);
  return response;
}

/** Each line as soon as all of it is there. */
async function* linesOf({ body }: Response): AsyncGenerator<string> {
  assert.ok(body);
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  assert.equal(rest, "", "the last line ends");
}

async function nextLine(lines: AsyncGenerator<string>) {
  const { done, value } = await lines.next();
  assert.equal(done, false, "the answer has ended");
  return JSON.parse(value);
}

/** The statuses of the requests that a fault has hit; null: no answer yet. */
async function statusesOf(stack: Stack, { fault_id }: { fault_id: number }) {
  const requests = await stack.google.requests();
  return requests.filter((request) => request.fault_id === fault_id).map(({ status }) => status);
}

promise("smart rescheduling", {
  "a task without an event gets one": async (stack) => {
    const organizer = await stack.organizer();
    const task_id = await insertTask(organizer, { start_date: LATER });
    const { results: [result] } = await reschedule(organizer, [task_id]);
    assert.deepEqual([result.status, result.code], ["created", "created"]);
    assert.deepEqual(await startsOn(stack, organizer.email), [LATER]);
  },

  "our event without guests moves without mail; with guests all are notified": async (stack) => {
    for (const guests of [0, 2]) {
      const task = await scheduledTask(stack, { guests });
      await plan(task.organizer, task.task_id, { start_date: LATER, duration_minutes: 30 });
      const { results: [result] } = await reschedule(task.organizer, [task.task_id]);
      assert.deepEqual([result.status, result.code], ["updated", "rescheduled"]);
      assert.equal(result.sendUpdates, guests === 0 ? "none" : "all");
      const row = await eventRow(stack, task.organizer, task.event_id);
      assert.equal(Date.parse(row.event_start), Date.parse(LATER));
      assert.equal(Date.parse(row.event_end) - Date.parse(row.event_start), 30 * 60_000);
      assert.deepEqual(
        await mailsBy(stack, task.guests),
        task.guests.map(() => ["invitation", "update"]),
      );
    }
  },

  "a room and ourselves are no guests": async (stack) => {
    const { organizer, task_id, event_id } = await scheduledTask(stack);
    const room = await stack.guest();
    await change(organizer, {
      event_id,
      attendees: [{ email: organizer.email }, { email: room, resource: true }],
    });
    await plan(organizer, task_id, { start_date: LATER });
    const { results: [result] } = await reschedule(organizer, [task_id]);
    assert.equal(result.sendUpdates, "none");
  },

  "an event that is not ours is skipped; one of unknown owner is looked up once, then moved":
    async (
      stack,
    ) => {
      const { organizer, task_id, event_id } = await scheduledTask(stack);
      await plan(organizer, task_id, { start_date: LATER });
      const says = async (organizer_self: boolean | null) => {
        await stack.platform.sql(
          "update public.task_calendar_events set organizer_self = $1, organizer_email = null where calendar_event_id = $2",
          [organizer_self, event_id],
        );
        return (await reschedule(organizer, [task_id])).results[0];
      };
      const theirs = await says(false);
      assert.deepEqual([theirs.status, theirs.code], ["skipped", "not_organizer"]);
      const unknown = await says(null);
      assert.deepEqual([unknown.status, unknown.code], ["updated", "rescheduled"]);
      const row = await eventRow(stack, organizer, event_id);
      assert.equal(row.organizer_self, true);
      assert.equal(row.organizer_email, organizer.email);
    },

  "an event of unknown owner that belongs to another account is left unchanged": async (stack) => {
    const { organizer, task_id, event_id } = await scheduledTask(stack);
    const foreign = await stack.organizer();
    const { body } = await foreign.call("task-events", {
      body: { task_id: await insertTask(foreign) },
    });
    await change(foreign, { event_id: body.event_id, attendees: [{ email: organizer.email }] });
    await plan(organizer, task_id, { start_date: LATER });
    await stack.platform.sql(
      `update public.task_calendar_events
          set organizer_self = null, calendar_event_id = $1 where calendar_event_id = $2`,
      [body.event_id, event_id],
    );
    const before = await stack.google.events({ event_id: body.event_id });
    const { results: [result] } = await reschedule(organizer, [task_id]);
    assert.deepEqual([result.status, result.code], ["skipped", "not_organizer"]);
    assert.deepEqual(await stack.google.events({ event_id: body.event_id }), before);
  },

  "a series with other guests is skipped, also when only Google knows of them": async (stack) => {
    const series = { task_type: "recurring", recurrence_pattern: "daily" };
    const { organizer, task_id, event_id } = await scheduledTask(stack, {
      columns: series,
      guests: 1,
    });
    await plan(organizer, task_id, { start_date: LATER });
    const known = await reschedule(organizer, [task_id]);
    assert.deepEqual([known.results[0].status, known.results[0].code], [
      "skipped",
      "recurring_with_guests",
    ]);
    await stack.platform.sql(
      "update public.task_calendar_events set attendees = '[]' where calendar_event_id = $1",
      [event_id],
    );
    const unknown = await reschedule(organizer, [task_id]);
    assert.equal(unknown.results[0].code, "recurring_with_guests");
    const alone = await scheduledTask(stack, { columns: series });
    await plan(alone.organizer, alone.task_id, { start_date: LATER });
    const { results: [result] } = await reschedule(alone.organizer, [alone.task_id]);
    assert.deepEqual([result.status, result.sendUpdates], ["updated", "none"]);
    assert.equal((await startsOn(stack, alone.organizer.email))[0], LATER);
  },

  "a guest who is busy at the new time is a warning, with times at which all are free": async (
    stack,
  ) => {
    const { organizer, task_id, event_id } = await scheduledTask(stack);
    const busy = await stack.guest({ busy: [[LATER, "2035-01-10T14:30:00Z"]] });
    const hidden = await stack.guest({ freebusy: "private" });
    await change(organizer, { event_id, attendees: [{ email: busy }, { email: hidden }] });
    await plan(organizer, task_id, { start_date: LATER });
    const { results: [result] } = await reschedule(organizer, [task_id]);
    assert.equal(result.status, "updated");
    assert.deepEqual(
      result.warnings.map((warning: { code: string; emails: string[] }) => [
        warning.code,
        warning.emails,
      ]),
      [["guest_busy", [busy]], ["guest_unknown", [hidden]]],
    );
    assert.equal(result.alternatives.length, 3);
    assert.equal(
      new Date(result.alternatives[0].start_time).toISOString(),
      "2035-01-10T14:30:00.000Z",
    );
  },

  "the user's own other event at the new time is a warning too; without guests only if it is asked for":
    async (stack) => {
      const { organizer, task_id, event_id } = await scheduledTask(stack, { guests: 1 });
      await stack.google.addEvents(organizer.email, [{
        summary: "Board",
        start: { dateTime: LATER },
        end: { dateTime: "2035-01-10T14:30:00Z" },
      }]);
      await plan(organizer, task_id, { start_date: LATER });
      const { results: [result] } = await reschedule(organizer, [task_id]);
      assert.equal(result.status, "updated");
      assert.deepEqual(
        result.warnings.map((warning: { code: string; emails: string[] }) => [
          warning.code,
          warning.emails,
        ]),
        [["user_busy", [organizer.email]]],
      );
      assert.equal(result.alternatives.length, 3);
      await change(organizer, { event_id, attendees: [] });
      await plan(organizer, task_id, { start_date: "2035-01-10T14:15:00Z" });
      const warned = await organizer.call("task-events/reschedule", {
        body: { task_ids: [task_id], on_conflict: "warn" },
      });
      assert.equal(warned.body.results[0].warnings?.[0]?.code, "user_busy");
      await plan(organizer, task_id, { start_date: LATER });
      const { results: [alone] } = await reschedule(organizer, [task_id]);
      assert.deepEqual([alone.status, alone.warnings], ["updated", undefined]);
    },

  "moving by half an hour does not clash with the event itself": async (stack) => {
    const { organizer, task_id } = await scheduledTask(stack, { guests: 1 });
    await plan(organizer, task_id, { start_date: "2035-01-08T09:30:00Z" });
    const { results: [result] } = await reschedule(organizer, [task_id]);
    assert.equal(result.status, "updated");
    assert.equal(result.warnings, undefined);
  },

  "a task that Google keeps waiting holds up no other task's line": async (stack) => {
    const { organizer, task_id: slow, event_id } = await scheduledTask(stack);
    await plan(organizer, slow, { start_date: LATER });
    const quick = [];
    for (let count = 0; count < 5; count++) quick.push(await insertTask(organizer));
    const hold = await stack.google.fault({ path_pattern: `/events/${event_id}$`, hold: true });
    const lines = linesOf(await streamed(stack, organizer, [slow, ...quick]));

    const early = [];
    for (const _task of quick) early.push(await nextLine(lines));
    assert.deepEqual(early.map(({ result }) => result.task_id).toSorted(), quick.toSorted());
    assert.deepEqual(
      early.map(({ done, total }) => [done, total]),
      [1, 2, 3, 4, 5].map((n) => [n, 6]),
    );
    assert.deepEqual(await statusesOf(stack, hold), [null], "the slow task is still held");

    // Lines that had waited for it would have come after the 20 s in which it is given up.
    await stack.google.clearFaults(hold.fault_id);
    const { done, result } = await nextLine(lines);
    assert.deepEqual([done, result.task_id, result.code], [6, slow, "rescheduled"]);
    const summary = await nextLine(lines);
    assert.deepEqual([summary.type, summary.created, summary.updated], ["summary", 5, 1]);
    assert.equal((await lines.next()).done, true);
  },

  "one bad task never stops the rest, and each answer comes as a line": async (stack) => {
    const { organizer, task_id } = await scheduledTask(stack);
    const gone = await insertTask(organizer, { start_date: LATER });
    const { body } = await organizer.call("task-events", { body: { task_id: gone } });
    await deleteOnGoogle(stack, organizer.email, body.event_id);
    const undated = await insertTask(organizer, { start_date: null });
    const fresh = await insertTask(organizer);
    const foreign = await insertTask(await stack.organizer());
    await plan(organizer, task_id, { start_date: LATER });
    const response = await streamed(stack, organizer, [gone, foreign, undated, fresh, task_id]);
    const text = await response.text();
    await requireContract(
      { method: "POST", url: new URL(response.url), body: null },
      { status: response.status, headers: response.headers, text },
    );
    const lines = text.trim().split("\n").map((line) => JSON.parse(line));
    const summary = lines.pop();
    assert.deepEqual(summary, {
      type: "summary",
      success: false,
      total: 5,
      created: 1,
      updated: 1,
      skipped: 0,
      failed: 3,
    });
    assert.deepEqual(lines.map(({ type, done, total }) => [type, done, total]), [
      ["progress", 1, 5],
      ["progress", 2, 5],
      ["progress", 3, 5],
      ["progress", 4, 5],
      ["progress", 5, 5],
    ]);
    const codes = new Map(lines.map(({ result }) => [result.task_id, result.code]));
    assert.deepEqual(
      [gone, foreign, undated, fresh, task_id].map((id) => codes.get(id)),
      ["event_not_found", "task_not_found", "invalid_request", "created", "rescheduled"],
    );
  },
});
