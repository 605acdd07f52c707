import assert from "node:assert/strict";
import { eventsOf, MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

const EIGHT_SLOTS = {
  ...WEEK,
  latest_date: MONDAY,
  duration_minutes: 60,
  interval_minutes: 60,
  max_candidates: 3,
};

promise("holds", {
  "two meetings that wait for their events never get the same time of a common guest": async (
    stack,
  ) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const first = await schedule(ana, [guest]);
    const second = await schedule(ben, [guest]);
    assert.notEqual(first.selected_slot.start_time, second.selected_slot.start_time);
    const held = await holdsOf(stack, [guest]);
    assert.equal(held.length, 2);
    for (const { expires_at } of held) {
      const left_ms = Date.parse(expires_at) - Date.now();
      assert.ok(left_ms > 14 * 60_000 && left_ms <= 15 * 60_000, `${left_ms} ms left`);
    }
  },

  "a hold shows other users that a person is busy and nothing else": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const { meeting_id, selected_slot } = await schedule(ana, [guest]);
    const hour = Number(selected_slot.start_time.slice(11, 13));
    const answer = await ben.call("schedule", {
      body: {
        participants: [guest],
        constraints: {
          ...EIGHT_SLOTS,
          working_hours_start: hour,
          working_hours_end: hour + 1,
        },
      },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.blocking[0].email, guest);
    assert.equal(answer.body.blocking[0].reason, "busy");
    const text = JSON.stringify(answer.body);
    assert.ok(!text.includes(ana.email) && !text.includes(meeting_id), text);
  },

  "a person whose calendar was not read is not held": async (stack) => {
    const ana = await stack.organizer();
    const hidden = await stack.guest({ freebusy: "private" });
    const handed_in = `elsewhere-${crypto.randomUUID()}@south.example`;
    await schedule(ana, [
      { email: hidden, type: "optional" },
      { email: handed_in, busy: [] },
    ]);
    assert.deepEqual((await holdsOf(stack, [hidden, handed_in])).length, 0);
    assert.equal((await holdsOf(stack, [ana.email])).length, 1);
  },

  "a hold of a person with an unreadable calendar is not shown as busy time": async (stack) => {
    const [ana, ben] = [await stack.organizer(), await stack.organizer()];
    const guest = await stack.guest();
    const held = await schedule(ana, [guest]);
    const handed_in = await schedule(ben, [{ email: guest, busy: [] }]);
    assert.equal(handed_in.selected_slot.start_time, held.selected_slot.start_time);
  },

  "an optional guest who does not come is not held": async (stack) => {
    const ana = await stack.organizer();
    const away = await stack.guest({ busy: [[`${MONDAY}T00:00:00Z`, `${MONDAY}T23:00:00Z`]] });
    await schedule(ana, [{ email: away, type: "optional" }]);
    assert.deepEqual(await holdsOf(stack, [away]), []);
  },

  "a hold ends shortly after its event stands on the calendar": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const { meeting_id } = await schedule(ana, [guest]);
    await ana.call("write-back", { body: { meeting_id } });
    assert.equal((await eventsOf(stack, ana)).length, 1);
    const [hold] = await holdsOf(stack, [guest]);
    const left_ms = Date.parse(hold?.expires_at ?? "") - Date.now();
    assert.ok(left_ms > 60_000 && left_ms <= 5 * 60_000, `${left_ms} ms left`);

    await stack.platform.sql("update private.slot_holds set expires_at = now() - interval '1 s'");
    await stack.platform.runCron();
    assert.deepEqual(await holdsOf(stack, [guest]), []);
  },

  "a meeting that cannot be written and one that is cancelled give their time back": async (
    stack,
  ) => {
    for (
      const change of [
        "writeback_status = 'failed'",
        "cancelled_at = now()",
      ]
    ) {
      const [ana, guest] = [await stack.organizer(), await stack.guest()];
      const { meeting_id } = await schedule(ana, [guest]);
      assert.equal((await holdsOf(stack, [guest])).length, 1);
      await stack.platform.sql(`update public.meetings set ${change} where meeting_id = $1`, [
        meeting_id,
      ]);
      assert.deepEqual(await holdsOf(stack, [guest]), [], change);
    }
  },

  "a meeting that is cancelled before its event was written gives its time back": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const { meeting_id } = await schedule(ana, [guest]);
    await ana.call("meetings", { method: "DELETE", query: { meeting_id } });
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, null);
    assert.deepEqual(await holdsOf(stack, [guest, ana.email]), []);
  },

  "a participant who is removed from a waiting meeting is free again, the others are not": async (
    stack,
  ) => {
    const ana = await stack.organizer();
    const [stays, goes] = [await stack.guest(), await stack.guest()];
    const { meeting_id } = await schedule(ana, [stays, goes]);
    const changed = await ana.call("meetings", {
      method: "PATCH",
      body: { meeting_id, participants: [stays] },
    });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    assert.deepEqual(await holdsOf(stack, [goes]), []);
    assert.equal((await holdsOf(stack, [stays])).length, 1);
  },

  "an expired hold blocks no meeting, also before the job has deleted it": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const first = await schedule(ana, [guest]);
    await stack.platform.sql(
      "update private.slot_holds set expires_at = now() - interval '1 s' where participant_email = $1",
      [guest],
    );
    const second = await schedule(ben, [guest]);
    assert.equal(second.selected_slot.start_time, first.selected_slot.start_time);
  },

  "a meeting that is rescheduled is not in its own way and moves its hold": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const { meeting_id, selected_slot } = await schedule(ana, [guest]);
    const again = await ana.call("schedule", { body: { meeting_id, reschedule: true } });
    assert.equal(again.body.selected_slot.start_time, selected_slot.start_time);
    const later = await ana.call("schedule", {
      body: {
        meeting_id,
        reschedule: true,
        constraints: { ...EIGHT_SLOTS, working_hours_start: 13 },
      },
    });
    assert.equal(later.status, 200, JSON.stringify(later.body));
    const held = await holdsOf(stack, [guest]);
    assert.equal(held.length, 1);
    const row = await rowOf(stack, meeting_id);
    assert.equal(Date.parse(String(held[0]?.starts_at)), Date.parse(String(row.starts_at)));
  },

  "a slot that was found under a lease that has ended is not taken": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    const [begun] = await stack.platform.sql<{ token: string }>(
      `select public.begin_scheduling(
         'late', $1::uuid, jsonb_build_object('participants', jsonb_build_array($2::text)), false, 0
       ) -> 'meeting' ->> 'lease_token' as token`,
      [ana.user_id, guest],
    );
    const [settled] = await stack.platform.sql<{ decision: string }>(
      `select public.settle_scheduling('late', $1::uuid, $2::jsonb, $3::jsonb) ->> 'decision' as decision`,
      [
        begun?.token,
        JSON.stringify({ timezone: "UTC", held: [guest], max_candidates: 1 }),
        JSON.stringify([{
          start_time: `${MONDAY}T09:00:00Z`,
          end_time: `${MONDAY}T10:00:00Z`,
          participant_availability: [{ email: guest, status: "free" }],
        }]),
      ],
    );
    assert.equal(settled?.decision, "lease_lost");
    assert.deepEqual(await holdsOf(stack, [guest]), []);
    assert.equal((await rowOf(stack, "late")).starts_at, null);
  },

  "an organizer who holds 250 meetings waits until some are written": async (stack) => {
    const ana = await stack.organizer();
    await stack.platform.sql(
      `with inserted as (
         insert into public.meetings (organizer_user_id, participants, starts_at, ends_at)
         select $1::uuid, '["x@north.example"]', t, t + interval '1 minute'
           from generate_series(timestamptz '2036-01-01', timestamptz '2036-01-01 04:09', '1 minute') as t
         returning meeting_id, starts_at, ends_at)
       insert into private.slot_holds (meeting_id, participant_email, organizer_user_id, held, slot, expires_at)
       select meeting_id, 'x@north.example', $1::uuid, tstzrange(starts_at, ends_at), tstzrange(starts_at, ends_at), now() + interval '9 minutes'
         from inserted`,
      [ana.user_id],
    );
    const meeting_id = crypto.randomUUID();
    const answer = await ana.call("schedule", {
      body: { meeting_id, participants: [ana.email], constraints: WEEK },
    });
    assert.equal(answer.status, 429);
    assert.equal(answer.body.error, "rate_limited");
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "retrying");
    await stack.platform.sql("delete from public.meetings where organizer_user_id = $1", [
      ana.user_id,
    ]);
  },
});

