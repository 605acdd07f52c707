import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { AT_NOON, change, createdMeeting, onlyEvent, write } from "../support/changes.ts";
import { handOver } from "../support/google_people.ts";
import { mailsBy, rowOf } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";
import { syncNow } from "../support/sync.ts";
import { change as changeTask, eventRow, googleOf, scheduledTask } from "../support/tasks.ts";

promise("an event that people deleted and restored", {
  "has the change that failed meanwhile, once its calendar was read and the change is written":
    async (
      stack,
    ) => {
      for (const is_deletion_seen of [true, false]) {
        const made = await deletedMeeting(stack, AT_NOON);
        const { organizer, guests, meeting_id, google, at } = made;
        if (is_deletion_seen) await syncNow(stack, organizer);
        assert.equal(
          (await rowOf(stack, meeting_id)).cancelled_in_google_at !== null,
          is_deletion_seen,
        );
        await google.events.patch({
          ...at,
          requestBody: { status: "confirmed", location: "Garden" },
        });
        await syncNow(stack, organizer);
        const row = await rowOf(stack, meeting_id);
        assert.deepEqual([row.writeback_error, row.cancelled_in_google_at], [null, null]);
        assert.equal(row.location, "Garden", "what the change did not name follows the event");
        assert.equal((await statusOf(organizer, meeting_id)).status, "changing");

        await write(organizer, meeting_id);
        const event = await onlyEvent(stack, organizer);
        assert.equal(event.id, at.eventId);
        assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
        assert.equal(event.location, "Garden");
        const { status, reason, start_time } = await statusOf(organizer, meeting_id);
        assert.deepEqual([status, reason], ["created", null]);
        assert.equal(Date.parse(start_time), Date.parse(AT_NOON.start_time));
        assert.deepEqual(await mailsBy(stack, guests), [
          ["invitation", "update"],
          ["invitation", "update"],
        ]);
        const { changed } = await syncNow(stack, organizer);
        assert.deepEqual([changed, (await rowOf(stack, meeting_id)).write_due_at], [0, null]);
      }
    },

  "is not moved to a time that has passed meanwhile, and its row says why": async (stack) => {
    const { organizer, meeting_id, google, at } = await deletedMeeting(stack, AT_NOON);
    await syncNow(stack, organizer);
    await inThePast(stack, meeting_id);
    await google.events.patch({ ...at, requestBody: { status: "confirmed" } });
    await syncNow(stack, organizer);
    const { status, reason, error } = await statusOf(organizer, meeting_id);
    assert.deepEqual([status, reason], ["failed", "slot_expired"], error);
    const refused = await organizer.call("meetings/requeue", { body: { meeting_id } });
    assert.deepEqual([refused.status, refused.body.error], [422, "slot_expired"]);
    await change(organizer, meeting_id, AT_NOON);
    await write(organizer, meeting_id);
    const { start } = await onlyEvent(stack, organizer);
    assert.equal(Date.parse(start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
  },

  "needs no requeue once its calendar was read, and one harms nothing": async (stack) => {
    const { organizer, meeting_id, google, at } = await deletedMeeting(stack, {
      title: "Budget",
    });
    await syncNow(stack, organizer);
    await google.events.patch({ ...at, requestBody: { status: "confirmed" } });
    await syncNow(stack, organizer);
    const { body } = await organizer.call("meetings/requeue", { body: { meeting_id } });
    assert.equal(body.requeued, false, JSON.stringify(body));
    await write(organizer, meeting_id);
    assert.deepEqual(
      [(await onlyEvent(stack, organizer)).id, (await rowOf(stack, meeting_id)).title],
      [at.eventId, "Budget"],
    );
  },

  "of a task is in its row again, also where a change had failed meanwhile": async (stack) => {
    for (const is_deletion_seen of [true, false]) {
      const { organizer, event_id } = await scheduledTask(stack);
      await syncNow(stack, organizer);
      const google = await googleOf(stack, organizer.email);
      const at = { calendarId: "primary", eventId: event_id };
      await google.events.delete(at);
      if (is_deletion_seen) await syncNow(stack, organizer);
      const failed = await changeTask(organizer, { event_id, summary: "Renamed" });
      assert.equal(failed.status, 404, JSON.stringify(failed.body));
      await syncNow(stack, organizer);
      await google.events.patch({ ...at, requestBody: { status: "confirmed" } });
      await syncNow(stack, organizer);
      const row = await eventRow(stack, organizer, event_id);
      assert.deepEqual([row.sync_status, row.sync_error, row.deleted_at], ["synced", null, null]);
      const renamed = await changeTask(organizer, { event_id, summary: "Renamed" });
      assert.equal(renamed.status, 200, JSON.stringify(renamed.body));
    }
  },
}, { databases: "both" });

promise("an event that people handed over and gave back", {
  "has the change that failed meanwhile, once its calendar was read": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    await syncNow(stack, organizer);
    await change(organizer, meeting_id, { title: "Budget" });
    const colleague = await handOver(stack, organizer, event.id);
    await organizer.call("write-back", { body: { meeting_id } });
    await syncNow(stack, organizer);
    assert.equal((await statusOf(organizer, meeting_id)).reason, "not_organizer");
    await stack.google.shareCalendar({
      calendar_id: organizer.email,
      email: colleague,
      access_role: "writer",
    });
    const theirs = await googleOf(stack, colleague);
    await theirs.events.move({
      calendarId: "primary",
      eventId: event.id,
      destination: organizer.email,
    });
    await syncNow(stack, organizer);
    assert.equal((await statusOf(organizer, meeting_id)).status, "changing");
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).summary, "Budget");
    assert.equal((await statusOf(organizer, meeting_id)).status, "created");
  },
});

/** A meeting whose event people deleted before `changes` were written, which failed therefore. */
async function deletedMeeting(stack: Stack, changes: Record<string, unknown>) {
  const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
  await syncNow(stack, organizer);
  const google: calendar_v3.Calendar = await googleOf(stack, organizer.email);
  const at = { calendarId: "primary", eventId: event.id, sendUpdates: "none" };
  await google.events.delete(at);
  await change(organizer, meeting_id, changes);
  const { body } = await organizer.call("write-back", { body: { meeting_id } });
  assert.equal(body.results[0].error, "event_missing", JSON.stringify(body));
  return { organizer, guests, meeting_id, google, at };
}

async function statusOf(organizer: Organizer, meeting_id: string) {
  return (await organizer.call("status", { query: { meeting_id } })).body;
}

/** As if the change had named a time that has passed since. */
async function inThePast(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    `update public.meetings set starts_at = now() - interval '1 hour', ends_at = now() - interval '30 minutes'
     where meeting_id = $1`,
    [meeting_id],
  );
}
