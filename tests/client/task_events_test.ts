import assert from "node:assert/strict";
import { createConvene, type Result } from "../../client/mod.ts";
import {
  CalendarService,
  CalendarServiceError,
  normalizeAttendees,
} from "../../client/calendar_service.ts";
import { createClient } from "@supabase/supabase-js";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { eventsOf } from "../support/meetings.ts";
import { withSetting } from "../support/queue.ts";
import { promise, type Stack } from "../support/stack.ts";
import { googleOf, insertTask, START } from "../support/tasks.ts";

const AROUND = { timeMin: "2035-01-01", timeMax: "2035-02-01" };

promise("the client with task events", {
  "a call that meets a longer one is pending, by its code": async (stack) => {
    const { convene: { taskEvents }, organizer } = await connected(stack);
    const task_id = await insertTask(organizer);
    await stack.platform.sql("select public.begin_task_event($1, null, '{}')", [task_id]);
    await withSetting(stack, "lease_wait_seconds", 0.1, async () => {
      const held = await taskEvents.schedule({ task_id });
      assert.ok(!held.ok && held.error.code === "pending", JSON.stringify(held));
      assert.equal(held.error.status, 202);
      assert.ok(held.error.retry_after_seconds! >= 1);
    });
  },

  "an event of a task is scheduled once, listed, changed and deleted": async (stack) => {
    const { convene: { taskEvents }, organizer } = await connected(stack);
    const task_id = await insertTask(organizer);
    const { event_id, ...made } = ok(await taskEvents.schedule({ task_id, timeZone: "UTC" }));
    assert.deepEqual([made.already_exists, made.organizer_self], [false, true]);
    assert.equal(ok(await taskEvents.schedule({ task_id })).already_exists, true);

    const listed = ok(await taskEvents.list(AROUND));
    assert.deepEqual(
      listed.events.map((event) => [event.id, Date.parse(event.start_time ?? "")]),
      [[event_id, Date.parse(START)]],
    );
    const guest = await stack.guest();
    const changed = ok(await taskEvents.change({ event_id, attendees: [{ email: guest }] }));
    assert.equal(changed.sendUpdates, "all");
    assert.deepEqual(changed.attendees, [{ email: guest, responseStatus: "needsAction" }]);
    const synced = ok(await taskEvents.syncOrganizer({ event_ids: [event_id] }));
    assert.deepEqual([synced.scanned, synced.failed], [1, 0]);

    const moved = ok(
      await taskEvents.reschedule({
        tasks: [{ task_id, start_time: "2035-01-09T09:00:00Z", duration_minutes: 30 }],
      }),
    );
    assert.deepEqual([moved.updated, moved.results[0]?.code], [1, "rescheduled"]);

    const deleted = ok(await taskEvents.delete({ event_id }));
    assert.equal(deleted.already_deleted, false);
    assert.equal(ok(await taskEvents.delete({ event_id })).already_deleted, true);
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "a series with guests is split only after its preview was confirmed": async (stack) => {
    const { convene: { taskEvents }, organizer } = await connected(stack);
    const task_id = await insertTask(organizer);
    const { event_id } = ok(
      await taskEvents.schedule({ task_id, timeZone: "UTC", recurrence_pattern: "weekly" }),
    );
    ok(await taskEvents.change({ event_id, attendees: [{ email: await stack.guest() }] }));
    const later = {
      event_id,
      update_scope: "future",
      instance_date: "2035-01-15",
      start_time: "2035-01-15T15:00:00Z",
    } as const;
    const preview = ok(await taskEvents.previewChange(later));
    assert.equal(preview.following?.start_time, "2035-01-15T15:00:00Z");
    const refused = await taskEvents.change(later);
    assert.ok(!refused.ok && refused.error.code === "confirmation_required");
    assert.deepEqual(
      refused.error.details.preview,
      Object.fromEntries(
        Object.entries(preview).filter(([name]) => name !== "success" && name !== "preview"),
      ),
    );
    const split = ok(await taskEvents.change({ ...later, confirm: true }));
    assert.ok(split.following);
    assert.notEqual(split.following.event_id, event_id);
  },

  "CalendarService has the calls of the tracking document, and throws errors by code": async (
    stack,
  ) => {
    const { organizer } = await connected(stack);
    const { user_id, client } = organizer;
    const calendar = new CalendarService(client);
    assert.equal(await calendar.hasValidConnection(user_id), true);
    const task_id = await insertTask(organizer);
    const { event_id } = await calendar.scheduleTask(user_id, { task_id });
    const guest = await stack.guest();
    await calendar.updateCalendarEvent(user_id, {
      event_id,
      summary: "The report",
      attendees: [{ email: guest, optional: true }],
    });
    const { events } = await calendar.getCalendarEvents(user_id, AROUND);
    assert.deepEqual(events.map(({ summary }) => summary), ["The report"]);
    // What Google's own client reads, normalized, is what Convene returns.
    const google = await googleOf(stack, organizer.email);
    const { data } = await google.events.get({ calendarId: "primary", eventId: event_id });
    assert.deepEqual(normalizeAttendees(data.attendees), events[0]?.attendees);

    const stranger = await stack.organizer();
    const thrown = await calendar.getCalendarEvents(stranger.user_id).catch((error) => error);
    assert.ok(thrown instanceof CalendarServiceError);
    assert.equal(thrown.code, "forbidden");
  },

  "CalendarService says whether the named user's connection works, to a secret key too": async (
    stack,
  ) => {
    const { platform } = stack;
    const key = createClient(platform.api_url, platform.secret_key, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { fetch: fetchFunction },
    });
    const calendar = new CalendarService(key);
    const healthy = await stack.organizer();
    const unconnected = await stack.organizer({ connected: false });
    assert.equal(await calendar.hasValidConnection(healthy.user_id), true);
    assert.equal(await calendar.hasValidConnection(unconnected.user_id), false);
    const revoked = await stack.organizer();
    await stack.google.revokeGrant(revoked.email);
    assert.equal(await calendar.hasValidConnection(revoked.user_id), false);
  },
}, { databases: "both" });

