import assert from "node:assert/strict";
import { answersOf, change, onlyEvent, write } from "../support/changes.ts";
import { inGoogle } from "../support/google_people.ts";
import { mailsBy, MONDAY, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const ONE_DAY = { ...WEEK, latest_date: MONDAY, interval_minutes: 30 };
const ALL_DAY: [string, string] = [`${MONDAY}T00:00:00Z`, `${MONDAY}T23:59:00Z`];
const ROOM = { count: 1, name: "a room for six", type: "resource" };

promise("groups of people or rooms", {
  "the row keeps the group with who was chosen, and the event invites only them": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const [taken, free, spare] = [
      await stack.guest({ busy: [ALL_DAY] }),
      await stack.guest(),
      await stack.guest(),
    ];
    const group = { ...ROOM, any_of: [taken, { email: free, name: "Blue" }, spare] };
    const { meeting_id, selected_slot } = await scheduled(organizer, [guest, group], {
      description_details: "full",
    });
    assert.deepEqual(selected_slot.groups, [{
      index: 0,
      name: "a room for six",
      count: 1,
      chosen: [free],
      why: "first_free",
      free: 2,
      members: 3,
    }]);
    assert.deepEqual(
      selected_slot.participant_availability.map(({ email }: { email: string }) => email),
      [organizer.email, guest, free],
    );
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.participants[1].name, "a room for six");
    assert.equal(row.participants[1].any_of.length, 3);
    assert.deepEqual(row.participants[1].chosen, [free]);
    assert.deepEqual(await heldFor(stack, meeting_id), [organizer.email, guest, free].sort());

    await write(organizer, meeting_id);
    const event = await onlyEvent(stack, organizer);
    assert.deepEqual(Object.keys(answersOf(event)).sort(), [guest, free].sort());
    assert.equal(event.attendees?.find(({ email }) => email === free)?.resource, true);
    for (const email of [taken, spare]) assert.equal(JSON.stringify(event).includes(email), false);
    assert.doesNotMatch(event.description ?? "", /a room for six|first of/);
    assert.deepEqual(await mailsBy(stack, [guest, taken, spare]), [["invitation"], [], []]);
    const status = await organizer.call("status", { query: { meeting_id } });
    assert.deepEqual(status.body.rsvp.awaiting, [guest, free]);
  },

  "a move keeps who is chosen and still free": async (stack) => {
    const { organizer, meeting_id, rooms, guest } = await meetingInRoom(stack);
    const event = await onlyEvent(stack, organizer);
    await stack.google.reply({ email: guest, event_id: event.id, responseStatus: "accepted" });
    const again = await organizer.call("schedule", {
      body: {
        meeting_id,
        reschedule: true,
        participants: [guest, { ...ROOM, any_of: rooms.toReversed() }],
        constraints: { ...ONE_DAY, working_hours_start: 13 },
      },
    });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.deepEqual(again.body.selected_slot.groups[0].chosen, [rooms[0]]);
    assert.equal(again.body.selected_slot.groups[0].why, "chosen_before");
    await write(organizer, meeting_id);
    const moved = await onlyEvent(stack, organizer);
    assert.notEqual(moved.start?.dateTime, event.start?.dateTime);
    assert.deepEqual(
      Object.keys(answersOf(moved)).sort(),
      [guest, rooms[0]].sort(),
    );
    assert.equal(answersOf(moved)[guest], "accepted");
  },

  "a newly chosen member is a named change of guests, and others keep their replies": async (
    stack,
  ) => {
    const { organizer, meeting_id, people, guest } = await meetingWithOneOf(stack);
    const event = await onlyEvent(stack, organizer);
    await stack.google.reply({ email: guest, event_id: event.id, responseStatus: "accepted" });
    const google = await inGoogle(stack, people[0]!);
    await google.add({
      summary: "Away",
      start: { dateTime: ALL_DAY[0] },
      end: { dateTime: ALL_DAY[1] },
    });
    const again = await organizer.call("schedule", { body: { meeting_id, reschedule: true } });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.deepEqual(again.body.selected_slot.groups[0].chosen, [people[1]]);
    const [state] = await stack.platform.sql<{ guests: Record<string, { change: string }> }>(
      "select named_fields -> 'guests' as guests from private.event_state where subject_id = $1",
      [meeting_id],
    );
    assert.equal(state?.guests[people[0]!]?.change, "removed");
    assert.equal(state?.guests[people[1]!]?.change, "added");
    await write(organizer, meeting_id);
    const now = await onlyEvent(stack, organizer);
    assert.equal(now.id, event.id);
    assert.deepEqual(
      Object.keys(answersOf(now)).sort(),
      [guest, people[1]].sort(),
    );
    assert.equal(answersOf(now)[guest], "accepted");
    assert.deepEqual(await mailsBy(stack, people), [["invitation", "cancellation"], [
      "invitation",
    ]]);
  },

  "people take turns over the meetings of an organizer, without any permission": async (stack) => {
    const organizer = await stack.organizer();
    const people = [await stack.guest(), await stack.guest(), await stack.guest()];
    const chosen: string[] = [];
    for (let i = 0; i < 6; i++) {
      const { selected_slot } = await scheduled(organizer, [{ any_of: people }]);
      chosen.push(selected_slot.groups[0].chosen[0]);
    }
    assert.deepEqual(chosen, [...people, ...people]);
    const other = await stack.organizer();
    const { selected_slot } = await scheduled(other, [{ any_of: people }]);
    assert.notEqual(selected_slot.groups[0].why, "fewest_turns", "an organizer's own meetings");
  },

  "a cancelled meeting gives its turn back": async (stack) => {
    const organizer = await stack.organizer();
    const people = [await stack.guest(), await stack.guest()];
    const { meeting_id } = await scheduled(organizer, [{ any_of: people }]);
    await organizer.call("meetings", { method: "DELETE", query: { meeting_id } });
    const { selected_slot } = await scheduled(organizer, [{ any_of: people }]);
    assert.deepEqual(selected_slot.groups[0].chosen, [people[0]]);
  },

  "an organizer who is a member takes part in any case, and counts": async (stack) => {
    const organizer = await stack.organizer();
    const others = [await stack.guest(), await stack.guest()];
    const group = { any_of: [others[0], organizer.email, others[1]], count: 2 };
    const { meeting_id } = await scheduled(organizer, [group]);
    const { participants } = await rowOf(stack, meeting_id);
    assert.deepEqual(participants[0].chosen, [organizer.email, others[0]]);
  },

  "two meetings at once do not share a room": async (stack) => {
    const [ana, ben] = [await stack.organizer(), await stack.organizer()];
    const rooms = [await stack.guest(), await stack.guest()];
    const tight = { ...ONE_DAY, working_hours_start: 10, working_hours_end: 10.5 };
    const found = await Promise.all(
      [ana, ben].map((organizer) =>
        scheduled(organizer, [{ ...ROOM, any_of: rooms }], { constraints: tight })
      ),
    );
    const chosen = found.map(({ selected_slot }) => selected_slot.groups[0].chosen[0]);
    assert.deepEqual(chosen.sort(), [...rooms].sort());
  },

  "a series holds the time of those who are chosen, and of no other member": async (stack) => {
    const organizer = await stack.organizer();
    const rooms = [await stack.guest(), await stack.guest()];
    const { meeting_id } = await scheduled(organizer, [{ ...ROOM, any_of: rooms }], {
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
    });
    assert.deepEqual(await heldFor(stack, meeting_id), [organizer.email, rooms[0]].sort());
  },

  "a change of the list keeps who is chosen, and a group without a choice is refused by its path":
    async (stack) => {
      const { organizer, meeting_id, rooms, guest } = await meetingInRoom(stack);
      const added = await stack.guest();
      await change(organizer, meeting_id, {
        participants: [guest, added, { ...ROOM, any_of: rooms }],
      });
      assert.deepEqual((await rowOf(stack, meeting_id)).participants[2].chosen, [rooms[0]]);
      await write(organizer, meeting_id);
      const event = await onlyEvent(stack, organizer);
      assert.deepEqual(
        Object.keys(answersOf(event)).sort(),
        [guest, added, rooms[0]].sort(),
      );
      const other = await organizer.call("meetings", {
        method: "PATCH",
        body: {
          meeting_id,
          participants: [guest, { ...ROOM, any_of: [await stack.guest()] }],
        },
      });
      assert.equal(other.status, 422);
      assert.equal(other.body.details.path, "participants[1].chosen");
      await change(organizer, meeting_id, {
        participants: [guest, { ...ROOM, any_of: rooms, chosen: [rooms[1]] }],
      });
      await write(organizer, meeting_id);
      assert.ok(rooms[1]! in answersOf(await onlyEvent(stack, organizer)));
    },

  "a row with a time and a group that no search has chosen is refused": async (stack) => {
    const organizer = await stack.organizer();
    const { error, status } = await organizer.client.from("meetings").insert(
      { ...SLOT, participants: [{ any_of: [await stack.guest()] }] } as never,
    );
    assert.equal(status, 400);
    assert.match(error?.message ?? "", /^invalid_request: participants\[0\]\.chosen: /);
  },

  "a member who hides their calendar is like an address that does not exist": async (stack) => {
    const stranger = await stack.organizer();
    const victim = await stack.organizer({ freebusy: "private", busy: [ALL_DAY] });
    const unknown = `unknown-${crypto.randomUUID().slice(0, 8)}@north.example`;
    const answers = await Promise.all([victim.email, unknown].map(async (email) => {
      const { status, body } = await stranger.call("schedule", {
        body: { dry_run: true, participants: [{ any_of: [email] }], constraints: ONE_DAY },
      });
      const text = JSON.stringify({ ...body, processing_time_ms: 0 })
        .replaceAll(String(body.meeting_id), "id").replaceAll(email, "someone@north.example");
      return { status, body: JSON.parse(text) };
    }));
    assert.equal(answers[0]!.status, 422);
    assert.equal(answers[0]!.body.error, "calendar_unreadable");
    assert.deepEqual(answers[0], answers[1]);
  },

  "a member's own connection and preferences are used only for whom they allow": async (stack) => {
    const organizer = await stack.organizer();
    const open = await stack.organizer({ freebusy: "private", shares: "busy" });
    const hidden = await stack.organizer({ freebusy: "private" });
    const { selected_slot } = await scheduled(organizer, [{ any_of: [hidden.email, open.email] }]);
    assert.deepEqual(selected_slot.groups[0].chosen, [open.email]);
  },

  "a dry run chooses as the search does, and says whom the event would invite": async (stack) => {
    const organizer = await stack.organizer();
    const rooms = [await stack.guest({ busy: [ALL_DAY] }), await stack.guest()];
    const dry = await organizer.call("schedule", {
      body: {
        dry_run: true,
        participants: [{ ...ROOM, any_of: rooms }],
        constraints: ONE_DAY,
      },
    });
    assert.equal(dry.status, 200, JSON.stringify(dry.body));
    assert.deepEqual(
      dry.body.google_request.body.attendees.map(({ email }: { email: string }) => email),
      [rooms[1]],
    );
  },
});

