import assert from "node:assert/strict";
import { createdMeeting } from "../support/changes.ts";
import { insertMeeting, pendingMeeting, rowOf, WEEK } from "../support/meetings.ts";
import { loseWakeUps } from "../support/many_meetings.ts";
import { callWithKey, checkOf, forgetOperations, healthOf } from "../support/operations.ts";
import { connectedUser } from "../support/queue.ts";
import { runProgram } from "../support/run_program.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";
import { change, eventRows, insertTask, scheduledTask, sweep } from "../support/tasks.ts";
import { until } from "../support/until.ts";

/** Kinds and the kind whose pause holds them. */
const KINDS = {
  search: "search",
  write: "write",
  meet_link: "meet_link",
  task_event: "task_event",
  notification: "notification",
  announcement: "notification",
  sync: "sync",
  holidays: "holidays",
} as const;

promise(
  "pauses",
  beginningUnpaused({
    "a paused row of any kind is not claimed, spends nothing and is claimed after the resumption":
      async (stack) => {
        const owners = [(await connectedUser(stack)).user_id, (await connectedUser(stack)).user_id];
        const [paused_user, other] = owners;
        for (const [kind, paused] of Object.entries(KINDS)) {
          await stack.platform.sql("delete from private.work");
          for (const owner of owners) await enqueue(stack, kind, owner);
          if (kind !== "sync" && kind !== "task_event") await enqueue(stack, kind, null);
          const before = await rowsOf(stack, kind);
          const all = before.length;
          for (
            const [scope, left] of [
              [{ kind: paused }, 0],
              [{}, 0],
              [{ user_id: paused_user }, all - 1],
              [{ kind: paused, user_id: other }, all - 1],
              [{ kind: kind === "write" ? "search" : "write" }, all],
            ] as const
          ) {
            await pause(stack, scope);
            assert.equal(await dueRows(stack, kind), left, `${kind} ${JSON.stringify(scope)}: due`);
            const chosen = await stack.platform.sql<{ id: string }>(
              "select id from private.choose_work($1, 10) as c (id)",
              [kind],
            );
            assert.equal(chosen.length, left, `${kind} ${JSON.stringify(scope)}: chosen`);
            assert.deepEqual(await rowsOf(stack, kind), before, "nothing is spent");
            await resume(stack, {});
          }
          assert.equal(await dueRows(stack, kind), all, kind);
        }
        await stack.platform.sql("delete from private.work");
      },

    "a lease that expires during a pause is not taken over before the resumption": async (
      stack,
    ) => {
      const { user_id } = await connectedUser(stack);
      for (const [kind, owner] of [["write", user_id], ["holidays", null]] as const) {
        await enqueue(stack, kind, owner);
        await stack.platform.sql(
          `update private.work set lease_token = gen_random_uuid(), leased_at = now() - interval '1 hour',
           leased_until = now() - interval '1 minute' where kind = $1`,
          [kind],
        );
        await pause(stack, { kind });
        const claim = () =>
          stack.platform.sql("select from private.claim_work($1, 10, 60)", [kind]);
        assert.deepEqual(await claim(), [], kind);
        await resume(stack, { kind });
        assert.equal((await claim()).length, 1, kind);
      }
      await stack.platform.sql("delete from private.work");
    },

    "a write-back by id is refused with the code and the end of the pause, and the event is written after it":
      async (stack) => {
        const { organizer, meeting_id } = await pendingMeeting(stack);
        const before = await rowOf(stack, meeting_id);
        const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000).toISOString();
        await pause(stack, { kind: "write", until });
        const { status, body, headers } = await organizer.call("write-back", {
          body: { meeting_id },
        });
        assert.equal(status, 503, JSON.stringify(body));
        assert.equal(body.error, "processing_paused");
        assert.equal(body.details.meeting_id, meeting_id);
        assert.equal(Date.parse(body.details.until), Date.parse(until));
        const wait = Number(headers.get("retry-after"));
        assert.ok(wait > 3500 && wait <= 3601, `${wait} s`);
        assert.deepEqual(await rowOf(stack, meeting_id), before);

        const shown = await organizer.call("status", { query: { meeting_id } });
        assert.deepEqual(
          [shown.body.status, shown.body.stage, shown.body.reason],
          ["waiting", "write", "processing_paused"],
        );
        assert.equal(new Date(shown.body.until).toISOString(), until);
        assert.match(shown.body.what_to_do, /operator resumes/);

        await loseWakeUps(stack);
        await resume(stack, { kind: "write" });
        await stack.platform.drainNet();
        await writtenIn(stack, meeting_id);
        assert.equal((await rowOf(stack, meeting_id)).writeback_retry_count, 0);
      },

    "a search by id is refused, and a meeting that does not exist yet is not stored": async (
      stack,
    ) => {
      const organizer = await stack.organizer();
      const meeting_id = await insertMeeting(organizer, {
        participants: [organizer.email],
        constraints: WEEK,
      });
      await pause(stack, { user_id: organizer.user_id });
      const stored = await organizer.call("schedule", { body: { meeting_id } });
      assert.equal(stored.status, 503, JSON.stringify(stored.body));
      assert.equal(stored.body.error, "processing_paused");
      assert.equal(stored.headers.get("retry-after"), null, "the pause has no end");
      const fresh = crypto.randomUUID();
      const made = await organizer.call("schedule", {
        body: { meeting_id: fresh, participants: [organizer.email], constraints: WEEK },
      });
      assert.equal(made.body.error, "processing_paused");
      assert.deepEqual(
        await stack.platform.sql("select from public.meetings where meeting_id = $1", [fresh]),
        [],
      );
      const shown = await organizer.call("status", { query: { meeting_id } });
      assert.deepEqual(
        [shown.body.status, shown.body.stage, shown.body.reason, shown.body.until],
        ["waiting", "search", "processing_paused", null],
      );
      await resume(stack, { user_id: organizer.user_id });
      const after = await organizer.call("schedule", { body: { meeting_id } });
      assert.equal(after.status, 200, JSON.stringify(after.body));
    },

    "events of tasks are neither created nor changed, and nothing of the request is stored": async (
      stack,
    ) => {
      const { organizer, event_id } = await scheduledTask(stack);
      const task_id = await insertTask(organizer);
      const before = await eventRows(stack, organizer);
      await pause(stack, { kind: "task_event" });
      const created = await organizer.call("task-events/schedule", {
        body: { task_id, timeZone: "UTC" },
      });
      const changed = await change(organizer, { event_id, summary: "Later" });
      for (const { status, body } of [created, changed]) {
        assert.equal(status, 503, JSON.stringify(body));
        assert.equal(body.error, "processing_paused");
      }
      assert.deepEqual(await eventRows(stack, organizer), before);
      await sweep(stack);
      await resume(stack, { kind: "task_event" });
      assert.equal((await change(organizer, { event_id, summary: "Later" })).status, 200);
    },

    "neither an insert nor the sweep wakes a function whose work is paused, and the resumption does":
      async (stack) => {
        const { organizer } = await pendingMeeting(stack);
        await pause(stack, { kind: "write" });
        await pause(stack, { kind: "conflict_check" });
        await loseWakeUps(stack);
        await stack.platform.sql(
          `insert into public.meetings (organizer_user_id, title, participants, starts_at, ends_at, timezone)
         values ($1, 'Paused', '["guest@north.example"]', '2035-01-09 10:00Z', '2035-01-09 10:30Z', 'UTC')`,
          [organizer.user_id],
        );
        await stack.platform.sql("select private.sweep()");
        assert.deepEqual(await posted(stack), []);
        await resume(stack, {});
        assert.deepEqual((await posted(stack)).sort(), ["schedule/conflicts", "write-back"]);
      },

    "a pause ends at its time without a call, and the next sweep continues": async (stack) => {
      const { meeting_id } = await pendingMeeting(stack);
      await pause(stack, { until: new Date(Date.now() + 60_000).toISOString() });
      await loseWakeUps(stack);
      await stack.platform.sql("select private.sweep()");
      assert.deepEqual(await posted(stack), []);
      await stack.platform.sql("update private.pauses set until = clock_timestamp()");
      assert.equal(
        (await healthOf(stack)).some(({ reason }) => reason === "processing_paused"),
        false,
      );
      await stack.platform.sql("select private.sweep()");
      await stack.platform.drainNet();
      await writtenIn(stack, meeting_id);
    },

    "health says what is paused, by whom and why, and how to resume it; metrics count it": async (
      stack,
    ) => {
      const { organizer } = await pendingMeeting(stack);
      const { user_id } = organizer;
      await pause(stack, { kind: "write", user_id, reason: "Their calendar is being moved" });
      await pause(stack, { kind: "write", reason: "Google is down", paused_by: "Maya" });
      await pause(stack, { kind: "write", reason: "Google is still down", paused_by: "Tomas" });
      const checks = await healthOf(stack);
      assert.equal(checks[0]?.status === "ok", false);
      const write = checkOf(checks, "paused", "write");
      assert.deepEqual([write.status, write.reason], ["degraded", "processing_paused"]);
      assert.deepEqual(write.details, {
        kind: "write",
        user_id: null,
        paused_by: "Tomas",
        why: "Google is still down",
        until: null,
      });
      assert.equal(
        checkOf(checks, "paused", `write of ${user_id}`).details.paused_by,
        "key automations",
      );
      const queue = checkOf(checks, "queue", "write");
      assert.deepEqual([queue.count, queue.details.paused, queue.details.blocked], [0, 1, 0]);
      const { body } = await callWithKey(stack, "status/metrics");
      assert.match(body, /^convene_pauses\{kind="write"\} 2$/m);
      assert.match(body, /^convene_queue_rows\{kind="write",state="paused"\} 1$/m);

      const statement = /select resume_work\(.*\);$/.exec(write.what_to_do ?? "")?.[0];
      assert.ok(statement, write.what_to_do ?? "");
      await stack.platform.sql(statement);
      const after = await healthOf(stack);
      assert.equal(after.some(({ reason }) => reason === "processing_paused"), false);
      assert.equal(checkOf(after, "queue", "write").count, 1);
    },

    "the work of one paused user waits while that of another is done": async (stack) => {
      const paused = await pendingMeeting(stack);
      const other = await pendingMeeting(stack);
      await pause(stack, { user_id: paused.organizer.user_id });
      const { body } = await callWithKey(stack, "write-back", { batch: true });
      assert.deepEqual(
        body.results.map(({ meeting_id }: { meeting_id: string }) => meeting_id),
        [other.meeting_id],
      );
      assert.equal((await rowOf(stack, paused.meeting_id)).writeback_status, "pending");
    },

    "what is done already is answered as ever during a pause": async (stack) => {
      const { organizer, meeting_id } = await createdMeeting(stack);
      await pause(stack, {});
      const { status, body } = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.results[0].already_exists, true);
      const shown = await organizer.call("status", { query: { meeting_id } });
      assert.deepEqual([shown.body.status, shown.body.reason], ["created", null]);
    },

    "requests that name no reason, a past time, an unknown kind or user are refused, and users have no access":
      async (stack) => {
        const organizer = await stack.organizer({ connected: false });
        for (
          const [body, path] of [
            [{}, "reason"],
            [{ reason: "" }, "reason"],
            [{ reason: "x", until: "2020-01-01T00:00:00Z" }, "until"],
            [{ reason: "x", kind: "announcement" }, "kind"],
            [{ reason: "x", user_id: crypto.randomUUID() }, "user_id"],
          ] as const
        ) {
          const answer = await callWithKey(stack, "operations/pause", body);
          assert.equal(answer.status, 422, JSON.stringify(answer.body));
          assert.equal(answer.body.details.path, path);
        }
        const asUser = await organizer.call("operations/pause", { body: { reason: "x" } });
        assert.equal(asUser.status, 401, JSON.stringify(asUser.body));
        await assert.rejects(
          stack.platform.sql("select pause_work('x', p_kind => 'lunch')"),
          /p_kind: there is no kind of work lunch/,
        );
        assert.deepEqual(await stack.platform.sql("select from private.pauses"), []);
      },

    "deno task pause and resume say what is paused, until when and why": async (stack) => {
      const run = (name: string, ...args: string[]) =>
        runProgram(stack, `operations/${name}.ts`, ...args);
      const paused = await run(
        "pause",
        "--kind",
        "write",
        "--until",
        "2h",
        "--reason",
        "Move",
        "--by",
        "Maya",
      );
      assert.equal(paused.code, 0, paused.stderr);
      assert.match(
        paused.stdout,
        /^Paused:\n {2}write of all users, until \d{4}-.*: Move \(Maya, /,
      );
      const [row] = await stack.platform.sql<{ minutes: number }>(
        "select extract(epoch from until - now()) / 60 as minutes from private.pauses",
      );
      assert.ok(Math.abs(Number(row?.minutes) - 120) < 2, JSON.stringify(row));
      const other = await run("resume", "--kind", "search");
      assert.equal(other.code, 1);
      assert.match(other.stdout, /^0 pauses ended\. Paused:/);
      const resumed = await run("resume");
      assert.deepEqual([resumed.code, resumed.stdout], [0, "1 pause ended. Nothing is paused.\n"]);
      const unnamed = await run("pause");
      assert.equal(unnamed.code, 2);
      assert.match(unnamed.stderr, /Give --reason/);
      const unknown = await run("pause", "--reason", "Move", "--kind", "mails");
      assert.equal(unknown.code, 2);
      assert.match(
        unknown.stderr,
        /operations\/pause answered 422: invalid_request: kind: Expected search or write/,
      );
      for (const name of ["pause", "resume"]) {
        assert.match((await run(name, "--help")).stdout, new RegExp(`deno task ${name}`));
      }
    },
  }),
  { databases: "both" },
);

