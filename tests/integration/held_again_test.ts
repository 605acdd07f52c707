import assert from "node:assert/strict";
import { eventsOf, insertMeeting, MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { withSetting } from "../support/queue.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";
const HOUR = 3_600_000;
const TWO_HOURS = {
  ...WEEK,
  latest_date: MONDAY,
  duration_minutes: 60,
  interval_minutes: 60,
  working_hours_start: 10,
  working_hours_end: 12,
};
const WHOLE_DAY = { ...WEEK, latest_date: MONDAY, duration_minutes: 480 };

promise("who may be held, and how much", {
  "a stranger whose connection Google has paused holds no time of anyone, however often it asks":
    async (stack) => {
      const [stranger, victim] = [
        await stack.organizer(),
        await stack.organizer({ shares: "busy" }),
      ];
      await stack.google.fault({
        method: "POST",
        path_pattern: EVENTS,
        status: 403,
        reason: "quotaExceeded",
        times: 1,
      });
      const first = await insertMeeting(stranger, {
        participants: [stranger.email],
        starts_at: `${MONDAY}T10:00:00Z`,
        ends_at: `${MONDAY}T11:00:00Z`,
      });
      const limited = await stranger.call("write-back", { body: { meeting_id: first } });
      assert.equal(limited.body.error, "rate_limited", JSON.stringify(limited.body));

      for (let week = 8; week < 13; week++) {
        const date = `2035-01-${String(week).padStart(2, "0")}`;
        const answer = await stranger.call("schedule", {
          body: {
            participants: [victim.email, { email: stranger.email, busy: [] }],
            constraints: { ...WHOLE_DAY, earliest_date: date, latest_date: date },
          },
        });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
      }
      assert.deepEqual(await activeHolds(stack, victim.email), []);
      const own = await victim.call("schedule", {
        body: { participants: [victim.email], constraints: WHOLE_DAY },
      });
      assert.equal(own.status, 200, JSON.stringify(own.body));
    },

  "of one person no more times are held than the limit, and the meetings are scheduled all the same":
    async (stack) => {
      const victim = await stack.guest();
      await withSetting(stack, "holds_per_person", 5, async () => {
        for (const recurrence of [["RRULE:FREQ=DAILY;COUNT=4"], null, null, null]) {
          const stranger = await stack.organizer();
          const answer = await schedule(stranger, [victim], {
            constraints: WEEK,
            ...(recurrence === null ? {} : { recurrence }),
          });
          assert.equal(answer.status, 200, JSON.stringify(answer.body));
        }
        assert.equal((await activeHolds(stack, victim)).length, 5);
        const series = await schedule(await stack.organizer(), [victim], {
          recurrence: ["RRULE:FREQ=DAILY;COUNT=4"],
        });
        assert.equal(series.status, 200, JSON.stringify(series.body));
        assert.equal((await activeHolds(stack, victim)).length, 5, "all of a series, or nothing");
      });
    },

  "one call with more times than the organizer may hold is refused": async (stack) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    await withSetting(stack, "holds_per_organizer", 10, async () => {
      const answer = await schedule(ana, [guest], { recurrence: ["RRULE:FREQ=DAILY;COUNT=11"] });
      assert.equal(answer.status, 429);
      assert.match(answer.body.message, /more than 10 times/);
      assert.deepEqual(await activeHolds(stack, guest), []);
    });
  },

  "a calendar that the caller names for a person proves nothing: the person is not held, and their holds are not shown":
    async (stack) => {
      const [stranger, ben] = [await stack.organizer(), await stack.organizer()];
      const victim = await stack.organizer({ shares: "busy" });
      const held = await schedule(ben, [victim.email], { constraints: { ...TWO_HOURS } });
      const answer = await schedule(stranger, [
        { email: victim.email, calendar_ids: [stranger.email] },
      ]);
      assert.equal(answer.body.selected_slot.start_time, held.body.selected_slot.start_time);
      assert.equal((await activeHolds(stack, victim.email)).length, 1);
    },
});

