import assert from "node:assert/strict";
import { deleteOnGoogle, mailsBy } from "../support/meetings.ts";
import { callFunction, promise } from "../support/stack.ts";
import {
  change,
  eventRow,
  eventRows,
  insertTask,
  makeEventsDue,
  scheduledTask,
  START,
  startsOn,
  sweep,
} from "../support/tasks.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";
const EVENT = "^/calendar/v3/calendars/[^/]+/events/[^/]+$";

promise("tasks on the calendar", {
  "scheduleTask stores organizer and guests from the one insert": async (stack) => {
    const organizer = await stack.organizer({ timezone: "Europe/Paris" });
    const task_id = await insertTask(organizer, { description: "With <b>figures</b>" });
    const answer = await organizer.call("task-events/schedule", {
      body: { task_id, start_time: "2035-01-09T10:00:00Z", duration_minutes: 45, color_id: "9" },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.success, true);
    assert.equal(answer.body.already_exists, false);
    assert.match(answer.body.event_link, /^https:/);

    const row = await eventRow(stack, organizer, answer.body.event_id);
    assert.equal(row.organizer_email, organizer.email);
    assert.equal(row.organizer_self, true);
    assert.deepEqual(row.attendees, []);
    assert.equal(row.sync_status, "synced");
    assert.equal(row.task_id, task_id);
    assert.equal(row.is_master_event, false);
    const [event, ...more] = await stack.google.events({
      calendar_id: organizer.email,
      status: "live",
    });
    assert.deepEqual(more, []);
    assert.equal(event?.description, "With &lt;b&gt;figures&lt;/b&gt;");
    assert.equal(event?.colorId, "9");
    const asked = await stack.google.requests({ user: organizer.email });
    assert.deepEqual(
      asked.filter(({ path }) => path.includes("/events")).map(({ method }) => method),
      ["POST"],
    );
  },

  "twenty simultaneous calls for one task make one event": async (stack) => {
    const organizer = await stack.organizer();
    const task_id = await insertTask(organizer);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => organizer.call("task-events", { body: { task_id } })),
    );
    const live = await stack.google.events({ calendar_id: organizer.email, status: "live" });
    assert.equal(live.length, 1);
    for (const { status, body } of answers) {
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.event_id, live[0]?.id);
    }
    assert.equal(answers.filter(({ body }) => body.already_exists === false).length, 1);
  },

  "a lost answer to the insert is looked up, by the next call or by the sweep": async (stack) => {
    for (const again of ["call", "sweep"] as const) {
      const organizer = await stack.organizer();
      const task_id = await insertTask(organizer);
      await stack.google.fault({
        method: "POST",
        path_pattern: EVENTS,
        drop: "after",
        times: 1,
      });
      const lost = await organizer.call("task-events", { body: { task_id } });
      assert.equal(lost.status, 502);
      assert.equal(lost.body.error, "google_unavailable");
      if (again === "call") {
        const found = await organizer.call("task-events", { body: { task_id } });
        assert.equal(found.status, 200, JSON.stringify(found.body));
        assert.equal(found.body.already_exists, true);
      } else {
        await makeEventsDue(stack, organizer);
        await sweep(stack);
      }
      const live = await stack.google.events({ calendar_id: organizer.email, status: "live" });
      const [row, ...rows] = await eventRows(stack, organizer);
      assert.equal(live.length, 1);
      assert.deepEqual(rows, []);
      assert.equal(row?.sync_status, "synced");
      assert.equal(row?.calendar_event_id, live[0]?.id);
    }
  },

  "a recurring task becomes one series that ends on its last day in its own zone": async (
    stack,
  ) => {
    const { organizer, event_id } = await scheduledTask(stack, {
      columns: {
        task_type: "recurring",
        recurrence_pattern: "weekdays",
        recurrence_ends: "2035-01-16",
        start_date: "2035-01-13T22:30:00Z",
      },
      wanted: { timeZone: "Europe/Paris" },
    });
    const row = await eventRow(stack, organizer, event_id);
    assert.equal(row.is_master_event, true);
    assert.equal(
      row.recurrence_rule,
      "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20350116T225959Z",
    );
    assert.deepEqual(await startsOn(stack, organizer.email), [
      "2035-01-15T22:30:00Z",
      "2035-01-16T22:30:00Z",
    ]);
  },

  "a series without a zone repeats on the wall clock of its calendar": async (stack) => {
    const organizer = await stack.organizer({ timezone: "America/New_York" });
    const task_id = await insertTask(organizer, {
      task_type: "recurring",
      recurrence_pattern: "weekly",
      start_date: "2035-03-05T14:00:00Z",
      recurrence_ends: "2035-03-12",
    });
    const answer = await organizer.call("task-events/schedule", { body: { task_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    // New York changes to summer time on the Sunday between.
    assert.deepEqual(await startsOn(stack, organizer.email), [
      "2035-03-05T14:00:00Z",
      "2035-03-12T13:00:00Z",
    ]);
  },

  "a whole-day task has dates": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack, {
      wanted: { start_time: "2035-01-08", duration_minutes: 2880 },
    });
    const row = await eventRow(stack, organizer, event_id);
    assert.equal(row.is_all_day, true);
    const [event] = await stack.google.events({ event_id });
    assert.deepEqual([event?.start?.date, event?.end?.date], ["2035-01-08", "2035-01-10"]);
  },

  "updating an event with guests notifies them once, keeps their replies and stores Google's response":
    async (stack) => {
      const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 2 });
      const [ana = "", bo = ""] = guests;
      await stack.google.reply({ email: ana, event_id, responseStatus: "accepted" });
      await stack.google.reply({
        email: bo,
        event_id,
        responseStatus: "declined",
        comment: "away",
      });
      const answer = await change(organizer, {
        event_id,
        start_time: "2035-01-09T10:00:00Z",
        summary: "Report, second try",
        attendees: [{ email: ana }, { email: bo }],
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body.sendUpdates, "all");
      const [event] = await stack.google.events({ event_id, calendar_id: organizer.email });
      assert.deepEqual(
        event?.attendees?.map(({ email, responseStatus, comment }) => [
          email,
          responseStatus,
          comment,
        ]),
        [[ana, "accepted", undefined], [bo, "declined", "away"]],
      );
      const row = await eventRow(stack, organizer, event_id);
      assert.equal(row.event_title, "Report, second try");
      assert.equal(row.etag, event?.etag);
      assert.deepEqual(
        row.attendees.map((guest: { responseStatus: string }) => guest.responseStatus),
        ["accepted", "declined"],
      );
      assert.deepEqual(await mailsBy(stack, guests), [["invitation", "update"], [
        "invitation",
        "update",
      ]]);
    },

  "a guest who was added or removed on Google stays added or removed": async (stack) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 2 });
    const [ana = "", bo = ""] = guests;
    const added = await stack.guest();
    const wanted = await stack.guest();
    const { access_token } = await stack.google.signIn({ email: organizer.email });
    const response = await fetch(
      `${stack.platform.google_url}/calendar/v3/calendars/primary/events/${event_id}`,
      {
        method: "PATCH",
        headers: {
          authorization: `Bearer ${access_token}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ attendees: [{ email: ana }, { email: added }] }),
      },
    );
    await response.body?.cancel();
    assert.equal(response.status, 200);
    const answer = await change(organizer, {
      event_id,
      attendees: [ana, bo, wanted].map((email) => ({ email })),
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const [event] = await stack.google.events({ event_id, calendar_id: organizer.email });
    assert.deepEqual(
      event?.attendees?.map(({ email }) => email).sort(),
      [
        ana,
        added,
        wanted,
      ].sort(),
    );
  },

  "a reply that comes between the read and the patch is read again, not overwritten": async (
    stack,
  ) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 1 });
    const [ana = ""] = guests;
    await stack.google.fault({
      method: "PATCH",
      path_pattern: EVENT,
      status: 412,
      reason: "conditionNotMet",
      times: 1,
    });
    await stack.google.reply({ email: ana, event_id, responseStatus: "tentative" });
    const answer = await change(organizer, {
      event_id,
      location: "Room 4",
      attendees: [{ email: ana }],
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const [event] = await stack.google.events({ event_id, calendar_id: organizer.email });
    assert.equal(event?.location, "Room 4");
    assert.equal(event?.attendees?.[0]?.responseStatus, "tentative");
  },

  "an event of another organizer is never changed or deleted": async (stack) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 1 });
    const other = await stack.organizer();
    await change(organizer, {
      event_id,
      attendees: [...guests, other.email].map((email) => ({ email })),
    });
    const before = await stack.google.events({ event_id });
    const changed = await change(other, { event_id, summary: "Mine now" });
    assert.equal(changed.status, 409);
    assert.equal(changed.body.error, "not_organizer");
    const deleted = await other.call("task-events", { method: "DELETE", query: { event_id } });
    assert.equal(deleted.status, 409);
    assert.deepEqual(await stack.google.events({ event_id }), before);
  },

  "deleting an event keeps its row, and deleting it again is success": async (stack) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 1 });
    const first = await organizer.call("task-events", { method: "DELETE", query: { event_id } });
    assert.equal(first.status, 200, JSON.stringify(first.body));
    const row = await eventRow(stack, organizer, event_id);
    assert.equal(row.sync_status, "cancelled");
    assert.ok(row.deleted_at);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation", "cancellation"]]);
    const second = await organizer.call("task-events", { method: "DELETE", body: { event_id } });
    assert.equal(second.status, 200, JSON.stringify(second.body));
    assert.equal(second.body.already_deleted, true);
    const update = await change(organizer, { event_id, summary: "Too late" });
    assert.equal(update.body.error, "event_not_found");
  },

  "an event deleted on Google itself is deleted here by the next deletion": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack);
    await deleteOnGoogle(stack, organizer.email, event_id);
    const answer = await organizer.call("task-events", { method: "DELETE", query: { event_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal((await eventRow(stack, organizer, event_id)).sync_status, "cancelled");
  },

  "an event deleted on Google itself comes back only when its task is scheduled again": async (
    stack,
  ) => {
    for (const is_known of [true, false]) {
      const { organizer, task_id, event_id } = await scheduledTask(stack);
      if (is_known) await deleteOnGoogle(stack, organizer.email, event_id);
      else {
        // Long gone: Google shows no trace of it any more.
        await stack.google.fault({
          method: "GET",
          path_pattern: EVENT,
          status: 404,
          reason: "notFound",
        });
      }
      const moved = await organizer.call("task-events/reschedule", {
        body: { tasks: [{ task_id, start_time: "2035-01-10T13:00:00Z" }] },
      });
      const [result] = moved.body.results;
      assert.deepEqual([result.status, result.code], ["failed", "event_not_found"]);
      if (!is_known) {
        const young = await organizer.call("task-events", { body: { task_id } });
        assert.deepEqual([young.body.already_exists, young.body.event_id], [true, event_id]);
        await stack.platform.sql(
          `update public.task_calendar_events set last_synced_at = now() - interval '2 hours'
            where calendar_event_id = $1`,
          [event_id],
        );
      }
      const again = await organizer.call("task-events", { body: { task_id } });
      assert.equal(again.status, 200, JSON.stringify(again.body));
      assert.equal(again.body.already_exists, false);
      assert.notEqual(again.body.event_id, event_id);
      assert.equal((await eventRow(stack, organizer, event_id)).sync_status, "cancelled");
      assert.equal((await eventRow(stack, organizer, again.body.event_id)).sync_status, "synced");
      await stack.google.clearFaults();
    }
  },

  "a task with an event is not verified when Google cannot be reached": async (
    stack,
  ) => {
    const { organizer, task_id, event_id } = await scheduledTask(stack);
    await stack.google.fault({ method: "GET", path_pattern: EVENT, status: 503, times: 1 });
    const again = await organizer.call("task-events", { body: { task_id } });
    assert.deepEqual([again.status, again.body.already_exists], [200, true]);
    assert.equal(again.body.event_id, event_id);
  },

  "error responses name the cause: no credentials, another user's task, wrong fields, no such event":
    async (stack) => {
      const { organizer, task_id } = await scheduledTask(stack);
      const other = await stack.organizer();
      const cases: [number, string, Promise<{ status: number; body: { error: string } }>][] = [
        [
          401,
          "unauthenticated",
          callFunction(stack.platform, "task-events", { body: { task_id } }),
        ],
        [404, "task_not_found", other.call("task-events", { body: { task_id } })],
        [422, "invalid_request", organizer.call("task-events", { body: { task_id, colour: 1 } })],
        [
          422,
          "invalid_request",
          organizer.call("task-events", { body: { task_id, start_time: "tomorrow" } }),
        ],
        [404, "event_not_found", change(organizer, { event_id: "nothere1" })],
        [422, "invalid_request", change(organizer, { event_id: "x", update_scope: "most" })],
        [404, "not_found", organizer.call("task-events/nowhere")],
        [405, "method_not_allowed", organizer.call("task-events/reschedule")],
      ];
      for (const [status, error, call] of cases) {
        const answer = await call;
        assert.deepEqual([answer.status, answer.body.error], [status, error]);
      }
    },

  "a row that cannot be finished at all is deferred, and the others are finished": async (
    stack,
  ) => {
    const bad = await scheduledTask(stack);
    const good = await scheduledTask(stack);
    for (const { organizer, event_id } of [bad, good]) {
      await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: "before", times: 1 });
      await change(organizer, { event_id, summary: "Renamed" });
      await makeEventsDue(stack, organizer);
    }
    await stack.platform.sql(
      `with changed as (
         update private.event_state as es
            set pending_change = '{"kind": "of another version"}'
           from public.task_calendar_events as e
          where es.kind = 'task_event' and es.subject_id = e.id::text and e.calendar_event_id = $1
         returning es.subject_id)
       update private.work as w set due_at = '2020-01-01'
         from changed as c where w.kind = 'task_event' and w.subject_id = c.subject_id`,
      [bad.event_id],
    );
    const swept = await sweep(stack);
    const row = await eventRow(stack, bad.organizer, bad.event_id);
    assert.deepEqual(
      swept.results.map(({ id, error }: { id: string; error?: string }) => [id === row.id, error]),
      [[true, "internal"], [false, undefined]],
    );
    assert.match(row.sync_error, /^internal/);
    assert.ok(new Date(row.due_at).valueOf() > Date.now());
    assert.equal((await sweep(stack)).total_processed, 0);
    const done = await eventRow(stack, good.organizer, good.event_id);
    assert.deepEqual([done.event_title, done.pending_change], ["Renamed", null]);
    await stack.platform.sql(
      "delete from private.work where kind = 'task_event' and subject_id = $1",
      [row.id],
    );
  },

  "getCalendarEvents searches by text, in a calendar and a time": async (stack) => {
    const { organizer } = await scheduledTask(stack, { columns: { title: "Budget" } });
    const other = await insertTask(organizer, { title: "Holiday" });
    await organizer.call("task-events", { body: { task_id: other } });
    const titles = async (query: Record<string, string>) => {
      const time = { timeMin: "2035-01-08", timeMax: "2035-01-09" };
      const { status, body } = await organizer.call("task-events/events", {
        query: { ...time, ...query },
      });
      return status === 200
        ? body.events.map(({ summary }: { summary: string }) => summary).sort()
        : [status, body.error];
    };
    assert.deepEqual(await titles({}), ["Budget", "Holiday"]);
    assert.deepEqual(await titles({ q: "budget" }), ["Budget"]);
    assert.deepEqual(await titles({ calendarId: organizer.email, q: "Holiday" }), ["Holiday"]);
    assert.deepEqual(await titles({ timeMin: "2035-01-09", timeMax: "2035-01-10" }), []);
    assert.deepEqual(await titles({ timeMax: "2035-01-07" }), [422, "invalid_request"]);
  },

  "a key says whose event it means": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack);
    const apikey = stack.platform.automations_key;
    const ask = (body: Record<string, unknown>) =>
      callFunction(stack.platform, "task-events/update", { apikey, body: { event_id, ...body } });
    const by_key = await ask({ summary: "By a key" });
    assert.deepEqual([by_key.status, by_key.body.details], [422, { path: "user_id" }]);
    const named = await ask({ summary: "By a key", user_id: organizer.user_id });
    assert.equal(named.body.summary, "By a key", JSON.stringify(named.body));
    const other = await stack.organizer();
    const forged = await other.call("task-events/update", {
      body: { event_id, summary: "Not mine", user_id: organizer.user_id },
    });
    assert.deepEqual([forged.status, forged.body.error], [403, "forbidden"]);
  },

  "getCalendarEvents lists occurrences with whose they are": async (stack) => {
    const { organizer } = await scheduledTask(stack, {
      columns: {
        task_type: "recurring",
        recurrence_pattern: "daily",
        recurrence_ends: "2035-01-10",
      },
    });
    const answer = await organizer.call("task-events/events", {
      query: { timeMin: "2035-01-01T00:00:00Z", timeMax: "2035-02-01T00:00:00Z" },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.event_count, 3);
    assert.deepEqual(answer.body.time_range, {
      start: "2035-01-01T00:00:00Z",
      end: "2035-02-01T00:00:00Z",
    });
    assert.equal(answer.body.events[0].organizer_self, true);
    assert.equal(Date.parse(answer.body.events[0].start_time), Date.parse(START));
  },
});
