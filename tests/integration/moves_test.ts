import assert from "node:assert/strict";
import { AT_NOON, cancel, change } from "../support/changes.ts";
import { handOver, inGoogle } from "../support/google_people.ts";
import {
  deleteOnGoogle,
  eventsOf,
  mailsBy,
  makeDue,
  MONDAY,
  rowOf,
  WEEK,
} from "../support/meetings.ts";
import {
  decisionsOf,
  decline,
  type MovableMeeting,
  movableMeeting,
  ON_DECLINE,
  passMinutes,
  searchDue,
  settleMove,
  startingIn,
} from "../support/moves.ts";
import { addTarget, notify, outbox } from "../support/notifications.ts";
import { promise, type Stack } from "../support/stack.ts";
import { answerInGoogle, syncNow } from "../support/sync.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

const instant = (value: unknown) => new Date(String(value)).toISOString();

promise("automatic moves", {
  "a required guest declines: the same event moves to a time at which everyone is free, and everyone is told once":
    async (stack) => {
      await using receiver = startReceiver();
      const made = await movableMeeting(stack, { title: "Planning" });
      const { organizer, guests, meeting_id, event_id } = made;
      await addTarget(organizer, receiver, "slack", {
        events: ["rescheduled", "moved", "created"],
      });
      const before = await rowOf(stack, meeting_id);
      assert.ok(before.meet_link);
      // The guest who declines has no time all Monday; the other one none on Tuesday.
      await stack.google.addEvents(guests[0]!, [
        taken(`${MONDAY}T00:00:00Z`, "2035-01-09T00:00:00Z"),
      ]);
      await stack.google.addEvents(guests[1]!, [
        taken("2035-01-09T00:00:00Z", "2035-01-10T00:00:00Z"),
      ]);
      await decline(stack, made, guests[0]);
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["searching"]);
      const { body: searching } = await organizer.call("status", { query: { meeting_id } });
      assert.deepEqual([searching.status, searching.move.decision], ["searching", "searching"]);

      const row = await settleMove(stack, made);
      const { body: status } = await organizer.call("status", { query: { meeting_id } });
      assert.deepEqual(
        [status.status, status.error, status.move.decision, status.move.moves],
        ["created", null, "moved", 1],
      );
      assert.equal(instant(status.move.from.start_time), `${MONDAY}T10:00:00.000Z`);
      assert.equal(instant(status.move.to.start_time), instant(row.starts_at));
      assert.ok(!instant(row.starts_at).startsWith(MONDAY), "the guest is away");
      assert.ok(!instant(row.starts_at).startsWith("2035-01-09"), "the other guest is away");
      assert.equal(Date.parse(row.ends_at) - Date.parse(row.starts_at), 30 * 60_000);
      assert.deepEqual([row.timezone, row.meet_link], [before.timezone, before.meet_link]);
      const [event, ...more] = await eventsOf(stack, organizer);
      assert.deepEqual([event?.id, event?.hangoutLink, more], [event_id, before.meet_link, []]);
      assert.equal(instant(event?.start?.dateTime), instant(row.starts_at));
      assert.deepEqual(await mailsBy(stack, guests), [
        ["invitation", "update"],
        ["invitation", "update"],
      ]);
      await notify(stack);
      const sent = await outbox(stack, meeting_id);
      assert.deepEqual(sent.map(({ event }) => event), ["rescheduled"]);
      assert.equal(instant(sent[0]!.payload.moved_from.start_time), `${MONDAY}T10:00:00.000Z`);

      await syncNow(stack, organizer);
      await syncNow(stack, organizer);
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["moved"]);
      assert.equal((await rowOf(stack, meeting_id)).search_due_at, null);
    },

  "without auto_reschedule nothing moves; the organizer's setting counts where a meeting has none, and false is never":
    async (stack) => {
      const off = await movableMeeting(stack, { auto_reschedule: null });
      await decline(stack, off, off.guests[0]);
      assert.deepEqual(await decisionsOf(stack, off.meeting_id), []);
      const { error } = await off.organizer.client.from("scheduling_preferences")
        .upsert({ owner_user_id: off.organizer.user_id, auto_reschedule: ON_DECLINE } as never);
      assert.equal(error, null);
      await decline(stack, off, off.guests[1]);
      assert.deepEqual(await decisionsOf(stack, off.meeting_id), ["searching"]);

      const never = await movableMeeting(stack);
      await change(never.organizer, never.meeting_id, { auto_reschedule: false });
      await never.organizer.client.from("scheduling_preferences")
        .upsert({ owner_user_id: never.organizer.user_id, auto_reschedule: ON_DECLINE } as never);
      await decline(stack, never, never.guests[0]);
      assert.deepEqual(await decisionsOf(stack, never.meeting_id), []);
    },

  "a guard rail keeps the time, and the decision is stored once with its reason": async (stack) => {
    const cases: [expected: string[], columns: Record<string, unknown>][] = [
      [["kept freeze"], startingIn(19)],
      [["searching"], startingIn(21)],
      [["kept freeze"], {
        ...startingIn(47),
        auto_reschedule: { ...ON_DECLINE, freeze_hours: 48 },
      }],
      [["kept recurring"], { recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"] }],
    ];
    for (const [expected, columns] of cases) {
      const made = await movableMeeting(stack, columns);
      await decline(stack, made, made.guests[0]);
      await syncNow(stack, made.organizer);
      assert.deepEqual(await decisionsOf(stack, made.meeting_id), expected);
      const { search_due_at, starts_at } = await rowOf(stack, made.meeting_id);
      assert.equal(search_due_at !== null, expected[0] === "searching");
      assert.equal(instant(starts_at), instant(columns.starts_at ?? `${MONDAY}T10:00:00Z`));
    }
  },

  "an event that another person organizes now keeps its time": async (stack) => {
    const made = await movableMeeting(stack);
    const { organizer, guests, meeting_id, event_id } = made;
    const google = await inGoogle(stack, organizer.email);
    await google.move(event_id, await google.newCalendar("Team"));
    await decline(stack, made, guests[0]);
    await syncNow(stack, organizer);
    assert.deepEqual(await decisionsOf(stack, meeting_id), ["searching"], "a calendar of its own");

    const handed = await movableMeeting(stack);
    const colleague = await handOver(stack, handed.organizer, handed.event_id);
    await syncNow(stack, handed.organizer);
    assert.equal((await rowOf(stack, handed.meeting_id)).organizer_email, colleague);
    await decline(stack, handed, handed.guests[0]);
    assert.doesNotMatch((await decisionsOf(stack, handed.meeting_id)).join(), /searching/);
    assert.equal((await rowOf(stack, handed.meeting_id)).search_due_at, null);
  },

  "optional guests move nothing; with quorum_lost only the decline that loses the quorum does":
    async (
      stack,
    ) => {
      const people = [];
      for (const type of ["required", "required", "required", "required", "optional"]) {
        people.push({ email: await stack.guest(), type });
      }
      const made = await movableMeeting(stack, {
        participants: people,
        auto_reschedule: { on: "quorum_lost", quorum: 50 },
      });
      const decisions = () => decisionsOf(stack, made.meeting_id);
      await decline(stack, made, people[4]?.email);
      await decline(stack, made, people[0]?.email);
      await decline(stack, made, people[1]?.email);
      assert.deepEqual(await decisions(), [], "half of them still come");
      await decline(stack, made, people[2]?.email);
      assert.deepEqual(await decisions(), ["searching"]);
      await settleMove(stack, made);
      // Those who declined the former time have not declined this one.
      await passMinutes(stack, made.meeting_id, 60);
      await decline(stack, made, people[3]?.email);
      assert.deepEqual(await decisions(), ["moved"]);
    },

  "it moves at most max_moves times, waits for the cooldown, and never returns to a declined time":
    async (
      stack,
    ) => {
      const made = await movableMeeting(stack);
      const { guests, meeting_id } = made;
      const times = [instant((await rowOf(stack, meeting_id)).starts_at)];
      await decline(stack, made, guests[0]);
      times.push(instant((await settleMove(stack, made)).starts_at));
      await passMinutes(stack, meeting_id, 5);
      await decline(stack, made, guests[1]);
      assert.deepEqual(await searchDue(stack, meeting_id), [], "the cooldown is not over");
      await passMinutes(stack, meeting_id, 30);
      times.push(instant((await settleMove(stack, made)).starts_at));
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["moved", "moved"]);
      const apart = times.flatMap((one, i) =>
        times.slice(0, i).map((other) => distance(one, other))
      );
      assert.ok(apart.every((minutes) => minutes >= 60), `${times} are neighbours`);
      await passMinutes(stack, meeting_id, 60);
      await answer(stack, made, guests[0], "accepted");
      await decline(stack, made, guests[0]);
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["moved", "moved", "kept max_moves"]);
      assert.deepEqual(await mailsBy(stack, guests), [
        ["invitation", "update", "update"],
        ["invitation", "update", "update"],
      ]);
    },

  "what changes before the search ends the move: the reply, the time in Google, a change, a cancellation":
    async (stack) => {
      const reply = await movableMeeting(stack);
      await decline(stack, reply, reply.guests[0]);
      await answer(stack, reply, reply.guests[0], "accepted");
      const google_time = await movableMeeting(stack);
      await decline(stack, google_time, google_time.guests[0]);
      await (await inGoogle(stack, google_time.organizer.email)).edit(google_time.event_id, {
        start: { dateTime: `${MONDAY}T15:00:00Z` },
        end: { dateTime: `${MONDAY}T15:30:00Z` },
      });
      await syncNow(stack, google_time.organizer);
      const changed = await movableMeeting(stack);
      await decline(stack, changed, changed.guests[0]);
      await change(changed.organizer, changed.meeting_id, AT_NOON);
      const cancelled = await movableMeeting(stack);
      await decline(stack, cancelled, cancelled.guests[0]);
      await cancel(cancelled.organizer, cancelled.meeting_id);
      for (
        const [made, reason, time] of [
          [reply, "reply_changed", "10:00"],
          [google_time, "time_changed", "15:00"],
          [changed, "time_changed", "12:00"],
          [cancelled, "cancelled", "10:00"],
        ] as const
      ) {
        const row = await settleMove(stack, made);
        assert.deepEqual(await decisionsOf(stack, made.meeting_id), [`kept ${reason}`]);
        assert.equal(instant(row.starts_at), `${MONDAY}T${time}:00.000Z`);
        assert.equal(row.search_due_at, null);
      }
    },

  "people who move the event before the automatic move is written keep their time, and no guest gets a mail of it":
    async (stack) => {
      for (const is_synced of [false, true]) {
        await using receiver = startReceiver();
        const made = await movableMeeting(stack);
        const { organizer, guests, meeting_id, event_id } = made;
        await addTarget(organizer, receiver, "slack", { events: ["moved", "rescheduled"] });
        await decline(stack, made, guests[0]);
        await searchDue(stack, meeting_id);
        await (await inGoogle(stack, organizer.email)).edit(event_id, {
          start: { dateTime: `${MONDAY}T15:00:00Z` },
          end: { dateTime: `${MONDAY}T15:30:00Z` },
        });
        if (is_synced) await syncNow(stack, organizer);
        const row = await settleMove(stack, made);
        assert.deepEqual(
          [instant(row.starts_at), instant(row.ends_at), row.write_due_at],
          [`${MONDAY}T15:00:00.000Z`, `${MONDAY}T15:30:00.000Z`, null],
        );
        const [event] = await eventsOf(stack, organizer);
        assert.equal(instant(event?.start?.dateTime), `${MONDAY}T15:00:00.000Z`);
        assert.deepEqual(await decisionsOf(stack, meeting_id), ["kept time_changed"]);
        assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
        await notify(stack);
        assert.deepEqual((await outbox(stack, meeting_id)).map(({ event }) => event), ["moved"]);
        await change(organizer, meeting_id, AT_NOON);
        await settleMove(stack, made);
        assert.equal(
          instant((await rowOf(stack, meeting_id)).starts_at),
          instant(AT_NOON.start_time),
          "a time that is named wins",
        );
      }
    },

  "an event that is handed over or deleted before the automatic move is written leaves no failure, and the row has its time":
    async (stack) => {
      for (const what of ["handed over", "deleted"] as const) {
        const made = await movableMeeting(stack);
        const { organizer, guests, meeting_id, event_id } = made;
        await decline(stack, made, guests[0]);
        await searchDue(stack, meeting_id);
        if (what === "handed over") await handOver(stack, organizer, event_id);
        else await deleteOnGoogle(stack, organizer.email, event_id);
        await organizer.call("write-back", { body: { meeting_id } });
        await syncNow(stack, organizer);
        const { body: status } = await organizer.call("status", { query: { meeting_id } });
        const is_deleted = what === "deleted";
        assert.deepEqual(
          [status.status, status.reason, status.error],
          is_deleted ? ["cancelled", "cancelled_in_google", null] : ["created", null, null],
        );
        assert.equal(instant(status.start_time), `${MONDAY}T10:00:00.000Z`);
        assert.deepEqual(
          await decisionsOf(stack, meeting_id),
          [is_deleted ? "kept cancelled" : "kept not_organizer"],
        );
        assert.deepEqual((await rowOf(stack, meeting_id)).write_due_at, null);
      }
    },

  "where no time suits everyone, or a calendar is hidden, the meeting keeps its time and says why":
    async (
      stack,
    ) => {
      const full = await movableMeeting(stack, {
        constraints: { earliest_date: MONDAY, latest_date: MONDAY },
      });
      await stack.google.addEvents(full.guests[1]!, [
        taken(`${MONDAY}T00:00:00Z`, "2035-01-09T00:00:00Z"),
      ]);
      await decline(stack, full, full.guests[0]);
      await settleMove(stack, full);
      const { body } = await full.organizer.call("status", {
        query: { meeting_id: full.meeting_id },
      });
      assert.deepEqual(
        [body.status, body.error, body.move.decision, body.move.reason, body.move.to],
        ["created", null, "kept", "no_common_slot", null],
      );
      const hidden = await stack.guest({ freebusy: "private" });
      const made = await movableMeeting(stack, { participants: [hidden, await stack.guest()] });
      await decline(stack, made, hidden);
      await settleMove(stack, made);
      assert.deepEqual(await decisionsOf(stack, made.meeting_id), ["kept calendar_unreadable"]);
    },

  "the time right after the declined one is a neighbour, and is not offered": async (stack) => {
    const made = await movableMeeting(stack, {
      constraints: {
        earliest_date: `${MONDAY}T10:00:00Z`,
        latest_date: `${MONDAY}T11:00:00Z`,
        working_hours_start: 8,
        timezone: "UTC",
      },
    });
    await decline(stack, made, made.guests[0]);
    const row = await settleMove(stack, made);
    assert.deepEqual(await decisionsOf(stack, made.meeting_id), ["kept no_common_slot"]);
    assert.equal(instant(row.starts_at), `${MONDAY}T10:00:00.000Z`);
  },

  "a search that Google does not answer is repeated, and moves the meeting then": async (stack) => {
    const made = await movableMeeting(stack);
    await decline(stack, made, made.guests[0]);
    await stack.google.fault({ path_pattern: "/freeBusy$", status: 503, times: 1 });
    await searchDue(stack, made.meeting_id);
    assert.deepEqual(await decisionsOf(stack, made.meeting_id), ["searching"]);
    await makeDue(stack, made.meeting_id);
    await settleMove(stack, made);
    assert.deepEqual(await decisionsOf(stack, made.meeting_id), ["moved"]);
  },

  "a search that crashes its workers ends, and the meeting keeps its time": async (stack) => {
    const made = await movableMeeting(stack);
    await decline(stack, made, made.guests[0]);
    for (let crash = 0; crash < 3; crash++) {
      await stack.platform.sql("select public.claim_schedulings(100)");
      await stack.platform.sql(
        "update private.work set leased_until = clock_timestamp() where kind = 'search' and subject_id = $1",
        [made.meeting_id],
      );
    }
    await stack.platform.sql("select public.claim_schedulings(100)");
    assert.deepEqual(await decisionsOf(stack, made.meeting_id), ["kept search_abandoned"]);
    const { body } = await made.organizer.call("status", {
      query: { meeting_id: made.meeting_id },
    });
    assert.deepEqual([body.status, body.error], ["created", null]);
  },

  "people whom others added are asked for their time, those whom others removed are not": async (
    stack,
  ) => {
    const made = await movableMeeting(stack, { constraints: WEEK });
    const { organizer, guests, meeting_id, event_id } = made;
    await stack.google.addEvents(guests[1]!, [
      taken(`${MONDAY}T00:00:00Z`, "2035-02-09T00:00:00Z"),
    ]);
    await (await inGoogle(stack, organizer.email)).edit(event_id, {
      attendees: [{ email: organizer.email }, { email: guests[0] }] as never,
    });
    await decline(stack, made, guests[0]);
    await settleMove(stack, made);
    assert.deepEqual(await decisionsOf(stack, meeting_id), ["moved"]);
    assert.deepEqual(await mailsBy(stack, [guests[1]!]), [["invitation"]]);
  },
});

function taken(start: string, end: string) {
  return { summary: "Away", start: { dateTime: start }, end: { dateTime: end } };
}

function distance(one: string, other: string): number {
  return Math.abs(Date.parse(one) - Date.parse(other)) / 60_000;
}

async function answer(
  stack: Stack,
  { organizer, event_id }: MovableMeeting,
  email: string | undefined,
  responseStatus: string,
): Promise<void> {
  await answerInGoogle(stack, email!, event_id, { responseStatus });
  await syncNow(stack, organizer);
}