promise("holds that have ended", {
  "the claim of the write holds the time again for its lease, and the event is written there":
    async (stack) => {
      const [ana, guest] = [await stack.organizer(), await stack.guest()];
      const { body: { meeting_id, selected_slot } } = await schedule(ana, [guest]);
      await endHolds(stack);
      assert.deepEqual(await activeHolds(stack, guest), []);
      await stack.platform.sql("select from public.claim_writebacks(100)");
      const [held] = await stack.platform.sql<{ left: string }>(
        `select extract(epoch from h.expires_at - w.leased_until)::text as left
           from private.slot_holds as h
           join private.work as w on w.kind = 'write' and w.subject_id = h.meeting_id
          where h.meeting_id = $1 and h.participant_email = $2 and h.state = 'active'`,
        [meeting_id, guest],
      );
      assert.equal(Number(held?.left), 300, "five minutes longer than the lease");
      const other = await schedule(await stack.organizer(), [guest]);
      assert.notEqual(other.body.selected_slot.start_time, selected_slot.start_time);
    },

  "a time that a search found and another meeting was given is searched again, without an attempt":
    async (stack) => {
      const { ana, ben, mine, theirs } = await overtaken(stack);
      await ben.call("write-back", { body: { meeting_id: theirs } });
      // The hold of the written meeting is over, too: only its row still shows that the time was given away.
      await endHolds(stack);
      await endHolds(stack);
      const answer = await ana.call("write-back", { body: { meeting_id: mine } });
      assert.equal(answer.status, 202, JSON.stringify(answer.body));
      assert.match((await rowOf(stack, mine)).scheduling_reason, /Another time is searched/);
      assert.deepEqual(await ledger(stack, mine), [
        ["claimed", null, null],
        ["settled", "slot_taken", "search_again"],
      ]);
      await drain(stack);
      const [moved, kept] = [await rowOf(stack, mine), await rowOf(stack, theirs)];
      assert.deepEqual([moved.writeback_status, kept.writeback_status], ["created", "created"]);
      assert.equal(Math.abs(Date.parse(moved.starts_at) - Date.parse(kept.starts_at)), HOUR);
      assert.equal(moved.writeback_retry_count, 0);
      assert.equal((await eventsOf(stack, ana)).length, 1);
      await endHolds(stack);
      const rest = await stack.platform.sql("select from private.slot_holds where state = 'past'");
      assert.equal(rest.length, 0, "no row is kept that no meeting waits for");
    },

  "of meetings that were given one time while their organizers were paused, a batch writes one and moves the others":
    async (stack) => {
      const guest = await stack.guest();
      const organizers = [
        await stack.organizer(),
        await stack.organizer(),
        await stack.organizer(),
      ];
      await pause(stack, organizers, "1 hour");
      const ids: string[] = [];
      for (const organizer of organizers) {
        const { body } = await schedule(organizer, [guest], {
          constraints: { ...TWO_HOURS, working_hours_end: 13 },
        });
        ids.push(body.meeting_id);
      }
      const starts = () =>
        Promise.all(ids.map(async (id) => String((await rowOf(stack, id)).starts_at)));
      assert.equal(new Set(await starts()).size, 1);
      await pause(stack, organizers, "-1 s");
      for (let round = 0; round < 3; round++) await drain(stack);
      assert.equal(new Set(await starts()).size, 3);
      for (const id of ids) assert.equal((await rowOf(stack, id)).writeback_status, "created");
    },

  "the meetings of one organizer keep out of each other's time also without holds": async (
    stack,
  ) => {
    const [ana, guest] = [await stack.organizer(), await stack.guest()];
    await pause(stack, [ana], "1 hour");
    const first = await schedule(ana, [guest]);
    const second = await schedule(ana, [guest]);
    assert.notEqual(
      first.body.selected_slot.start_time,
      second.body.selected_slot.start_time,
    );
    assert.deepEqual(await activeHolds(stack, guest), []);
  },

  "a meeting whose outcome is unknown is verified before another time is searched, and adopted if its event exists":
    async (stack) => {
      const { ana, mine, theirs } = await overtaken(stack, "before");
      await callFunction(stack.platform, "write-back", {
        apikey: stack.platform.automations_key,
        body: { meeting_id: theirs },
      });
      await stack.platform.sql(
        "update private.work set due_at = clock_timestamp() - interval '1 minute' where subject_id = $1",
        [mine],
      );
      const verified = await ana.call("write-back", { body: { meeting_id: mine } });
      assert.equal(verified.body.error, "slot_taken", JSON.stringify(verified.body));
      const row = await rowOf(stack, mine);
      assert.deepEqual([row.writeback_status, row.outcome_unknown], ["retrying", false]);
      assert.equal((await eventsOf(stack, ana)).length, 0);
      const again = await ana.call("write-back", { body: { meeting_id: mine } });
      assert.equal(again.status, 202, JSON.stringify(again.body));
      await drain(stack);
      const [moved, kept] = [await rowOf(stack, mine), await rowOf(stack, theirs)];
      assert.equal(Math.abs(Date.parse(moved.starts_at) - Date.parse(kept.starts_at)), HOUR);

      const existing = await overtaken(stack, "after");
      const answer = await existing.ana.call("write-back", { body: { meeting_id: existing.mine } });
      assert.equal(answer.body.results[0].already_exists, true, JSON.stringify(answer.body));
      assert.equal((await rowOf(stack, existing.mine)).writeback_status, "created");
    },

  "while the event of a meeting may exist, no other meeting that waits is written at its time":
    async (
      stack,
    ) => {
      const guest = await stack.guest();
      const [ana, ben] = [await stack.organizer(), await stack.organizer()];
      await pause(stack, [ana, ben], "1 hour");
      const { body: { meeting_id: mine } } = await schedule(ana, [guest]);
      const { body: { meeting_id: theirs } } = await schedule(ben, [guest]);
      assert.deepEqual(
        (await rowOf(stack, mine)).starts_at,
        (await rowOf(stack, theirs)).starts_at,
      );
      await pause(stack, [ana, ben], "-1 s");
      await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
      await ana.call("write-back", { body: { meeting_id: mine } });
      await endHolds(stack);
      const answer = await ben.call("write-back", { body: { meeting_id: theirs } });
      assert.equal(answer.status, 202, JSON.stringify(answer.body));
      assert.deepEqual((await eventsOf(stack, ben)).length, 0);
      const adopted = await ana.call("write-back", { body: { meeting_id: mine } });
      assert.equal(adopted.body.results[0].already_exists, true);
      await drain(stack);
      assert.notDeepEqual(
        (await rowOf(stack, mine)).starts_at,
        (await rowOf(stack, theirs)).starts_at,
      );
    },

  "a time that the caller gave is written with a warning in response and ledger, about people who share":
    async (
      stack,
    ) => {
      const [ana, ben] = [await stack.organizer(), await stack.organizer()];
      const sharing = await stack.organizer({ shares: "busy" });
      const silent = await stack.organizer();
      const { body } = await schedule(ben, [sharing.email, silent.email]);
      const named = (participants: string[]) =>
        insertMeeting(ana, {
          participants,
          starts_at: body.selected_slot.start_time,
          ends_at: body.selected_slot.end_time,
        });
      const meeting_id = await named([sharing.email, silent.email]);
      const answer = await ana.call("write-back", { body: { meeting_id } });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const [{ warnings }] = answer.body.results;
      assert.equal(warnings[0].code, "slot_taken");
      assert.ok(warnings[0].message.includes(sharing.email), warnings[0].message);
      assert.ok(!warnings[0].message.includes(silent.email), warnings[0].message);
      const [claimed] = await stack.platform.sql<{ people: string }>(
        `select request -> 'time_taken' ->> 'people' as people
         from public.writeback_ledger where meeting_id = $1 and step = 'claimed'`,
        [meeting_id],
      );
      assert.equal(claimed?.people, JSON.stringify([sharing.email]));

      const unseen = await ana.call("write-back", {
        body: { meeting_id: await named([silent.email]) },
      });
      assert.equal(unseen.body.results[0].warnings, undefined, "no permission, no word about it");
    },

  "an event that is to move keeps its time until another one is found": async (stack) => {
    const [ana, ben, guest] = [
      await stack.organizer(),
      await stack.organizer(),
      await stack.guest(),
    ];
    const { body: { meeting_id } } = await schedule(ana, [guest]);
    await ana.call("write-back", { body: { meeting_id } });
    const before = await rowOf(stack, meeting_id);
    const tuesday = { ...TWO_HOURS, earliest_date: "2035-01-09", latest_date: "2035-01-09" };
    await ana.call("schedule", { body: { meeting_id, reschedule: true, constraints: tuesday } });
    await endHolds(stack);
    const bens = await schedule(ben, [guest], { constraints: tuesday });
    const answer = await ana.call("write-back", { body: { meeting_id } });
    assert.equal(answer.body.error, "in_progress", JSON.stringify(answer.body));
    const [event] = await eventsOf(stack, ana);
    assert.equal(Date.parse(event?.start?.dateTime ?? ""), Date.parse(before.starts_at));
    await drain(stack);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_error, row.write_due_at], [null, null]);
    const [moved] = await eventsOf(stack, ana);
    assert.equal(Date.parse(moved?.start?.dateTime ?? ""), Date.parse(row.starts_at));
    const theirs = Date.parse(bens.body.selected_slot.start_time);
    assert.equal(Math.abs(Date.parse(row.starts_at) - theirs), HOUR);
  },
});

