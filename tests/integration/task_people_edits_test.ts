import assert from "node:assert/strict";
import { answersOf } from "../support/changes.ts";
import { type GooglePerson, inGoogle } from "../support/google_people.ts";
import { mailsBy } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";
import { change, eventRow, scheduledTask } from "../support/tasks.ts";

const AT_TWO = {
  start: { dateTime: "2035-01-08T14:00:00Z", timeZone: "Europe/Paris" },
  end: { dateTime: "2035-01-08T15:00:00Z", timeZone: "Europe/Paris" },
};
const BY_HAND = { summary: "By hand", location: "Garden", description: "An agenda of people" };

promise("what people changed of a task's event on Google", {
  "a moved event stays where it is when something else changes, and guests get one mail": async (
    stack,
  ) => {
    const { organizer, guests, event_id, person } = await taskInGoogle(stack);
    await person.edit(event_id, AT_TWO);
    await changed(organizer, { event_id, description: "Bring numbers" });
    const event = await person.read(event_id);
    assert.deepEqual([event.start, event.end].map((time) => Date.parse(time?.dateTime ?? "")), [
      Date.parse(AT_TWO.start.dateTime),
      Date.parse(AT_TWO.end.dateTime),
    ]);
    assert.equal(event.description, "Bring numbers");
    assert.deepEqual(await mailsBy(stack, guests), [["invitation", "update"]]);
    const row = await eventRow(stack, organizer, event_id);
    assert.equal(Date.parse(row.event_start), Date.parse(AT_TWO.start.dateTime));
  },

  "title, place and agenda that people edited stay when a guest is added or the time changes":
    async (stack) => {
      const { organizer, guests, event_id, person } = await taskInGoogle(stack);
      await person.edit(event_id, BY_HAND);
      const joins = await stack.guest();
      const attendees = [...guests, joins].map((email) => ({ email }));
      await changed(organizer, { event_id, attendees });
      await changed(organizer, {
        event_id,
        start_time: "2035-01-08T15:00:00Z",
        end_time: "2035-01-08T16:00:00Z",
      });
      const event = await person.read(event_id);
      const { summary, location, description } = event;
      assert.deepEqual({ summary, location, description }, BY_HAND);
      assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse("2035-01-08T15:00:00Z"));
      assert.ok(joins in answersOf(event as never));
    },

  "a place that a guest set stays, and a place that a change names replaces it": async (stack) => {
    const { organizer, guests: [guest = ""], event_id, person } = await taskInGoogle(stack);
    await person.edit(event_id, { guestsCanModify: true });
    await (await inGoogle(stack, guest)).edit(event_id, { location: "Garden" });
    await changed(organizer, { event_id, summary: "Renamed" });
    assert.deepEqual(
      [(await person.read(event_id)).summary, (await person.read(event_id)).location],
      ["Renamed", "Garden"],
    );
    await changed(organizer, { event_id, location: "Room 4" });
    assert.equal((await person.read(event_id)).location, "Room 4");
  },

  "a guest whom people removed comes back only when a list that did not have them names them":
    async (
      stack,
    ) => {
      const { organizer, guests: [guest = ""], event_id, person } = await taskInGoogle(stack);
      await person.edit(event_id, { attendees: [] });
      const names = async (...emails: string[]) => {
        await changed(organizer, { event_id, attendees: emails.map((email) => ({ email })) });
        return Object.keys(answersOf(await person.read(event_id) as never));
      };
      await changed(organizer, { event_id, summary: "Renamed" });
      assert.deepEqual(Object.keys(answersOf(await person.read(event_id) as never)), []);
      const other = await stack.guest();
      assert.deepEqual(await names(other), [other]);
      assert.deepEqual((await names(other, guest)).sort(), [guest, other].sort());
      assert.deepEqual(await mailsBy(stack, [guest]), [["invitation", "invitation"]]);
    },
});

/** A task's event with one guest, and its user in Google Calendar. */
async function taskInGoogle(stack: Stack): Promise<
  { organizer: Organizer; guests: string[]; event_id: string; person: GooglePerson }
> {
  const made = await scheduledTask(stack, { guests: 1 });
  return { ...made, person: await inGoogle(stack, made.organizer.email) };
}

async function changed(organizer: Organizer, body: Record<string, unknown>): Promise<void> {
  const answer = await change(organizer, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
