import assert from "node:assert/strict";
import { type Row, rowOf } from "../support/meetings.ts";
import { manyMeetings } from "../support/many_meetings.ts";
import {
  claimSlice,
  connectedUser,
  dueNow,
  FAILED,
  leaseOf,
  loseLeases,
  loseOutcomes,
  setting,
  settle,
  settleAll,
  setWork,
  startingAfresh,
} from "../support/queue.ts";
import { promise, type Stack } from "../support/stack.ts";

promise(
  "queue: who is claimed",
  startingAfresh({
    "the claim grants a user no more than the last minute leaves, whole slices only": async (
      stack,
    ) => {
      await setting(stack, "google_requests_per_minute_per_user", 40);
      const [first, second] = [await connectedUser(stack), await connectedUser(stack)];
      const ids = await manyMeetings(stack, [first], 60);
      const granted = [];
      for (let round = 0; round < 3; round++) {
        const slice = await claimSlice(stack, 100);
        granted.push(slice.meetings.length);
        await settleAll(stack, slice.meetings);
      }
      // 39 of 40: one per cent stays free. 18 + 18 leave room for 3, and a slice waits for 18.
      assert.deepEqual(granted, [18, 18, 0]);
      const blocked = await claimSlice(stack, 100);
      assert.ok(blocked.quota_seconds > 50 && blocked.quota_seconds <= 60.5);

      await manyMeetings(stack, [second], 2);
      const other = await claimSlice(stack, 100);
      assert.deepEqual(organizersOf(other.meetings), [second.user_id, second.user_id]);
      await settleAll(stack, other.meetings);

      await agedLedger(stack, 61);
      const later = await claimSlice(stack, 100);
      assert.equal(later.meetings.length, 18);
      await settleAll(stack, later.meetings);
      assert.equal((await createdOf(stack, ids)).length, 54);
    },

    "the claim grants all users together no more than the project's minute": async (stack) => {
      await setting(stack, "google_requests_per_minute", 25);
      const users = [
        await connectedUser(stack),
        await connectedUser(stack),
        await connectedUser(stack),
      ];
      await manyMeetings(stack, users, 45);
      const slice = await claimSlice(stack, 100);
      assert.equal(slice.meetings.length, 24);
      // Three a time of each: 24 of 45 are two full rounds for everybody and what is left of a third.
      const shares = users.map((user) =>
        slice.meetings.filter((m) => m.organizer_user_id === user.user_id).length
      );
      assert.ok(shares.every((share) => share >= 6 && share <= 9), String(shares));
      const rest = await claimSlice(stack, 100);
      assert.deepEqual([rest.meetings.length, rest.is_more], [0, true]);
      await settleAll(stack, slice.meetings);
    },

    "the many meetings of one do not keep the one of another waiting": async (stack) => {
      const [busy, modest] = [await connectedUser(stack), await connectedUser(stack)];
      await manyMeetings(stack, [busy], 10);
      await manyMeetings(stack, [modest], 1);
      const { meetings } = await claimSlice(stack, 4);
      assert.deepEqual(
        organizersOf(meetings).toSorted(),
        [busy.user_id, busy.user_id, busy.user_id, modest.user_id].toSorted(),
      );
    },

    "two users of one Google account share its minute": async (stack) => {
      await setting(stack, "google_requests_per_minute_per_user", 20);
      const users = [
        await connectedUser(stack, "same account"),
        await connectedUser(stack, "same account"),
      ];
      await manyMeetings(stack, users, 40);
      const slice = await claimSlice(stack, 100);
      assert.equal(slice.meetings.length, 19);
      await settleAll(stack, slice.meetings);
    },

    "requests that leases are about to make are counted, two where there is a look first": async (
      stack,
    ) => {
      await setting(stack, "google_requests_per_minute", 25);
      const [fresh, unknown, last] = [
        await connectedUser(stack),
        await connectedUser(stack),
        await connectedUser(stack),
      ];
      const granted: number[] = [];
      const grant = async () => granted.push((await claimSlice(stack, 100)).meetings.length);
      await manyMeetings(stack, [fresh], 10);
      await grant();
      const ids = await manyMeetings(stack, [unknown], 10);
      const lost = (await claimSlice(stack, 100)).meetings;
      await settle(stack, lost.map((m) => ({ ...leaseOf(m), ...FAILED, outcome_unknown: true })));
      for (const id of ids) await dueNow(stack, id);
      await grant();
      await manyMeetings(stack, [last], 1);
      await grant();
      // 24 in all: ten writes, and seven looks with a write each.
      assert.deepEqual(granted, [10, 7, 0]);
    },

    "who is in one worker's hands is not given to another": async (stack) => {
      const user = await connectedUser(stack);
      await manyMeetings(stack, [user], 30);
      const [one, two] = await Promise.all([claimSlice(stack, 100), claimSlice(stack, 100)]);
      const sizes = [one.meetings.length, two.meetings.length].toSorted();
      assert.deepEqual(sizes, [0, 18]);
      await settleAll(stack, [...one.meetings, ...two.meetings]);
      assert.equal((await claimSlice(stack, 100)).meetings.length, 12);
    },

    "paused users and those who must connect again are left out": async (stack) => {
      const [paused, dead, fine] = [
        await connectedUser(stack),
        await connectedUser(stack),
        await connectedUser(stack),
      ];
      await manyMeetings(stack, [paused, dead, fine], 3);
      await stack.platform.sql(
        "update private.google_connections set paused_until = now() + interval '1 hour' where user_id = $1",
        [paused.user_id],
      );
      await stack.platform.sql(
        "update private.google_connections set status = 'needs_reauth', status_reason = 'invalid_grant' where user_id = $1",
        [dead.user_id],
      );
      const slice = await claimSlice(stack, 100);
      assert.deepEqual(organizersOf(slice.meetings), [fine.user_id]);
      assert.deepEqual([slice.quota_seconds, slice.is_more], [null, false]);
      const due = await stack.platform.sql<Row>("select * from public.get_pending_writebacks(10)");
      assert.deepEqual(due, []);
    },

    "an abandoned row is claimed alone, one at a time, and has cost an attempt": async (stack) => {
      const [user, other] = [await connectedUser(stack), await connectedUser(stack)];
      await manyMeetings(stack, [user], 3);
      const slice = await claimSlice(stack, 100);
      await loseLeases(stack);
      await manyMeetings(stack, [other], 2);

      const alone = await claimSlice(stack, 100, true);
      assert.equal(alone.meetings.length, 1);
      const [row] = alone.meetings;
      assert.ok(slice.meetings.some(({ meeting_id }) => meeting_id === row?.meeting_id));
      assert.deepEqual(
        [row?.attempts, row?.crashes, row?.outcome_unknown],
        [1, 1, true],
      );
      // While it is leased, no other expired row is reclaimed; fresh rows are claimed.
      const meanwhile = await claimSlice(stack, 100, true);
      assert.deepEqual(organizersOf(meanwhile.meetings), [other.user_id, other.user_id]);
      await settleAll(stack, [...alone.meetings, ...meanwhile.meetings]);
      assert.equal((await claimSlice(stack, 100, true)).meetings.length, 1);
    },

    "while a row whose worker died is reclaimed, no other row is reclaimed, of any owner": async (
      stack,
    ) => {
      const users = [await connectedUser(stack), await connectedUser(stack)];
      await manyMeetings(stack, users, 2);
      assert.equal((await claimSlice(stack, 100)).meetings.length, 2);
      await loseLeases(stack);

      const at_once = await withSlowLeases(
        stack,
        () => Promise.all([1, 2, 3].map(() => claimSlice(stack, 100, true))),
      );
      const first = at_once.flatMap(({ meetings }) => meetings);
      assert.equal(first.length, 1);
      assert.deepEqual((await claimSlice(stack, 100, true)).meetings, []);
      await settleAll(stack, first);
      const second = await claimSlice(stack, 100, true);
      assert.deepEqual(
        organizersOf([...first, ...second.meetings]).toSorted(),
        users.map(({ user_id }) => user_id).toSorted(),
      );
    },

    "workers that die count as failed attempts, three at most": async (stack) => {
      const [meeting_id] = await manyMeetings(stack, [await connectedUser(stack)], 1);
      await claimSlice(stack, 1);
      const counted = [];
      for (let death = 1; death <= 4; death++) {
        await loseLeases(stack);
        await claimSlice(stack, 1, true);
        const row = await rowOf(stack, meeting_id!);
        counted.push([row.attempts, row.crashes]);
      }
      assert.deepEqual(counted, [[1, 1], [2, 2], [3, 3], [3, 4]]);
    },

    "a released row is due as before and has spent nothing": async (stack) => {
      const user = await connectedUser(stack);
      const [meeting_id] = await manyMeetings(stack, [user], 1);
      await setWork(stack, [meeting_id!], { attempts: 2, deferrals: 1, crashes: 2, priority: 1 });
      await loseOutcomes(stack, [meeting_id!]);
      await stack.platform.sql(
        `update public.meetings
            set writeback_status = 'retrying', writeback_retry_count = 2,
                writeback_error = 'google_unavailable: before'
          where meeting_id = $1`,
        [meeting_id],
      );
      const before = await rowOf(stack, meeting_id!);
      const { meetings } = await claimSlice(stack, 1);
      await settle(stack, meetings.map((m) => ({ ...leaseOf(m), outcome: "released" })));
      const after = await rowOf(stack, meeting_id!);
      const { updated_at: _before, writeback_attempted_at: _never, ...kept } = before;
      const { updated_at: _after, writeback_attempted_at: _claimed, ...released } = after;
      assert.deepEqual({ ...released, google_account_id: null }, {
        ...kept,
        google_account_id: null,
      });
      const steps = await ledgerOf(stack, meeting_id!);
      assert.deepEqual(steps.map(({ step, decision }) => [step, decision]), [
        ["claimed", null],
        ["settled", "released"],
      ]);
    },

    "account and calendar are those of the first claim, whatever is wished for later": async (
      stack,
    ) => {
      const user = await connectedUser(stack);
      const [meeting_id] = await manyMeetings(stack, [user], 1);
      const first = (await claimSlice(stack, 1)).meetings[0]!;
      await settle(stack, [{ ...leaseOf(first), ...FAILED }]);
      await stack.platform.sql(
        "update public.meetings set target_calendar_id = 'another' where meeting_id = $1",
        [meeting_id],
      );
      await stack.platform.sql(
        "update private.google_connections set google_account_id = 'another' where user_id = $1",
        [user.user_id],
      );
      await dueNow(stack, meeting_id!);
      const second = (await claimSlice(stack, 1)).meetings[0]!;
      assert.deepEqual(
        [second.google_calendar_id, second.google_account_id],
        [first.google_calendar_id, first.google_account_id],
      );
      assert.equal(second.google_calendar_id, "primary");
    },
  }),
  { databases: "both", functions: "none" },
);

