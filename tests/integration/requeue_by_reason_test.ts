import assert from "node:assert/strict";
import { EVENTS } from "../support/changes.ts";
import { forgetMeetings, loseWakeUps, manyMeetings } from "../support/many_meetings.ts";
import { insertMeeting, rowOf, WEEK } from "../support/meetings.ts";
import {
  callWithKey,
  failuresIn,
  forgetOperations,
  healthOf,
  repairAsPrinted,
  withVaultEntry,
} from "../support/operations.ts";
import { runProgram } from "../support/run_program.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const FREE_BUSY = "^/calendar/v3/freeBusy$";

/** All of Monday to Friday of the week that searches look at. */
const BUSY: [start: string, end: string][] = [["2035-01-08T00:00:00Z", "2035-01-13T00:00:00Z"]];

promise("requeueing by reason", {
  "of 300 meetings 240 failed for four reasons: one call shows them with advice, one command requeues each":
    async (stack) => {
      await forgetOperations(stack);
      const scene = await fourReasons(stack, 60);
      const checks = await healthOf(stack);
      assert.deepEqual(failuresIn(checks), [
        { kind: "search", reason: "google_unavailable", count: 60 },
        { kind: "search", reason: "no_common_slot", count: 60 },
        { kind: "write", reason: "google_rejected", count: 60 },
        { kind: "write", reason: "not_connected", count: 60 },
      ]);
      const advice = checks.filter(({ area }) => area === "failed").map(({ what_to_do }) =>
        what_to_do ?? ""
      );
      for (
        const [index, pattern] of [/Requeue/, /Widen/, /requeue/, /connect Google/].entries()
      ) {
        assert.match(advice[index] ?? "", pattern);
      }
      const seen = await stack.platform.sql(
        "select from v_writeback_status where state = 'failed'",
      );
      assert.equal(seen.length, 240);

      await stack.google.clearFaults();
      const run = (...args: string[]) => runProgram(stack, "operations/requeue.ts", ...args);
      const shown = await run("--dry-run", "--all");
      assert.deepEqual(
        [...shown.stdout.matchAll(/^ +60 +(\w+) +(\w+)$/gm)].map((m) => m.slice(1)),
        [
          ["search", "google_unavailable"],
          ["search", "no_common_slot"],
          ["write", "google_rejected"],
          ["write", "not_connected"],
        ],
      );
      const reasons = ["google_unavailable", "no_common_slot", "google_rejected", "not_connected"];
      for (const [index, reason] of reasons.entries()) {
        const { code, stdout, stderr } = await run("--reason", reason);
        assert.deepEqual([code, stdout], [0, "Requeued 60 rows.\n"], stderr);
        assert.equal(failuresIn(await healthOf(stack)).length, 3 - index);
      }
      const due = await stack.platform.sql<{ kind: string; rows: number }>(
        "select kind, count(*)::integer as rows from private.due_work where kind in ('search', 'write') group by kind order by kind",
      );
      assert.deepEqual(due, [{ kind: "search", rows: 120 }, { kind: "write", rows: 120 }]);
      assert.equal(scene.meeting_ids.length, 300);
      const { body } = await callWithKey(stack, "status");
      assert.deepEqual(body.counts, { created: 60, pending: 120, searching: 120 });
    },

  "of the requeued meetings health turns red when a Vault entry is missing, and what it says to type makes them continue":
    async (stack) => {
      await forgetOperations(stack);
      const organizers = [await stack.organizer()];
      await manyMeetings(stack, organizers, 20);
      await failWrites(stack, 20);
      await stack.google.clearFaults();
      await withVaultEntry(stack, "convene_automations_key", "any", async (real_value) => {
        await stack.platform.sql(
          "delete from vault.secrets where name = 'convene_automations_key'",
        );
        assert.equal((await runProgram(stack, "operations/requeue.ts", "--all")).code, 0);
        // pg_cron's next run is within a minute.
        await assert.rejects(stack.platform.runCron(), /Vault entries are missing/);
        const { body } = await callWithKey(stack, "status/health");
        assert.equal(body.status, "failing");
        const reasons = body.reasons.map(({ area, name, reason }: Record<string, string>) => [
          area,
          name,
          reason,
        ]);
        assert.deepEqual(reasons, [
          ["vault", "convene_automations_key", "entry_missing"],
          ["jobs", "convene-sweep", "job_failed"],
        ]);
        await repairAsPrinted(stack, body.reasons[0].what_to_do, real_value);
      });
      await stack.platform.runCron();
      await stack.platform.drainNet();
      await until("the requeued meetings are written", async () => {
        const rows = await stack.platform.sql(
          "select from public.meetings where writeback_status = 'created'",
        );
        return rows.length === 20;
      });
      assert.equal((await healthOf(stack))[0]?.status, "ok");
    },

  "a search that failed is due after a requeue, and finds its time": async (stack) => {
    await forgetOperations(stack);
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    await failSearches(stack, 1);
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "failed");
    await stack.google.clearFaults();
    const answer = await organizer.call("meetings/requeue", { body: { meeting_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.requeued, true);
    assert.equal(answer.body.status, "searching");
    const row = await rowOf(stack, meeting_id);
    assert.notEqual(row.search_due_at, null);
    assert.equal(row.scheduling_error, null);
    await callWithKey(stack, "schedule", { batch: true });
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "scheduled");
    const again = await organizer.call("meetings/requeue", { body: { meeting_id } });
    assert.equal(again.body.requeued, false);
  },

  "a filter by user and by time leaves the meetings of others and of other times": async (
    stack,
  ) => {
    await forgetOperations(stack);
    const [one, other] = [await stack.organizer(), await stack.organizer()];
    const ids = await manyMeetings(stack, [one, other], 4);
    await failWrites(stack, 4);
    await stack.google.clearFaults();
    await stack.platform.sql(
      "update public.meetings set writeback_attempted_at = now() - interval '2 days' where meeting_id = $1",
      [ids[0]],
    );
    const since = new Date(Date.now() - 86_400_000).toISOString();
    const requeue = async (filter: Record<string, unknown>) => {
      const { body } = await callWithKey(stack, "meetings/requeue", { filter });
      return body.requeued;
    };
    const statuses = () =>
      Promise.all(ids.map(async (id) => (await rowOf(stack, id)).writeback_status));
    assert.equal(await requeue({ kind: "search" }), 0);
    assert.equal(await requeue({ user_id: one.user_id, since }), 1);
    assert.deepEqual(await statuses(), ["failed", "failed", "pending", "failed"]);
    assert.equal(await requeue({ before: since }), 1);
    assert.deepEqual(await statuses(), ["pending", "failed", "pending", "failed"]);
  },

  "in SQL pages follow each other, and what cannot be requeued is counted by its state": async (
    stack,
  ) => {
    await forgetOperations(stack);
    const organizer = await stack.organizer();
    const ids = await manyMeetings(stack, [organizer], 3);
    await failWrites(stack, 3);
    await stack.google.clearFaults();
    const [first, ...others] = ids.toSorted();
    await stack.platform.sql(
      "update public.meetings set starts_at = '2020-01-06 10:00Z', ends_at = '2020-01-06 10:30Z' where meeting_id = $1",
      [first],
    );
    const page = async (after: string | null) => {
      const [row] = await stack.platform.sql<{ page: Record<string, unknown> }>(
        "select requeue_meetings('google_rejected', p_limit => 2, p_after => $1) as page",
        [after],
      );
      return row?.page;
    };
    assert.deepEqual(await page(null), {
      requeued: 1,
      not_requeued: { slot_expired: 1 },
      next_after: others[0],
    });
    assert.deepEqual(await page(others[0] ?? ""), {
      requeued: 1,
      not_requeued: {},
      next_after: null,
    });
    await assert.rejects(
      stack.platform.sql("select requeue_meetings()"),
      /needs a reason, a user, a time or a kind/,
    );
  },

  "what failed is found by an index, however many meetings there are": async (stack) => {
    await stack.platform.sql(
      `create function public.plan_of_failed_work() returns setof text language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
       begin return query execute 'explain select * from private.failed_work'; end $$`,
    );
    try {
      const plan = await stack.platform.sql<{ line: string }>(
        "select line from public.plan_of_failed_work() as line where line like '% on meetings%'",
      );
      assert.equal(plan.length, 3);
      assert.ok(
        plan.every(({ line }) => line.includes("idx_meetings_failed")),
        JSON.stringify(plan),
      );
    } finally {
      await stack.platform.sql("drop function public.plan_of_failed_work()");
    }
  },

  "only a secret key requeues by a filter, and an empty one is refused": async (stack) => {
    const organizer = await stack.organizer();
    const asUser = await organizer.call("meetings/requeue", {
      body: { filter: { kind: "write" } },
    });
    assert.equal(asUser.status, 403, JSON.stringify(asUser.body));
    for (const body of [{}, { filter: {} }, { meeting_id: "a", filter: { kind: "write" } }]) {
      const answer = await callWithKey(stack, "meetings/requeue", body);
      assert.equal(answer.status, 422, JSON.stringify(answer.body));
    }
  },
}, { databases: "both" });

