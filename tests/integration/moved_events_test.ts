import assert from "node:assert/strict";
import { batch, cancel, change, createdMeeting, requeue, write } from "../support/changes.ts";
import { askedOf, handOver, inGoogle, tryToWrite } from "../support/google_people.ts";
import { deleteOnGoogle, insertMeeting, mailsBy, rowOf, SLOT } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";
import { syncNow } from "../support/sync.ts";
import { googleOf } from "../support/tasks.ts";

promise("events that people moved", {
  "an event on another calendar of the organizer is deleted there, its guests notified once":
    async (
      stack,
    ) => {
      for (const organizer_is_guest of [true, false]) {
        const { organizer, guests, meeting_id, event, second } = await movedMeeting(
          stack,
          organizer_is_guest,
        );
        await cancel(organizer, meeting_id);
        const before = (await stack.google.requests()).length;
        await write(organizer, meeting_id);
        assert.deepEqual(await askedOf(stack, event.id, before), ["GET", "GET", "DELETE"]);
        assert.deepEqual(await stack.google.events({ event_id: event.id, status: "live" }), []);
        assert.deepEqual(await mailsBy(stack, guests), [
          ["invitation", "cancellation"],
          ["invitation", "cancellation"],
        ]);
        const row = await rowOf(stack, meeting_id);
        assert.deepEqual([row.google_calendar_id, row.write_due_at], [second, null]);
      }
    },

  "a change follows the event to the organizer's other calendar, and makes no second one": async (
    stack,
  ) => {
    for (const organizer_is_guest of [true, false]) {
      const { organizer, guests, meeting_id, event, second } = await movedMeeting(
        stack,
        organizer_is_guest,
      );
      await change(organizer, meeting_id, { title: "Budget" });
      await write(organizer, meeting_id);
      const live = await stack.google.events({ status: "live", event_id: event.id });
      const own = live.find(({ calendar_id }) => calendar_id === second);
      assert.deepEqual([own?.summary, own?.organizer?.self], ["Budget", true]);
      assert.deepEqual(await mailsBy(stack, guests), [
        ["invitation", "update"],
        ["invitation", "update"],
      ]);
      const row = await rowOf(stack, meeting_id);
      assert.deepEqual([row.google_event_id, row.google_calendar_id], [event.id, second]);

      // From now on the event is read where it is.
      await change(organizer, meeting_id, { location: "Room 4" });
      const before = (await stack.google.requests()).length;
      await write(organizer, meeting_id);
      assert.deepEqual(await askedOf(stack, event.id, before), ["GET", "PATCH"]);
    }
  },

  "an event that was handed over is never called cancelled, and its organizer is named": async (
    stack,
  ) => {
    for (const operation of ["change", "cancel"] as const) {
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      const colleague = await handOver(stack, organizer, event.id);
      if (operation === "change") await change(organizer, meeting_id, { title: "Budget" });
      else await cancel(organizer, meeting_id);
      const { answer, row } = await tryToWrite(stack, organizer, meeting_id);
      assert.equal(answer.body.results[0].error, "not_organizer", JSON.stringify(answer.body));
      assert.match(row.writeback_error, new RegExp(`^not_organizer: ${colleague} organizes`));
      assert.equal(row.write_due_at, null, "given up");
      assert.ok(row.written_version < row.desired_version);
      await isAlive(stack, event.id, colleague);

      await organizer.call("meetings/requeue", { body: { meeting_id } });
      await tryToWrite(stack, organizer, meeting_id);
      await isAlive(stack, event.id, colleague);
      const copies = await stack.google.events({ calendar_id: organizer.email, status: "live" });
      assert.ok(copies.every(({ id, organizer }) => id === event.id && organizer?.self !== true));
    }
  },

  "an event without Convene's key that another calendar of the organizer has handed over is not called cancelled":
    async (stack) => {
      const { organizer, guests, meeting_id, event, second } = await movedMeeting(stack, false);
      await syncNow(stack, organizer);
      assert.equal((await rowOf(stack, meeting_id)).google_calendar_id, second);
      const google = await googleOf(stack, organizer.email);
      const at = { calendarId: second, eventId: event.id };
      await google.events.patch({
        ...at,
        requestBody: { extendedProperties: { private: { convene_event_key: null as never } } },
      });
      const colleague = await stack.guest();
      const share = { calendar_id: colleague, email: organizer.email };
      await stack.google.shareCalendar({ ...share, access_role: "writer" });
      await google.events.move({ ...at, destination: colleague, sendUpdates: "none" });
      await stack.google.shareCalendar({ ...share, access_role: "none" });
      await cancel(organizer, meeting_id);
      const { answer, row } = await tryToWrite(stack, organizer, meeting_id);
      assert.equal(answer.body.error, "not_organizer", JSON.stringify(answer.body));
      assert.match(row.writeback_error, new RegExp(colleague));
      const live = await stack.google.events({ event_id: event.id, status: "live" });
      assert.ok(live.some(({ calendar_id }) => calendar_id === colleague));
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    },

  "an event that the row knows to be handed over is refused at once": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    const colleague = await handOver(stack, organizer, event.id);
    await stack.platform.sql(
      "update public.meetings set organizer_self = false, organizer_email = $2 where meeting_id = $1",
      [meeting_id, colleague],
    );
    const before = await rowOf(stack, meeting_id);
    for (
      const answer of [
        await organizer.call("meetings", { method: "DELETE", query: { meeting_id } }),
        await organizer.call("meetings", { method: "PATCH", body: { meeting_id, title: "x" } }),
      ]
    ) {
      assert.deepEqual([answer.status, answer.body.error], [409, "not_organizer"]);
      assert.equal(answer.body.details.organizer_email, colleague);
      assert.match(answer.body.message, new RegExp(colleague));
    }
    assert.deepEqual(await rowOf(stack, meeting_id), before);
    await isAlive(stack, event.id, colleague);
  },

  "a 404 of a calendar that can no longer be read is not believed": async (stack) => {
    const organizer = await stack.organizer();
    const owner = await stack.guest();
    const calendar_id = await (await inGoogle(stack, owner)).newCalendar("Team");
    const share = { calendar_id, email: organizer.email };
    await stack.google.shareCalendar({ ...share, access_role: "writer" });
    const [cancelled, changed] = await Promise.all([1, 2].map(() =>
      insertMeeting(organizer, {
        participants: [owner],
        target_calendar_id: calendar_id,
        ...SLOT,
      })
    )) as [string, string];
    for (const meeting_id of [cancelled, changed]) await write(organizer, meeting_id);
    await stack.google.shareCalendar({ ...share, access_role: "none" });

    await cancel(organizer, cancelled);
    await change(organizer, changed, { title: "Budget" });
    for (const meeting_id of [cancelled, changed]) {
      const { answer, row } = await tryToWrite(stack, organizer, meeting_id);
      assert.equal(answer.body.results[0].error, "event_unreachable", JSON.stringify(answer.body));
      assert.match(row.writeback_error, /can no longer be read/);
      assert.equal(row.write_due_at, null, "given up");
      await requeue(organizer, meeting_id);
      assert.match(
        (await tryToWrite(stack, organizer, meeting_id)).row.writeback_error,
        /^event_un/,
      );
    }
    const events = () => stack.google.events({ calendar_id, status: "live" });
    assert.equal((await events()).length, 2, "none deleted, and no second one");

    await stack.google.shareCalendar({ ...share, access_role: "writer" });
    for (const meeting_id of [cancelled, changed]) await requeue(organizer, meeting_id);
    await batch(stack);
    assert.deepEqual((await events()).map(({ summary }) => summary), ["Budget"]);
    assert.equal((await rowOf(stack, cancelled)).write_due_at, null);
  },

  "a change or a cancellation is one read and one write": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    await change(organizer, meeting_id, { title: "Budget" });
    const before = (await stack.google.requests()).length;
    await write(organizer, meeting_id);
    await cancel(organizer, meeting_id);
    await write(organizer, meeting_id);
    assert.deepEqual(await askedOf(stack, event.id, before), ["GET", "PATCH", "GET", "DELETE"]);
  },

  "an event that people deleted ends its cancellation without another request": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    await deleteOnGoogle(stack, organizer.email, event.id);
    await cancel(organizer, meeting_id);
    const before = (await stack.google.requests()).length;
    await write(organizer, meeting_id);
    assert.deepEqual(await askedOf(stack, event.id, before), ["GET"]);
    assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
  },
});

/** A meeting whose event the organizer has moved to a second calendar. */
async function movedMeeting(stack: Stack, organizer_is_guest: boolean) {
  const made = await createdMeeting(stack);
  const { organizer, guests, event } = made;
  const person = await inGoogle(stack, organizer.email);
  if (!organizer_is_guest) {
    await person.edit(event.id, { attendees: guests.map((email) => ({ email })) });
  }
  const second = await person.newCalendar("Projects");
  await person.move(event.id, second);
  return { ...made, second };
}

async function isAlive(stack: Stack, event_id: string, calendar_id: string): Promise<void> {
  const events = await stack.google.events({ event_id, calendar_id, status: "live" });
  assert.deepEqual(events.map(({ status }) => status), ["confirmed"]);
}
