import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import { eventsOf, insertMeeting, MONDAY, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";
const TWO_HOURS = {
  ...WEEK,
  latest_date: MONDAY,
  duration_minutes: 60,
  interval_minutes: 60,
  working_hours_start: 10,
  working_hours_end: 12,
};

promise("requeueing a meeting that gave its time back", {
  "the time is promised again, of a series all of it, and the event is written there": async (
    stack,
  ) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const meeting_id = await failed(stack, ana, [guest], {
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
    });
    const before = await rowOf(stack, meeting_id);
    assert.deepEqual(await holds(stack, meeting_id), []);
    assert.equal((await requeue(ana, meeting_id)).body.requeued, true);
    assert.equal((await holds(stack, meeting_id)).length, 6, "two people, three times");
    const other = await schedule(await stack.organizer(), [guest]);
    assert.notEqual(
      Date.parse(other.body.selected_slot.start_time),
      Date.parse(before.starts_at),
    );
    await ana.call("write-back", { body: { meeting_id } });
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created");
    assert.deepEqual(row.starts_at, before.starts_at);
  },

  "a time that another meeting holds now is searched again, and both get one": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const meeting_id = await failed(stack, ana, [guest]);
    const other = await schedule(ben, [guest]);
    assert.equal(
      Date.parse(other.body.selected_slot.start_time),
      Date.parse((await rowOf(stack, meeting_id)).starts_at),
    );
    const answer = await requeue(ana, meeting_id);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.requeued, true);
    assert.equal(answer.body.status, "searching");
    assert.match(answer.body.message, /scheduled again/);
    await drain(stack);
    const [mine, theirs] = [
      await rowOf(stack, meeting_id),
      await rowOf(stack, other.body.meeting_id),
    ];
    assert.deepEqual([mine.writeback_status, theirs.writeback_status], ["created", "created"]);
    assert.notDeepEqual(mine.starts_at, theirs.starts_at);
    assert.equal((await eventsOf(stack, ana)).length, 1);
  },

  "a time that was booked and written long ago is searched again": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const meeting_id = await failed(stack, ana, [guest]);
    const starts_at = new Date((await rowOf(stack, meeting_id)).starts_at);
    await stack.google.addEvents(guest, [{
      summary: "Another meeting",
      start: { dateTime: starts_at.toISOString() },
      end: { dateTime: new Date(starts_at.getTime() + 3_600_000).toISOString() },
    }]);
    await stack.platform.sql(
      "update public.meetings set writeback_attempted_at = now() - interval '6 minutes' where meeting_id = $1",
      [meeting_id],
    );
    await requeue(ana, meeting_id);
    await drain(stack);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created", row.scheduling_reason);
    assert.notEqual(Date.parse(row.starts_at), starts_at.getTime());
  },

  "when no other time is left, the meeting fails with the reason, and has none": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const meeting_id = await failed(stack, ana, [guest]);
    await schedule(ben, [guest]);
    await schedule(ben, [guest]);
    await requeue(ana, meeting_id);
    await drain(stack);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual(
      [row.scheduling_status, row.scheduling_error, row.writeback_status, row.starts_at],
      ["failed", "no_common_slot", null, null],
    );
  },

  "a time that was given by name is refused where another meeting has been given it": async (
    stack,
  ) => {
    const [ana, ben] = [await stack.organizer(), await stack.organizer()];
    const { email: guest } = await stack.organizer({ shares: "busy" });
    const meeting_id = await insertMeeting(ana, {
      participants: [guest],
      ...SLOT,
      starts_at: `${MONDAY}T10:30:00Z`,
      ends_at: `${MONDAY}T11:30:00Z`,
    });
    await fail(stack, ana, meeting_id);
    await schedule(ben, [guest]);
    const before = await rowOf(stack, meeting_id);
    const refused = await requeue(ana, meeting_id);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.error, "slot_taken");
    assert.deepEqual(await rowOf(stack, meeting_id), before);
    await ana.call("meetings", {
      method: "PATCH",
      body: {
        meeting_id,
        start_time: `${MONDAY}T15:00:00Z`,
        end_time: `${MONDAY}T16:00:00Z`,
      },
    });
    assert.equal((await requeue(ana, meeting_id)).body.requeued, true);
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "pending");
  },

  "reconnecting takes the times again too, and searches where they are gone": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const first = await schedule(ana, [guest]);
    const second = await schedule(ana, [guest]);
    await stack.google.revokeGrant(ana.email);
    for (const { body: { meeting_id } } of [first, second]) {
      await ana.call("write-back", { body: { meeting_id } });
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
    }
    const bens = await schedule(ben, [guest]);
    const taken = Date.parse(bens.body.selected_slot.start_time);
    await connectGoogle(stack.platform.functions_url, ana.access_token, stack.google, {
      email: ana.email,
      scopes: "all",
    });
    const rows = await Promise.all(
      [first, second].map(({ body }) => rowOf(stack, body.meeting_id)),
    );
    assert.deepEqual(
      rows.map(({ starts_at, writeback_status }) => [
        starts_at === null ? null : Date.parse(starts_at) === taken,
        writeback_status,
      ]).toSorted(([a], [b]) => String(a) < String(b) ? -1 : 1),
      [[false, "pending"], [null, null]],
    );
    await drain(stack);
    const starts = await Promise.all(
      [first, second, bens].map(async ({ body }) =>
        Date.parse((await rowOf(stack, body.meeting_id)).starts_at)
      ),
    );
    assert.equal(
      new Set(starts.filter((start) => !Number.isNaN(start))).size,
      2,
      "two hours, two meetings",
    );
  },
});

async function failed(
  stack: Stack,
  organizer: Organizer,
  participants: string[],
  more: Record<string, unknown> = {},
): Promise<string> {
  const { body: { meeting_id } } = await schedule(organizer, participants, more);
  await fail(stack, organizer, meeting_id);
  return meeting_id;
}

async function fail(stack: Stack, organizer: Organizer, meeting_id: string): Promise<void> {
  await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 403, times: 1 });
  await organizer.call("write-back", { body: { meeting_id } });
  assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
}

async function schedule(
  organizer: Organizer,
  participants: string[],
  more: Record<string, unknown> = {},
) {
  const answer = await organizer.call("schedule", {
    body: { participants, constraints: TWO_HOURS, ...more },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

function requeue(organizer: Organizer, meeting_id: string) {
  return organizer.call("meetings/requeue", { body: { meeting_id } });
}

function holds(stack: Stack, meeting_id: string) {
  return stack.platform.sql(
    "select from private.slot_holds where meeting_id = $1 and state = 'active'",
    [meeting_id],
  );
}

async function drain(stack: Stack): Promise<void> {
  for (const name of ["schedule", "write-back"]) {
    const answer = await callFunction(stack.platform, name, {
      apikey: stack.platform.automations_key,
      body: { batch: true, limit: 50 },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
}