/**
 * Two meetings with one guest at one time: `theirs` was given the time after the hold of `mine` had ended. With `lost`,
 * an insert of `mine` was sent before and got no response: it was lost on the way, or its response was.
 */
async function overtaken(stack: Stack, lost?: "before" | "after") {
  const [ana, ben, guest] = [
    await stack.organizer(),
    await stack.organizer(),
    await stack.guest(),
  ];
  const { body: { meeting_id: mine, selected_slot } } = await schedule(ana, [guest]);
  if (lost !== undefined) {
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: lost, times: 1 });
    await ana.call("write-back", { body: { meeting_id: mine } });
    assert.equal((await rowOf(stack, mine)).outcome_unknown, true);
  }
  await endHolds(stack);
  // An event that exists is busy time of the guest, but not of an organizer who names other calendars.
  const theirs = lost === "after"
    ? await holdByHand(stack, ben, guest, selected_slot)
    : (await schedule(ben, [guest])).body.meeting_id;
  assert.deepEqual((await rowOf(stack, theirs)).starts_at, (await rowOf(stack, mine)).starts_at);
  return { ana, ben, guest, mine, theirs };
}

async function holdByHand(
  stack: Stack,
  organizer: Organizer,
  guest: string,
  slot: { start_time: string; end_time: string },
): Promise<string> {
  const meeting_id = await insertMeeting(organizer, {
    participants: [guest],
    starts_at: slot.start_time,
    ends_at: slot.end_time,
  });
  await stack.platform.sql(
    `insert into private.slot_holds (meeting_id, participant_email, organizer_user_id, held, slot, expires_at)
     values ($1, $2, $3, tstzrange($4::timestamptz, $5::timestamptz), tstzrange($4::timestamptz, $5::timestamptz), now() + interval '9 minutes')`,
    [meeting_id, guest, organizer.user_id, slot.start_time, slot.end_time],
  );
  return meeting_id;
}