/** `count` meetings for each of four reasons to fail, and as many whose events exist. */
async function fourReasons(stack: Stack, count: number) {
  await forgetMeetings(stack);
  const meeting_ids: string[] = [];
  const organizers = await Promise.all([1, 2].map(() => stack.organizer()));
  meeting_ids.push(...await manyMeetings(stack, organizers, count));
  await writeAll(stack);

  meeting_ids.push(...await manyMeetings(stack, organizers, count));
  await failWrites(stack, count);

  const unconnected = await stack.organizer({ connected: false });
  meeting_ids.push(...await manyMeetings(stack, [unconnected], count));
  await writeAll(stack);

  meeting_ids.push(...await searches(stack, await stack.organizer({ busy: BUSY }), count));
  await searchAll(stack);

  meeting_ids.push(...await searches(stack, await stack.organizer(), count));
  await failSearches(stack, count);
  return { meeting_ids };
}

async function searches(stack: Stack, organizer: Organizer, count: number): Promise<string[]> {
  const rows = await stack.platform.sql<{ meeting_id: string }>(
    `insert into public.meetings (organizer_user_id, title, participants, constraints)
     select $1, 'Search ' || n, jsonb_build_array($2::text), $3::jsonb from generate_series(1, $4::integer) as n
     returning meeting_id`,
    [organizer.user_id, organizer.email, JSON.stringify(WEEK), count],
  );
  await loseWakeUps(stack);
  return rows.map(({ meeting_id }) => meeting_id);
}

