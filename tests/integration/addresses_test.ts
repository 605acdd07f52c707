import assert from "node:assert/strict";
import { cancel, change, createdMeeting, onlyEvent, write } from "../support/changes.ts";
import { inGoogle } from "../support/google_people.ts";
import { insertMeeting, mailsBy, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";
import { responsesOf, syncNow } from "../support/sync.ts";
import { change as changeTask, scheduledTask } from "../support/tasks.ts";

const named = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}@north.example`;

promise("addresses of guests", {
  "the organizer under an alias is the organizer: not mailed, not waited for, and not a reply":
    async (stack) => {
      const alias = named("boss");
      const organizer = await stack.organizer({ aliases: [alias] });
      const guest = await stack.guest();
      const found = await organizer.call("schedule", {
        body: { participants: [alias, guest], constraints: WEEK },
      });
      assert.equal(found.status, 200, JSON.stringify(found.body));
      const { meeting_id } = found.body;
      await write(organizer, meeting_id);
      const event = await onlyEvent(stack, organizer);
      assert.deepEqual(await mailsBy(stack, [alias, organizer.email, guest]), [
        [],
        [],
        ["invitation"],
      ]);
      const awaiting = await syncedRsvp(stack, organizer, meeting_id, "awaiting");
      assert.deepEqual(awaiting.awaiting, [guest]);
      for (const email of [organizer.email, guest]) {
        await stack.google.reply({ email, event_id: event.id, responseStatus: "accepted" });
      }
      await syncedRsvp(stack, organizer, meeting_id, "confirmed");
      assert.deepEqual(await responsesOf(organizer, meeting_id), [`${guest} accepted`]);

      await change(organizer, meeting_id, { title: "Budget" });
      await write(organizer, meeting_id);
      const [own] = (await onlyEvent(stack, organizer)).attendees ?? [];
      assert.deepEqual([own?.email, own?.responseStatus], [alias, "accepted"]);
      await cancel(organizer, meeting_id);
      await write(organizer, meeting_id);
      assert.deepEqual(await mailsBy(stack, [alias, guest]), [
        [],
        ["invitation", "update", "cancellation"],
      ]);
    },

  "who was invited to a task's event under an alias is one guest and keeps the reply": async (
    stack,
  ) => {
    const { organizer, event_id } = await scheduledTask(stack);
    const alias = named("colleague");
    const colleague = await stack.guest({ aliases: [alias] });
    for (const attendees of [[{ email: alias }], [{ email: alias.toUpperCase() }]]) {
      const { status, body } = await changeTask(organizer, { event_id, attendees });
      assert.equal(status, 200, JSON.stringify(body));
    }
    await stack.google.reply({ email: colleague, event_id, responseStatus: "accepted" });
    const renamed = await changeTask(organizer, { event_id, summary: "Renamed" });
    assert.equal(renamed.status, 200, JSON.stringify(renamed.body));
    const event = await (await inGoogle(stack, colleague)).read(event_id);
    assert.deepEqual(
      event.attendees?.map(({ email, self, responseStatus }) => [email, self, responseStatus]),
      [[alias, true, "accepted"]],
    );
    assert.deepEqual(await mailsBy(stack, [alias, colleague]), [["invitation", "update"], []]);
  },

  "a room that is taken declines: the meeting is not confirmed, and the room is named": async (
    stack,
  ) => {
    const room = await stack.guest({ room: true });
    const guest = await stack.guest();
    const first = await createdMeeting(stack, {
      participants: [{ email: room, type: "resource" }],
    });
    await syncedRsvp(stack, first.organizer, first.meeting_id, "confirmed");

    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email, guest, { email: room, type: "resource" }],
      ...SLOT,
    });
    await write(organizer, meeting_id);
    const { id } = await onlyEvent(stack, organizer);
    await stack.google.reply({ email: guest, event_id: id, responseStatus: "accepted" });
    const rsvp = await syncedRsvp(stack, organizer, meeting_id, "declined_by_required");
    assert.deepEqual(rsvp.declined_by, [room]);

    // Elsewhere the room is free, and answers again.
    await change(organizer, meeting_id, {
      start_time: SLOT.starts_at.replace("T10", "T12"),
      end_time: SLOT.ends_at.replace("T10", "T12"),
    });
    await write(organizer, meeting_id);
    await syncedRsvp(stack, organizer, meeting_id, "confirmed");
    assert.deepEqual((await rowOf(stack, meeting_id)).attendees.map(answerOf), [
      [organizer.email, "accepted"],
      [guest, "accepted"],
      [room, "accepted"],
    ]);
  },

  "a group is invited as one guest; its free time is unknown by name": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const members = [await stack.guest(), await stack.guest()];
    const group = named("team");
    await stack.google.createGroup({ email: group, members });
    const refused = await organizer.call("schedule", {
      body: { participants: [organizer.email, group], constraints: WEEK },
    });
    assert.deepEqual([refused.status, refused.body.unknown], [422, [group]]);
    const found = await organizer.call("schedule", {
      body: {
        participants: [organizer.email, { email: group, type: "optional" }],
        constraints: WEEK,
      },
    });
    assert.equal(found.status, 200, JSON.stringify(found.body));
    await write(organizer, found.body.meeting_id);
    const { id } = await onlyEvent(stack, organizer);
    assert.deepEqual(await mailsBy(stack, members), [["invitation"], ["invitation"]]);
    const [member = ""] = members;
    await stack.google.reply({ email: member, event_id: id, responseStatus: "declined" });
    await syncNow(stack, organizer);
    await change(organizer, found.body.meeting_id, { title: "Budget" });
    await write(organizer, found.body.meeting_id);
    assert.deepEqual((await onlyEvent(stack, organizer)).attendees?.map(answerOf), [
      [organizer.email, "accepted"],
      [group, "needsAction"],
      [member, "declined"],
    ]);
  },
});

const answerOf = (guest: { email?: string | null; responseStatus?: string | null }) => [
  guest.email,
  guest.responseStatus,
];

/** The sum of the replies, which has this status after the calendar has been read. */
async function syncedRsvp(stack: Stack, organizer: Organizer, meeting_id: string, status: string) {
  await syncNow(stack, organizer);
  const { body } = await organizer.call("status", { query: { meeting_id } });
  assert.equal(body.rsvp.status, status);
  return body.rsvp;
}
