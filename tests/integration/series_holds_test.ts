import assert from "node:assert/strict";
import { MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5";
const ONE_HOUR = {
  ...WEEK,
  latest_date: MONDAY,
  duration_minutes: 60,
  interval_minutes: 60,
  working_hours_start: 10,
  working_hours_end: 11,
};
const MONDAYS = ["2035-01-08", "2035-01-15", "2035-01-22", "2035-01-29", "2035-02-05"];

promise("holds of a series", {
  "every occurrence is held for all invited people": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const { meeting_id, selected_slot } = await schedule(ana, [guest], { recurrence: [WEEKLY] });
    assert.deepEqual(
      selected_slot.recurrence.start_times,
      MONDAYS.map((day) => `${day}T10:00:00Z`),
    );
    for (const email of [ana.email, guest]) {
      assert.deepEqual(await heldDays(stack, meeting_id, email), MONDAYS);
    }
  },

  "a rule without end is held as far as it was checked": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const { meeting_id } = await schedule(ana, [guest], { recurrence: ["RRULE:FREQ=WEEKLY"] });
    assert.equal((await heldDays(stack, meeting_id, guest)).length, 12);
    const { meeting_id: longer, selected_slot } = await schedule(await stack.organizer(), [
      await stack.guest(),
    ], {
      recurrence: ["RRULE:FREQ=WEEKLY"],
      constraints: { ...ONE_HOUR, recurrence_horizon: 40 },
    });
    assert.equal(selected_slot.recurrence.occurrences, 40);
    const promised = await stack.platform.sql(
      "select distinct held from private.slot_holds where meeting_id = $1",
      [longer],
    );
    assert.equal(promised.length, 40);
  },

  "who cannot come the first time is promised to the other times": async (stack) => {
    const ana = await stack.organizer();
    const late = await stack.guest({ busy: [[`${MONDAY}T09:00:00Z`, `${MONDAY}T12:00:00Z`]] });
    const { meeting_id } = await schedule(ana, [{ email: late, type: "optional" }], {
      recurrence: [WEEKLY],
    });
    assert.deepEqual(await heldDays(stack, meeting_id, late), MONDAYS.slice(1));
  },

  "a meeting that finds the third occurrence free loses it to the series that has it": async (
    stack,
  ) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const lease = await begin(stack, ben, guest);
    await schedule(ana, [guest], { recurrence: [WEEKLY] });
    const third = single("2035-01-22T10:30:00Z", "2035-01-22T11:30:00Z", guest);
    const decision = await settle(stack, lease, [guest], [third]);
    assert.equal(decision, "taken");
    const refused = await ben.call("schedule", {
      body: {
        participants: [guest],
        constraints: { ...ONE_HOUR, earliest_date: "2035-01-22", latest_date: "2035-01-22" },
      },
    });
    assert.equal(refused.status, 422);
    assert.equal(refused.body.blocking[0].email, guest);
  },

  "a series whose third occurrence is gone takes none, and its next candidate whole": async (
    stack,
  ) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const lease = await begin(stack, ben, guest);
    await schedule(ana, [guest], {
      constraints: { ...ONE_HOUR, earliest_date: "2035-01-22", latest_date: "2035-01-22" },
    });
    const ten = single(`${MONDAY}T10:00:00Z`, `${MONDAY}T11:00:00Z`, guest);
    const eleven = single(`${MONDAY}T11:00:00Z`, `${MONDAY}T12:00:00Z`, guest);
    assert.equal(await settle(stack, lease, [guest], [ten], [weekly(10)]), "taken");
    assert.deepEqual(await heldDays(stack, lease.meeting_id, guest), []);
    assert.equal(
      await settle(stack, lease, [guest], [ten, eleven], [weekly(10), weekly(11)]),
      "settled",
    );
    assert.deepEqual(await heldDays(stack, lease.meeting_id, guest), MONDAYS);
    assert.equal(
      new Date((await rowOf(stack, lease.meeting_id)).starts_at).toISOString(),
      `${MONDAY}T11:00:00.000Z`,
    );
  },

  "an occurrence with a known clash is reported and not held twice": async (
    stack,
  ) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    await schedule(ana, [guest], {
      constraints: { ...ONE_HOUR, earliest_date: "2035-01-22", latest_date: "2035-01-22" },
    });
    const { meeting_id, selected_slot } = await schedule(ben, [guest], { recurrence: [WEEKLY] });
    assert.deepEqual(selected_slot.recurrence.clashes, [
      { start_time: "2035-01-22T10:00:00Z", names: [guest] },
    ]);
    const [first, second, , ...rest] = MONDAYS;
    assert.deepEqual(await heldDays(stack, meeting_id, guest), [first, second, ...rest]);
    assert.deepEqual(await heldDays(stack, meeting_id, ben.email), MONDAYS);
  },

  "a series gives all of its time back when it is cancelled, and moves all of it": async (
    stack,
  ) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const { meeting_id } = await schedule(ana, [guest], { recurrence: [WEEKLY] });
    const moved = await ana.call("schedule", {
      body: {
        meeting_id,
        reschedule: true,
        constraints: { ...ONE_HOUR, earliest_date: "2035-01-09", latest_date: "2035-01-09" },
      },
    });
    assert.equal(moved.status, 200, JSON.stringify(moved.body));
    assert.deepEqual(await heldDays(stack, meeting_id, guest), [
      "2035-01-09",
      "2035-01-16",
      "2035-01-23",
      "2035-01-30",
      "2035-02-06",
    ]);
    await ana.call("meetings", { method: "DELETE", query: { meeting_id } });
    assert.deepEqual(await heldDays(stack, meeting_id, guest), []);
  },

  "the holds of a written series end together": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const { meeting_id } = await schedule(ana, [guest], { recurrence: [WEEKLY] });
    await ana.call("write-back", { body: { meeting_id } });
    const open = await stack.platform.sql(
      "select from private.slot_holds where meeting_id = $1 and state <> 'written'",
      [meeting_id],
    );
    assert.equal(open.length, 0);
    assert.equal((await heldDays(stack, meeting_id, guest)).length, 5);
    await stack.platform.sql(
      "update private.slot_holds set expires_at = now() - interval '1 s' where meeting_id = $1",
      [meeting_id],
    );
    await stack.platform.runCron();
    assert.deepEqual(await heldDays(stack, meeting_id, guest), []);
  },

  "each occurrence counts towards what one organizer may hold": async (stack) => {
    const ana = await stack.organizer();
    const series = (week: number) =>
      ana.call("schedule", {
        body: {
          meeting_id: `filling-${ana.user_id}-${week}`,
          participants: [ana.email],
          recurrence: ["RRULE:FREQ=WEEKLY"],
          constraints: { ...WEEK, duration_minutes: 15 },
        },
      });
    for (let week = 0; week < 20; week++) {
      const answer = await series(week);
      assert.equal(answer.status, 200, `${week}: ${JSON.stringify(answer.body)}`);
    }
    const refused = await series(20);
    assert.equal(refused.status, 429, "21 series of 12 are 252 times");
    assert.match(refused.body.message, /more than 250 times/);
    const single = await ana.call("schedule", {
      body: { participants: [ana.email], constraints: WEEK },
    });
    assert.equal(single.status, 200, "241 times are not too many");
    await stack.platform.sql("delete from public.meetings where organizer_user_id = $1", [
      ana.user_id,
    ]);
  },
});