function schedule(
  organizer: Organizer,
  participants: unknown[],
  more: Record<string, unknown> = {},
) {
  return organizer.call("schedule", {
    body: { participants, constraints: TWO_HOURS, ...more },
  });
}

/** More than 15 minutes pass, and the job that ends holds runs. */
async function endHolds(stack: Stack): Promise<void> {
  await stack.platform.sql(
    "update private.slot_holds set expires_at = now() - interval '1 s' where state in ('active', 'written')",
  );
  await stack.platform.sql("select private.expire_slot_holds()");
}

async function pause(stack: Stack, organizers: Organizer[], until: string): Promise<void> {
  await stack.platform.sql(
    "update private.google_connections set writes_paused_until = now() + $2::interval where user_id = any ($1)",
    [organizers.map(({ user_id }) => user_id), until],
  );
}

async function activeHolds(stack: Stack, email: string) {
  return await stack.platform.sql<{ expires_at: string }>(
    "select expires_at::text as expires_at from private.slot_holds where participant_email = $1 and state = 'active'",
    [email],
  );
}

async function ledger(stack: Stack, meeting_id: string) {
  const rows = await stack.platform.sql<
    { step: string; reason: string | null; decision: string | null }
  >(
    "select step, reason, decision from public.writeback_ledger where meeting_id = $1 order by ledger_id",
    [meeting_id],
  );
  return rows.map(({ step, reason, decision }) => [step, reason, decision]);
}

async function drain(stack: Stack): Promise<void> {
  for (const name of ["write-back", "schedule", "write-back"]) {
    const answer = await callFunction(stack.platform, name, {
      apikey: stack.platform.automations_key,
      body: { batch: true, limit: 50 },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
}
