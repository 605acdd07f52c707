import assert from "node:assert/strict";
import { AT_NOON, batch, change, createdMeeting, write } from "../support/changes.ts";
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
import { decisionsOf } from "../support/moves.ts";
import { promise, type Stack } from "../support/stack.ts";
import { lastRequest } from "../support/sync.ts";
import { until } from "../support/until.ts";

const FREEBUSY = "^/calendar/v3/freeBusy$";

const at = (start: string, end: string) => ({
  summary: "Board",
  start: { dateTime: `${MONDAY}T${start}:00Z` },
  end: { dateTime: `${MONDAY}T${end}:00Z` },
});

promise("conflicts of named times", {
  "a row with a slot is written as before and checked beside it: who is busy, and other times for everybody":
    async (stack) => {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      await listen(organizer);
      await stack.google.addEvents(guests[0]!, [at("10:15", "11:00")]);
      const calls = await googleCalls(stack, () => checksDue(stack));
      assert.deepEqual(calls, ["POST freeBusy"]);
      const move = await moveOf(organizer, meeting_id);
      assert.deepEqual([move.trigger, move.decision, move.reason], [
        "conflict",
        "kept",
        "conflict",
      ]);
      assert.deepEqual(move.conflicts, [{
        email: guests[0],
        type: "required",
        is_certain: true,
        busy: [{ start_time: `${MONDAY}T11:15:00+01:00`, end_time: `${MONDAY}T12:00:00+01:00` }],
      }]);
      assert.match(move.message, new RegExp(`takes the time of ${guests[0]}\\.`));
      assert.equal(move.alternatives.length, 3);
      for (const { start_time, end_time } of move.alternatives) {
        const is_clear = Date.parse(end_time) <= Date.parse(`${MONDAY}T10:15:00Z`) ||
          Date.parse(start_time) >= Date.parse(`${MONDAY}T11:00:00Z`);
        assert.ok(is_clear, start_time);
        assert.notEqual(Date.parse(start_time), Date.parse(SLOT.starts_at));
      }
      const written = await googleCalls(stack, () => write(organizer, meeting_id));
      assert.deepEqual(written, ["POST calendar/events"]);
      const { starts_at } = await rowOf(stack, meeting_id);
      assert.equal(Date.parse(new Date(starts_at).toISOString()), Date.parse(SLOT.starts_at));
      const [notice, ...more] = await announced(stack, meeting_id, "conflict");
      assert.deepEqual(more, []);
      // The stored notice has the same instants in UTC.
      assert.deepEqual(notice!.conflict.conflicts, [{
        ...move.conflicts[0],
        busy: [{ start_time: `${MONDAY}T10:15:00.000Z`, end_time: `${MONDAY}T11:00:00.000Z` }],
      }]);
      assert.deepEqual(notice!.conflict.alternatives, move.alternatives);
      assert.deepEqual(await mailsBy(stack, [guests[0]!]), [["invitation"]]);
    },

  "with reschedule a named time is warned of as well, and with ignore nothing is read": async (
    stack,
  ) => {
    for (
      const [on_conflict, decisions] of [["reschedule", ["kept conflict"]], ["ignore", []]] as const
    ) {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack, { on_conflict });
      await stack.google.addEvents(guests[0]!, [at("10:00", "10:30")]);
      const calls = await googleCalls(stack, () => checksDue(stack));
      assert.deepEqual(calls, on_conflict === "ignore" ? [] : ["POST freeBusy"]);
      assert.deepEqual(await decisionsOf(stack, meeting_id), decisions);
      const changed = await change(organizer, meeting_id, AT_NOON);
      assert.equal("conflicts" in changed.body, on_conflict !== "ignore");
    }
  },

  "after the write the own event is no conflict, neither of the organizer nor of guests": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const user = await stack.organizer({ shares: "busy" });
    const guest = await stack.guest();
    const meeting_id = await insertMeeting(organizer, {
      participants: [user.email, guest],
      ...SLOT,
    });
    await write(organizer, meeting_id);
    const [checked] = await checksDue(stack);
    assert.deepEqual(checked, { meeting_id, conflicts: 0 });
    assert.deepEqual(await decisionsOf(stack, meeting_id), []);
    assert.equal(await checkOf(stack, meeting_id), null);
  },

  "after the write another event at the same time is told of those whose events can be listed, and of others as possible":
    async (stack) => {
      const organizer = await stack.organizer();
      const user = await stack.organizer({ shares: "busy" });
      const guest = await stack.guest();
      const same = await stack.guest();
      const meeting_id = await insertMeeting(organizer, {
        participants: [user.email, guest, same],
        ...SLOT,
      });
      await listen(organizer);
      await write(organizer, meeting_id);
      await stack.google.addEvents(user.email, [at("10:00", "10:30")]);
      await stack.google.addEvents(guest, [at("10:15", "11:00")]);
      await stack.google.addEvents(same, [at("10:00", "10:30")]);
      await checksDue(stack);
      const { conflicts } = await moveOf(organizer, meeting_id);
      assert.deepEqual(
        conflicts.map(({ email, is_certain }: { email: string; is_certain: boolean }) => [
          email,
          is_certain,
        ]),
        [[user.email, true], [guest, false]],
      );
      assert.equal((await announced(stack, meeting_id, "conflict")).length, 1);
    },

  "an event beside the own one is no certain conflict, so it is shown and not announced": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await listen(organizer);
    await write(organizer, meeting_id);
    await stack.google.addEvents(guests[0]!, [at("10:30", "11:00")]);
    await checksDue(stack);
    const move = await moveOf(organizer, meeting_id);
    assert.deepEqual(move.conflicts.map(({ is_certain }: { is_certain: boolean }) => is_certain), [
      false,
    ]);
    assert.match(move.message, /overlaps with the meeting or directly follows/);
    assert.deepEqual(await announced(stack, meeting_id, "conflict"), []);
  },

  "a calendar that the organizer may not see says nothing, also that of a user who does not share":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer();
      const stranger = await stack.organizer({ freebusy: "private" });
      await stack.google.addEvents(stranger.email, [at("10:00", "10:30")]);
      const meeting_id = await insertMeeting(organizer, {
        participants: [stranger.email],
        ...SLOT,
      });
      await checksDue(stack);
      assert.deepEqual(await decisionsOf(stack, meeting_id), []);
      const { body } = await change(organizer, meeting_id, {
        start_time: `${MONDAY}T10:15:00Z`,
        end_time: `${MONDAY}T10:45:00Z`,
      });
      assert.deepEqual([body.conflicts, body.unchecked], [[], [stranger.email]]);
    },

  "a change names the conflicts of its time in the response, with one free/busy request, and is stored all the same":
    async (stack) => {
      const { organizer, guests, meeting_id } = await createdMeeting(stack);
      await listen(organizer);
      await checksDue(stack);
      await stack.google.addEvents(guests[1]!, [at("12:00", "12:30")]);
      let body: Record<string, unknown> & { conflicts?: unknown[]; alternatives?: unknown[] } = {};
      const calls = await googleCalls(stack, async () => {
        ({ body } = await change(organizer, meeting_id, AT_NOON));
      });
      // The list takes the own event, which is still at ten, out of the organizer's time.
      assert.deepEqual(calls.sort(), ["GET calendar/events", "POST freeBusy"]);
      assert.deepEqual(body.conflicts, [{
        email: guests[1],
        type: "required",
        is_certain: true,
        busy: [{ start_time: `${MONDAY}T13:00:00+01:00`, end_time: `${MONDAY}T13:30:00+01:00` }],
      }]);
      assert.equal(body.alternatives?.length, 3);
      assert.equal(body["start_time"] !== undefined && body["event_is_due"], true);
      const move = await moveOf(organizer, meeting_id);
      assert.deepEqual(move.conflicts, body.conflicts);
      assert.equal(await checkOf(stack, meeting_id), null);
      assert.equal((await announced(stack, meeting_id, "conflict")).length, 1);
      // Moved by a quarter of an hour, the guests' copies of the own event are no conflict.
      const { body: near } = await change(organizer, meeting_id, {
        start_time: `${MONDAY}T10:15:00Z`,
        end_time: `${MONDAY}T10:45:00Z`,
      });
      assert.deepEqual(near.conflicts, []);
    },

  "a changed series is judged at each occurrence, with one free/busy request; its own are no conflict":
    async (stack) => {
      const { organizer, guests, meeting_id } = await createdMeeting(stack, {
        recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"],
      });
      await checksDue(stack);
      const busy = {
        summary: "Board",
        start: { dateTime: "2035-01-22T12:00:00Z" },
        end: { dateTime: "2035-01-22T12:30:00Z" },
      };
      const over = {
        summary: "Trip",
        start: { dateTime: "2035-02-05T12:00:00Z" },
        end: { dateTime: "2035-02-05T12:30:00Z" },
      };
      await stack.google.addEvents(guests[1]!, [busy, over]);
      let body: Record<string, unknown> = {};
      const calls = await googleCalls(stack, async () => {
        ({ body } = await change(organizer, meeting_id, AT_NOON));
      });
      assert.deepEqual(calls.filter((call) => call === "POST freeBusy").length, 1);
      assert.deepEqual(body["conflicts"], [{
        email: guests[1],
        type: "required",
        is_certain: true,
        busy: [{
          start_time: "2035-01-22T13:00:00+01:00",
          end_time: "2035-01-22T13:30:00+01:00",
        }],
      }]);
      const { body: near } = await change(organizer, meeting_id, {
        start_time: `${MONDAY}T10:15:00Z`,
        end_time: `${MONDAY}T10:45:00Z`,
      });
      assert.deepEqual(near.conflicts, []);
    },

  "other changes read no calendar": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await checksDue(stack);
    const calls = await googleCalls(stack, async () => {
      const { body } = await change(organizer, meeting_id, { title: "Budget" });
      assert.equal("conflicts" in body, false);
      await change(organizer, meeting_id, { ...AT_NOON, on_conflict: "ignore" });
    });
    assert.deepEqual(calls, []);
    assert.equal(await checkOf(stack, meeting_id), null);
  },

  "a change whose check fails is stored, says so, and is checked later": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await checksDue(stack);
    await stack.google.addEvents(guests[0]!, [at("12:00", "12:30")]);
    await stack.google.fault({ path_pattern: FREEBUSY, status: 503, times: 10 });
    const { body } = await change(organizer, meeting_id, AT_NOON);
    assert.equal(body.conflicts, null);
    assert.equal(body.conflict_check.error, "google_unavailable");
    assert.equal(await checkOf(stack, meeting_id), "named");
    await stack.google.clearFaults();
    await checksDue(stack);
    assert.deepEqual(await decisionsOf(stack, meeting_id), ["kept conflict"]);
  },

  "an organizer beyond the budget of checks is told so, and the change is stored": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await stack.platform.sql(
      "select private.spend($1, 'conflict_checks_per_minute', private.budget_left($1, 'conflict_checks_per_minute'))",
      [organizer.user_id],
    );
    const { body } = await change(organizer, meeting_id, AT_NOON);
    assert.deepEqual([body.conflicts, body.conflict_check.error], [null, "limit_reached"]);
    assert.match(body.conflict_check.message, /conflict_checks_per_minute/);
  },

  "a check during which the event is written is made again": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ path_pattern: FREEBUSY, answer_delay_ms: 1500, times: 1 });
    const since_id = await lastRequest(stack);
    const checking = checksDue(stack);
    await until("the calendars to be read", async () => {
      const requests = await stack.google.requests({ since_id });
      return requests.some(({ path }) => path.endsWith("/freeBusy")) ? true : null;
    });
    await write(organizer, meeting_id);
    assert.deepEqual(await checking, [{ meeting_id, conflicts: null }]);
    assert.equal(await checkOf(stack, meeting_id), "named");
    assert.deepEqual(await checksDue(stack), [{ meeting_id, conflicts: 0 }]);
    assert.deepEqual(await decisionsOf(stack, meeting_id), []);
  },
});

