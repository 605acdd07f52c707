import assert from "node:assert/strict";
import { change, EVENT, makeRetryDue, onlyEvent, write } from "../support/changes.ts";
import { MONDAY, rowOf } from "../support/meetings.ts";
import { addTarget, notify, outbox } from "../support/notifications.ts";
import { promise } from "../support/stack.ts";
import { answerInGoogle, lastRequest, requestsOf, responsesOf, syncNow } from "../support/sync.ts";
import { AFTERNOON, syncedMeeting } from "../support/synced_meeting.ts";
import { eventRow, googleOf, scheduledTask } from "../support/tasks.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise("sync", {
  "a time with a fraction of a second is stored as Google keeps it, and is not moved by the first reply":
    async (stack) => {
      await using receiver = startReceiver();
      const made = await syncedMeeting(stack, {
        starts_at: `${MONDAY}T10:00:00.250Z`,
        ends_at: `${MONDAY}T10:30:00.750Z`,
      });
      const { organizer, guests, meeting_id, eventId } = made;
      await addTarget(organizer, receiver, "slack", { events: ["replied", "moved"] });
      const changed = await change(organizer, meeting_id, {
        start_time: `${MONDAY}T11:00:00.250Z`,
        end_time: `${MONDAY}T11:30:00.750Z`,
      });
      assert.equal(changed.status, 200, JSON.stringify(changed.body));
      await write(organizer, meeting_id);
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "accepted" });
      await syncNow(stack, organizer);
      const row = await rowOf(stack, meeting_id);
      assert.deepEqual(
        [row.starts_at, row.ends_at].map((at) => new Date(at).toISOString()),
        [`${MONDAY}T11:00:00.000Z`, `${MONDAY}T11:30:00.000Z`],
      );
      await notify(stack);
      const told = await outbox(stack, meeting_id);
      assert.deepEqual(told.map(({ event }) => event), ["replied"]);
    },

  "what people change in Google Calendar is in the row after one sweep of one call, and no write becomes due":
    async (stack) => {
      await using receiver = startReceiver();
      const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack, {
        title: "Planning",
        location: "Room 1",
      });
      await addTarget(organizer, receiver, "slack", { events: ["replied", "moved"] });
      const before = await rowOf(stack, meeting_id);
      const added = await stack.guest();
      const { data: shown } = await google.events.get({ calendarId: "primary", eventId });
      await google.events.patch({
        calendarId: "primary",
        eventId,
        sendUpdates: "none",
        requestBody: {
          ...AFTERNOON,
          summary: "Planning, second round",
          location: null as never,
          recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
          attendees: [
            ...(shown.attendees ?? []).filter(({ email }) => email !== guests[1]),
            { email: added },
          ],
        },
      });
      await answerInGoogle(stack, guests[0]!, eventId, {
        responseStatus: "tentative",
        comment: "Late",
        additionalGuests: 1,
      });
      const since = await lastRequest(stack);
      assert.deepEqual((await syncNow(stack, organizer)).changed, 1);
      assert.deepEqual(await requestsOf(stack, organizer.email, since), ["list since"]);

      const row = await rowOf(stack, meeting_id);
      const instant = (value: unknown) => new Date(String(value)).toISOString();
      assert.deepEqual(
        [row.title, row.location, instant(row.starts_at), instant(row.ends_at), row.timezone],
        [
          "Planning, second round",
          null,
          `${MONDAY}T14:00:00.000Z`,
          `${MONDAY}T15:00:00.000Z`,
          "Europe/Rome",
        ],
      );
      assert.deepEqual(row.recurrence, ["RRULE:FREQ=WEEKLY;COUNT=3"]);
      const { data: event } = await google.events.get({ calendarId: "primary", eventId });
      assert.deepEqual(row.attendees, event.attendees);
      for (const column of ["participants", "desired_version", "written_version", "description"]) {
        assert.deepEqual(row[column], before[column], column);
      }
      assert.equal(row.write_due_at, null);
      const { body: status } = await organizer.call("status", { query: { meeting_id } });
      assert.deepEqual(status.rsvp.awaiting, [guests[0]]);
      assert.deepEqual(await responsesOf(organizer, meeting_id), [`${guests[0]} tentative Late`]);
      const stranger = await stack.organizer({ connected: false });
      assert.deepEqual(await responsesOf(stranger, meeting_id), []);
      await notify(stack);
      const sent = await outbox(stack, meeting_id);
      assert.deepEqual(sent.map(({ event }) => event).sort(), ["moved", "replied"]);
      assert.equal((await syncNow(stack, organizer)).changed, 0);
      assert.equal((await outbox(stack, meeting_id)).length, 2);
    },

  "guests whom people removed are not waited for, also where they removed every one": async (
    stack,
  ) => {
    const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
    await google.events.patch({
      calendarId: "primary",
      eventId,
      requestBody: { attendees: [] },
    });
    await syncNow(stack, organizer);
    const { body: status } = await organizer.call("status", { query: { meeting_id } });
    assert.deepEqual([status.attendees, status.rsvp.awaiting], [[], []]);
  },

  "a guest whom people removed is not waited for while a change is due, and one whom the change adds is":
    async (stack) => {
      const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack);
      const [stays, leaves] = guests as [string, string];
      await google.events.patch({
        calendarId: "primary",
        eventId,
        requestBody: { attendees: [{ email: stays }] },
      });
      await answerInGoogle(stack, stays, eventId, { responseStatus: "accepted" });
      await syncNow(stack, organizer);
      const rsvp = async () =>
        (await organizer.call("status", { query: { meeting_id } })).body.rsvp;
      const joins = await stack.guest();
      for (
        const [changes, awaiting] of [
          [{ title: "Budget" }, []],
          [{ participants: [...guests, joins] }, [joins]],
          [{ participants: [stays, joins] }, [joins]],
          // Naming them again invites them.
          [{ participants: [stays, leaves, joins] }, [leaves, joins]],
        ] as const
      ) {
        await change(organizer, meeting_id, changes);
        const { status, ...shown } = await rsvp();
        const is_complete = awaiting.length === 0;
        assert.deepEqual([shown.awaiting, status], [
          awaiting,
          is_complete ? "confirmed" : "awaiting",
        ]);
      }
      await write(organizer, meeting_id);
      assert.deepEqual((await rsvp()).awaiting, [leaves, joins]);
    },

  "a composed title that a write without a response has changed is no title by people, and follows the guests":
    async (stack) => {
      const { organizer, guests, meeting_id } = await syncedMeeting(stack, { title: null });
      const [third, fourth] = [await stack.guest(), await stack.guest()];
      await change(organizer, meeting_id, { participants: [...guests, third] });
      await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: "after", times: 1 });
      await organizer.call("write-back", { body: { meeting_id } });
      await syncNow(stack, organizer);
      assert.equal((await rowOf(stack, meeting_id)).title, null);
      await makeRetryDue(stack, meeting_id);
      await write(organizer, meeting_id);
      await change(organizer, meeting_id, { participants: [...guests, third, fourth] });
      await write(organizer, meeting_id);
      assert.equal((await rowOf(stack, meeting_id)).title, null);
      assert.match((await onlyEvent(stack, organizer)).summary ?? "", new RegExp(fourth));
    },

  "a meeting that is to have no conference has no link, also while its event still shows one":
    async (stack) => {
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      assert.ok((await rowOf(stack, meeting_id)).meet_link);
      await change(organizer, meeting_id, { conference: "none" });
      await google.events.patch({
        calendarId: "primary",
        eventId,
        requestBody: { location: "Room 9" },
      });
      await syncNow(stack, organizer);
      const row = await rowOf(stack, meeting_id);
      assert.deepEqual([row.location, row.meet_link], ["Room 9", null]);
    },

  "a change that is not written yet keeps what it named, and is no change by people once it is written":
    async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      await addTarget(organizer, receiver, "slack", { events: ["replied", "moved"] });
      const noon = `${MONDAY}T12:00:00.000Z`;
      await change(organizer, meeting_id, { start_time: noon, end_time: `${MONDAY}T12:30:00Z` });
      await google.events.patch({ calendarId: "primary", eventId, requestBody: AFTERNOON });
      await syncNow(stack, organizer);
      const startsAt = async () =>
        new Date((await rowOf(stack, meeting_id)).starts_at).toISOString();
      assert.equal(await startsAt(), noon);
      await write(organizer, meeting_id);
      await syncNow(stack, organizer);
      assert.equal(await startsAt(), noon);
      assert.deepEqual(await outbox(stack, meeting_id), []);
    },

  "a task's event follows what people change and delete, with the history of its replies": async (
    stack,
  ) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 1 });
    await syncNow(stack, organizer);
    const google = await googleOf(stack, organizer.email);
    await google.events.patch({
      calendarId: "primary",
      eventId: event_id,
      requestBody: { ...AFTERNOON, summary: "Report, final" },
    });
    await answerInGoogle(stack, guests[0]!, event_id, { responseStatus: "declined" });
    await answerInGoogle(stack, guests[0]!, event_id, { responseStatus: "accepted" });
    await syncNow(stack, organizer);
    const row = await eventRow(stack, organizer, event_id);
    assert.deepEqual(
      [row.event_title, new Date(row.event_start).toISOString(), row.timezone],
      ["Report, final", `${MONDAY}T14:00:00.000Z`, "Europe/Rome"],
    );
    assert.deepEqual(await responsesOf(organizer, row.id), [`${guests[0]} accepted`]);
    await answerInGoogle(stack, guests[0]!, event_id, { responseStatus: "tentative" });
    await google.events.delete({ calendarId: "primary", eventId: event_id });
    await syncNow(stack, organizer);
    assert.deepEqual(await responsesOf(organizer, row.id), [
      `${guests[0]} accepted`,
      `${guests[0]} tentative`,
    ]);
    const deleted = await eventRow(stack, organizer, event_id);
    assert.deepEqual([deleted.sync_status, deleted.sync_error], [
      "cancelled",
      "cancelled_in_google",
    ]);
  },

  "an event whose details Google hides from the user takes nothing from its row": async (stack) => {
    const organizer = await stack.organizer();
    const colleague = await stack.guest();
    const theirs = await googleOf(stack, colleague);
    const { data: event } = await theirs.events.insert({
      calendarId: "primary",
      requestBody: { ...AFTERNOON, summary: "Review", visibility: "private" },
    });
    await stack.google.shareCalendar({
      calendar_id: colleague,
      email: organizer.email,
      access_role: "reader",
    });
    await stack.platform.sql(
      `insert into public.task_calendar_events
         (user_id, calendar_id, calendar_event_id, event_title, event_start, organizer_email, sync_status)
       values ($1, $2, $3, 'Review', '2035-01-08T14:00:00Z', $2, 'synced')`,
      [organizer.user_id, colleague, event.id],
    );
    await syncNow(stack, organizer);
    const row = await eventRow(stack, organizer, event.id ?? "");
    assert.deepEqual(
      [row.event_title, row.organizer_email, row.sync_status],
      ["Review", colleague, "synced"],
    );
  },
}, { databases: "both" });