promise("concurrent searches of series", {
  "sixty concurrent series and single meetings leave no person in two places": async (stack) => {
    const organizers = await Promise.all(Array.from({ length: 6 }, () => stack.organizer()));
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, call) => {
        const people = [call, call * 3 + 1].map((n) => organizers[n % 6]!);
        return people[0]!.call("schedule", {
          body: {
            participants: [...new Set(people.map(({ email }) => email))],
            ...(call % 3 === 0 ? {} : { recurrence: [WEEKLY] }),
            constraints: {
              ...WEEK,
              earliest_date: "2035-01-08",
              latest_date: call % 3 === 0 ? "2035-02-09" : "2035-01-12",
            },
          },
        });
      }),
    );
    const scheduled = answers.filter(({ status }) => status === 200);
    assert.ok(scheduled.length > 20, `only ${scheduled.length} found a time`);
    const overlapping = await stack.platform.sql(
      `select from private.slot_holds as a join private.slot_holds as b
         on a.participant_email = b.participant_email and a.held && b.held
        and a.meeting_id < b.meeting_id`,
    );
    assert.equal(overlapping.length, 0);
    for (const { body } of scheduled) {
      const { start_times = [body.selected_slot.start_time], clashes = [] } =
        body.selected_slot.recurrence ?? {};
      const rows = await stack.platform.sql<{ times: string }>(
        "select count(distinct held)::text as times from private.slot_holds where meeting_id = $1",
        [body.meeting_id],
      );
      const promised = Number(rows[0]?.times);
      assert.ok(
        promised >= start_times.length - clashes.length,
        JSON.stringify(body.selected_slot),
      );
    }
  },
}, { databases: "only postgres" });

async function schedule(
  organizer: Organizer,
  participants: unknown[],
  more: Record<string, unknown>,
) {
  const answer = await organizer.call("schedule", {
    body: { participants, constraints: ONE_HOUR, ...more },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

async function begin(stack: Stack, organizer: Organizer, guest: string) {
  const meeting_id = crypto.randomUUID();
  const [begun] = await stack.platform.sql<{ token: string }>(
    `select public.begin_scheduling(
       $1, $2::uuid, jsonb_build_object('participants', jsonb_build_array($3::text)), false, 60
     ) -> 'meeting' ->> 'lease_token' as token`,
    [meeting_id, organizer.user_id, guest],
  );
  return { meeting_id, token: begun?.token };
}

async function settle(
  stack: Stack,
  { meeting_id, token }: { meeting_id: string; token: string | undefined },
  held: string[],
  candidates: unknown[],
  occurrences?: unknown[],
) {
  const [settled] = await stack.platform.sql<{ decision: string }>(
    "select public.settle_scheduling($1, $2::uuid, $3::jsonb, $4::jsonb) ->> 'decision' as decision",
    [
      meeting_id,
      token,
      JSON.stringify({ timezone: "UTC", held, max_candidates: 10, occurrences }),
      JSON.stringify(candidates),
    ],
  );
  return settled?.decision;
}

function single(start_time: string, end_time: string, guest: string) {
  return { start_time, end_time, participant_availability: [{ email: guest, status: "free" }] };
}

function weekly(hour: number) {
  return MONDAYS.map((day) => ({
    start_time: `${day}T${hour}:00:00Z`,
    end_time: `${day}T${hour + 1}:00:00Z`,
  }));
}

async function heldDays(stack: Stack, meeting_id: string, email: string): Promise<string[]> {
  const rows = await stack.platform.sql<{ day: string }>(
    `select to_char(lower(held) at time zone 'UTC', 'YYYY-MM-DD') as day
       from private.slot_holds where meeting_id = $1 and participant_email = $2 order by lower(held)`,
    [meeting_id, email],
  );
  return rows.map(({ day }) => day);
}
