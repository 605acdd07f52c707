import assert from "node:assert/strict";
import { insertMeeting, MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { type Answer, type Organizer, promise, type Stack } from "../support/stack.ts";
import { occurrencesOn, startOf } from "../support/tasks.ts";

const TEN_TO_ELEVEN = {
  ...WEEK,
  latest_date: MONDAY,
  duration_minutes: 60,
  interval_minutes: 60,
  working_hours_start: 10,
  working_hours_end: 11,
};
const WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3";

/** Changes of a weekly series of three from 2035-01-08T10:00Z on, and when it is afterwards. */
const CHANGES: [what: string, change: Record<string, unknown>, starts: string[]][] = [
  [
    "another rule",
    { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] },
    ["2035-01-08T10:00:00Z", "2035-01-09T10:00:00Z", "2035-01-10T10:00:00Z"],
  ],
  [
    "a rule beside which the series starts",
    { recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20350117T000000Z"] },
    ["2035-01-08T10:00:00Z", "2035-01-09T10:00:00Z", "2035-01-16T10:00:00Z"],
  ],
  [
    "a date that is left out, and one that is added",
    { recurrence: [WEEKLY, "EXDATE:20350115T100000Z", "RDATE;VALUE=DATE:20350117"] },
    ["2035-01-08T10:00:00Z", "2035-01-17T10:00:00Z", "2035-01-22T10:00:00Z"],
  ],
  [
    "another start",
    { start_time: "2035-01-09T10:00:00Z", end_time: "2035-01-09T11:00:00Z" },
    ["2035-01-09T10:00:00Z", "2035-01-16T10:00:00Z", "2035-01-23T10:00:00Z"],
  ],
  [
    "another length",
    { start_time: "2035-01-08T10:00:00Z", end_time: "2035-01-08T12:00:00Z" },
    ["2035-01-08T10:00:00Z", "2035-01-15T10:00:00Z", "2035-01-22T10:00:00Z"],
  ],
  [
    "another zone, whose clocks change",
    { timezone: "America/New_York", recurrence: ["RRULE:FREQ=MONTHLY;COUNT=4"] },
    ["2035-01-08T10:00:00Z", "2035-02-08T10:00:00Z", "2035-03-08T10:00:00Z"]
      .concat("2035-04-08T09:00:00Z"),
  ],
  ["no repetition", { recurrence: null }, ["2035-01-08T10:00:00Z"]],
];

promise("holds of a series that is changed", {
  "the times of the changed series are held before it is written, and are those of its event":
    async (
      stack,
    ) => {
      for (const is_written of [false, true]) {
        for (const [what, changes, starts] of CHANGES) {
          const label = `${what}, ${is_written ? "written before" : "not written before"}`;
          const [organizer, guest] = [await stack.organizer(), await stack.guest()];
          const meeting_id = await series(organizer, guest);
          if (is_written) await write(organizer, meeting_id);
          const changed = await patch(organizer, { meeting_id, ...changes });
          assert.equal(changed.status, 200, `${label}: ${JSON.stringify(changed.body)}`);
          for (const email of [organizer.email, guest]) {
            assert.deepEqual(await heldStarts(stack, meeting_id, email), starts, label);
          }
          const { body } = await write(organizer, meeting_id);
          assert.equal(body.results[0].warnings, undefined, label);
          const occurrences = await occurrencesOn(stack, organizer.email);
          assert.deepEqual(occurrences.map(startOf), starts, `written: ${label}`);
          assert.deepEqual(await heldStarts(stack, meeting_id, guest), starts, label);
        }
      }
    },

  "another organizer's search gets none of the new times, and gets those that are free again":
    async (stack) => {
      const [ana, ben, guest] = [
        await stack.organizer(),
        await stack.organizer(),
        await stack.guest(),
      ];
      const meeting_id = await series(ana, guest);
      await write(ana, meeting_id);
      await patch(ana, { meeting_id, recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] });
      const refused = await search(ben, guest, "2035-01-10");
      assert.deepEqual([refused.status, refused.body.error], [422, "no_common_slot"]);
      assert.equal(refused.body.blocking[0].email, guest);
      await write(ana, meeting_id);
      const free = await search(ben, guest, "2035-01-15");
      assert.equal(free.status, 200, JSON.stringify(free.body));
    },

  "a single meeting that is moved holds its new time, and gives its former one back": async (
    stack,
  ) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const found = await search(ana, guest, MONDAY);
    await patch(ana, {
      meeting_id: found.body.meeting_id,
      start_time: "2035-01-10T10:00:00Z",
      end_time: "2035-01-10T11:00:00Z",
    });
    assert.equal((await search(ben, guest, "2035-01-10")).status, 422);
    assert.equal((await search(ben, guest, MONDAY)).status, 200);
  },

  "a time that another meeting has is written with a warning, and no other time is searched":
    async (
      stack,
    ) => {
      const [ana, ben] = [await stack.organizer(), await stack.organizer()];
      const shared = await stack.organizer({ shares: "busy" });
      const meeting_id = await series(ana, shared.email);
      const other = await search(ben, shared.email, "2035-01-09");
      assert.equal(other.status, 200, JSON.stringify(other.body));
      await patch(ana, { meeting_id, recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] });
      assert.deepEqual(await heldStarts(stack, meeting_id, shared.email), [`${MONDAY}T10:00:00Z`]);
      const { body } = await write(ana, meeting_id);
      assert.equal(body.results[0].warnings?.[0].code, "slot_taken", JSON.stringify(body));
      assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "scheduled");
      assert.deepEqual((await occurrencesOn(stack, ana.email)).map(startOf), [
        `${MONDAY}T10:00:00Z`,
        "2035-01-09T10:00:00Z",
      ]);
    },

  "the claim of the write holds a changed series again whose holds have ended": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const meeting_id = await series(ana, guest);
    await patch(ana, { meeting_id, recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] });
    await stack.platform.sql(
      "update private.slot_holds set expires_at = now() - interval '1 s' where meeting_id = $1",
      [meeting_id],
    );
    await stack.platform.sql("select private.expire_slot_holds()");
    assert.deepEqual(await heldStarts(stack, meeting_id, guest), []);
    await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
    assert.equal((await heldStarts(stack, meeting_id, guest)).length, 2);
  },

  "of people whose time no search and no permission showed, nothing is held": async (stack) => {
    const [ana, stranger] = [await stack.organizer(), await stack.guest()];
    const meeting_id = await insertMeeting(ana, {
      participants: [stranger],
      starts_at: `${MONDAY}T10:00:00Z`,
      ends_at: `${MONDAY}T11:00:00Z`,
    });
    await patch(ana, { meeting_id, recurrence: [WEEKLY] });
    assert.deepEqual(await heldStarts(stack, meeting_id, stranger), []);
    assert.equal((await heldStarts(stack, meeting_id, ana.email)).length, 3);
  },

  "a change by SQL without the occurrences holds the first one": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const meeting_id = await series(ana, guest);
    await stack.platform.sql("select public.change_meeting($1, null, $2)", [
      meeting_id,
      { recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] },
    ]);
    assert.deepEqual(await heldStarts(stack, meeting_id, guest), [`${MONDAY}T10:00:00Z`]);
  },
});