promise("the client with the Google connection", {
  "a user connects, is read, shares availability and disconnects": async (stack) => {
    const person = await stack.organizer({ connected: false });
    const { google } = createConvene(person.client);
    const none = ok(await google.read());
    assert.deepEqual([none.connected, none.reason], [false, "not_connected"]);

    const { authorization_url } = ok(await google.initiate());
    const consent = { authorization_url, email: person.email, scopes: "all" as const };
    const { redirect_url } = await stack.google.approve(consent);
    const callback = await fetch(redirect_url, { redirect: "manual" });
    await callback.body?.cancel();
    const back = new URL(callback.headers.get("location") ?? "");
    const code = back.searchParams.get("convene_code") ?? "";
    const connection = ok(await google.complete(code));
    assert.deepEqual([connection.connected, connection.email], [true, person.email]);
    assert.equal(ok(await google.read({ check: true })).checked, true);
    const twice = await google.complete(code);
    assert.ok(!twice.ok && twice.error.code === "invalid_request");
    assert.equal(twice.error.details.path, "code");

    const given = ok(
      await google.allowSharing({ grantee_kind: "domain", grantee: "north.example" }),
    );
    assert.equal(given.level, "busy");
    const { availability_sharing } = ok(await google.listSharing());
    assert.deepEqual(availability_sharing, [given]);
    assert.equal(ok(await google.revokeSharing(given.id)).revoked, true);
    const gone = await google.revokeSharing(given.id);
    assert.ok(!gone.ok && gone.error.code === "not_found");

    const ended = ok(await google.disconnect());
    assert.deepEqual([ended.status, ended.revoked], ["disconnected", true]);
  },
}, { databases: "both" });

async function connected(stack: Stack) {
  const organizer = await stack.organizer();
  return { organizer, convene: createConvene(organizer.client) };
}

function ok<Data>(result: Result<Data>): Data {
  assert.ok(result.ok, JSON.stringify(result));
  return result.data;
}
