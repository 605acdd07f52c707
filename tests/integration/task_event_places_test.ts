import assert from "node:assert/strict";
import { mailsBy } from "../support/meetings.ts";
import { promise } from "../support/stack.ts";
import type { Organizer, Stack } from "../support/stack.ts";
import {
  change,
  eventRow,
  eventRows,
  googleOf,
  insertTask,
  makeEventsDue,
  scheduledTask,
  sweep,
} from "../support/tasks.ts";

const EVENT = "^/calendar/v3/calendars/[^/]+/events/[^/]+$";

interface Scene {
  organizer: Organizer;
  guests: string[];
  task_id: string;
  event_id: string;
  /** Where the event is now. */
  home: string;
}

/** A task's event with one guest that left its calendar, or whose calendar is out of reach. */
type Arrange = (stack: Stack) => Promise<Scene>;

async function invited(stack: Stack, with_organizer: boolean) {
  const scene = await scheduledTask(stack, { guests: 1 });
  if (with_organizer) {
    const { organizer, guests, event_id } = scene;
    const attendees = [...guests, organizer.email].map((email) => ({ email }));
    const changed = await change(organizer, { event_id, attendees });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
  }
  return scene;
}

async function move({ organizer, event_id }: Omit<Scene, "home">, stack: Stack, to: string) {
  const google = await googleOf(stack, organizer.email);
  await google.events.move({
    calendarId: "primary",
    eventId: event_id,
    destination: to,
    sendUpdates: "none",
  });
}

/** The organizer's own second calendar. */
async function secondCalendar(stack: Stack, { email }: Organizer): Promise<string> {
  const google = await googleOf(stack, email);
  const { data } = await google.calendars.insert({ requestBody: { summary: "Second" } });
  return data.id ?? "";
}

const moved = (with_organizer: boolean): Arrange => async (stack) => {
  const scene = await invited(stack, with_organizer);
  const home = await secondCalendar(stack, scene.organizer);
  await move(scene, stack, home);
  return { ...scene, home };
};

const handedOver = (with_organizer: boolean): Arrange => async (stack) => {
  const scene = await invited(stack, with_organizer);
  const home = await stack.guest();
  const share = { calendar_id: home, email: scene.organizer.email };
  await stack.google.shareCalendar({ ...share, access_role: "writer" });
  await move(scene, stack, home);
  await stack.google.shareCalendar({ ...share, access_role: "reader" });
  return { ...scene, home };
};