/** A search found it: weekly from Monday ten o'clock on. */
async function series(organizer: Organizer, guest: string): Promise<string> {
  const { status, body } = await organizer.call("schedule", {
    body: { participants: [guest], constraints: TEN_TO_ELEVEN, recurrence: [WEEKLY] },
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body.meeting_id;
}

function search(organizer: Organizer, guest: string, day: string): Promise<Answer> {
  return organizer.call("schedule", {
    body: {
      participants: [guest],
      constraints: { ...TEN_TO_ELEVEN, earliest_date: day, latest_date: day },
    },
  });
}

function patch(organizer: Organizer, body: Record<string, unknown>): Promise<Answer> {
  return organizer.call("meetings", { method: "PATCH", body });
}

async function write(organizer: Organizer, meeting_id: string): Promise<Answer> {
  const answer = await organizer.call("write-back", { body: { meeting_id } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

async function heldStarts(stack: Stack, meeting_id: string, email: string): Promise<string[]> {
  const rows = await stack.platform.sql<{ starts: string }>(
    `select to_char(lower(held) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as starts
       from private.slot_holds
      where meeting_id = $1 and participant_email = $2 and state in ('active', 'written') order by lower(held)`,
    [meeting_id, email],
  );
  return rows.map(({ starts }) => starts);
}
