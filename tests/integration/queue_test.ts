import assert from "node:assert/strict";
import { type Row, rowOf } from "../support/meetings.ts";
import { forgetMeetings, manyMeetings } from "../support/many_meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

promise(
  "queue",
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
      await stack.platform.sql(
        "update public.meetings set writeback_outcome_unknown = true where meeting_id = any ($1::text[])",
        [`{${ids.join(",")}}`],
      );
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
        [row?.writeback_status, row?.writeback_retry_count, row?.writeback_outcome_unknown],
        ["retrying", 1, true],
      );
      // While it is in somebody's hands, no other abandoned row is given out; fresh rows are.
      const meanwhile = await claimSlice(stack, 100, true);
      assert.deepEqual(organizersOf(meanwhile.meetings), [other.user_id, other.user_id]);
      await settleAll(stack, [...alone.meetings, ...meanwhile.meetings]);
      assert.equal((await claimSlice(stack, 100, true)).meetings.length, 1);
    },

    "while somebody takes over a row whose worker died, nobody takes over another, whoever's it is":
      async (stack) => {
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
        counted.push([row.writeback_retry_count, row.writeback_lease_losses]);
      }
      assert.deepEqual(counted, [[1, 1], [2, 2], [3, 3], [3, 4]]);
    },

    "a released row is due as before and has spent nothing": async (stack) => {
      const user = await connectedUser(stack);
      const [meeting_id] = await manyMeetings(stack, [user], 1);
      await stack.platform.sql(
        `update public.meetings
            set writeback_status = 'retrying', writeback_attempts = 2, writeback_retry_count = 2,
                writeback_looks = 1, writeback_lease_losses = 2, writeback_outcome_unknown = true,
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

    "a group settles each lease on its own: those that were lost change nothing": async (stack) => {
      const user = await connectedUser(stack);
      await manyMeetings(stack, [user], 3);
      const { meetings } = await claimSlice(stack, 3);
      const [lost, failed, written] = meetings as [Row, Row, Row];
      await stack.platform.sql(
        "update public.meetings set writeback_lease_token = gen_random_uuid() where meeting_id = $1",
        [lost.meeting_id],
      );
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
          await dueAs(stack, meeting.meeting_id, "update");
          const { meetings } = await claimSlice(stack, 1);
          await settle(stack, [{ ...leaseOf(meetings[0]!), ...FAILED }]);
          const row = await rowOf(stack, meeting.meeting_id);
          seen.push([row.writeback_status, row.writeback_next_attempt_at !== null]);
        }
        assert.deepEqual(seen, [["created", true], ["created", true], ["created", false]]);
      },

    "what changed while it was written is due again, with attempts of its own": async (stack) => {
      const user = await connectedUser(stack);
      const [meeting_id] = await manyMeetings(stack, [user], 1);
      const { meetings } = await claimSlice(stack, 1);
      await stack.platform.sql(
        "update public.meetings set desired_version = 2, writeback_retry_count = 2 where meeting_id = $1",
        [meeting_id],
      );
      await settle(stack, [{ ...leaseOf(meetings[0]!), ...WRITTEN }]);
      const row = await rowOf(stack, meeting_id!);
      assert.deepEqual(
        [
          row.writeback_status,
          row.writeback_operation,
          row.written_version,
          row.writeback_retry_count,
        ],
        ["created", "update", 1, 0],
      );
      assert.ok(row.writeback_next_attempt_at);
    },

    "a cancellation that is done leaves the row created, or without a status where nothing existed":
      async (stack) => {
        const existing = await createdMeeting(stack);
        await dueAs(stack, existing.meeting_id, "cancel");
        const [never] = await manyMeetings(stack, [await connectedUser(stack)], 1);
        await dueAs(stack, never!, "cancel");
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
          assert.equal(row.writeback_next_attempt_at, null);
          assert.equal(row.written_version, row.desired_version);
          assert.ok(row.cancelled_at);
        }
        assert.equal(rows[0]?.google_event_id, existing.google_event_id);
      },

    "a meeting cancelled while its event was written is still to be cancelled": async (stack) => {
      const [meeting_id] = await manyMeetings(stack, [await connectedUser(stack)], 1);
      const { meetings } = await claimSlice(stack, 1);
      await stack.platform.sql(
        "update public.meetings set cancelled_at = now(), writeback_operation = 'cancel' where meeting_id = $1",
        [meeting_id],
      );
      await settle(stack, [{ ...leaseOf(meetings[0]!), ...WRITTEN }]);
      const row = await rowOf(stack, meeting_id!);
      assert.deepEqual([row.writeback_status, row.writeback_operation], ["created", "cancel"]);
      assert.ok(row.writeback_next_attempt_at);
    },

    "looks spend no attempt and wait longer each time, to an hour": async (stack) => {
      const user = await connectedUser(stack);
      const [meeting_id] = await manyMeetings(stack, [user], 1);
      await stack.platform.sql(
        "update public.meetings set writeback_outcome_unknown = true where meeting_id = $1",
        [meeting_id],
      );
      const unanswered = { ...FAILED, outcome_unknown: true, spends_attempt: false };
      for (let look = 1; look <= 4; look++) {
        await dueNow(stack, meeting_id!);
        const { meetings } = await claimSlice(stack, 1);
        await settle(stack, [{ ...leaseOf(meetings[0]!), ...unanswered }]);
        const row = await rowOf(stack, meeting_id!);
        assert.deepEqual(
          [row.writeback_looks, row.writeback_attempts, row.writeback_retry_count],
          [look, 0, 0],
        );
        assert.equal(row.writeback_status, "retrying");
      }

      await dueNow(stack, meeting_id!);
      const looked = (await claimSlice(stack, 1)).meetings;
      const lost_after_an_answer = { ...FAILED, outcome_unknown: true, spends_attempt: true };
      await settle(stack, [{ ...leaseOf(looked[0]!), ...lost_after_an_answer }]);
      const [after] = await stack.platform.sql<{ looks: number; wait: number }>(
        `select writeback_looks as looks,
                extract(epoch from writeback_next_attempt_at - clock_timestamp())::float8 as wait
           from public.meetings where meeting_id = $1`,
        [meeting_id],
      );
      assert.ok(after && after.looks === 0, "Google answered the look");
      assert.ok(after.wait <= 60, `the first failed attempt waits a minute at most: ${after.wait}`);

      const rows = await manyMeetings(stack, [user], 18);
      await stack.platform.sql(
        `update public.meetings set writeback_outcome_unknown = true, writeback_looks = 5
          where meeting_id = any ($1::text[])`,
        [`{${rows.join(",")}}`],
      );
      const { meetings } = await claimSlice(stack, 18);
      await settle(stack, meetings.map((m) => ({ ...leaseOf(m), ...unanswered })));
      const waits = (await Promise.all(rows.map((meeting_id) => rowOf(stack, meeting_id))))
        .map((row) => (Date.parse(row.writeback_next_attempt_at) - Date.now()) / 1000);
      assert.equal(meetings.length, 18);
      // After the first look it is a minute at most; here one of 18 in an hour is later, if chance is not absurd.
      assert.ok(Math.max(...waits) > 60 && Math.max(...waits) <= 3600, String(waits));

      const [longest] = await stack.platform.sql<{ first: number; second: number; tenth: number }>(
        `select max(extract(epoch from private.writeback_backoff(1)))::float8 as first,
              max(extract(epoch from private.writeback_backoff(2)))::float8 as second,
              max(extract(epoch from private.writeback_backoff(10)))::float8 as tenth
         from generate_series(1, 2000)`,
      );
      assert.ok(longest && longest.first <= 60 && longest.second <= 240 && longest.tenth <= 3600);
      assert.ok(longest.second > 60 && longest.tenth > 240, "it grows, with jitter over all of it");
    },

    "what costs no attempt cannot use up the last one": async (stack) => {
      const [meeting_id] = await manyMeetings(stack, [await connectedUser(stack)], 1);
      await stack.platform.sql(
        "update public.meetings set writeback_retry_count = 2, writeback_attempts = 2 where meeting_id = $1",
        [meeting_id],
      );
      const { meetings } = await claimSlice(stack, 1);
      await settle(stack, [{ ...leaseOf(meetings[0]!), ...FAILED, spends_attempt: false }]);
      const row = await rowOf(stack, meeting_id!);
      assert.deepEqual(
        [row.writeback_status, row.writeback_retry_count, row.writeback_attempts],
        ["retrying", 2, 2],
      );
      assert.ok(row.writeback_next_attempt_at);
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
        .map((row) => (Date.parse(row.writeback_next_attempt_at) - settled_at) / 1000);
      assert.equal(meetings.length, 18);
      assert.ok(Math.min(...waits) >= 29.9, String(waits));
    },

    "a worker's wrong clock moves no request out of the minute that counts": async (stack) => {
      await setting(stack, "google_requests_per_minute_per_user", 20);
      const user = await connectedUser(stack);
      await manyMeetings(stack, [user], 40);
      const { meetings } = await claimSlice(stack, 100);
      await settleAll(stack, meetings, "2001-01-01T00:00:00Z");
      assert.equal((await claimSlice(stack, 100)).meetings.length, 0);
    },

    "a batch that is used up calls for another one if anything is left": async (stack) => {
      const posted = async () => {
        const rows = await stack.platform.sql<{ body: string }>(
          "delete from net.http_request_queue returning convert_from(body, 'utf8') as body",
        );
        return rows.map(({ body }) => JSON.parse(body));
      };
      const finish = async (wake: boolean) => {
        const [row] = await stack.platform.sql<{ remaining: number }>(
          "select public.finish_writeback_batch($1) as remaining",
          [wake],
        );
        return row?.remaining;
      };
      await posted();
      assert.equal(await finish(true), 0);
      assert.deepEqual(await posted(), []);
      await manyMeetings(stack, [await connectedUser(stack)], 2);
      assert.equal(await finish(false), 2);
      assert.deepEqual(await posted(), []);
      assert.equal(await finish(true), 2);
      assert.deepEqual(await posted(), [{ batch: true, background: true }]);
    },

    "the ledger loses what is older than its retention, and nothing else": async (stack) => {
      await stack.platform.sql("delete from public.writeback_ledger");
      await stack.platform.sql(
        `insert into public.writeback_ledger (meeting_id, step, at)
       select 'old', 'claimed', now() - interval '91 days' from generate_series(1, 7)
       union all select 'kept', 'claimed', now() - interval '89 days' from generate_series(1, 3)`,
      );
      const trim = "select private.trim_ledger(5) as deleted";
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 5);
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 2);
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 0);
      const left = await stack.platform.sql<Row>("select meeting_id from public.writeback_ledger");
      assert.deepEqual(left.map(({ meeting_id }) => meeting_id), ["kept", "kept", "kept"]);
      await setting(stack, "ledger_retention_days", 30);
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 3);
      await setting(stack, "ledger_retention_days", 90);
    },

    "each job calls write-back once for what is its own, and an idle system not at all": async (
      stack,
    ) => {
      const user = await connectedUser(stack);
      const calls = async () => {
        await stack.platform.sql("delete from net.http_request_queue");
        await stack.platform.runCron();
        return (await stack.platform.sql<{ url: string }>(
          "select url from net.http_request_queue where url like '%/write-back'",
        ))
          .map(({ url }) => url.split("/").at(-1));
      };
      assert.deepEqual(await calls(), [], "idle");
      await manyMeetings(stack, [user], 2);
      assert.deepEqual(await calls(), ["write-back"], "due");
      await claimSlice(stack, 10);
      assert.deepEqual(await calls(), [], "being worked on");
      await loseLeases(stack);
      assert.deepEqual(await calls(), ["write-back"], "abandoned");
      await manyMeetings(stack, [user], 1);
      assert.deepEqual(await calls(), ["write-back"], "abandoned and due");
    },
  }),
  { functions: "none" },
);

/** Each promise begins with an empty queue, an empty ledger and Google's usual quotas. */
function startingAfresh(promises: Record<string, (stack: Stack) => Promise<void>>) {
  return Object.fromEntries(
    Object.entries(promises).map(([name, keep]) => [name, async (stack: Stack) => {
      await forgetMeetings(stack);
      await stack.platform.sql("delete from public.writeback_ledger");
      await setting(stack, "google_requests_per_minute_per_user", 600);
      await setting(stack, "google_requests_per_minute", 10_000);
      await keep(stack);
    }]),
  );
}

const WRITTEN = {
  outcome: "written",
  operation: "create",
  google_event_id: "event",
  google_calendar_id: "primary",
  google_event_link: "https://calendar.example/event",
  event: {},
  written_version: 1,
};

const FAILED = {
  outcome: "failed",
  error: "google_unavailable: no answer",
  should_retry: true,
  outcome_unknown: false,
  spends_attempt: true,
  not_before_seconds: null,
};

interface User {
  user_id: string;
}

/** A user whose connection looks healthy; nothing here talks to Google. Quotas and queue start afresh. */
async function connectedUser(stack: Stack, account: string = crypto.randomUUID()): Promise<User> {
  const email = `user-${crypto.randomUUID().slice(0, 8)}@north.example`;
  const { user_id } = await stack.platform.createUser(email);
  await stack.platform.sql(
    `insert into private.google_connections
       (user_id, google_account_id, email, status, granted_scopes, refresh_token_encrypted)
     values ($1, $2, $3, 'healthy', '{}', 'v1.k1.AAAA')`,
    [user_id, account, email],
  );
  return { user_id };
}

interface Slice {
  meetings: Row[];
  quota_seconds: number;
  is_more: boolean;
}

async function claimSlice(stack: Stack, limit: number, take_over = false): Promise<Slice> {
  const [row] = await stack.platform.sql<{ slice: Slice }>(
    "select public.claim_writeback_slice($1, 120, $2) as slice",
    [limit, take_over],
  );
  assert.ok(row);
  return row.slice;
}

function leaseOf({ meeting_id, writeback_lease_token: lease_token }: Row) {
  return { meeting_id, lease_token, steps: [] as unknown[] };
}

async function settle(stack: Stack, settlements: unknown[]): Promise<Row[]> {
  const [row] = await stack.platform.sql<{ answers: Row[] }>(
    "select public.settle_writebacks($1::jsonb) as answers",
    [JSON.stringify(settlements)],
  );
  return row?.answers ?? [];
}

/** Settles rows as written, each with one request that was made just now, or at `at`. */
function settleAll(stack: Stack, rows: readonly Row[], at = new Date().toISOString()) {
  const request = { method: "insert", event_id: "event", calendar_id: "primary" };
  const steps = [{ step: "requested", at, request }, { step: "answered", at, outcome: "done" }];
  return settle(stack, rows.map((row) => ({ ...leaseOf(row), ...WRITTEN, steps })));
}

async function createdMeeting(stack: Stack): Promise<Row> {
  const [meeting_id] = await manyMeetings(stack, [await connectedUser(stack)], 1);
  await settleAll(stack, (await claimSlice(stack, 1)).meetings);
  return await rowOf(stack, meeting_id!);
}

async function dueAs(stack: Stack, meeting_id: string, operation: "update" | "cancel") {
  await stack.platform.sql(
    `update public.meetings
        set writeback_operation = $2, desired_version = desired_version + 1,
            cancelled_at = case when $2 = 'cancel' then now() end, writeback_next_attempt_at = now()
      where meeting_id = $1`,
    [meeting_id, operation],
  );
}

async function dueNow(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    "update public.meetings set writeback_next_attempt_at = now() where meeting_id = $1",
    [meeting_id],
  );
}

async function loseLeases(stack: Stack): Promise<void> {
  await stack.platform.sql(
    "update public.meetings set writeback_leased_until = now() where writeback_lease_token is not null",
  );
}

/** Claims that begin together overlap, however fast the machine is. */
async function withSlowLeases<T>(stack: Stack, work: () => Promise<T>): Promise<T> {
  await stack.platform.sql(
    `create function public.take_long() returns trigger language plpgsql as $$
     begin perform pg_sleep(0.2); return null; end $$`,
  );
  await stack.platform.sql(
    "create trigger take_long before update on public.meetings execute function public.take_long()",
  );
  try {
    return await work();
  } finally {
    await stack.platform.sql("drop function public.take_long() cascade");
  }
}

async function setting(stack: Stack, name: string, value: number): Promise<void> {
  await stack.platform.sql("update private.settings set value = $2 where name = $1", [name, value]);
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