const takenAway: Arrange = async (stack) => {
  const organizer = await stack.organizer({ timezone: "Europe/Paris" });
  const [home, guest] = [await stack.guest(), await stack.guest()];
  const share = { calendar_id: home, email: organizer.email };
  await stack.google.shareCalendar({ ...share, access_role: "writer" });
  const task_id = await insertTask(organizer);
  const scheduled = await organizer.call("task-events", { body: { task_id, calendar_id: home } });
  assert.equal(scheduled.status, 200, JSON.stringify(scheduled.body));
  const event_id = scheduled.body.event_id;
  const changed = await change(organizer, {
    event_id,
    calendar_id: home,
    attendees: [{ email: guest }],
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  await stack.google.shareCalendar({ ...share, access_role: "none" });
  return { organizer, guests: [guest], task_id, event_id, home };
};

const FOLLOWED: [string, Arrange][] = [
  ["moved to a second calendar, the organizer being a guest", moved(true)],
  ["moved to a second calendar, the organizer being no guest", moved(false)],
];

const REFUSED: [string, Arrange, number, string][] = [
  ["handed over, the organizer being a guest", handedOver(true), 409, "not_organizer"],
  ["handed over, the organizer being no guest", handedOver(false), 409, "not_organizer"],
  ["on a calendar that was taken away", takenAway, 422, "calendar_unreadable"],
];

/** The event on the calendar where it is now. */
async function at(stack: Stack, { home, event_id }: Scene) {
  const [event] = await stack.google.events({ calendar_id: home, event_id });
  assert.ok(event);
  return event;
}

/** Live copies on calendars that organize them: how many events there are. */
async function alive(stack: Stack, { organizer, home }: Scene): Promise<number> {
  const copies = await Promise.all(
    [organizer.email, home].map((calendar_id) =>
      stack.google.events({ calendar_id, status: "live" })
    ),
  );
  return copies.flat().filter((event) => event.organizer?.email === event.calendar_id).length;
}

/** The methods of what was sent to Google's calendars since then. */
async function sent(stack: Stack, { email }: Organizer, since_id: number): Promise<string[]> {
  const requests = await stack.google.requests({ user: email, since_id });
  return requests.filter(({ path }) => path.includes("/events")).map(({ method }) => method);
}

async function lastRequest(stack: Stack): Promise<number> {
  return (await stack.google.requests()).at(-1)?.id ?? 0;
}

promise("task events that left their calendar", {
  "a change follows a moved event with two more reads, and the row follows it": async (stack) => {
    for (const [what, arrange] of FOLLOWED) {
      const scene = await arrange(stack);
      const { organizer, guests, event_id, home } = scene;
      const before = await lastRequest(stack);
      const changed = await change(organizer, { event_id, summary: "Renamed" });
      assert.equal(changed.status, 200, `${what}: ${JSON.stringify(changed.body)}`);
      assert.deepEqual(await sent(stack, organizer, before), ["GET", "GET", "GET", "PATCH"], what);
      assert.equal((await at(stack, scene)).summary, "Renamed");
      assert.deepEqual((await mailsBy(stack, guests))[0]?.at(-1), "update");
      const [row, ...others] = await eventRows(stack, organizer);
      assert.deepEqual([row?.calendar_id, row?.event_title, others], [home, "Renamed", []]);

      // Without a calendar the row says where it is.
      const again = await lastRequest(stack);
      await change(organizer, { event_id, summary: "Again" });
      assert.deepEqual(await sent(stack, organizer, again), ["GET", "PATCH"], what);
    }
  },

  "a deletion follows a moved event, and the guests are told": async (stack) => {
    for (const [what, arrange] of FOLLOWED) {
      const scene = await arrange(stack);
      const { organizer, guests, event_id, home } = scene;
      const answer = await organizer.call("task-events", { method: "DELETE", query: { event_id } });
      assert.deepEqual([answer.status, answer.body.already_deleted], [200, false], what);
      assert.equal(await alive(stack, scene), 0, what);
      assert.deepEqual((await mailsBy(stack, guests))[0]?.at(-1), "cancellation");
      const [row, ...others] = await eventRows(stack, organizer);
      assert.deepEqual([row?.calendar_id, row?.sync_status, others], [home, "cancelled", []]);
    }
  },

  "what cannot be followed is left alone and the reason is named": async (stack) => {
    for (const [what, arrange, status, error] of REFUSED) {
      const scene = await arrange(stack);
      const { organizer, guests, event_id, home } = scene;
      const [event, mails] = [await at(stack, scene), await mailsBy(stack, guests)];
      for (
        const answer of [
          await change(organizer, { event_id, summary: "Renamed" }),
          await organizer.call("task-events", { method: "DELETE", query: { event_id } }),
        ]
      ) {
        assert.deepEqual([answer.status, answer.body.error], [status, error], what);
        assert.ok(answer.body.message.includes(home), answer.body.message);
      }
      assert.deepEqual(await at(stack, scene), event, what);
      assert.deepEqual(await mailsBy(stack, guests), mails, what);
      assert.equal((await eventRow(stack, organizer, event_id)).deleted_at, null, what);
    }
  },

  "scheduling or rescheduling the task never makes a second event": async (stack) => {
    const expected: [string, Arrange, string, string][] = [
      ...FOLLOWED.map(([what, arrange]): [string, Arrange, string, string] => [
        what,
        arrange,
        "updated",
        "rescheduled",
      ]),
      [REFUSED[0]![0], REFUSED[0]![1], "skipped", "not_organizer"],
      [REFUSED[1]![0], REFUSED[1]![1], "skipped", "not_organizer"],
      [REFUSED[2]![0], REFUSED[2]![1], "failed", "calendar_unreadable"],
    ];
    for (const [what, arrange, status, code] of expected) {
      const scene = await arrange(stack);
      const { organizer, task_id, event_id } = scene;
      // Longer ago than Google may take to show a new event.
      await stack.platform.sql(
        `update public.task_calendar_events set last_synced_at = now() - interval '2 hours'
          where user_id = $1`,
        [organizer.user_id],
      );
      const scheduled = await organizer.call("task-events", { body: { task_id } });
      assert.equal(scheduled.status, 200, `${what}: ${JSON.stringify(scheduled.body)}`);
      assert.deepEqual(
        [scheduled.body.already_exists, scheduled.body.event_id],
        [true, event_id],
        what,
      );
      const { body } = await organizer.call("task-events/reschedule", {
        body: { tasks: [{ task_id, start_time: "2035-01-10T13:00:00Z" }] },
      });
      const [result] = body.results;
      assert.deepEqual([result.status, result.code], [status, code], what);
      assert.equal(await alive(stack, scene), 1, what);
    }
  },

  "a change whose response was lost is known by its mark where the event was moved to": async (
    stack,
  ) => {
    const scene = await scheduledTask(stack, { guests: 1 });
    const { organizer, guests, event_id } = scene;
    const home = await secondCalendar(stack, organizer);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: "after", times: 1 });
    const lost = await change(organizer, { event_id, summary: "Renamed" });
    assert.equal(lost.status, 502, JSON.stringify(lost.body));
    await move(scene, stack, home);
    await makeEventsDue(stack, organizer);
    const swept = await sweep(stack);
    assert.deepEqual([swept.total_processed, swept.failed], [1, 0], JSON.stringify(swept));
    assert.deepEqual(await mailsBy(stack, guests), [["invitation", "update"]]);
    const row = await eventRow(stack, organizer, event_id);
    assert.deepEqual(
      [row.calendar_id, row.event_title, row.pending_change],
      [home, "Renamed", null],
    );
  },

  "a deletion whose response was lost is ours, and one that found the event moved is not": async (
    stack,
  ) => {
    for (const is_moved of [false, true]) {
      const scene = await scheduledTask(stack, { guests: 1 });
      const { organizer, guests, event_id } = scene;
      const home = is_moved ? await secondCalendar(stack, organizer) : organizer.email;
      const drop = is_moved ? "before" : "after";
      await stack.google.fault({ method: "DELETE", path_pattern: EVENT, drop, times: 1 });
      const lost = await organizer.call("task-events", { method: "DELETE", query: { event_id } });
      assert.equal(lost.status, 502, JSON.stringify(lost.body));
      if (is_moved) await move(scene, stack, home);
      await makeEventsDue(stack, organizer);
      const swept = await sweep(stack);
      assert.deepEqual([swept.total_processed, swept.failed], [1, 0], JSON.stringify(swept));
      assert.deepEqual(await mailsBy(stack, guests), [["invitation", "cancellation"]]);
      const row = await eventRow(stack, organizer, event_id);
      assert.deepEqual([row.sync_status, row.pending_change], ["cancelled", null]);
      assert.equal(await alive(stack, { ...scene, home }), 0);
    }
  },

  "another person's event is not taken for a moved one, also where the user may write": async (
    stack,
  ) => {
    const { organizer, event_id } = await invited(stack, false);
    const other = await stack.organizer();
    await change(organizer, { event_id, attendees: [{ email: other.email }] });
    await stack.google.shareCalendar({
      calendar_id: organizer.email,
      email: other.email,
      access_role: "writer",
    });
    for (const method of ["PATCH", "DELETE"] as const) {
      const answer = await other.call("task-events", {
        method,
        body: { event_id, ...(method === "PATCH" ? { summary: "Mine" } : {}) },
      });
      assert.deepEqual([answer.status, answer.body.error], [409, "not_organizer"]);
      assert.equal(answer.body.details.organizer_email, organizer.email);
    }
  },
});