promise("concurrent searches", {
  "two hundred concurrent searches over ten people leave no person in two meetings at a time":
    async (
      stack,
    ) => {
      const organizers = await Promise.all(Array.from({ length: 10 }, () => stack.organizer()));
      const worker = await stack.platform.startWorker();
      const calls = Array.from({ length: 200 }, (_, call) => {
        // Three people each, in every constellation and order.
        const people = [call, call * 3 + 1, call * 7 + 2].map((n) => organizers[n % 10]!);
        const [caller] = people;
        return caller!.call("schedule", {
          ...(call % 2 === 0 ? {} : { functions_url: worker.functions_url }),
          body: {
            meeting_id: `crowd-${call}`,
            participants: [...new Set(people.map(({ email }) => email))].reverse(),
            constraints: { ...WEEK, earliest_date: "2035-02-05", latest_date: "2035-02-16" },
          },
        });
      });
      const answers = await Promise.all(calls);
      await repeatPostponed(stack, organizers, answers.map(({ body }) => body.meeting_id));

      const meetings = await stack.platform.sql<
        { start: string; end: string; participants: string }
      >(
        `select extract(epoch from starts_at)::text as start, extract(epoch from ends_at)::text as "end",
              participants::text as participants
         from public.meetings where meeting_id like 'crowd-%' and starts_at is not null`,
      );
      const refused = answers.filter(({ status }) => status === 422).length;
      assert.equal(meetings.length + refused, 200, "some meeting has neither slot nor refusal");
      assert.ok(meetings.length > 150, `only ${meetings.length} meetings found a slot`);
      for (const { email } of organizers) {
        const times = meetings.filter(({ participants }) => participants.includes(email))
          .map(({ start, end }) => [Number(start), Number(end)] as const)
          .sort(([a], [b]) => a - b);
        times.slice(1).forEach(([start], i) => {
          assert.ok(start >= times[i]![1], `${email} is in two meetings at ${start}`);
        });
      }
      const overlapping = await stack.platform.sql(
        `select from private.slot_holds as a join private.slot_holds as b
         on a.state <> 'ended' and b.state <> 'ended' and a.participant_email = b.participant_email and a.held && b.held
        and a.meeting_id < b.meeting_id`,
      );
      assert.equal(overlapping.length, 0);
    },
}, { databases: "only postgres" });

/** Concurrent searches may get 503 busy; the queue retries those automatically. */
async function repeatPostponed(stack: Stack, organizers: Organizer[], meeting_ids: string[]) {
  for (let round = 0; round < 10; round++) {
    const waiting = await stack.platform.sql(
      `update private.work set due_at = clock_timestamp()
        where kind = 'search' and subject_id = any ($1) and due_at < 'infinity'
        returning subject_id`,
      [meeting_ids],
    );
    if (waiting.length === 0) return;
    await callFunction(stack.platform, "schedule", {
      apikey: stack.platform.automations_key,
      body: { batch: true, limit: 100 },
    });
  }
  assert.fail(`meetings of ${organizers.length} organizers still wait`);
}

async function schedule(organizer: Organizer, participants: unknown[]) {
  const answer = await organizer.call("schedule", {
    body: { participants, constraints: EIGHT_SLOTS },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

function holdsOf(stack: Stack, emails: string[]) {
  return stack.platform.sql<{ starts_at: string; expires_at: string }>(
    `select lower(held)::text as starts_at, expires_at::text as expires_at
       from private.slot_holds where participant_email = any ($1) and state in ('active', 'written') order by 1`,
    [emails],
  );
}