/** Google refuses the next `count` inserts for good. */
async function failWrites(stack: Stack, count: number): Promise<void> {
  await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 403, times: count });
  await writeAll(stack);
}

/** Google is unavailable for every attempt of the searches that are due. */
async function failSearches(stack: Stack, count: number): Promise<void> {
  await stack.google.fault({
    method: "POST",
    path_pattern: FREE_BUSY,
    status: 503,
    times: 20 * count,
  });
  await searchAll(stack);
}

/** Writes until nothing can be claimed; quotas and budgets of the past do not count. */
async function writeAll(stack: Stack): Promise<void> {
  await processAll(stack, "write", "write-back");
}

async function searchAll(stack: Stack): Promise<void> {
  await processAll(stack, "search", "schedule");
}

async function processAll(stack: Stack, kind: string, name: string): Promise<void> {
  for (let call = 0; call < 60; call++) {
    await stack.platform.sql("delete from private.budget_spending");
    await stack.platform.sql(
      "update private.work set due_at = clock_timestamp() where kind = $1 and lease_token is null and due_at < 'infinity'",
      [kind],
    );
    await loseWakeUps(stack);
    const rows = await stack.platform.sql("select from private.due_work where kind = $1", [kind]);
    if (rows.length === 0) return;
    const { status, body } = await callWithKey(stack, name, { batch: true, limit: 20 });
    assert.equal(status, 200, JSON.stringify(body));
  }
  assert.fail(`${kind}: still due after 60 calls`);
}
