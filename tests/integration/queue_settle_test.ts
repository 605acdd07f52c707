import assert from "node:assert/strict";
import { type Row, rowOf } from "../support/meetings.ts";
import { manyMeetings } from "../support/many_meetings.ts";
import {
  claimSlice,
  connectedUser,
  dueNow,
  FAILED,
  leaseOf,
  loseOutcomes,
  setting,
  settle,
  settleAll,
  setWork,
  startingAfresh,
  WRITTEN,
} from "../support/queue.ts";
import { promise, type Stack } from "../support/stack.ts";

promise(
  "queue: what becomes of a lease",
  startingAfresh({
    "a group settles each lease on its own: those that were lost change nothing": async (stack) => {
      const user = await connectedUser(stack);
      await manyMeetings(stack, [user], 3);
      const { meetings } = await claimSlice(stack, 3);
      const [lost, failed, written] = meetings as [Row, Row, Row];
      await setWork(stack, [lost.meeting_id], { lease_token: crypto.randomUUID() });
      const answers = await settle(stack, [
        { ...leaseOf(lost), ...WRITTEN },
        { ...leaseOf(failed), ...FAILED },
        { ...leaseOf(written), ...WRITTEN },
      ]);
      const told = new Map(answers.map((answer) => [answer.meeting_id, answer]));
      assert.deepEqual(
        [lost, failed, written].map(({ meeting_id }) => {
          const { settled, writeback_status } = told.get(meeting_id) ?? {};
          return [settled, writeback_status];
        }),
        [[false, null], [true, "retrying"], [true, "created"]],
      );
      assert.equal((await rowOf(stack, lost.meeting_id)).writeback_status, "pending");
      const again = await settle(stack, [{ ...leaseOf(written), ...FAILED }]);
      assert.equal(again[0]?.settled, false);
    },

    "a created meeting stays created while its change fails, and the change is tried three times":
      async (stack) => {
        const meeting = await createdMeeting(stack);
        const seen = [];
        for (let attempt = 1; attempt <= 3; attempt++) {
          if (attempt === 1) await changeTitle(stack, meeting.meeting_id);
          else await dueNow(stack, meeting.meeting_id);
          const { meetings } = await claimSlice(stack, 1);
          await settle(stack, [{ ...leaseOf(meetings[0]!), ...FAILED }]);
          const row = await rowOf(stack, meeting.meeting_id);
          seen.push([row.writeback_status, row.write_due_at !== null]);
        }
        assert.deepEqual(seen, [["created", true], ["created", true], ["created", false]]);
      },

    "what changed while it was written is due again, with attempts of its own": async (stack) => {
      const user = await connectedUser(stack);
      const [meeting_id] = await manyMeetings(stack, [user], 1);
      const { meetings } = await claimSlice(stack, 1);
      await changeTitle(stack, meeting_id!);
      await setWork(stack, [meeting_id!], { attempts: 2 });
      await settle(stack, [{ ...leaseOf(meetings[0]!), ...WRITTEN }]);
      const row = await rowOf(stack, meeting_id!);
      assert.deepEqual(
        [
          row.writeback_status,
          row.operation,
          row.written_version,
          row.writeback_retry_count,
          row.attempts,
        ],
        ["created", "update", 1, 0, 0],
      );
      assert.ok(row.write_due_at);
    },

    "a cancellation that is done leaves the row created, or without a status where nothing existed":
      async (stack) => {
        const existing = await createdMeeting(stack);
        const [never] = await manyMeetings(stack, [await connectedUser(stack)], 1);
        await loseOutcomes(stack, [never!]);
        for (const id of [existing.meeting_id, never!]) {
          await cancelMeeting(stack, id);
          await dueNow(stack, id);
        }
        const { meetings } = await claimSlice(stack, 10);
        assert.equal(meetings.length, 2);
        await settle(
          stack,
          meetings.map((m) => ({
            ...leaseOf(m),
            outcome: "written",
            operation: "cancel",
            written_version: m.desired_version,
            steps: [],
          })),
        );
        const rows = [await rowOf(stack, existing.meeting_id), await rowOf(stack, never!)];
        assert.deepEqual(rows.map((row) => row.writeback_status), ["created", null]);
        for (const row of rows) {
          assert.equal(row.write_due_at, null);
          assert.equal(row.written_version, row.desired_version);
          assert.ok(row.cancelled_at);
        }
        assert.equal(rows[0]?.google_event_id, existing.google_event_id);
      },

    "a meeting cancelled while its event was written is still to be cancelled": async (stack) => {
      const [meeting_id] = await manyMeetings(stack, [await connectedUser(stack)], 1);
      const { meetings } = await claimSlice(stack, 1);
      await cancelMeeting(stack, meeting_id!);
      await settle(stack, [{ ...leaseOf(meetings[0]!), ...WRITTEN }]);
      const row = await rowOf(stack, meeting_id!);
      assert.deepEqual([row.writeback_status, row.operation], ["created", "cancel"]);
      assert.ok(row.write_due_at);
    },

    "looks spend no attempt and wait longer each time, to an hour": async (stack) => {
      const user = await connectedUser(stack);
      const [meeting_id] = await manyMeetings(stack, [user], 1);
      await loseOutcomes(stack, [meeting_id!]);
      const unanswered = { ...FAILED, outcome_unknown: true, spends_attempt: false };
      for (let look = 1; look <= 4; look++) {
        await dueNow(stack, meeting_id!);
        const { meetings } = await claimSlice(stack, 1);
        await settle(stack, [{ ...leaseOf(meetings[0]!), ...unanswered }]);
        const row = await rowOf(stack, meeting_id!);
        assert.deepEqual(
          [row.deferrals, row.attempts, row.writeback_retry_count],
          [look, 0, 0],
        );
        assert.equal(row.writeback_status, "retrying");
      }

      await dueNow(stack, meeting_id!);
      const looked = (await claimSlice(stack, 1)).meetings;
      const lost_after_an_answer = { ...FAILED, outcome_unknown: true, spends_attempt: true };
      await settle(stack, [{ ...leaseOf(looked[0]!), ...lost_after_an_answer }]);
      const [after] = await stack.platform.sql<{ deferrals: number; wait: number }>(
        `select deferrals, extract(epoch from due_at - clock_timestamp())::float8 as wait
           from private.work where kind = 'write' and subject_id = $1`,
        [meeting_id],
      );
      assert.ok(after && after.deferrals === 0, "Google answered the look");
      assert.ok(after.wait <= 60, `the first failed attempt waits a minute at most: ${after.wait}`);

      const rows = await manyMeetings(stack, [user], 18);
      await loseOutcomes(stack, rows);
      await setWork(stack, rows, { deferrals: 5 });
      const { meetings } = await claimSlice(stack, 18);
      await settle(stack, meetings.map((m) => ({ ...leaseOf(m), ...unanswered })));
      const waits = (await Promise.all(rows.map((meeting_id) => rowOf(stack, meeting_id))))
        .map((row) => (Date.parse(row.write_due_at) - Date.now()) / 1000);
      assert.equal(meetings.length, 18);
      // After the first look it is a minute at most; here one of 18 in an hour is later, if chance is not absurd.
      assert.ok(Math.max(...waits) > 60 && Math.max(...waits) <= 3600, String(waits));

      const [longest] = await stack.platform.sql<{ first: number; second: number; tenth: number }>(
        `select max(extract(epoch from private.backoff(1)))::float8 as first,
              max(extract(epoch from private.backoff(2)))::float8 as second,
              max(extract(epoch from private.backoff(10)))::float8 as tenth
         from generate_series(1, 2000)`,
      );
      assert.ok(longest && longest.first <= 60 && longest.second <= 240 && longest.tenth <= 3600);
      assert.ok(longest.second > 60 && longest.tenth > 240, "it grows, with jitter over all of it");
    },

    "what costs no attempt cannot use up the last one": async (stack) => {
      const [meeting_id] = await manyMeetings(stack, [await connectedUser(stack)], 1);
      await setWork(stack, [meeting_id!], { attempts: 2 });
      const { meetings } = await claimSlice(stack, 1);
      await settle(stack, [{ ...leaseOf(meetings[0]!), ...FAILED, spends_attempt: false }]);
      const row = await rowOf(stack, meeting_id!);
      assert.deepEqual(
        [row.writeback_status, row.writeback_retry_count, row.attempts],
        ["retrying", 2, 2],
      );
      assert.ok(row.write_due_at);
    },

    "the look after a lost answer comes half a minute later at the earliest": async (stack) => {
      const rows = await manyMeetings(stack, [await connectedUser(stack)], 18);
      const { meetings } = await claimSlice(stack, 18);
      const settled_at = Date.now();
      await settle(
        stack,
        meetings.map((m) => ({ ...leaseOf(m), ...FAILED, outcome_unknown: true })),
      );
      const waits = (await Promise.all(rows.map((meeting_id) => rowOf(stack, meeting_id))))
        .map((row) => (Date.parse(row.write_due_at) - settled_at) / 1000);
      assert.equal(meetings.length, 18);
      assert.ok(Math.min(...waits) >= 29.9, String(waits));
    },

    "what is processed by name before its backoff is over is not due again": async (stack) => {
      const user = await connectedUser(stack);
      const [written] = await manyMeetings(stack, [user], 1);
      const { meetings } = await claimSlice(stack, 1);
      await settle(stack, [{ ...leaseOf(meetings[0]!), ...FAILED, not_before_seconds: 600 }]);
      const [begun] = await stack.platform.sql<{ meeting: Row }>(
        "select public.begin_writeback($1) -> 'meeting' as meeting",
        [written],
      );
      await settle(stack, [{ ...leaseOf(begun!.meeting), ...WRITTEN }]);
      const row = await rowOf(stack, written!);
      assert.deepEqual([row.writeback_status, row.write_due_at], ["created", null]);

      const [searched] = await stack.platform.sql<{ meeting_id: string }>(
        `insert into public.meetings (organizer_user_id, participants)
         values ($1, '["guest@north.example"]') returning meeting_id`,
        [user.user_id],
      );
      for (const verdict of ["defer", "reject"]) {
        const [lease] = await stack.platform.sql<{ token: string }>(
          "select public.begin_scheduling($1) #>> '{meeting,lease_token}' as token",
          [searched!.meeting_id],
        );
        await stack.platform.sql(
          `select public.settle_scheduling(
             $1, $2::uuid, p_error => 'no_common_slot', p_reason => 'No slot.',
             p_verdict => $3, p_not_before_seconds => 600)`,
          [searched!.meeting_id, lease?.token, verdict],
        );
      }
      const failed = await rowOf(stack, searched!.meeting_id);
      assert.deepEqual([failed.scheduling_status, failed.search_due_at], ["failed", null]);
    },

    "a worker's wrong clock moves no request out of the minute that counts": async (stack) => {
      await setting(stack, "google_requests_per_minute_per_user", 20);
      const user = await connectedUser(stack);
      await manyMeetings(stack, [user], 40);
      const { meetings } = await claimSlice(stack, 100);
      await settleAll(stack, meetings, "2001-01-01T00:00:00Z");
      assert.equal((await claimSlice(stack, 100)).meetings.length, 0);
    },
  }),
  { databases: "both", functions: "none" },
);

async function createdMeeting(stack: Stack): Promise<Row> {
  const [meeting_id] = await manyMeetings(stack, [await connectedUser(stack)], 1);
  await settleAll(stack, (await claimSlice(stack, 1)).meetings);
  return await rowOf(stack, meeting_id!);
}

async function changeTitle(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    `select public.change_meeting($1, null, '{"title": "Another title"}')`,
    [meeting_id],
  );
}

async function cancelMeeting(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql("select public.cancel_meeting($1)", [meeting_id]);
}
