import assert from "node:assert/strict";
import { CODES } from "@shared/failures/codes.ts";
import {
  change,
  createdMeeting,
  EVENT,
  makeRetryDue,
  onlyEvent,
  write,
} from "../support/changes.ts";
import {
  eventsOf,
  insertMeeting,
  mailsBy,
  makeDue,
  MONDAY,
  rowOf,
  SLOT,
} from "../support/meetings.ts";
import { addTarget, notify, outbox } from "../support/notifications.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";
import {
  answerInGoogle,
  calendarsOf,
  lastRequest,
  requestsOf,
  responsesOf,
  syncDue,
  syncNow,
} from "../support/sync.ts";
import { eventRow, googleOf, insertTask, scheduledTask } from "../support/tasks.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

/** A meeting whose calendar has been read once, so that its cursor is known. */
async function syncedMeeting(stack: Stack, columns: Record<string, unknown> = {}) {
  const made = await createdMeeting(stack, columns);
  await syncNow(stack, made.organizer);
  const google = await googleOf(stack, made.organizer.email);
  return { ...made, google, eventId: made.event.id ?? "" };
}

const AFTERNOON = {
  start: { dateTime: `${MONDAY}T14:00:00Z`, timeZone: "Europe/Rome" },
  end: { dateTime: `${MONDAY}T15:00:00Z`, timeZone: "Europe/Rome" },
};

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

  "an expired cursor leads to a full read, which finds what vanished meanwhile and announces nothing twice":
    async (stack) => {
      const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack);
      const { event_id } = await scheduledTaskOf(organizer);
      await syncNow(stack, organizer);
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "accepted" });
      await google.events.delete({ calendarId: "primary", eventId: event_id });
      await stack.google.expireSyncTokens(organizer.email);
      const since = await lastRequest(stack);
      await syncNow(stack, organizer);
      assert.deepEqual(await requestsOf(stack, organizer.email, since), [
        "list since",
        "list",
        "get",
      ]);
      assert.equal((await eventRow(stack, organizer, event_id)).sync_status, "cancelled");
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.cancelled_in_google_at, null);
      assert.deepEqual(await responsesOf(organizer, meeting_id), [`${guests[0]} accepted`]);
    },

  "a token that Google does not know, of a cursor or of a page, in whatever words, leads to a full read":
    async (stack) => {
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      const refused = {
        method: "GET",
        path_pattern: "^/calendar/v3/calendars/[^/]+/events$",
        times: 1,
      };
      for (
        const [status, columns] of [
          [400, "cursor = 'unknown', page_token = null"],
          [410, "cursor = null, page_token = 'unknown'"],
          [400, "cursor = null, page_token = 'unknown'"],
        ] as const
      ) {
        const summary = `Planning ${status} ${columns.length}`;
        await google.events.patch({ calendarId: "primary", eventId, requestBody: { summary } });
        await stack.platform.sql(
          `update private.sync_calendars set ${columns} where user_id = $1`,
          [organizer.user_id],
        );
        await stack.google.fault({ ...refused, status });
        assert.equal((await syncNow(stack, organizer)).synced, 1, `${status} ${columns}`);
        assert.equal((await rowOf(stack, meeting_id)).title, summary);
      }
    },

  "a calendar that can no longer be read says nothing about its events": async (stack) => {
    const { organizer, meeting_id } = await syncedMeeting(stack);
    await stack.google.fault({
      method: "GET",
      path_pattern: "/events$",
      status: 404,
      reason: "notFound",
      times: 1,
    });
    const answer = await syncNow(stack, organizer);
    assert.ok(answer.results.some(({ status }: { status: string }) => status === "unreadable"));
    assert.equal((await rowOf(stack, meeting_id)).cancelled_in_google_at, null);
    const [calendar] = await calendarsOf(stack, organizer);
    assert.match(calendar?.error, /^calendar_unreadable: /);
    assert.ok(Date.parse(calendar?.next_sync_at) > Date.now() + 3_600_000);
  },

  "a page and its cursor are one: a worker that dies after any request leaves nothing out": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, eventId } = await syncedMeeting(stack);
    await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "accepted" });
    await stack.google.fault({ method: "GET", path_pattern: "/events$", drop: "after", times: 1 });
    await syncNow(stack, organizer);
    assert.deepEqual((await rowOf(stack, meeting_id)).attendees.map(statusOf), [
      "accepted",
      "needsAction",
      "needsAction",
    ]);
    await stack.platform.sql(
      "update private.work set due_at = clock_timestamp() where kind = 'sync'",
    );
    await syncDue(stack);
    assert.deepEqual((await rowOf(stack, meeting_id)).attendees.map(statusOf), [
      "accepted",
      "accepted",
      "needsAction",
    ]);
  },

  "the newest version of an event stays, in whatever order they are stored": async (stack) => {
    const store = async (seen: object) => {
      const [row] = await stack.platform.sql<{ stored: boolean }>(
        "select private.record_seen_event('meeting', 'any', $1::text::jsonb) as stored",
        [JSON.stringify(seen)],
      );
      return row?.stored;
    };
    const version = (id: string, sequence: number, minute: number) => ({
      id,
      sequence,
      updated: `2030-01-01T00:0${minute}:00.000Z`,
    });
    assert.equal(await store(version("one", 1, 5)), true);
    assert.equal(await store(version("one", 1, 4)), false);
    assert.equal(await store(version("one", 0, 6)), false);
    assert.equal(await store(version("one", 1, 5)), true);
    assert.equal(await store(version("two", 0, 0)), true);
    await stack.platform.sql("delete from private.event_state where subject_id = 'any'");
  },

  "short and empty pages with a token lose nothing, in a full read and after it": async (stack) => {
    const { organizer, guests, meeting_id: first } = await createdMeeting(stack);
    const ids = [first];
    for (let count = 0; count < 4; count++) {
      const meeting_id = await insertMeeting(organizer, {
        participants: guests,
        ...SLOT,
      });
      await write(organizer, meeting_id);
      ids.push(meeting_id);
    }
    const google = await googleOf(stack, organizer.email);
    await stack.google.undocumented({ list_pages: "short" });
    try {
      for (const summary of ["First", "Second"]) {
        for (const { id } of await eventsOf(stack, organizer)) {
          await google.events.patch({
            calendarId: "primary",
            eventId: id,
            requestBody: { summary },
          });
        }
        const before = await lastRequest(stack);
        await syncNow(stack, organizer);
        const lists = await requestsOf(stack, organizer.email, before);
        assert.equal(lists.filter((name) => name.startsWith("list")).length, 4, lists.join());
        for (const meeting_id of ids) {
          assert.equal((await rowOf(stack, meeting_id)).title, summary, meeting_id);
        }
      }
    } finally {
      await stack.google.undocumented({ list_pages: "full" });
    }
  },

  "without a connection, or with another account, nothing is called": async (stack) => {
    const { organizer } = await syncedMeeting(stack);
    const since = await lastRequest(stack);
    await stack.platform.sql(
      "update private.google_connections set google_account_id = 'another' where user_id = $1",
      [organizer.user_id],
    );
    await syncNow(stack, organizer);
    assert.deepEqual(await requestsOf(stack, organizer.email, since), []);
    await stack.platform.sql(
      "delete from private.google_connections where user_id = $1",
      [organizer.user_id],
    );
    await syncNow(stack, organizer);
    assert.deepEqual(await requestsOf(stack, organizer.email, since), []);
  },
}, { databases: "both" });

function statusOf({ responseStatus }: { responseStatus: string }): string {
  return responseStatus;
}

async function scheduledTaskOf(organizer: Organizer) {
  const task_id = await insertTask(organizer, { start_date: `${MONDAY}T16:00:00Z` });
  const { body } = await organizer.call("task-events/schedule", {
    body: { task_id, timeZone: "UTC" },
  });
  return { event_id: body.event_id as string };
}
