import assert from "node:assert/strict";
import { deleteOnGoogle, mailsBy } from "../support/meetings.ts";
import { mondays, SUMMER, WINTER } from "../support/mondays.ts";
import { promise } from "../support/stack.ts";
import type { Organizer } from "../support/stack.ts";
import {
  change,
  eventRow,
  eventRows,
  googleOf,
  insertTask,
  makeEventsDue,
  occurrencesOn,
  scheduledTask,
  startsOn,
  sweep,
} from "../support/tasks.ts";
import { until } from "../support/until.ts";

const EVENT = "^/calendar/v3/calendars/[^/]+/events/[^/]+$";

async function remove(organizer: Organizer, body: Record<string, unknown>) {
  return await organizer.call("task-events", { method: "DELETE", body });
}

async function removed(organizer: Organizer, body: Record<string, unknown>) {
  const answer = await remove(organizer, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

promise("deleting in a series", {
  "single deletes one occurrence by its day, keeps a row of it and leaves the series alone": async (
    stack,
  ) => {
    const { organizer, guests, task_id, event_id } = await mondays(stack, 1);
    const before = await eventRow(stack, organizer, event_id);
    const request = { event_id, update_scope: "single", instance_date: "2035-03-26" };
    const answer = await removed(organizer, request);
    assert.deepEqual(answer, {
      success: true,
      event_id,
      already_deleted: false,
      update_scope: "single",
      sendUpdates: "all",
    });
    const left = [...WINTER, ...SUMMER.slice(1)];
    assert.deepEqual(await startsOn(stack, organizer.email), left);
    assert.deepEqual(await startsOn(stack, guests[0]!), left);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation", "cancellation"]]);

    const rows = await eventRows(stack, organizer);
    assert.equal(rows.length, 2);
    const exception = rows.find((row) => row.calendar_event_id !== event_id);
    assert.deepEqual(
      [
        exception?.task_id,
        exception?.recurrence_master_id,
        exception?.is_exception,
        exception?.exception_type,
        exception?.series_update_scope,
        exception?.sync_status,
        exception?.deleted_at === null,
        exception?.attendees.map(({ email }: { email: string }) => email),
      ],
      [
        task_id,
        event_id,
        true,
        "cancelled",
        "single",
        "cancelled",
        false,
        guests,
      ],
    );
    assert.equal(Date.parse(exception?.original_start_time), Date.parse(SUMMER[0]));
    const after = await eventRow(stack, organizer, event_id);
    for (const column of ["event_start", "recurrence_rule", "etag", "deleted_at", "attendees"]) {
      assert.deepEqual(after[column], before[column], column);
    }
    assert.equal(after.pending_change, null);

    const again = await removed(organizer, request);
    assert.equal(again.already_deleted, true);
    assert.deepEqual(await startsOn(stack, organizer.email), left);
    const by_id = await removed(organizer, { event_id: exception?.calendar_event_id });
    assert.equal(by_id.already_deleted, true);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation", "cancellation"]]);
  },

  "the id of an occurrence deletes that occurrence, a moved one too, and its row goes with it":
    async (stack) => {
      const { organizer, event_id } = await mondays(stack);
      const moved = await change(organizer, {
        event_id,
        update_scope: "single",
        instance_date: "2035-03-19",
        start_time: "2035-03-21T15:00:00Z",
      });
      const answer = await removed(organizer, { event_id: moved.body.event_id });
      assert.equal(answer.update_scope, "single");
      assert.deepEqual(await startsOn(stack, organizer.email), [...WINTER.slice(0, 2), ...SUMMER]);
      const row = await eventRow(stack, organizer, moved.body.event_id);
      assert.deepEqual([row.sync_status, row.exception_type], ["cancelled", "cancelled"]);
      assert.equal((await eventRow(stack, organizer, event_id)).deleted_at, null);
    },

  "single finds a whole-day occurrence": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack, {
      wanted: {
        start_time: "2035-03-05",
        recurrence_pattern: "monthly",
        recurrence_ends: "2035-06-30",
      },
    });
    await removed(organizer, { event_id, update_scope: "single", instance_date: "2035-05-05" });
    assert.deepEqual(await startsOn(stack, organizer.email), [
      "2035-03-05",
      "2035-04-05",
      "2035-06-05",
    ]);
  },

  "future deletes the rest with its later changes, and again is success": async (stack) => {
    const { organizer, guests, event_id } = await mondays(stack, 1);
    for (
      const [instance_date, start_time] of [
        ["2035-03-12", "2035-04-20T15:00:00Z"],
        ["2035-04-02", "2035-03-06T15:00:00Z"],
      ]
    ) {
      const scope = { event_id, update_scope: "single" };
      const moved = await change(organizer, { ...scope, instance_date, start_time });
      assert.equal(moved.status, 200, JSON.stringify(moved.body));
    }
    const request = { event_id, update_scope: "future", instance_date: "2035-03-26" };
    const answer = await removed(organizer, request);
    assert.equal(answer.update_scope, "future");
    assert.equal(answer.sendUpdates, "all");
    assert.deepEqual(answer.recurrence, ["RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20350326T075959Z"]);
    // What stood before the split stays where it was moved to; what stood after it is gone.
    const left = [WINTER[0], WINTER[2], "2035-04-20T15:00:00Z"];
    assert.deepEqual(await startsOn(stack, organizer.email), left);
    assert.deepEqual(await startsOn(stack, guests[0]!), left);

    const master = await eventRow(stack, organizer, event_id);
    assert.equal(master.recurrence_rule, answer.recurrence.join("\n"));
    assert.deepEqual(
      [master.deleted_at, master.pending_change, master.series_update_scope],
      [null, null, "future"],
    );
    const [google] = await stack.google.events({ event_id, calendar_id: organizer.email });
    assert.equal(master.etag, google?.etag);
    const gone = (await eventRows(stack, organizer)).filter((row) => row.deleted_at !== null);
    assert.deepEqual(
      gone.map((row) => row.calendar_event_id),
      answer.deleted_exceptions,
    );
    assert.equal(gone.length, 1);

    assert.deepEqual(await removed(organizer, request), {
      success: true,
      event_id,
      already_deleted: true,
    });
    assert.deepEqual(await startsOn(stack, organizer.email), left);
  },

  "future from the first occurrence on, and all by the id of an occurrence, delete the whole series":
    async (stack) => {
      const requests = (event_id: string, instance_id: string) => [
        { event_id, update_scope: "future", instance_date: "2035-03-05" },
        { event_id: instance_id, update_scope: "all" },
        { event_id },
      ];
      for (const index of [0, 1, 2]) {
        const { organizer, guests, event_id } = await mondays(stack, 1);
        const [occurrence] = await occurrencesOn(stack, organizer.email);
        const request = requests(event_id, occurrence!.id!)[index]!;
        const answer = await removed(organizer, request);
        assert.equal(answer.update_scope, "all");
        assert.deepEqual(await startsOn(stack, organizer.email), []);
        assert.deepEqual(await startsOn(stack, guests[0]!), []);
        assert.deepEqual(await mailsBy(stack, guests), [["invitation", "cancellation"]]);
        assert.equal((await eventRow(stack, organizer, event_id)).sync_status, "cancelled");
        assert.equal((await removed(organizer, request)).already_deleted, true);
      }
    },

  "a deleted occurrence still names its series, and the rest can begin with it": async (stack) => {
    const { organizer, event_id } = await mondays(stack);
    const occurrences = await occurrencesOn(stack, organizer.email);
    const third = occurrences[2]!.id!;
    await deleteOnGoogle(stack, organizer.email, third);
    assert.equal((await removed(organizer, { event_id: third })).already_deleted, true);
    assert.equal((await startsOn(stack, organizer.email)).length, 5);
    await removed(organizer, { event_id: third, update_scope: "future" });
    assert.deepEqual(await startsOn(stack, organizer.email), WINTER.slice(0, 2));
    await removed(organizer, { event_id: third, update_scope: "all" });
    assert.deepEqual(await startsOn(stack, organizer.email), []);
    assert.equal((await eventRow(stack, organizer, event_id)).sync_status, "cancelled");
  },

  "a scope in the body counts beside an id in the query; a scope without its day is refused":
    async (
      stack,
    ) => {
      const { organizer, event_id } = await mondays(stack);
      for (const update_scope of ["single", "future"]) {
        const answer = await remove(organizer, { event_id, update_scope });
        assert.deepEqual([answer.status, answer.body.details], [422, { path: "instance_date" }]);
      }
      const nowhere = await remove(organizer, {
        event_id,
        update_scope: "single",
        instance_date: "2035-03-27",
      });
      assert.deepEqual([nowhere.status, nowhere.body.error], [404, "instance_not_found"]);
      assert.equal((await startsOn(stack, organizer.email)).length, 6);
      const mixed = await organizer.call("task-events", {
        method: "DELETE",
        query: { event_id },
        body: { update_scope: "single", instance_date: "2035-03-05" },
      });
      assert.equal(mixed.body.update_scope, "single", JSON.stringify(mixed.body));
      assert.equal((await startsOn(stack, organizer.email)).length, 5);
      const query = { event_id, update_scope: "future", instance_date: SUMMER[0] };
      const asked = await organizer.call("task-events", { method: "DELETE", query });
      assert.equal(asked.status, 200, JSON.stringify(asked.body));
      assert.deepEqual(await startsOn(stack, organizer.email), WINTER.slice(1));
    },

  "another account's series is never changed, whatever the scope": async (stack) => {
    const { organizer, event_id } = await mondays(stack);
    const other = await stack.organizer();
    await change(organizer, { event_id, attendees: [{ email: other.email }] });
    const before = await stack.google.events({ event_id });
    for (
      const request of [
        { event_id },
        { event_id, update_scope: "single", instance_date: "2035-03-12" },
        { event_id, update_scope: "future", instance_date: "2035-03-12" },
      ]
    ) {
      const answer = await remove(other, request);
      assert.deepEqual([answer.status, answer.body.error], [409, "not_organizer"]);
    }
    assert.deepEqual(await stack.google.events({ event_id }), before);
    assert.deepEqual(await eventRows(stack, other), []);
  },

  "sendUpdates is used if given; without other guests no mail is sent": async (stack) => {
    const { organizer, guests, event_id } = await mondays(stack, 1);
    const request = { event_id, update_scope: "single", instance_date: "2035-03-12" };
    assert.equal(
      (await removed(organizer, { ...request, sendUpdates: "none" })).sendUpdates,
      "none",
    );
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"]]);
    const alone = await mondays(stack);
    const answer = await removed(alone.organizer, { event_id: alone.event_id });
    assert.equal(answer.sendUpdates, "none");
  },

  "a guest who was added between the read and the deletion is notified too": async (stack) => {
    for (const update_scope of ["single", "future", "all"]) {
      const { organizer, event_id } = await mondays(stack);
      const late = await stack.guest();
      const method = update_scope === "future" ? "PATCH" : "DELETE";
      // Decided when there was no guest, and sent when there is one.
      await stack.google.fault({ method, path_pattern: EVENT, drop: "before", times: 1 });
      await remove(organizer, { event_id, update_scope, instance_date: "2035-03-26" });
      const google = await googleOf(stack, organizer.email);
      await google.events.patch({
        calendarId: "primary",
        eventId: event_id,
        sendUpdates: "all",
        requestBody: { attendees: [{ email: late }] },
      });
      await makeEventsDue(stack, organizer);
      assert.equal((await sweep(stack)).failed, 0);
      const [kinds = []] = await mailsBy(stack, [late]);
      assert.deepEqual(
        kinds,
        ["invitation", update_scope === "future" ? "update" : "cancellation"],
        update_scope,
      );
    }
  },

  "a lost response to a deletion is verified by the next call or by the sweep, and no guest is notified twice":
    async (stack) => {
      for (const update_scope of ["single", "future", "all"]) {
        for (const drop of ["before", "after"] as const) {
          for (const again of ["call", "sweep"]) {
            const label = `${update_scope} dropped ${drop}, then ${again}`;
            const { organizer, guests, event_id } = await mondays(stack, 1);
            const method = update_scope === "future" ? "PATCH" : "DELETE";
            await stack.google.fault({ method, path_pattern: EVENT, drop, times: 1 });
            const request = { event_id, update_scope, instance_date: "2035-03-26" };
            const lost = await remove(organizer, request);
            assert.equal(lost.status, 502, label);
            if (again === "call") await removed(organizer, request);
            else {
              await makeEventsDue(stack, organizer);
              assert.equal((await sweep(stack)).failed, 0, label);
            }
            const left = {
              single: [...WINTER, ...SUMMER.slice(1)],
              future: [...WINTER],
              all: [],
            }[update_scope];
            assert.deepEqual(await startsOn(stack, organizer.email), left, label);
            const [kinds] = await mailsBy(stack, guests);
            assert.deepEqual(kinds?.length, 2, `${label}: ${kinds}`);
            const row = await eventRow(stack, organizer, event_id);
            assert.deepEqual(
              [row.pending_change, row.due_at, row.sync_status],
              [null, null, update_scope === "all" ? "cancelled" : "synced"],
              label,
            );
          }
        }
      }
    },

  "a process killed during a deletion is followed by the sweep": async (stack) => {
    for (const update_scope of ["single", "future", "all"]) {
      const { organizer, guests, event_id } = await mondays(stack, 1);
      const method = update_scope === "future" ? "PATCH" : "DELETE";
      const worker = await stack.platform.startWorker();
      // It takes effect, and its response arrives after the process was killed.
      await stack.google.fault({
        method,
        path_pattern: EVENT,
        answer_delay_ms: 600_000,
        times: 1,
      });
      const full = WINTER.length + SUMMER.length;
      const doomed = organizer.call("task-events", {
        method: "DELETE",
        body: { event_id, update_scope, instance_date: "2035-03-26" },
        functions_url: worker.functions_url,
      }).catch(() => null);
      await until(
        "the deletion on Google",
        async () => (await startsOn(stack, organizer.email)).length < full,
      );
      const left = await startsOn(stack, organizer.email);
      worker.kill();
      await doomed;
      await stack.google.clearFaults();
      await makeEventsDue(stack, organizer);
      assert.equal((await sweep(stack)).failed, 0);
      assert.deepEqual(await startsOn(stack, organizer.email), left, update_scope);
      assert.equal((await mailsBy(stack, guests))[0]?.length, 2, update_scope);
      const row = await eventRow(stack, organizer, event_id);
      assert.equal(row.pending_change, null);
      assert.equal(row.sync_status, update_scope === "all" ? "cancelled" : "synced");
    }
  },

  "an event that Google refused for good can be deleted, and the task scheduled again": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const task_id = await insertTask(organizer);
    await stack.google.fault({
      method: "POST",
      path_pattern: "/events$",
      status: 400,
      reason: "invalid",
      times: 1,
    });
    const refused = await organizer.call("task-events", { body: { task_id } });
    assert.equal(refused.body.error, "google_rejected");
    const [row] = await eventRows(stack, organizer);
    assert.equal(row?.sync_status, "failed");
    const event_id = row?.calendar_event_id;
    assert.equal((await removed(organizer, { event_id })).already_deleted, true);
    assert.equal((await eventRow(stack, organizer, event_id)).sync_status, "cancelled");
    const again = await organizer.call("task-events", { body: { task_id } });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.notEqual(again.body.event_id, event_id);
  },

  "an event whose response was lost is not given up before a verification": async (stack) => {
    const organizer = await stack.organizer();
    const task_id = await insertTask(organizer);
    // The insert is lost on its way, and looks find nothing as long as it is.
    await stack.google.fault({
      method: "POST",
      path_pattern: "/events$",
      drop: "before",
      times: 1,
    });
    await organizer.call("task-events", { body: { task_id } });
    const [row] = await eventRows(stack, organizer);
    const event_id = row?.calendar_event_id;
    const early = await remove(organizer, { event_id });
    assert.deepEqual([early.status, early.body.status], [202, "pending"]);
    await makeEventsDue(stack, organizer);
    assert.equal((await sweep(stack)).failed, 0);
    await removed(organizer, { event_id });
    assert.deepEqual(await startsOn(stack, organizer.email), []);
  },
});
