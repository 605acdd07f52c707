import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { mondays, SUMMER, WINTER } from "../support/mondays.ts";
import { promise, type Stack } from "../support/stack.ts";
import { change, googleOf, insertTask, scheduledTask, startOf } from "../support/tasks.ts";

type Event = calendar_v3.Schema$Event;

const DAYS = { timeMin: "2034-01-01T00:00:00Z", timeMax: "2037-01-01T00:00:00Z" };
const MINE = { calendarId: "primary" };

/** What Google's own client shows of an event: the fields that were promised. */
function shown(event: Event) {
  return {
    start: startOf(event),
    summary: event.summary,
    guests: Object.fromEntries(
      (event.attendees ?? []).map(({ email, responseStatus }) => [email, responseStatus]),
    ),
  };
}

/** Every mail to these guests so far, in order; guests by number. */
async function mails(stack: Stack, guests: readonly string[]) {
  const sent = await stack.google.mails();
  return sent.filter(({ to }) => guests.includes(to)).map(({ to, kind, event_id }) => ({
    to: guests.indexOf(to),
    kind,
    event_id,
  }));
}

async function instancesOf(google: calendar_v3.Calendar, eventId: string, showDeleted = false) {
  const { data } = await google.events.instances({ ...MINE, eventId, showDeleted });
  return data.items ?? [];
}