/** Claims that begin together overlap, however fast the machine is. */
async function withSlowLeases<T>(stack: Stack, work: () => Promise<T>): Promise<T> {
  await stack.platform.sql(
    `create function public.take_long() returns trigger language plpgsql as $$
     begin perform pg_sleep(0.2); return null; end $$`,
  );
  await stack.platform.sql(
    "create trigger take_long before update on private.work execute function public.take_long()",
  );
  try {
    return await work();
  } finally {
    await stack.platform.sql("drop function public.take_long() cascade");
  }
}

/** The ledger is append-only: older copies take the place of its rows. */
async function agedLedger(stack: Stack, seconds: number): Promise<void> {
  await stack.platform.sql(
    `with gone as (delete from public.writeback_ledger returning *)
     insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, at, request)
     select meeting_id, organizer_user_id, lease_token, step, at - make_interval(secs => $1), request
     from gone`,
    [seconds],
  );
}

async function ledgerOf(stack: Stack, meeting_id: string): Promise<Row[]> {
  return await stack.platform.sql<Row>(
    "select * from public.writeback_ledger where meeting_id = $1 order by ledger_id",
    [meeting_id],
  );
}

async function createdOf(stack: Stack, ids: readonly string[]): Promise<Row[]> {
  return await stack.platform.sql<Row>(
    "select meeting_id from public.meetings where writeback_status = 'created' and meeting_id = any ($1::text[])",
    [`{${ids.join(",")}}`],
  );
}

function organizersOf(rows: readonly Row[]): string[] {
  return rows.map((row) => row.organizer_user_id);
}
