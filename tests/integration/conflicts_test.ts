import assert from "node:assert/strict";
import { write } from "../support/changes.ts";
import {
  announced,
  checkOf,
  checksDue,
  googleCalls,
  listen,
  moveOf,
} from "../support/conflicts.ts";
import {
  insertMeeting,
  mailsBy,
  MONDAY,
  pendingMeeting,
  rowOf,
  SLOT,
} from "../support/meetings.ts";
import { decisionsOf, movableMeeting, settleMove } from "../support/moves.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";
import { syncNow } from "../support/sync.ts";
import { inUtc } from "../support/shown_times.ts";

const instant = (value: unknown) => new Date(String(value)).toISOString();

/** An event of the organizer's at the time of the meeting. */
const CLASH = {
  summary: "Board",
  start: { dateTime: `${MONDAY}T10:15:00Z` },
  end: { dateTime: `${MONDAY}T11:00:00Z` },
};

promise("conflicts", {
  "an event that takes the organizer's time is a warning; with reschedule the meeting moves; with ignore nothing is said":
    async (stack) => {
      const cases = [["warn", ["kept conflict"]], ["reschedule", ["moved"]], [
        "ignore",
        [],
      ]] as const;
      for (const [on_conflict, expected] of cases) {
        const made = await movableMeeting(stack, { auto_reschedule: null, on_conflict });
        const { organizer, guests, meeting_id } = made;
        await stack.google.addEvents(organizer.email, [CLASH]);
        await syncNow(stack, organizer);
        const row = await settleMove(stack, made);
        assert.deepEqual(await decisionsOf(stack, meeting_id), expected);
        const moves = on_conflict === "reschedule";
        assert.equal(instant(row.starts_at) !== `${MONDAY}T10:00:00.000Z`, moves);
        const is_clear = Date.parse(instant(row.ends_at)) <= Date.parse(CLASH.start.dateTime) ||
          Date.parse(instant(row.starts_at)) >= Date.parse(CLASH.end.dateTime);
        assert.equal(is_clear, moves);
        assert.deepEqual(await mailsBy(stack, [guests[0]!]), [
          ["invitation", ...(moves ? ["update"] : [])],
        ]);
        const { body } = await organizer.call("status", { query: { meeting_id } });
        assert.equal(body.status, "created");
        assert.equal(body.move?.trigger, on_conflict === "ignore" ? undefined : "conflict");
        if (on_conflict === "warn") {
          assert.match(body.move.message, new RegExp(`takes the time of ${organizer.email}`));
        }
      }
    },

  "free, declined, cancelled and past events, and the meeting's own, are no conflict; one event warns once":
    async (
      stack,
    ) => {
      const made = await movableMeeting(stack, { auto_reschedule: null });
      const { organizer, meeting_id } = made;
      await stack.google.addEvents(organizer.email, [
        { ...CLASH, transparency: "transparent" },
        { ...CLASH, start: { dateTime: `${MONDAY}T10:30:00Z` } },
      ]);
      await syncNow(stack, organizer);
      assert.deepEqual(await decisionsOf(stack, meeting_id), []);
      await stack.google.addEvents(organizer.email, [CLASH]);
      await syncNow(stack, organizer);
      await stack.google.expireSyncTokens(organizer.email);
      await syncNow(stack, organizer);
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["kept conflict"]);
      assert.equal((await rowOf(stack, meeting_id)).search_due_at, null);
    },

  "a warning names the busy organizer at once; the check finds other times and announces it, once":
    async (
      stack,
    ) => {
      const made = await movableMeeting(stack, { auto_reschedule: null });
      const { organizer, meeting_id } = made;
      await checksDue(stack);
      await listen(organizer);
      await stack.google.addEvents(organizer.email, [CLASH]);
      await syncNow(stack, organizer);
      const seen = await moveOf(organizer, meeting_id);
      assert.deepEqual([seen.conflicts[0].email, seen.alternatives], [organizer.email, []]);
      assert.deepEqual(await announced(stack, meeting_id, "conflict"), []);
      await checksDue(stack);
      const { alternatives, conflicts } = await moveOf(organizer, meeting_id);
      assert.equal(alternatives.length, 3);
      await stack.google.expireSyncTokens(organizer.email);
      await syncNow(stack, organizer);
      await checksDue(stack);
      const [notice, ...more] = await announced(stack, meeting_id, "conflict");
      assert.deepEqual(inUtc([notice!.conflict, more]), inUtc([{ alternatives, conflicts }, []]));
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["kept conflict"]);
    },

  "where no check can be made the warning is announced without other times": async (stack) => {
    const made = await movableMeeting(stack, { auto_reschedule: null });
    const { organizer, meeting_id } = made;
    await checksDue(stack);
    await listen(organizer);
    await stack.google.addEvents(organizer.email, [CLASH]);
    await syncNow(stack, organizer);
    await stack.google.fault({ path_pattern: "^/calendar/v3/freeBusy$", status: 400, times: 5 });
    await checksDue(stack);
    await stack.google.clearFaults();
    const [notice, ...more] = await announced(stack, meeting_id, "conflict");
    assert.deepEqual([notice!.conflict.alternatives, more], [[], []]);
  },

  "a conflict that the check of a named time has told is no second warning": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await listen(organizer);
    await stack.google.addEvents(organizer.email, [CLASH]);
    await stack.google.addEvents(guests[0]!, [CLASH]);
    await checksDue(stack);
    await write(organizer, meeting_id);
    await syncNow(stack, organizer);
    await checksDue(stack);
    assert.deepEqual(await decisionsOf(stack, meeting_id), ["kept conflict"]);
    assert.equal((await announced(stack, meeting_id, "conflict")).length, 1);
  },

  "a required participant who shares counts too, each on_conflict: who and when, never what; the meeting of a stranger is not told":
    async (stack) => {
      const cases = [["warn", ["kept conflict"], "busy"], ["reschedule", ["moved"], "busy"], [
        "ignore",
        [],
        "busy",
      ], ["warn", [], null]] as const;
      for (const [on_conflict, expected, shares] of cases) {
        const organizer = await stack.organizer();
        const user = await stack.organizer(shares === null ? {} : { shares });
        await syncedUser(stack, user);
        const meeting_id = await insertMeeting(organizer, {
          participants: [user.email],
          on_conflict,
          ...SLOT,
        });
        await write(organizer, meeting_id);
        await checksDue(stack);
        await stack.google.addEvents(user.email, [CLASH]);
        await syncNow(stack, user);
        if (on_conflict === "warn" && shares !== null) {
          const { conflicts } = await moveOf(organizer, meeting_id);
          assert.deepEqual(conflicts, [{
            email: user.email,
            type: "required",
            is_certain: true,
            busy: [{
              start_time: "2035-01-08T11:15:00+01:00",
              end_time: "2035-01-08T12:00:00+01:00",
            }],
          }]);
          const [row] = await stack.platform.sql(
            "select to_jsonb(v)::text as text from private.moves as v where meeting_id = $1",
            [meeting_id],
          );
          const [event] = (await stack.google.events({ calendar_id: user.email, status: "live" }))
            .filter(({ summary }) => summary === "Board");
          assert.doesNotMatch(String(row?.text), new RegExp(`Board|${event?.id}`));
        }
        await settleMove(stack, { organizer, meeting_id });
        assert.deepEqual(
          await decisionsOf(stack, meeting_id),
          expected,
          `${on_conflict} ${shares}`,
        );
      }
    },

  "an optional participant's clash is no warning": async (stack) => {
    const organizer = await stack.organizer();
    const user = await stack.organizer({ shares: "busy" });
    await syncedUser(stack, user);
    const meeting_id = await insertMeeting(organizer, {
      participants: [{ email: user.email, type: "optional" }],
      ...SLOT,
    });
    await write(organizer, meeting_id);
    await checksDue(stack);
    await stack.google.addEvents(user.email, [CLASH]);
    await syncNow(stack, user);
    assert.deepEqual(await decisionsOf(stack, meeting_id), []);
  },

  "a series or whole days make one check due, which warns or moves; without a clash nothing is said":
    async (
      stack,
    ) => {
      const daily = {
        summary: "Stand-up",
        start: { dateTime: "2035-01-01T10:15:00Z", timeZone: "UTC" },
        end: { dateTime: "2035-01-01T10:45:00Z", timeZone: "UTC" },
        recurrence: ["RRULE:FREQ=DAILY;COUNT=30"],
      };
      const elsewhere = {
        ...daily,
        start: { dateTime: "2035-01-01T15:15:00Z", timeZone: "UTC" },
        end: { dateTime: "2035-01-01T15:45:00Z", timeZone: "UTC" },
      };
      const away = { summary: "Away", start: { date: MONDAY }, end: { date: "2035-01-09" } };
      const cases = [
        ["warn", daily, ["kept conflict"]],
        ["warn", away, ["kept conflict"]],
        ["warn", elsewhere, []],
        ["reschedule", daily, ["moved"]],
        ["ignore", daily, []],
      ] as const;
      for (const [on_conflict, event, expected] of cases) {
        const made = await movableMeeting(stack, { auto_reschedule: null, on_conflict });
        await checksDue(stack);
        await stack.google.addEvents(made.organizer.email, [event as never]);
        await syncNow(stack, made.organizer);
        assert.equal(
          await checkOf(stack, made.meeting_id),
          on_conflict === "ignore" ? null : "seen",
        );
        const calls = await googleCalls(stack, () => checksDue(stack));
        assert.deepEqual(
          calls.filter((call) => call === "POST freeBusy").length,
          on_conflict === "ignore" ? 0 : 1,
        );
        await settleMove(stack, made);
        assert.deepEqual(
          await decisionsOf(stack, made.meeting_id),
          expected,
          `${on_conflict} ${event.summary}`,
        );
      }
    },
});

/** A user with an event of Convene's, whose calendar has been read once. */
async function syncedUser(stack: Stack, user: Organizer): Promise<void> {
  const meeting_id = await insertMeeting(user, {
    participants: [await stack.guest()],
    starts_at: "2035-02-01T10:00:00Z",
    ends_at: "2035-02-01T10:30:00Z",
  });
  await write(user, meeting_id);
  await syncNow(stack, user);
}