// deno-lint-ignore no-explicit-any -- a response is whatever the test asserts it to be
async function scheduled(organizer: Organizer, participants: unknown[], more = {}): Promise<any> {
  const { status, body } = await organizer.call("schedule", {
    body: { participants, constraints: ONE_DAY, ...more },
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function meetingInRoom(stack: Stack) {
  const organizer = await stack.organizer();
  const guest = await stack.guest();
  const rooms = [await stack.guest(), await stack.guest()];
  const { meeting_id } = await scheduled(organizer, [guest, { ...ROOM, any_of: rooms }], {
    constraints: { ...ONE_DAY, working_hours_end: 12 },
  });
  await write(organizer, meeting_id);
  return { organizer, guest, rooms, meeting_id };
}

async function meetingWithOneOf(stack: Stack) {
  const organizer = await stack.organizer();
  const guest = await stack.guest();
  const people = [await stack.guest(), await stack.guest()];
  const { meeting_id } = await scheduled(organizer, [guest, { any_of: people }]);
  await write(organizer, meeting_id);
  return { organizer, guest, people, meeting_id };
}

async function heldFor(stack: Stack, meeting_id: string): Promise<string[]> {
  const held = await stack.platform.sql<{ email: string }>(
    `select distinct participant_email as email from private.slot_holds
      where meeting_id = $1 and state = 'active' order by 1`,
    [meeting_id],
  );
  return held.map(({ email }) => email);
}
