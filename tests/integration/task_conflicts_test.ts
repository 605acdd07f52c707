import assert from "node:assert/strict";
import { googleCalls } from "../support/conflicts.ts";
import { mailsBy } from "../support/meetings.ts";
import { type Organizer, promise } from "../support/stack.ts";
import { change, insertTask, scheduledTask, START } from "../support/tasks.ts";
import { inUtc } from "../support/shown_times.ts";

const NOON = { start_time: "2035-01-08T12:00:00Z", end_time: "2035-01-08T12:30:00Z" };
const at = (start: string, end: string) => ({
  summary: "Board",
  start: { dateTime: `2035-01-08T${start}:00Z` },
  end: { dateTime: `2035-01-08T${end}:00Z` },
});

promise("conflicts of task events", {
  "a task that is scheduled at a named time says who is busy then, with other times, and is written all the same":
    async (stack) => {
      const organizer = await stack.organizer();
      const [busy, free] = [await stack.guest(), await stack.guest()];
      await stack.google.addEvents(busy, [at("09:15", "10:00")]);
      await stack.google.addEvents(organizer.email, [at("08:30", "09:05")]);
      const task_id = await insertTask(organizer);
      let body: Record<string, unknown> & { alternatives?: { start_time: string }[] } = {};
      const calls = await googleCalls(stack, async () => {
        ({ body } = await schedule(organizer, {
          task_id,
          start_time: START,
          assignees: [busy, free],
        }));
      });
      // The second free/busy request, of a week, finds other times: only where there is a conflict.
      assert.deepEqual(calls, ["POST freeBusy", "POST freeBusy", "POST calendar/events"]);
      assert.deepEqual(
        inUtc(body["conflicts"]),
        [
          conflict(organizer.email, "08:30", "09:05"),
          conflict(busy, "09:15", "10:00"),
        ].map((one) => ({ ...one, busy: one.busy.map(clipped) })),
      );
      assert.equal(body.alternatives?.length, 3);
      assert.equal(body["already_exists"], false);
      assert.deepEqual(await mailsBy(stack, [busy]), [["invitation"]]);
    },

  "without a conflict it costs one request, with ignore, without guests or without a named time none; a second call reads nothing":
    async (stack) => {
      const organizer = await stack.organizer();
      const guest = await stack.guest();
      const calls = (body: Record<string, unknown>) =>
        googleCalls(stack, async () => {
          await schedule(organizer, { task_id: await insertTask(organizer), ...body });
        });
      const named = { start_time: START, assignees: [guest] };
      assert.deepEqual(await calls(named), ["POST freeBusy", "POST calendar/events"]);
      const ignored = ["POST calendar/events"];
      assert.deepEqual(
        await calls({ ...named, start_time: NOON.start_time, on_conflict: "ignore" }),
        ignored,
      );
      assert.deepEqual(await calls({ start_time: START }), ignored);
      assert.deepEqual(await calls({ timeZone: "UTC" }), ignored);
      assert.deepEqual(
        await calls({ start_time: "2035-01-08T15:00:00Z", on_conflict: "warn" }),
        ["POST freeBusy", "POST calendar/events"],
      );
      const task_id = await insertTask(organizer);
      await schedule(organizer, { task_id, ...named, start_time: "2035-01-08T16:00:00Z" });
      const again = await googleCalls(stack, () => schedule(organizer, { task_id, ...named }));
      assert.deepEqual(again.filter((call) => call === "POST freeBusy"), []);
    },

  "a change of the time names conflicts, and the event itself is none": async (stack) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 1 });
    await stack.google.addEvents(guests[0]!, [at("12:00", "12:30")]);
    let body: Record<string, unknown> & { alternatives?: unknown[] } = {};
    const calls = await googleCalls(stack, async () => {
      ({ body } = await change(organizer, { event_id, ...NOON }));
    });
    assert.deepEqual(calls.filter((call) => call === "POST freeBusy").length, 2);
    assert.deepEqual(inUtc(body["conflicts"]), [conflict(guests[0]!, "12:00", "12:30")]);
    assert.equal(body.alternatives?.length, 3);
    assert.equal(Date.parse(String(body["start_time"])), Date.parse(NOON.start_time));
    const near = await change(organizer, {
      event_id,
      start_time: "2035-01-08T12:35:00Z",
      end_time: "2035-01-08T13:05:00Z",
    });
    assert.deepEqual(near.body.conflicts, []);
    const nearer = await change(organizer, {
      event_id,
      start_time: "2035-01-08T12:40:00Z",
      end_time: "2035-01-08T13:10:00Z",
    });
    assert.deepEqual(nearer.body.conflicts, []);
  },

  "a series is judged at its occurrences, by one request; its own are no conflict": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    await stack.google.addEvents(guest, [on(15, "09:00", "09:30"), on(22, "12:00", "12:30")]);
    const task_id = await insertTask(organizer);
    let body: Record<string, unknown> = {};
    const calls = await googleCalls(stack, async () => {
      ({ body } = await schedule(organizer, {
        task_id,
        start_time: START,
        recurrence_pattern: "weekly",
        recurrence_ends: "2035-02-05",
        assignees: [guest],
      }));
    });
    assert.deepEqual(inUtc(body["conflicts"]), [conflictOn(15, guest, "09:00", "09:30")]);
    // One of four weeks for the check, one for other times.
    assert.equal(calls.filter((call) => call === "POST freeBusy").length, 2);
    const { event_id } = body as { event_id: string };
    const near = await change(organizer, {
      event_id,
      update_scope: "all",
      start_time: "2035-01-08T08:45:00Z",
      end_time: "2035-01-08T08:55:00Z",
    });
    assert.deepEqual(near.body.conflicts, [], "before the other event of the second week");
    const noon = await change(organizer, { event_id, update_scope: "all", ...NOON });
    assert.deepEqual(inUtc(noon.body.conflicts), [conflictOn(22, guest, "12:00", "12:30")]);
    const rest = await change(organizer, {
      event_id,
      update_scope: "future",
      instance_date: "2035-01-15",
      start_time: "2035-01-15T08:50:00Z",
      end_time: "2035-01-15T09:10:00Z",
      confirm: true,
    });
    assert.equal(rest.status, 200, JSON.stringify(rest.body));
    assert.deepEqual(inUtc(rest.body.conflicts), [conflictOn(15, guest, "09:00", "09:30")]);
    const single = await change(organizer, {
      event_id: rest.body.following.event_id,
      update_scope: "single",
      instance_date: "2035-01-22",
      start_time: "2035-01-22T12:10:00Z",
      end_time: "2035-01-22T12:20:00Z",
    });
    // Google answers for the time that was asked for.
    assert.deepEqual(inUtc(single.body.conflicts), [conflictOn(22, guest, "12:10", "12:20")]);
  },

  "with ignore, of a preview, and of other changes no calendar is read": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack, { guests: 1 });
    const calls = await googleCalls(stack, async () => {
      await change(organizer, { event_id, ...NOON, preview: true });
      await change(organizer, { event_id, summary: "Budget" });
      const { body } = await change(organizer, { event_id, ...NOON, on_conflict: "ignore" });
      assert.equal("conflicts" in body, false);
    });
    assert.deepEqual(calls.filter((call) => call === "POST freeBusy"), []);
  },

  "a check that fails hinders neither, and the response says so; an unreadable calendar is named":
    async (
      stack,
    ) => {
      const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 1 });
      await stack.google.fault({ path_pattern: "^/calendar/v3/freeBusy$", status: 503, times: 9 });
      const { status, body } = await change(organizer, { event_id, ...NOON });
      await stack.google.clearFaults();
      assert.deepEqual([status, body.conflicts, body.conflict_check.error], [
        200,
        null,
        "google_unavailable",
      ]);
      const hidden = await stack.guest({ freebusy: "private" });
      const { body: scheduled } = await schedule(organizer, {
        task_id: await insertTask(organizer),
        start_time: START,
        assignees: [hidden, guests[0]],
      });
      assert.deepEqual([scheduled.conflicts, scheduled.unchecked], [[], [hidden]]);
    },

  "reschedule with ignore reads no calendar of a guest": async (stack) => {
    const { organizer, guests, task_id } = await scheduledTask(stack, { guests: 1 });
    await stack.google.addEvents(guests[0]!, [at("12:00", "12:30")]);
    const calls = await googleCalls(stack, async () => {
      const { body } = await organizer.call("task-events/reschedule", {
        body: { tasks: [{ task_id, start_time: NOON.start_time }], on_conflict: "ignore" },
      });
      assert.deepEqual([body.updated, body.results[0].warnings], [1, undefined]);
    });
    assert.deepEqual(calls.filter((call) => call === "POST freeBusy"), []);
  },

  "on_conflict reschedule is refused with what to do instead": async (stack) => {
    const organizer = await stack.organizer();
    const task_id = await insertTask(organizer);
    const answer = await organizer.call("task-events/schedule", {
      body: { task_id, start_time: START, on_conflict: "reschedule" },
    });
    assert.deepEqual([answer.status, answer.body.error], [422, "invalid_request"]);
    assert.match(answer.body.message, /on_conflict: .*Leave start_time out/);
  },
});

async function schedule(organizer: Organizer, body: Record<string, unknown>) {
  const answer = await organizer.call("task-events/schedule", { body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

const instant = (time: string) => `2035-01-08T${time}:00Z`;

function conflict(email: string, start: string, end: string) {
  return {
    email,
    type: "required",
    is_certain: true,
    busy: [{ start_time: instant(start), end_time: instant(end) }],
  };
}

function on(day: number, start: string, end: string) {
  return {
    summary: "Board",
    start: { dateTime: `2035-01-${day}T${start}:00Z` },
    end: { dateTime: `2035-01-${day}T${end}:00Z` },
  };
}

function conflictOn(day: number, email: string, start: string, end: string) {
  const { start: { dateTime: start_time }, end: { dateTime: end_time } } = on(day, start, end);
  return { email, type: "required", is_certain: true, busy: [{ start_time, end_time }] };
}

/** Google answers for the time that was asked for, 09:00 to 09:30. */
function clipped({ start_time, end_time }: { start_time: string; end_time: string }) {
  return {
    start_time: start_time < instant("09:00") ? instant("09:00") : start_time,
    end_time: end_time > instant("10:00") ? instant("10:00") : end_time,
  };
}