/** Each promise begins without pauses and with an empty queue, and leaves no pause to the next file. */
function beginningUnpaused(promises: Record<string, (stack: Stack) => Promise<void>>) {
  return Object.fromEntries(
    Object.entries(promises).map(([name, keep]) => [name, async (stack: Stack) => {
      await forgetOperations(stack);
      try {
        await keep(stack);
      } finally {
        await stack.platform.sql("delete from private.pauses");
      }
    }]),
  );
}

async function pause(stack: Stack, scope: Record<string, unknown>): Promise<void> {
  const { status, body } = await callWithKey(stack, "operations/pause", {
    reason: "A test",
    ...scope,
  });
  assert.equal(status, 200, JSON.stringify(body));
}

async function resume(stack: Stack, scope: Record<string, unknown>): Promise<void> {
  const { status, body } = await callFunction(stack.platform, "operations/resume", {
    apikey: stack.platform.automations_key,
    body: scope,
  });
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(body.resumed > 0, JSON.stringify(body));
}

async function enqueue(stack: Stack, kind: string, owner: string | null | undefined) {
  await stack.platform.sql(
    `insert into private.work (kind, subject_id, owner_id, due_at)
     values ($1, gen_random_uuid()::text, $2, clock_timestamp() - interval '1 minute')`,
    [kind, owner],
  );
}

function rowsOf(stack: Stack, kind: string) {
  return stack.platform.sql("select * from private.work where kind = $1 order by subject_id", [
    kind,
  ]);
}

async function dueRows(stack: Stack, kind: string): Promise<number> {
  return (await stack.platform.sql("select from private.due_work where kind = $1", [kind])).length;
}

/** The functions that calls were posted to. */
async function posted(stack: Stack): Promise<string[]> {
  const rows = await stack.platform.sql<{ url: string }>(
    "select url from net.http_request_queue order by id",
  );
  return rows.map(({ url }) => url.split("/functions/v1/")[1] ?? url);
}

async function writtenIn(stack: Stack, meeting_id: string): Promise<void> {
  await until(
    `${meeting_id} is written`,
    async () => (await rowOf(stack, meeting_id)).writeback_status === "created",
  );
}
