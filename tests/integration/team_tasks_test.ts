import assert from "node:assert/strict";
import { answersOf, onlyEvent } from "../support/changes.ts";
import { deleteOnGoogle, eventsOf, mailsBy, MONDAY } from "../support/meetings.ts";
import { type Organizer, promise } from "../support/stack.ts";
import { eventRow, insertTask, START } from "../support/tasks.ts";

const MORNING: [string, string] = [`${MONDAY}T08:00:00Z`, `${MONDAY}T12:00:00Z`];
const EARLY: [string, string] = [`${MONDAY}T07:00:00Z`, `${MONDAY}T09:30:00Z`];
const UTC = { timeZone: "UTC" };
const SECRET = "00000000-0000-4000-8000-000000000000";

promise("tasks of a team", {
  "a task without a start gets the first time that suits all, and its event invites them": async (
    stack,
  ) => {
    const organizer = await stack.organizer({ busy: [EARLY] });
    const guests = [await stack.guest({ busy: [MORNING] }), await stack.guest()];
    const task_id = await insertTask(organizer, {
      assignees: [guests[0], { email: guests[1], name: "Ben" }],
    });
    const { status, body } = await schedule(organizer, { task_id, ...UTC });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(iso(body.start_time), `${MONDAY}T12:00:00.000Z`);
    assert.deepEqual(body.candidates[0], body.selected_slot);
    assert.ok(body.candidates.length > 1);
    const event = (await eventsOf(stack, organizer)).find(({ id }) => id === body.event_id)!;
    assert.deepEqual(Object.keys(answersOf(event)).sort(), guests.toSorted());
    assert.equal(iso(event.end?.dateTime), `${MONDAY}T13:00:00.000Z`);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    const row = await eventRow(stack, organizer, body.event_id);
    assert.equal(row.attendees.length, 2);

    const again = await schedule(organizer, { task_id, ...UTC });
    assert.equal(again.body.already_exists, true);
    assert.equal(iso(again.body.start_time), `${MONDAY}T12:00:00.000Z`);
    assert.equal((await eventsOf(stack, organizer)).length, 2, "and the one that was there before");
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
  },

  "a time that is named is taken, and the assignees are invited to it": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest({ busy: [MORNING] });
    const task_id = await insertTask(organizer);
    const { body } = await schedule(organizer, {
      task_id,
      start_time: START,
      assignees: [guest, organizer.email],
    });
    assert.equal(iso(body.start_time), new Date(START).toISOString());
    assert.deepEqual(Object.keys(answersOf(await onlyEvent(stack, organizer))), [guest]);
  },

  "the request's constraints decide, also for a task without assignees": async (stack) => {
    const organizer = await stack.organizer({ busy: [EARLY] });
    const task_id = await insertTask(organizer);
    const { body } = await schedule(organizer, {
      task_id,
      ...UTC,
      constraints: { working_hours_start: 15, latest_date: "2035-01-09" },
    });
    assert.equal(iso(body.start_time), `${MONDAY}T15:00:00.000Z`);
  },

  "where no time suits all, nothing is written, and the answer says who is in the way": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest({ busy: [[`${MONDAY}T00:00:00Z`, `${MONDAY}T23:00:00Z`]] });
    const task_id = await insertTask(organizer, { assignees: [guest] });
    const { status, body } = await schedule(organizer, {
      task_id,
      ...UTC,
      constraints: { latest_date: MONDAY, earliest_date: MONDAY },
    });
    assert.equal(status, 422);
    assert.equal(body.error, "no_common_slot");
    assert.equal(body.details.blocking[0].email, guest);
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "a recurring task is on a day on which all its occurrences suit all": async (stack) => {
    const organizer = await stack.organizer();
    const next_week: [string, string] = ["2035-01-15T00:00:00Z", "2035-01-15T23:00:00Z"];
    const guest = await stack.guest({ busy: [next_week] });
    const task_id = await insertTask(organizer, {
      assignees: [guest],
      task_type: "recurring",
      recurrence_pattern: "weekly",
    });
    const { body } = await schedule(organizer, { task_id, ...UTC });
    assert.equal(body.selected_slot.recurrence.occurrences, 12);
    const event = await onlyEvent(stack, organizer);
    assert.match(event.recurrence?.[0] ?? "", /FREQ=WEEKLY/);
  },

  "a user is assigned by id only if that user shares, and is otherwise like one who does not exist":
    async (stack) => {
      const organizer = await stack.organizer();
      const sharing = await stack.organizer({ shares: "busy" });
      const silent = await stack.organizer();
      const task_id = await insertTask(organizer, { assignees: [{ user_id: sharing.user_id }] });
      const good = await schedule(organizer, { task_id, start_time: START });
      assert.equal(good.status, 200, JSON.stringify(good.body));
      assert.deepEqual(Object.keys(answersOf(await onlyEvent(stack, organizer))), [sharing.email]);
      const refused = await Promise.all([silent.user_id, SECRET].map(async (user_id) => {
        const other = await insertTask(organizer, { assignees: [{ user_id }] });
        const { status, body } = await schedule(organizer, { task_id: other, start_time: START });
        return { status, body };
      }));
      assert.equal(refused[0]!.status, 422);
      assert.equal(refused[0]!.body.details.path, "assignees[0].user_id");
      assert.deepEqual(refused[0], refused[1]);
    },

  "an event that was deleted on Google is scheduled again, at a new time for all": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const task_id = await insertTask(organizer, { assignees: [guest] });
    const { body } = await schedule(organizer, { task_id, ...UTC });
    await deleteOnGoogle(stack, organizer.email, body.event_id);
    await stack.platform.sql(
      "update public.task_calendar_events set last_synced_at = now() - interval '2 hours' where task_id = $1",
      [task_id],
    );
    const again = await schedule(organizer, { task_id, ...UTC });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal(again.body.already_exists, false);
    assert.deepEqual(Object.keys(answersOf(await onlyEvent(stack, organizer))), [guest]);
  },

  "reschedule proposes times at which all assignees and the user can come": async (stack) => {
    const organizer = await stack.organizer();
    const guests = [
      await stack.guest({ busy: [["2035-01-10T14:00:00Z", "2035-01-10T15:00:00Z"]] }),
      await stack.guest({ busy: [["2035-01-10T15:00:00Z", "2035-01-10T15:30:00Z"]] }),
    ];
    const task_id = await insertTask(organizer, { assignees: guests });
    await schedule(organizer, { task_id, start_time: START, ...UTC });
    await insertTask(organizer).then((other) =>
      schedule(organizer, { task_id: other, start_time: "2035-01-10T15:30:00Z", ...UTC })
    );
    const { body } = await organizer.call("task-events/reschedule", {
      body: { tasks: [{ task_id, start_time: "2035-01-10T14:00:00Z", duration_minutes: 30 }] },
    });
    const [result] = body.results;
    assert.equal(result.status, "updated");
    assert.deepEqual(result.warnings.map(({ code }: { code: string }) => code), ["guest_busy"]);
    assert.equal(iso(result.alternatives[0].start_time), "2035-01-10T16:30:00.000Z");
  },

  "reschedule says why it proposes no times": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest({ busy: [["2035-01-10T14:00:00Z", "2035-01-10T15:00:00Z"]] });
    const task_id = await insertTask(organizer, { assignees: [guest] });
    await schedule(organizer, { task_id, start_time: START, ...UTC });
    await stack.platform.sql(
      "select private.spend($1, 'searches_per_minute', private.budget_left($1, 'searches_per_minute')::integer)",
      [organizer.user_id],
    );
    const { body } = await organizer.call("task-events/reschedule", {
      body: { tasks: [{ task_id, start_time: "2035-01-10T14:00:00Z", duration_minutes: 30 }] },
    });
    const [result] = body.results;
    assert.equal(result.status, "updated");
    assert.deepEqual(
      result.warnings.map(({ code }: { code: string }) => code),
      ["guest_busy", "no_alternatives"],
    );
    assert.match(result.warnings[1].message, /searches_per_minute/);
    assert.equal(result.alternatives?.length ?? 0, 0);
  },

  "invitations of tasks are spent from the budget of guests": async (stack) => {
    const organizer = await stack.organizer();
    await stack.platform.sql(
      "select private.spend($1, 'guests_invited_per_day', private.budget_left($1, 'guests_invited_per_day')::integer)",
      [organizer.user_id],
    );
    const task_id = await insertTask(organizer, { assignees: [await stack.guest()] });
    const { status, body } = await schedule(organizer, { task_id, start_time: START });
    assert.equal(status, 429, JSON.stringify(body));
    assert.equal(body.error, "limit_reached");
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "a task with assignees who are no people is refused by the path": async (stack) => {
    const organizer = await stack.organizer({ connected: false });
    for (
      const [assignees, path] of [
        [{ ana: "ana@north.example" }, "assignees"],
        [["no address"], "assignees[0]"],
        [[{ email: 5 }], "assignees[0].email"],
        [[{ user_id: "me" }], "assignees[0].user_id"],
      ] as const
    ) {
      const { error, status } = await organizer.client.from("tasks")
        .insert({ title: "Team", assignees } as never);
      assert.equal(status, 400, JSON.stringify(assignees));
      assert.ok(error?.message.startsWith(`invalid_request: ${path}: `), error?.message);
    }
  },
});

function schedule(organizer: Organizer, body: Record<string, unknown>) {
  return organizer.call("task-events/schedule", { body });
}

function iso(time: string | null | undefined): string {
  return new Date(time ?? "").toISOString();
}
