import assert from "node:assert/strict";
import { EVENTS } from "../support/changes.ts";
import { deleteOnGoogle, MONDAY, WEEK } from "../support/meetings.ts";
import { withSetting } from "../support/queue.ts";
import { type Answer, type Organizer, promise, type Stack } from "../support/stack.ts";
import { insertTask, occurrencesOn, startOf } from "../support/tasks.ts";

const TEN_TO_ELEVEN = {
  earliest_date: MONDAY,
  latest_date: MONDAY,
  working_hours_start: 10,
  working_hours_end: 11,
  interval_minutes: 60,
};
const UTC = { timeZone: "UTC" };

promise("times of team tasks", {
  "a found time is held until the event is written, and a little longer": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 1 });
    const failed = await task(ana, [guest], { constraints: TEN_TO_ELEVEN });
    assert.deepEqual([failed.status, failed.body.error], [502, "google_unavailable"]);
    for (const email of [ana.email, guest]) {
      assert.deepEqual(await holdsOf(stack, email), [`${MONDAY}T10:00:00Z active`]);
    }
    const [hold] = await stack.platform.sql<{ minutes: number }>(
      `select ceil(extract(epoch from expires_at - now()) / 60)::int as minutes
         from private.slot_holds where participant_email = $1`,
      [guest],
    );
    assert.ok(hold!.minutes <= 15 && hold!.minutes > 13, JSON.stringify(hold));
    const refused = await meeting(ben, guest);
    assert.deepEqual([refused.status, refused.body.error], [422, "no_common_slot"]);

    const again = await task(ana, [guest], { constraints: TEN_TO_ELEVEN }, failed.task_id);
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal(iso(again.body.start_time), `${MONDAY}T10:00:00Z`, "its own hold does not count");
    assert.deepEqual(await holdsOf(stack, guest), [`${MONDAY}T10:00:00Z written`]);
  },

  "the hold of an event that is never written ends after 15 minutes, for good": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 1 });
    await task(ana, [guest], { constraints: TEN_TO_ELEVEN });
    await stack.platform.sql(
      "update private.slot_holds set expires_at = now() - interval '1 s' where participant_email = $1",
      [guest],
    );
    assert.equal((await meeting(ben, guest)).status, 200);
    await stack.platform.sql("select private.expire_slot_holds()");
    assert.deepEqual(await holdsOf(stack, guest), [`${MONDAY}T10:00:00Z active`], "of the meeting");
  },

  "a refused, deleted or moved event gives its time back at once": async (stack) => {
    const guest = await stack.guest();
    const refusing = await stack.organizer();
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 400, times: 1 });
    const refused = await task(refusing, [guest], { constraints: TEN_TO_ELEVEN });
    assert.equal(refused.status, 422, JSON.stringify(refused.body));
    assert.deepEqual(await holdsOf(stack, guest), []);

    const deleting = await stack.organizer();
    const deleted = await task(deleting, [guest], { constraints: TEN_TO_ELEVEN });
    await deleting.call("task-events", {
      method: "DELETE",
      query: { event_id: deleted.body.event_id },
    });
    assert.deepEqual(await holdsOf(stack, guest), []);

    const moving = await stack.organizer();
    const moved = await task(moving, [guest], { constraints: TEN_TO_ELEVEN });
    await moving.call("task-events", {
      method: "PATCH",
      body: { event_id: moved.body.event_id, start_time: "2035-01-10T10:00:00Z" },
    });
    assert.deepEqual(await holdsOf(stack, guest), []);
    await stack.platform.sql("delete from public.task_calendar_events where user_id = $1", [
      moving.user_id,
    ]);
  },

  "a series holds the occurrences of its event, to its end and not beyond": async (stack) => {
    for (
      const [recurrence_pattern, recurrence_ends, earliest_date, starts] of [
        ["weekly", "2035-01-22", MONDAY, [MONDAY, "2035-01-15", "2035-01-22"]],
        ["weekly", "2035-01-22T09:59:00Z", MONDAY, [MONDAY, "2035-01-15"]],
        ["weekdays", "2035-01-10", MONDAY, [MONDAY, "2035-01-09", "2035-01-10"]],
        ["monthly", "2035-04-01", "2035-01-31", ["2035-01-31", "2035-02-28", "2035-03-31"]],
      ] as const
    ) {
      const label = `${recurrence_pattern} to ${recurrence_ends}`;
      const [ana, guest] = [await stack.organizer(), await stack.guest()];
      const { status, body } = await task(ana, [guest], {
        recurrence_pattern,
        recurrence_ends,
        constraints: { ...TEN_TO_ELEVEN, earliest_date, latest_date: earliest_date },
      });
      assert.equal(status, 200, `${label}: ${JSON.stringify(body)}`);
      const times = starts.map((day) => `${day}T10:00:00Z`);
      assert.deepEqual(await holdsOf(stack, guest), times.map((time) => `${time} written`), label);
      assert.deepEqual((await occurrencesOn(stack, ana.email)).map(startOf), times, label);
      if (recurrence_pattern !== "monthly") {
        assert.equal(body.selected_slot.recurrence.occurrences, times.length, label);
      }
    }
  },

  "a clash after the end of a series does not count, and one before it does": async (stack) => {
    const [ana, guest] = [
      await stack.organizer(),
      await stack.guest({ busy: [["2035-01-22T09:00:00Z", "2035-01-22T17:00:00Z"]] }),
    ];
    const clashes = async (recurrence_ends: string) => {
      const { body } = await task(ana, [guest], {
        recurrence_pattern: "weekly",
        recurrence_ends,
        constraints: TEN_TO_ELEVEN,
      });
      await deleteOnGoogle(stack, ana.email, body.event_id);
      await stack.platform.sql("delete from public.task_calendar_events where user_id = $1", [
        ana.user_id,
      ]);
      return body.selected_slot.recurrence.clashes.length;
    };
    assert.deepEqual([await clashes("2035-01-15"), await clashes("2035-02-15")], [0, 1]);
  },

  "of people at their limit nothing is held, and the event is written": async (
    stack,
  ) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    await withSetting(stack, "holds_per_person", 0.3, async () => {
      const { status, body } = await task(ana, [guest], { constraints: TEN_TO_ELEVEN });
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(await holdsOf(stack, guest), []);
      assert.equal((await holdsOf(stack, ana.email)).length, 1);
    });
  },

  "revoking a permission ends the hold that it allowed": async (stack) => {
    const [ana, ben] = [await stack.organizer(), await stack.organizer({ shares: "busy" })];
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 1 });
    await task(ana, [ben.email], { constraints: TEN_TO_ELEVEN });
    assert.equal((await holdsOf(stack, ben.email)).length, 1);
    await stack.platform.sql("delete from public.availability_sharing where owner_user_id = $1", [
      ben.user_id,
    ]);
    assert.deepEqual(await holdsOf(stack, ben.email), []);
  },

  "guests are spent from the budget only with a time that is held": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    await withSetting(stack, "holds_per_organizer", 0.3, async () => {
      const { status, body } = await task(ana, [guest], { constraints: TEN_TO_ELEVEN });
      assert.deepEqual([status, body.error], [429, "rate_limited"]);
    });
    const [row] = await stack.platform.sql<{ spent: number }>(
      "select spent from private.budget_spending where user_id = $1 and budget = 'guests_invited_per_day'",
      [ana.user_id],
    );
    assert.equal(row?.spent ?? 0, 0);
    assert.deepEqual(await holdsOf(stack, guest), []);
  },
});

