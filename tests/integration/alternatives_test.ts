import assert from "node:assert/strict";
import { eventsOf, MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const HOURS = { ...WEEK, latest_date: MONDAY, duration_minutes: 60, max_candidates: 20 };

promise("alternatives", {
  "the next best slots leave the present one out and store nothing": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await written(stack, organizer, []);
    const before = await rowOf(stack, meeting_id);
    const answer = await alternatives(organizer, { meeting_id, max_candidates: 5 });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.candidates.length, 5);
    assert.equal(
      Date.parse(answer.body.current_slot.start_time),
      Date.parse(new Date(before.starts_at).toISOString()),
    );
    const starts = startsOf(answer.body);
    assert.ok(!starts.includes(Date.parse(answer.body.current_slot.start_time)));
    assert.deepEqual(await rowOf(stack, meeting_id), before);
  },

  "the meeting's own event does not count as busy where that can be proven": async (stack) => {
    // Both are users: their calendars are read, and listed, with their own connections.
    const organizer = await stack.organizer();
    const guest = await stack.organizer({ shares: "busy" });
    const meeting_id = await written(stack, organizer, [guest.email]);
    const { starts_at } = await rowOf(stack, meeting_id);
    const half_an_hour_later = Date.parse(new Date(starts_at).toISOString()) + 30 * 60_000;
    const answer = await alternatives(organizer, { meeting_id, max_candidates: 100 });
    assert.ok(startsOf(answer.body).includes(half_an_hour_later), JSON.stringify(answer.body));
  },

  "another event beside the own one still counts": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.organizer({ shares: "busy" });
    const meeting_id = await written(stack, organizer, [guest.email]);
    const { starts_at } = await rowOf(stack, meeting_id);
    const start = Date.parse(new Date(starts_at).toISOString());
    const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
    // freeBusy shows one interval for both events.
    await stack.google.addEvents(guest.email, [{
      summary: "Taken",
      start: { dateTime: at(0) },
      end: { dateTime: at(60) },
    }]);
    const answer = await alternatives(organizer, { meeting_id, max_candidates: 100 });
    const inside = startsOf(answer.body).filter((one) => Math.abs(one - start) < 60 * 60_000);
    assert.deepEqual(inside, []);
  },

  "a guest whose events cannot be listed stays busy at the present time": async (stack) => {
    const [organizer, guest] = [await stack.organizer(), await stack.guest()];
    const meeting_id = await written(stack, organizer, [guest]);
    const { starts_at } = await rowOf(stack, meeting_id);
    const start = Date.parse(new Date(starts_at).toISOString());
    const answer = await alternatives(organizer, { meeting_id, max_candidates: 100 });
    assert.equal(answer.status, 200);
    const inside = startsOf(answer.body).filter((one) => Math.abs(one - start) < 60 * 60_000);
    assert.deepEqual(inside, []);
  },

  "rescheduling is not hindered by the own event either, and keeps one event": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await written(stack, organizer, []);
    const { starts_at } = await rowOf(stack, meeting_id);
    const again = await organizer.call("schedule", { body: { meeting_id, reschedule: true } });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal(
      Date.parse(again.body.selected_slot.start_time),
      Date.parse(new Date(starts_at).toISOString()),
    );
    await organizer.call("write-back", { body: { meeting_id } });
    assert.equal((await eventsOf(stack, organizer)).length, 1);
  },

  "another user's meeting, a cancelled one and an unknown one are refused": async (stack) => {
    const [organizer, stranger] = [await stack.organizer(), await stack.organizer()];
    const meeting_id = await written(stack, organizer, []);
    assert.equal((await alternatives(stranger, { meeting_id })).body.error, "meeting_not_found");
    const none = await alternatives(organizer, { meeting_id: "none" });
    assert.equal(none.body.error, "meeting_not_found");
    await stack.platform.sql(
      "update public.meetings set cancelled_at = now() where meeting_id = $1",
      [meeting_id],
    );
    assert.equal((await alternatives(organizer, { meeting_id })).body.error, "cancelled");
  },
});

/** A meeting whose event is on the calendars and which has no holds any more. */
async function written(stack: Stack, organizer: Organizer, guests: string[]): Promise<string> {
  const meeting_id = crypto.randomUUID();
  const answer = await organizer.call("schedule", {
    body: { meeting_id, participants: [organizer.email, ...guests], constraints: HOURS },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await organizer.call("write-back", { body: { meeting_id } });
  assert.equal((await eventsOf(stack, organizer)).length, 1);
  return meeting_id;
}

function alternatives(organizer: Organizer, body: Record<string, unknown>) {
  return organizer.call("schedule/alternatives", { body });
}

function startsOf({ candidates }: { candidates: { start_time: string }[] }): number[] {
  return candidates.map(({ start_time }) => Date.parse(start_time));
}