promise("the time of a search before it is written", {
  "with reschedule a time that was found long ago is checked first, with one request more; still free, it is written":
    async (stack) => {
      const { organizer, meeting_id } = await foundLongAgo(stack, "reschedule");
      const { starts_at } = await rowOf(stack, meeting_id);
      assert.deepEqual(await googleCalls(stack, () => tryToWrite(stack)), []);
      assert.equal(await checkOf(stack, meeting_id), "unwritten");
      assert.deepEqual(await googleCalls(stack, () => checksDue(stack)), ["POST freeBusy"]);
      const calls = await googleCalls(stack, () => write(organizer, meeting_id));
      assert.deepEqual(calls, ["POST calendar/events"]);
      assert.deepEqual((await rowOf(stack, meeting_id)).starts_at, starts_at);
    },

  "taken meanwhile, another time is searched and no attempt is spent; the ledger says why": async (
    stack,
  ) => {
    const { organizer, guest, meeting_id } = await foundLongAgo(stack, "reschedule");
    const before = await rowOf(stack, meeting_id);
    await takeTime(stack, guest, before);
    await tryToWrite(stack);
    await checksDue(stack);
    const between = await rowOf(stack, meeting_id);
    assert.deepEqual([between.starts_at, between.scheduling_status, between.attempts], [
      null,
      "pending",
      0,
    ]);
    const [step] = await stack.platform.sql(
      "select reason, decision from public.writeback_ledger where meeting_id = $1 order by ledger_id desc limit 1",
      [meeting_id],
    );
    assert.deepEqual([step?.reason, step?.decision], ["conflict", "search_again"]);
    const again = await organizer.call("schedule", { body: { meeting_id } });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    await write(organizer, meeting_id);
    assert.notDeepEqual((await rowOf(stack, meeting_id)).starts_at, before.starts_at);
    assert.deepEqual(await mailsBy(stack, [guest]), [["invitation"]]);
  },

  "with warn, and soon after the search, it is written at once; a check that never comes does not keep it":
    async (
      stack,
    ) => {
      const warned = await foundLongAgo(stack, "warn");
      await write(warned.organizer, warned.meeting_id);
      assert.equal(await checkOf(stack, warned.meeting_id), null);
      const { organizer, meeting_id } = await foundLongAgo(stack, "reschedule");
      await tryToWrite(stack);
      await stack.platform.sql(
        "update private.work set due_at = clock_timestamp() where kind = 'write' and subject_id = $1",
        [meeting_id],
      );
      assert.deepEqual(await googleCalls(stack, () => write(organizer, meeting_id)), [
        "POST calendar/events",
      ]);
    },
});

/** A meeting whose time a search has found twenty minutes ago, and that is not written yet. */
async function foundLongAgo(stack: Stack, on_conflict: string) {
  const organizer = await stack.organizer();
  const guest = await stack.guest();
  const found = await organizer.call("schedule", {
    body: {
      participants: [guest],
      on_conflict,
      constraints: {
        duration_minutes: 30,
        earliest_date: MONDAY,
        latest_date: MONDAY,
        timezone: "UTC",
      },
    },
  });
  assert.equal(found.status, 200, JSON.stringify(found.body));
  const { meeting_id } = found.body;
  await stack.platform.sql(
    "update public.meetings set scheduled_at = scheduled_at - interval '20 minutes' where meeting_id = $1",
    [meeting_id],
  );
  return { organizer, guest, meeting_id };
}

async function takeTime(
  stack: Stack,
  email: string,
  { starts_at, ends_at }: Record<string, string | Date>,
) {
  await stack.google.addEvents(email, [{
    summary: "Taken meanwhile",
    start: { dateTime: new Date(String(starts_at)).toISOString() },
    end: { dateTime: new Date(String(ends_at)).toISOString() },
  }]);
}

async function tryToWrite(stack: Stack): Promise<void> {
  const answer = await batch(stack);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
