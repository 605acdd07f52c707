import assert from "node:assert/strict";
import { callFunction, promise } from "../support/stack.ts";
import { change, eventRow, eventRows, insertTask, scheduledTask, START } from "../support/tasks.ts";
import type { Row } from "../support/meetings.ts";

promise("tables of tasks", {
  "the columns, defaults and indexes are those of the tracking document": async (stack) => {
    const columns = await stack.platform.sql<Row>(`
      select column_name, data_type, is_nullable, column_default
        from information_schema.columns
       where table_schema = 'public' and table_name = 'task_calendar_events'
         and column_name in ('organizer_email', 'organizer_display_name', 'organizer_self', 'attendees')
       order by column_name`);
    assert.deepEqual(
      columns.map((column) => [
        column.column_name,
        column.data_type,
        column.is_nullable,
        column.column_default,
      ]),
      [
        ["attendees", "jsonb", "YES", "'[]'::jsonb"],
        ["organizer_display_name", "text", "YES", null],
        ["organizer_email", "text", "YES", null],
        ["organizer_self", "boolean", "YES", "true"],
      ],
    );
    const indexes = await stack.platform.sql<Row>(
      "select indexname, indexdef from pg_indexes where tablename = 'task_calendar_events'",
    );
    const definition = (name: string) =>
      indexes.find(({ indexname }) => indexname === name)?.indexdef ?? "";
    assert.match(definition("idx_task_calendar_events_organizer_self"), /btree \(organizer_self\)/);
    assert.match(definition("idx_task_calendar_events_attendees"), /gin \(attendees\)/);
  },

  "the document's queries work through supabase-js: by owner, by guest, counts by reply": async (
    stack,
  ) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 3 });
    const [ana = ""] = guests;
    await stack.google.reply({ email: ana, event_id, responseStatus: "accepted" });
    await change(organizer, { event_id, location: "Room 4" });

    const owned = await organizer.client.from("task_calendar_events").select("*")
      .eq("user_id", organizer.user_id).eq("organizer_self", true);
    assert.equal(owned.data?.length, 1, JSON.stringify(owned.error));
    const external = await organizer.client.from("task_calendar_events").select("*")
      .eq("user_id", organizer.user_id).eq("organizer_self", false);
    assert.deepEqual(external.data, []);
    const withAna = await organizer.client.from("task_calendar_events").select("*")
      .contains("attendees", JSON.stringify([{ email: ana }]));
    assert.equal(withAna.data?.length, 1, JSON.stringify(withAna.error));
    const withUnknown = await organizer.client.from("task_calendar_events").select("*")
      .contains("attendees", JSON.stringify([{ email: "unknown@north.example" }]));
    assert.deepEqual(withUnknown.data, []);
    const row = await eventRow(stack, organizer, event_id);
    const one = await organizer.client.from("task_calendar_events").select("attendees")
      .eq("id", row.id).single();
    const { attendees } = one.data as unknown as { attendees: { responseStatus: string }[] };
    assert.equal(attendees.length, 3);
    assert.equal(attendees.filter((a) => a.responseStatus === "accepted").length, 1);
  },

  "a user sees only their own tasks and events, and writes no event": async (stack) => {
    const { organizer, guests, task_id, event_id } = await scheduledTask(stack, { guests: 1 });
    await stack.google.reply({ email: guests[0]!, event_id, responseStatus: "declined" });
    await change(organizer, { event_id, location: "Room 4" });
    const other = await stack.organizer();
    const views = [
      "v_calendar_events",
      "v_events_with_declined_guests",
      "v_organizing_by_month",
      "v_frequent_collaborators",
    ];
    for (const table of ["tasks", "task_calendar_events", ...views]) {
      const seen = await other.client.from(table).select("*");
      assert.deepEqual(seen.data, [], table);
      const own = await organizer.client.from(table).select("*");
      assert.equal(own.data?.length, 1, table);
    }
    const stolen = await other.client.from("tasks").update({ title: "Mine" } as never).eq(
      "id",
      task_id,
    ).select();
    assert.deepEqual(stolen.data, []);
    const forged = await other.client.from("tasks").insert(
      { title: "Yours", user_id: organizer.user_id } as never,
    );
    assert.equal(forged.error?.code, "42501");
    const written = await organizer.client.from("task_calendar_events")
      .update({ organizer_self: true } as never).eq("task_id", task_id);
    assert.equal(written.error?.code, "42501");
    for (const path of ["tasks", "task_calendar_events", ...views]) {
      const answer = await fetch(`${stack.platform.api_url}/rest/v1/${path}`, {
        headers: { apikey: stack.platform.publishable_key },
      });
      assert.equal((await answer.json()).code, "42501", path);
    }
    const sweep = await callFunction(stack.platform, "task-events", {
      body: { batch: true },
      access_token: other.access_token,
    });
    assert.equal(sweep.status, 422);
  },

  "an event of an adopted table is read by the backfill, changed by its task and never written again":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer();
      const guest = await stack.guest();
      const task_id = await insertTask(organizer);
      const { event_ids: [event_id] } = await stack.google.addEvents(organizer.email, [{
        summary: "Old",
        start: { dateTime: START },
        end: { dateTime: "2035-01-08T10:00:00Z" },
        attendees: [{ email: guest, responseStatus: "accepted" }],
      }]);
      // As adoption leaves a row of a table that knew little more than the id.
      await stack.platform.sql(
        `insert into public.task_calendar_events
         (user_id, task_id, calendar_event_id, organizer_self, sync_status, sync_source)
       values ($1, $2, $3, null, 'synced', 'google')`,
        [organizer.user_id, task_id, event_id],
      );
      const backfill = await organizer.call("task-events/sync-organizer", {
        body: { backfill: true },
      });
      assert.deepEqual([backfill.body.scanned, backfill.body.updated], [1, 1]);
      const row = await eventRow(stack, organizer, event_id!);
      assert.deepEqual([row.organizer_self, row.attendees[0].responseStatus], [true, "accepted"]);
      const again = await organizer.call("task-events", { body: { task_id } });
      assert.deepEqual([again.body.already_exists, again.body.event_id], [true, event_id]);
      const moved = await organizer.call("task-events/reschedule", {
        body: { tasks: [{ task_id, start_time: "2035-01-10T13:00:00Z" }] },
      });
      assert.deepEqual(moved.body.results[0].status, "updated", JSON.stringify(moved.body));
      const live = await stack.google.events({ calendar_id: organizer.email, status: "live" });
      assert.deepEqual(live.map(({ id }) => id), [event_id]);
    },

  "the views show declined guests, organizing by month and collaborators": async (
    stack,
  ) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 2 });
    const [ana = "", bo = ""] = guests;
    await stack.google.reply({ email: ana, event_id, responseStatus: "declined" });
    await change(organizer, { event_id, location: "Room 4" });
    await insertTask(organizer);
    const declined = await organizer.client.from("v_events_with_declined_guests").select("*");
    assert.deepEqual(
      (declined.data as Row[] | null)?.map((row) => [row.calendar_event_id, row.declined_emails]),
      [[event_id, [ana]]],
      JSON.stringify(declined.error),
    );
    const months = await organizer.client.from("v_organizing_by_month").select("*");
    assert.deepEqual(months.data, [{
      user_id: organizer.user_id,
      month: "2035-01-01",
      organizing: 1,
      attending: 0,
      unknown: 0,
      meetings: 0,
      tasks: 1,
    }]);
    const people = await organizer.client.from("v_frequent_collaborators").select("*").order(
      "email",
    );
    assert.deepEqual(
      (people.data as Row[] | null)?.map((row) => [row.email, row.events, row.declined]),
      [[ana, 1, 1], [bo, 1, 0]].toSorted((a, b) => String(a[0]) < String(b[0]) ? -1 : 1),
    );
    assert.equal((await eventRows(stack, organizer)).length, 1);
  },
}, { databases: "both" });