promise("what Google's own client sees", {
  "schedule: one event with our key, its organizer, its link, and no mail": async (stack) => {
    const organizer = await stack.organizer({ timezone: "Europe/Paris" });
    const google = await googleOf(stack, organizer.email);
    const task_id = await insertTask(organizer, { description: "a < b & c" });
    const { body } = await organizer.call("task-events/schedule", {
      body: {
        task_id,
        start_time: "2035-01-09T10:00:00+01:00",
        duration_minutes: 45,
        timeZone: "Europe/Paris",
        color_id: "9",
      },
    });
    const { data: list } = await google.events.list({ ...MINE, ...DAYS, showDeleted: true });
    assert.deepEqual(list.items?.map(({ id }) => id), [body.event_id]);
    const { data } = await google.events.get({ ...MINE, eventId: body.event_id });
    assert.deepEqual(data.start, {
      dateTime: "2035-01-09T10:00:00+01:00",
      timeZone: "Europe/Paris",
    });
    assert.deepEqual(data.end, {
      dateTime: "2035-01-09T10:45:00+01:00",
      timeZone: "Europe/Paris",
    });
    assert.deepEqual(data.organizer, { email: organizer.email, self: true });
    assert.equal(data.htmlLink, body.event_link);
    assert.equal(data.description, "a &lt; b &amp; c");
    assert.equal(data.colorId, "9");
    assert.match(data.extendedProperties?.private?.["convene_event_key"] ?? "", /^[0-9a-f-]{36}$/);
    assert.deepEqual(await mails(stack, [organizer.email]), []);
  },

  "guests: each invited once, an update for those who were there, a goodbye for who goes": async (
    stack,
  ) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 2 });
    const [ana = "", bo = ""] = guests;
    const cy = await stack.guest();
    const google = await googleOf(stack, organizer.email);
    await stack.google.reply({ email: ana, event_id, responseStatus: "accepted" });
    await change(organizer, { event_id, attendees: [{ email: ana }, { email: cy }] });
    const { data } = await google.events.get({ ...MINE, eventId: event_id });
    assert.deepEqual(shown(data).guests, { [ana]: "accepted", [cy]: "needsAction" });
    assert.deepEqual(await mails(stack, [ana, bo, cy]), [
      { to: 0, kind: "invitation", event_id },
      { to: 1, kind: "invitation", event_id },
      { to: 0, kind: "update", event_id },
      { to: 1, kind: "cancellation", event_id },
      { to: 2, kind: "invitation", event_id },
    ]);
    // A guest's own copy names the organizer without self, and the guest with it.
    const hers = await (await googleOf(stack, ana)).events.get({ ...MINE, eventId: event_id });
    assert.deepEqual(hers.data.organizer, { email: organizer.email });
    assert.equal(hers.data.attendees?.find(({ email }) => email === ana)?.self, true);
    const his = await (await googleOf(stack, bo)).events.list({ ...MINE, ...DAYS });
    assert.deepEqual(his.data.items, []);

    for (const sendUpdates of ["none", "externalOnly"]) {
      await change(organizer, { event_id, location: `Room ${sendUpdates}`, sendUpdates });
    }
    assert.equal((await mails(stack, [ana, bo, cy])).length, 5);
    const { data: moved } = await google.events.get({ ...MINE, eventId: event_id });
    assert.equal(moved.location, "Room externalOnly");
  },

  "single: one exception under its original start, guests notified of it alone": async (stack) => {
    const { organizer, guests, event_id } = await mondays(stack, 1);
    const google = await googleOf(stack, organizer.email);
    const { data: before } = await google.events.get({ ...MINE, eventId: event_id });
    const { body } = await change(organizer, {
      event_id,
      update_scope: "single",
      instance_date: "2035-03-26",
      start_time: "2035-03-27T13:00:00Z",
      summary: "Only this one",
    });
    const { data: exception } = await google.events.get({ ...MINE, eventId: body.event_id });
    assert.equal(exception.recurringEventId, event_id);
    assert.equal(
      new Date(exception.originalStartTime?.dateTime ?? "").toISOString(),
      iso(SUMMER[0]),
    );
    assert.deepEqual(shown(exception), {
      start: "2035-03-27T13:00:00Z",
      summary: "Only this one",
      guests: { [guests[0]!]: "needsAction" },
    });
    const { data: master } = await google.events.get({ ...MINE, eventId: event_id });
    assert.deepEqual(master, before);
    const { data: list } = await google.events.list({ ...MINE, ...DAYS });
    assert.deepEqual(list.items?.map(({ id }) => id).sort(), [event_id, exception.id].sort());
    assert.deepEqual(
      (await instancesOf(google, event_id)).map((one) => [startOf(one), one.summary]),
      [...WINTER, "2035-03-27T13:00:00Z", ...SUMMER.slice(1)].map((start) => [
        start,
        start === "2035-03-27T13:00:00Z" ? "Only this one" : "Write the report",
      ]),
    );
    const sent = await mails(stack, guests);
    assert.deepEqual(sent.map(({ kind, event_id }) => [kind, event_id]), [
      ["invitation", event_id],
      ["update", exception.id],
    ]);
  },

  "all: every occurrence has it, the changed one keeps its own, one mail": async (stack) => {
    const { organizer, guests, event_id } = await mondays(stack, 1);
    const google = await googleOf(stack, organizer.email);
    const one = { event_id, update_scope: "single", instance_date: "2035-03-12" };
    await change(organizer, { ...one, summary: "Only this one" });
    const { body } = await change(organizer, {
      event_id,
      update_scope: "all",
      start_time: "2035-03-05T10:00:00Z",
      location: "Room 4",
    });
    assert.equal(body.sendUpdates, "all");
    const instances = await instancesOf(google, event_id);
    assert.deepEqual(
      instances.map((each) => startOf(each)),
      [...WINTER, ...SUMMER].map((start) => iso(start, 1).replace(".000Z", "Z")),
    );
    assert.deepEqual(
      instances.map(({ summary }) => summary === "Only this one"),
      [false, true, false, false, false, false],
    );
    const sent = (await mails(stack, guests)).filter((mail) => mail.event_id === event_id);
    assert.deepEqual(sent.map(({ kind }) => kind), ["invitation", "update"]);
  },

  "future: two series without a common occurrence, guests and replies in both": async (stack) => {
    const { organizer, guests, event_id } = await mondays(stack, 2);
    const [ana = "", bo = ""] = guests;
    const google = await googleOf(stack, organizer.email);
    await stack.google.reply({ email: bo, event_id, responseStatus: "tentative" });
    const before = (await mails(stack, guests)).length;
    const { body } = await change(organizer, {
      event_id,
      update_scope: "future",
      instance_date: "2035-03-26",
      start_time: "2035-03-26T12:00:00Z",
      confirm: true,
    });
    const { data: list } = await google.events.list({ ...MINE, ...DAYS });
    const following = body.following.event_id;
    assert.deepEqual(list.items?.map(({ id }) => id).sort(), [event_id, following].sort());
    assert.deepEqual((await instancesOf(google, event_id)).map(startOf), WINTER);
    const second = await instancesOf(google, following);
    assert.deepEqual(second.map(startOf), [
      "2035-03-26T12:00:00Z",
      "2035-04-02T12:00:00Z",
      "2035-04-09T12:00:00Z",
    ]);
    for (const each of second) {
      assert.deepEqual(shown(each).guests, { [ana]: "needsAction", [bo]: "tentative" });
    }
    const told = (await mails(stack, guests)).slice(before);
    assert.deepEqual(told.map(({ to, kind, event_id }) => [to, kind, event_id]), [
      [0, "update", event_id],
      [1, "update", event_id],
      [0, "invitation", following],
      [1, "invitation", following],
    ]);
  },

  "delete: a cancelled exception, a shorter series, a cancelled series": async (stack) => {
    const { organizer, guests, event_id } = await mondays(stack, 1);
    const google = await googleOf(stack, organizer.email);
    const remove = (body: Record<string, unknown>) =>
      organizer.call("task-events", { method: "DELETE", body: { event_id, ...body } });
    await remove({ update_scope: "single", instance_date: "2035-03-12" });
    const all = await instancesOf(google, event_id, true);
    assert.deepEqual(all.map(({ status }) => status), [
      "confirmed",
      "cancelled",
      "confirmed",
      "confirmed",
      "confirmed",
      "confirmed",
    ]);
    const { data: list } = await google.events.list({ ...MINE, ...DAYS });
    assert.deepEqual(
      list.items?.map(({ id, status }) => [id, status]).sort(),
      [[event_id, "confirmed"], [all[1]?.id, "cancelled"]].sort(),
    );
    await remove({ update_scope: "future", instance_date: "2035-03-26" });
    assert.deepEqual((await instancesOf(google, event_id)).map(startOf), [WINTER[0], WINTER[2]]);
    await remove({});
    const { data: gone } = await google.events.get({ ...MINE, eventId: event_id });
    assert.equal(gone.status, "cancelled");
    const { data: left } = await google.events.list({ ...MINE, ...DAYS });
    assert.deepEqual(left.items, []);
    const sent = await mails(stack, guests);
    assert.deepEqual(sent.map(({ kind, event_id }) => [kind, event_id]), [
      ["invitation", event_id],
      ["cancellation", all[1]?.id],
      ["update", event_id],
      ["cancellation", event_id],
    ]);
  },

  "reschedule: our event moves with its guests notified, a series with guests and a foreign event stay":
    async (
      stack,
    ) => {
      const ours = await scheduledTask(stack, { guests: 1 });
      const { organizer } = ours;
      const google = await googleOf(stack, organizer.email);
      const series_id = await insertTask(organizer, {
        task_type: "recurring",
        recurrence_pattern: "weekly",
        recurrence_ends: "2035-02-28",
      });
      const series = await organizer.call("task-events", { body: { task_id: series_id } });
      await change(organizer, {
        event_id: series.body.event_id,
        attendees: ours.guests.map((email) => ({ email })),
      });
      const shared_id = await insertTask(organizer);
      const shared = await organizer.call("task-events", { body: { task_id: shared_id } });
      await stack.platform.sql(
        "update public.task_calendar_events set organizer_self = false where calendar_event_id = $1",
        [shared.body.event_id],
      );
      const events = async () => {
        const { data } = await google.events.list({ ...MINE, ...DAYS });
        return Object.fromEntries((data.items ?? []).map((event) => [event.id, event]));
      };
      const before = await events();
      const mailed = (await mails(stack, ours.guests)).length;
      const start_time = "2035-01-10T13:00:00Z";
      const { body } = await organizer.call("task-events/reschedule", {
        body: {
          tasks: [ours.task_id, series_id, shared_id].map((task_id) => ({ task_id, start_time })),
        },
      });
      assert.deepEqual(
        body.results.map(({ status, code }: { status: string; code: string }) => [status, code]),
        [["updated", "rescheduled"], ["skipped", "recurring_with_guests"], [
          "skipped",
          "not_organizer",
        ]],
      );
      const { [ours.event_id]: moved, ...others } = await events();
      assert.deepEqual(shown(moved!), {
        start: start_time,
        summary: "Write the report",
        guests: { [ours.guests[0]!]: "needsAction" },
      });
      const { [ours.event_id]: _, ...untouched } = before;
      assert.deepEqual(others, untouched);
      const told = (await mails(stack, ours.guests)).slice(mailed);
      assert.deepEqual(told.map(({ kind, event_id }) => [kind, event_id]), [[
        "update",
        ours.event_id,
      ]]);
    },
});

/** As an ISO instant, so many hours later. */
function iso(instant: string, hours = 0): string {
  return new Date(Date.parse(instant) + hours * 3_600_000).toISOString();
}
