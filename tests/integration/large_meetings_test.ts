import assert from "node:assert/strict";
import { forgetMeetings, loseWakeUps } from "../support/many_meetings.ts";
import { rowOf } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

promise("meetings with megabytes of busy time", {
  "one is claimed alone, in its turn": async (stack) => {
    const [organizer, other] = [await stack.organizer(), await stack.organizer()];
    await insertInOrder(stack, organizer, ["small 1", "large 1", "large 2", "small 2"]);
    const claims: string[][] = [];
    while (claims.length < 5) claims.push(await claim(stack));
    assert.deepEqual(claims, [["small 1"], ["large 1"], ["large 2"], ["small 2"], []]);

    await insertInOrder(stack, organizer, ["large 3", "small 3"]);
    await insertInOrder(stack, other, ["small 4", "small 5"]);
    // The other organizer waits longer for a turn.
    assert.deepEqual(await claim(stack), ["small 4", "small 5"]);
    assert.deepEqual(await claim(stack), ["large 3"]);
    assert.deepEqual(await claim(stack), ["small 3"]);
  },

  "one counts for forty in the limit of a batch": async (
    stack,
  ) => {
    await forgetMeetings(stack);
    const organizer = await stack.organizer();
    await insertInOrder(stack, organizer, ["large 1", "large 2", "large 3", "small 1"]);
    assert.deepEqual(await batch(stack, 41), ["large 1", "large 2"]);
    assert.deepEqual(await batch(stack, 40), ["large 3"]);
    assert.deepEqual(await batch(stack, 40), ["small 1"]);
    assert.deepEqual(await batch(stack, 10), []);
  },

  "the check of a named time takes one alone too": async (stack) => {
    await forgetMeetings(stack);
    const organizer = await stack.organizer();
    await insertInOrder(stack, organizer, ["small 1", "large 1", "small 2"], "2035-01-08");
    const claims: string[][] = [];
    while (claims.length < 4) claims.push(await claim(stack, "claim_conflict_checks"));
    assert.deepEqual(claims, [["small 1"], ["large 1"], ["small 2"], []]);
  },

  "one that the caller has sent is searched, repeated and searched again as it was sent": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const rooms = ["one", "two"].map((name) => ({ email: `${name}@north.example`, busy: [] }));
    const people = busyPeople(new Date("2035-01-08T00:00:00Z"));
    const send = (participants: unknown[], more = {}) =>
      organizer.call("schedule", {
        body: {
          meeting_id: "sent",
          participants,
          constraints: { earliest_date: "2035-01-08", latest_date: "2035-10-01" },
          ...more,
        },
      });
    const first = await send(people);
    assert.equal(first.status, 200, JSON.stringify(first.body).slice(0, 500));
    const { start_time } = first.body.selected_slot;
    assert.ok(!isBusy(people, start_time), start_time);
    const repeated = await send(people);
    assert.deepEqual(
      [repeated.status, repeated.body.selected_slot.start_time],
      [200, start_time],
      JSON.stringify(repeated.body).slice(0, 500),
    );
    const others = people.map((one, index) => index === 7 ? { ...one, busy: [] } : one);
    assert.equal((await send(others)).body.error, "already_scheduled");

    const group = { any_of: rooms, count: 1, name: "a room", type: "resource" };
    const again = await send([...people, group], { reschedule: true });
    assert.equal(again.status, 200, JSON.stringify(again.body).slice(0, 500));
    const { participants } = await rowOf(stack, "sent") as unknown as { participants: Stored[] };
    assert.deepEqual(participants.at(-1)?.chosen?.length, 1);
    assert.deepEqual(participants[7]?.busy, people[7]?.busy);
    const same = await send([...people, group]);
    assert.equal(same.body.selected_slot.start_time, again.body.selected_slot.start_time);
  },
});

interface Stored {
  busy?: unknown;
  chosen?: string[];
}

function isBusy(people: ReturnType<typeof busyPeople>, start: string): boolean {
  const at = Date.parse(start);
  return people.some(({ busy }) =>
    busy.some((one) => Date.parse(one.start) < at + 30 * 60_000 && Date.parse(one.end) > at)
  );
}

/** Meetings that are due in this order; their wake-ups are lost. */
async function insertInOrder(
  stack: Stack,
  organizer: Organizer,
  ids: string[],
  named_day: string | null = null,
): Promise<void> {
  for (const meeting_id of ids) {
    await stack.platform.sql(
      `insert into public.meetings
         (meeting_id, organizer_user_id, title, starts_at, ends_at, participants, constraints)
       values ($1, $2, $1, $3::date + time '10:00', $3::date + time '10:30', $4,
         '{"earliest_date": "2035-01-08", "latest_date": "2035-01-09"}')`,
      [
        meeting_id,
        organizer.user_id,
        named_day,
        JSON.stringify(
          meeting_id.startsWith("large")
            ? busyPeople()
            : [{ email: "guest@north.example", busy: [] }],
        ),
      ],
    );
  }
  await loseWakeUps(stack);
}

/** 1.5 MB; usually all in a year with no other meeting. */
function busyPeople(begin = new Date("2036-01-01T00:00:00Z")) {
  const from = begin.getTime();
  return Array.from({ length: 190 }, (_, person) => ({
    email: `p${person}@north.example`,
    busy: Array.from({ length: 100 }, (_, index) => ({
      start: new Date(from + (index * 5000 + person * 7) * 60_000).toISOString(),
      end: new Date(from + (index * 5000 + person * 7 + 45) * 60_000).toISOString(),
    })),
  }));
}

async function claim(stack: Stack, by = "claim_schedulings"): Promise<string[]> {
  const rows = await stack.platform.sql<{ meeting_id: string }>(
    `select c ->> 'meeting_id' as meeting_id from public.${by}(10) as c`,
  );
  return rows.map(({ meeting_id }) => meeting_id);
}

async function batch({ platform }: Stack, limit: number): Promise<string[]> {
  const { status, body } = await callFunction(platform, "schedule", {
    apikey: platform.automations_key,
    body: { batch: true, limit },
  });
  assert.equal(status, 200, JSON.stringify(body));
  for (const result of body.results) assert.ok(result.success, JSON.stringify(result));
  assert.equal(body.total_processed, body.results.length);
  return body.results.map(({ meeting_id }: { meeting_id: string }) => meeting_id);
}
