import assert from "node:assert/strict";
import { CODES } from "@shared/failures/codes.ts";
import { change, EVENT, write } from "../support/changes.ts";
import { eventsOf, mailsBy, makeDue, rowOf } from "../support/meetings.ts";
import { addTarget, notify, outbox } from "../support/notifications.ts";
import { promise } from "../support/stack.ts";
import { answerInGoogle, calendarsOf, responsesOf, syncNow } from "../support/sync.ts";
import { syncedMeeting } from "../support/synced_meeting.ts";
import { eventRow, googleOf, insertTask } from "../support/tasks.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise("sync of deletions and moves", {
  "an event deleted in Google is cancelled there, announced, not made again, and back when it is restored":
    async (stack) => {
      await using receiver = startReceiver();
      const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack);
      await addTarget(organizer, receiver, "slack", {});
      const at = { calendarId: "primary", eventId };
      await google.events.delete({ ...at, sendUpdates: "none" });
      await syncNow(stack, organizer);
      const row = await rowOf(stack, meeting_id);
      assert.ok(row.cancelled_in_google_at);
      assert.deepEqual([row.cancelled_at, row.write_due_at], [null, null]);
      const status = async () => (await organizer.call("status", { query: { meeting_id } })).body;
      const { google_event_link, meet_link, ...shown } = await status();
      assert.deepEqual(
        [shown.status, shown.stage, shown.reason, shown.error, google_event_link, meet_link],
        ["cancelled", null, "cancelled_in_google", null, null, null],
      );
      const { body: list } = await organizer.call("status");
      assert.deepEqual([list.counts.created ?? 0, list.counts.cancelled], [0, 1]);
      const [view] = await stack.platform.sql(
        "select state, reason from public.v_writeback_status where meeting_id = $1",
        [meeting_id],
      );
      assert.deepEqual(view, { state: "cancelled", reason: "cancelled_in_google" });
      await notify(stack);
      assert.deepEqual((await outbox(stack, meeting_id)).map(({ event }) => event), [
        "cancelled_in_google",
      ]);
      await syncNow(stack, organizer);
      assert.equal((await outbox(stack, meeting_id)).length, 1);
      assert.deepEqual(await eventsOf(stack, organizer), []);
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
      await google.events.patch({ ...at, requestBody: { status: "confirmed" } });
      await syncNow(stack, organizer);
      assert.equal((await rowOf(stack, meeting_id)).cancelled_in_google_at, null);
      const restored = await status();
      assert.deepEqual([restored.status, restored.reason], ["created", null]);
      assert.ok(restored.google_event_link);
    },

  "a meeting whose event people deleted is cancelled, and no guest is said to be notified": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack);
    await google.events.delete({ calendarId: "primary", eventId, sendUpdates: "all" });
    await syncNow(stack, organizer);
    const remove = async (query: Record<string, string>) =>
      (await organizer.call("meetings", {
        method: "DELETE",
        query: { meeting_id, ...query },
      })).body;
    assert.deepEqual((await remove({ dry_run: "true" })).mail_recipients, []);
    assert.equal(
      (await remove({})).message,
      "The meeting was cancelled; people have deleted its event before.",
    );
    await write(organizer, meeting_id);
    const told = ["invitation", "cancellation"];
    assert.deepEqual(await mailsBy(stack, guests), [told, told]);
  },

  "a requeued meeting whose event people deleted is no longer called deleted, and has the replies to its new event":
    async (stack) => {
      const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack);
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "declined" });
      await google.events.delete({ calendarId: "primary", eventId });
      await syncNow(stack, organizer);
      await change(organizer, meeting_id, { title: "Budget" });
      await organizer.call("write-back", { body: { meeting_id } });
      await organizer.call("meetings/requeue", { body: { meeting_id } });
      assert.equal((await rowOf(stack, meeting_id)).cancelled_in_google_at, null);
      await write(organizer, meeting_id);
      const row = await rowOf(stack, meeting_id);
      assert.notEqual(row.google_event_id, eventId);
      const history = [`${guests[0]} declined`, `${guests[0]} needsAction`];
      assert.deepEqual(await responsesOf(organizer, meeting_id), history, "it is a new invitation");
      const { body: status } = await organizer.call("status", {
        method: "GET",
        query: { meeting_id },
      });
      assert.equal(status.rsvp.status, "awaiting");
      await syncNow(stack, organizer);
      assert.equal((await rowOf(stack, meeting_id)).cancelled_in_google_at, null);
      assert.deepEqual(await responsesOf(organizer, meeting_id), history);
      await answerInGoogle(stack, guests[0]!, row.google_event_id, { responseStatus: "accepted" });
      await syncNow(stack, organizer);
      assert.equal(
        (await responsesOf(organizer, meeting_id)).at(-1),
        `${guests[0]} accepted`,
      );
    },

  "a change that was given up says that the event is missing once people have deleted it, and one requeue writes it again":
    async (stack) => {
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      await stack.google.fault({ method: "PATCH", path_pattern: EVENT, status: 503 });
      await change(organizer, meeting_id, { title: "Budget" });
      for (let attempt = 0; attempt < 4; attempt++) {
        await makeDue(stack, meeting_id);
        await organizer.call("write-back", { body: { meeting_id } });
      }
      await stack.google.clearFaults();
      const given_up = await rowOf(stack, meeting_id);
      assert.match(given_up.writeback_error, /^google_unavailable: 3 attempts failed/);
      await google.events.delete({ calendarId: "primary", eventId });
      await syncNow(stack, organizer);
      const missing = `event_missing: ${CODES.event_missing.message}`;
      assert.equal((await rowOf(stack, meeting_id)).writeback_error, missing);
      await organizer.call("meetings/requeue", { body: { meeting_id } });
      await write(organizer, meeting_id);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.google_event_id, eventId.replace(/g1$/, "g2"));
      assert.equal(row.title, "Budget");
      assert.deepEqual([row.writeback_error, row.cancelled_in_google_at], [null, null]);
    },

  "an event moved to another calendar is followed there; one that another person organizes now is alive":
    async (stack) => {
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      const { data: second } = await google.calendars.insert({ requestBody: { summary: "Team" } });
      const destination = second.id ?? "";
      await google.events.move({ calendarId: "primary", eventId, destination });
      await syncNow(stack, organizer);
      const moved = await rowOf(stack, meeting_id);
      assert.deepEqual(
        [moved.google_calendar_id, moved.organizer_self, moved.cancelled_in_google_at],
        [destination, true, null],
      );
      const { data: event } = await google.events.get({ calendarId: destination, eventId });
      assert.equal(moved.google_event_link, event.htmlLink);
      assert.deepEqual(
        (await calendarsOf(stack, organizer)).map(({ calendar_id }) => calendar_id).sort(),
        [destination, "primary"].sort(),
      );
      await syncNow(stack, organizer);
      await google.events.patch({
        calendarId: destination,
        eventId,
        requestBody: { summary: "Elsewhere" },
      });
      await syncNow(stack, organizer);
      assert.equal((await rowOf(stack, meeting_id)).title, "Elsewhere");

      const other = await stack.organizer();
      await stack.google.shareCalendar({
        calendar_id: other.email,
        email: organizer.email,
        access_role: "writer",
      });
      await google.events.move({ calendarId: destination, eventId, destination: other.email });
      await stack.google.shareCalendar({
        calendar_id: other.email,
        email: organizer.email,
        access_role: "none",
      });
      await syncNow(stack, organizer);
      const handed = await rowOf(stack, meeting_id);
      assert.deepEqual(
        [handed.organizer_email, handed.organizer_self, handed.cancelled_in_google_at],
        [other.email, false, null],
      );
    },

  "the organizer of an event on a secondary calendar is no guest: the own answer is no reply, and none of the quorum":
    async (stack) => {
      const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack, {
        constraints: { minimum_attendee_percentage: 60 },
      });
      const { data: team } = await google.calendars.insert({ requestBody: { summary: "Team" } });
      await google.events.move({ calendarId: "primary", eventId, destination: team.id ?? "" });
      await syncNow(stack, organizer);
      assert.deepEqual(await responsesOf(organizer, meeting_id), []);
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "declined" });
      await syncNow(stack, organizer);
      assert.deepEqual(await responsesOf(organizer, meeting_id), [`${guests[0]} declined`]);
      const { body } = await organizer.call("status", { query: { meeting_id } });
      assert.deepEqual([body.rsvp.status, body.rsvp.declined_by], ["quorum_lost", [guests[0]]]);
    },

  "an event that came back from a calendar which can no longer be read is found where it is":
    async (
      stack,
    ) => {
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      const task_id = await insertTask(organizer);
      const { body: task } = await organizer.call("task-events/schedule", { body: { task_id } });
      const colleague = await stack.guest();
      const share = { calendar_id: colleague, email: organizer.email };
      const own = { calendar_id: organizer.email, email: colleague };
      const theirs = await googleOf(stack, colleague);
      const ids = [eventId, task.event_id as string];
      const rows = async () => [
        await rowOf(stack, meeting_id),
        await eventRow(stack, organizer, ids[1]!),
      ];
      await stack.google.shareCalendar({ ...share, access_role: "writer" });
      for (const id of ids) {
        await google.events.move({ calendarId: "primary", eventId: id, destination: colleague });
      }
      await syncNow(stack, organizer);
      const away = await rows();
      assert.deepEqual([away[0]?.google_calendar_id, away[1]?.calendar_id], [colleague, colleague]);

      await stack.google.shareCalendar({ ...own, access_role: "writer" });
      for (const id of ids) {
        const destination = organizer.email;
        await theirs.events.move({ calendarId: "primary", eventId: id, destination });
      }
      await stack.google.shareCalendar({ ...share, access_role: "none" });
      await syncNow(stack, organizer);
      const back = await rows();
      assert.deepEqual([back[0]?.google_calendar_id, back[1]?.calendar_id], ["primary", "primary"]);
      assert.deepEqual(back.map(({ organizer_self }) => organizer_self), [true, true]);
    },

  "an event handed over to a calendar that its organizer may only read is the other person's, until that one deletes it":
    async (stack) => {
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      const colleague = await stack.guest();
      const share = { calendar_id: colleague, email: organizer.email };
      await stack.google.shareCalendar({ ...share, access_role: "writer" });
      await google.events.move({ calendarId: "primary", eventId, destination: colleague });
      await stack.google.shareCalendar({ ...share, access_role: "reader" });
      await syncNow(stack, organizer);
      const row = await rowOf(stack, meeting_id);
      assert.deepEqual(
        [row.google_calendar_id, row.organizer_email, row.organizer_self],
        ["primary", colleague, false],
      );
      const refused = await organizer.call("meetings", {
        method: "PATCH",
        body: { meeting_id, title: "Mine" },
      });
      assert.deepEqual([refused.status, refused.body.error], [409, "not_organizer"]);

      const theirs = await googleOf(stack, colleague);
      await theirs.events.delete({ calendarId: "primary", eventId });
      await syncNow(stack, organizer);
      assert.notEqual((await rowOf(stack, meeting_id)).cancelled_in_google_at, null);
    },

  "an event that the organizer, now a guest, handed over is deleted when its new organizer deletes it, and not when the guest does":
    async (stack) => {
      for (const by of ["colleague", "guest"] as const) {
        const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack);
        const attendees = [...guests, organizer.email].map((email) => ({ email }));
        await google.events.patch({
          calendarId: "primary",
          eventId,
          requestBody: { attendees },
        });
        const colleague = await stack.guest();
        const share = { calendar_id: colleague, email: organizer.email };
        await stack.google.shareCalendar({ ...share, access_role: "writer" });
        await google.events.move({ calendarId: "primary", eventId, destination: colleague });
        await stack.google.shareCalendar({ ...share, access_role: "none" });
        await syncNow(stack, organizer);
        const handed = await rowOf(stack, meeting_id);
        assert.deepEqual(
          [handed.organizer_email, handed.cancelled_in_google_at],
          [colleague, null],
        );
        const person = by === "guest" ? google : await googleOf(stack, colleague);
        await person.events.delete({ calendarId: "primary", eventId });
        await syncNow(stack, organizer);
        const row = await rowOf(stack, meeting_id);
        assert.equal(row.cancelled_in_google_at !== null, by === "colleague", by);
        assert.equal(row.organizer_email, colleague);
      }
    },
}, { databases: "both" });