promise("concurrent searches for tasks and meetings", {
  "team tasks and meetings of many organizers, some of them series, overlap for no person": async (
    stack,
  ) => {
    const organizers = await Promise.all(Array.from({ length: 6 }, () => stack.organizer()));
    const guests = await Promise.all(Array.from({ length: 3 }, () => stack.guest()));
    const answers = await Promise.all(
      Array.from({ length: 48 }, async (_, call) => {
        const organizer = organizers[call % 6]!;
        const people = [guests[call % 3]!, guests[(call + 1) % 3]!];
        const constraints = { ...WEEK, interval_minutes: 30 };
        const is_series = call % 4 === 0;
        if (call % 2 === 0) {
          return await task(organizer, people, {
            constraints: { ...constraints, duration_minutes: 30 },
            ...(is_series ? { recurrence_pattern: "weekly", recurrence_ends: "2035-01-25" } : {}),
          });
        }
        return await organizer.call("schedule", { body: { participants: people, constraints } });
      }),
    );
    const scheduled = answers.filter(({ status }) => status === 200);
    const tasks = scheduled.filter(({ body }) => body.task_id !== undefined);
    assert.ok(tasks.length > 12 && scheduled.length - tasks.length > 12, `${scheduled.length}`);
    const overlapping = await stack.platform.sql(
      `select from private.slot_holds as a join private.slot_holds as b
         on a.participant_email = b.participant_email and a.held && b.held and a.id < b.id
        and (a.meeting_id, a.task_event_id) is distinct from (b.meeting_id, b.task_event_id)`,
    );
    assert.equal(overlapping.length, 0);
    for (const { body } of tasks) {
      const [row] = await stack.platform.sql<{ times: number; people: number }>(
        `select count(distinct held)::int as times, count(distinct participant_email)::int as people
           from private.slot_holds as h join public.task_calendar_events as e on e.id = h.task_event_id
          where e.calendar_event_id = $1`,
        [body.event_id],
      );
      const times = body.selected_slot.recurrence?.occurrences ?? 1;
      const clashes = body.selected_slot.recurrence?.clashes.length ?? 0;
      assert.equal(row!.people, 3, body.event_id);
      assert.ok(row!.times <= times && row!.times >= times - clashes, JSON.stringify(body));
    }
  },
}, { databases: "only postgres" });

/** Schedules a task, a new one unless it is named. */
async function task(
  organizer: Organizer,
  assignees: string[],
  request: Record<string, unknown>,
  named?: string,
): Promise<Answer & { task_id: string }> {
  const task_id = named ?? await insertTask(organizer, { assignees });
  const answer = await organizer.call("task-events/schedule", {
    body: { task_id, ...UTC, ...request },
  });
  return { ...answer, task_id };
}

function meeting(organizer: Organizer, guest: string): Promise<Answer> {
  return organizer.call("schedule", {
    body: {
      participants: [guest],
      constraints: { ...TEN_TO_ELEVEN, duration_minutes: 60, timezone: "UTC" },
    },
  });
}

async function holdsOf(stack: Stack, email: string): Promise<string[]> {
  const rows = await stack.platform.sql<{ hold: string }>(
    `select to_char(lower(held) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ' ' || state as hold
       from private.slot_holds where participant_email = $1 and state in ('active', 'written') and expires_at > now()
      order by lower(held)`,
    [email],
  );
  return rows.map(({ hold }) => hold);
}

function iso(time: string): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
