import assert from "node:assert/strict";
import { write } from "../support/changes.ts";
import { insertMeeting, pendingMeeting, SLOT } from "../support/meetings.ts";
import {
  callWithKey,
  checkOf,
  forgetOperations,
  healthOf,
  repairAsPrinted,
  withVaultEntry,
} from "../support/operations.ts";
import { callFunction, promise } from "../support/stack.ts";

const URL_ENTRY = "convene_functions_url";
const KEY_ENTRY = "convene_automations_key";

promise("health", {
  "a system that works is ok, and says what it has done": async (stack) => {
    await forgetOperations(stack);
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.platform.drainNet();
    await write(organizer, meeting_id);
    await stack.platform.runCron();
    const checks = await healthOf(stack);
    assert.deepEqual(checks.filter(({ status }) => status !== "ok"), []);
    assert.equal(checks[0]?.area, "overall");
    const woken = checkOf(checks, "wake_ups", "write-back");
    assert.equal(woken.count, 1);
    const responses = woken.details.responses as Record<string, number>;
    assert.deepEqual(Object.values(responses), [1]);
    assert.match(Object.keys(responses)[0] ?? "", /^2\d\d$/);
    assert.ok(checkOf(checks, "jobs", "convene-sweep").since);
    assert.equal(checkOf(checks, "queue", "write").count, 0);
    for (const table of ["writeback_ledger", "meetings", "attendee_responses"]) {
      const { details, count } = checkOf(checks, "storage", `public.${table}`);
      assert.ok(Number(details.bytes) > 0 && count !== null, table);
    }
    assert.ok((checkOf(checks, "connections", "healthy").count ?? 0) > 0);
  },

  "the state is for secret keys only, and the same over HTTP": async (stack) => {
    await forgetOperations(stack);
    const organizer = await stack.organizer();
    for (const path of ["status/health", "status/metrics"]) {
      assert.equal((await organizer.call(path)).status, 403, path);
      assert.equal((await callFunction(stack.platform, path)).status, 401, path);
    }
    const { status, body } = await callWithKey(stack, "status/health");
    assert.equal(status, 200, JSON.stringify(body));
    // No job has run yet.
    assert.equal(body.status, "failing");
    assert.deepEqual(
      body.reasons.map(({ area, name, reason }: Record<string, string>) => [area, name, reason]),
      [["jobs", "convene-sweep", "job_not_running"], ["jobs", "convene-sync", "job_not_running"]],
    );
    assert.match(body.reasons[0].what_to_do, /pg_cron/);
    assert.deepEqual(Object.keys(body.checks), [
      "vault",
      "jobs",
      "queue",
      "connections",
      "paused",
      "channels",
      "storage",
    ]);
  },

  "an empty Vault entry is failing at once, says what to type, and the statement repairs it":
    async (stack) => {
      await forgetOperations(stack);
      const organizer = await stack.organizer();
      for (const name of [URL_ENTRY, KEY_ENTRY]) {
        await withVaultEntry(stack, name, " ", async (real_value) => {
          const broken = await healthOf(stack);
          assert.equal(broken[0]?.status, "failing");
          const check = checkOf(broken, "vault", name);
          assert.equal(check.reason, "entry_missing");
          const meeting_id = await insertMeeting(organizer, {
            participants: [organizer.email],
            ...SLOT,
          });
          const { body } = await organizer.call("status", { query: { meeting_id } });
          assert.equal(body.status, "pending");
          assert.match(body.what_to_do, /convene_health\(\)/);

          await repairAsPrinted(stack, check.what_to_do, real_value);
          assert.equal(checkOf(await healthOf(stack), "vault", name).status, "ok");
          const after = await organizer.call("status", { query: { meeting_id } });
          assert.equal(after.body.what_to_do, null);
        });
      }
    },

  "without its Vault entry the sweep fails visibly, and succeeds once what is printed was executed":
    async (stack) => {
      await forgetOperations(stack);
      const organizer = await stack.organizer();
      await withVaultEntry(stack, KEY_ENTRY, "any", async (real_value) => {
        await stack.platform.sql("delete from vault.secrets where name = $1", [KEY_ENTRY]);
        await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
        await assert.rejects(stack.platform.runCron(), /Vault entries are missing/);
        const broken = await healthOf(stack);
        const job = checkOf(broken, "jobs", "convene-sweep");
        assert.equal(job.status, "failing");
        assert.equal(job.reason, "job_failed");
        assert.match(String(job.details.message), /Vault entries are missing/);
        const { what_to_do } = checkOf(broken, "vault", KEY_ENTRY);
        assert.match(what_to_do ?? "", /^select vault\.create_secret\(/);
        await repairAsPrinted(stack, what_to_do, real_value);
        await stack.platform.runCron();
        assert.equal((await healthOf(stack))[0]?.status, "ok");
      });
    },

  "a key that functions refuse is failing after the first call, and the statement repairs it":
    async (
      stack,
    ) => {
      await forgetOperations(stack);
      await withVaultEntry(stack, KEY_ENTRY, "sb_secret_of_yesterday", async (real_value) => {
        await pendingMeeting(stack);
        await stack.platform.runCron();
        await stack.platform.drainNet();
        const refused = checkOf(await healthOf(stack), "wake_ups", "write-back");
        assert.equal(refused.status, "failing");
        assert.equal(refused.reason, "key_refused");
        assert.deepEqual(refused.details.responses, { 401: refused.count });
        await repairAsPrinted(stack, refused.what_to_do, real_value);
        const [entry] = await stack.platform.sql<{ value: string }>(
          "select decrypted_secret as value from vault.decrypted_secrets where name = $1",
          [KEY_ENTRY],
        );
        assert.equal(entry?.value, real_value);
      });
      await stack.platform.runCron();
      await stack.platform.drainNet();
      const accepted = checkOf(await healthOf(stack), "wake_ups", "write-back");
      assert.equal(accepted.reason, null, "the last response decides");
    },

  "an address without functions, and one without a server, are failing": async (stack) => {
    for (
      const [address, reason] of [
        [`${stack.platform.functions_url}/nothing`, "function_missing"],
        ["http://127.0.0.1:9", "unreachable"],
      ] as const
    ) {
      await forgetOperations(stack);
      await withVaultEntry(stack, URL_ENTRY, address, async () => {
        await pendingMeeting(stack);
        await stack.platform.drainNet();
        const check = checkOf(await healthOf(stack), "wake_ups", "write-back");
        assert.equal(check.reason, reason, JSON.stringify(check));
        assert.equal(check.status, "failing");
      });
    }
  },

  "calls that pg_net does not send are failing after a minute": async (stack) => {
    await forgetOperations(stack);
    await pendingMeeting(stack);
    assert.equal(checkOf(await healthOf(stack), "wake_ups", "write-back").status, "ok");
    await stack.platform.sql(
      "update private.posted_wake_ups set posted_at = posted_at - interval '61 seconds'",
    );
    const check = checkOf(await healthOf(stack), "wake_ups", "write-back");
    assert.equal(check.reason, "pg_net_stopped");
    assert.equal(check.status, "failing");
  },

  "the queue says how much is due, since when, and what waits for its owner": async (stack) => {
    await forgetOperations(stack);
    const ready = await pendingMeeting(stack);
    const paused = await pendingMeeting(stack);
    await stack.platform.sql(
      "update private.google_connections set paused_until = now() + interval '1 hour' where user_id = $1",
      [paused.organizer.user_id],
    );
    await stack.platform.sql(
      "update private.work set due_at = now() - interval '6 minutes' where kind = 'write' and subject_id = $1",
      [ready.meeting_id],
    );
    const checks = await healthOf(stack);
    const queue = checkOf(checks, "queue", "write");
    assert.equal(queue.count, 1);
    assert.deepEqual(queue.details, { leased: 0, waiting: 0, blocked: 1, paused: 0 });
    assert.equal(queue.status, "degraded");
    const age = Date.now() - new Date(queue.since ?? "").getTime();
    assert.ok(age >= 6 * 60_000 && age < 7 * 60_000, `${age} ms`);
    assert.equal(checkOf(checks, "paused", "users").count, 1);
    const user = checkOf(checks, "paused", paused.organizer.user_id);
    assert.equal(user.reason, "rate_limited");
    assert.ok(user.details.until);

    await stack.platform.sql(
      "update private.work set due_at = now() - interval '61 minutes' where subject_id = $1",
      [ready.meeting_id],
    );
    assert.equal(checkOf(await healthOf(stack), "queue", "write").status, "failing");
  },

  "connections that Google refuses are counted by reason, with what to do": async (stack) => {
    await forgetOperations(stack);
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.revokeGrant(organizer.email);
    await organizer.call("write-back", { body: { meeting_id } });
    const dead = checkOf(await healthOf(stack), "connections", "needs_reauth");
    assert.equal(dead.reason, "invalid_grant");
    assert.equal(dead.count, 1);
    assert.match(dead.what_to_do ?? "", /connect Google again/);
  },

  "health is known where pg_net and pg_cron are absent": async (stack) => {
    await forgetOperations(stack);
    await stack.platform.sql("alter table net._http_response rename to absent");
    await stack.platform.sql("alter table cron.job rename to absent");
    try {
      const checks = await healthOf(stack);
      assert.equal(checkOf(checks, "wake_ups", "pg_net").reason, "extension_missing");
      assert.equal(checkOf(checks, "jobs", "pg_cron").reason, "extension_missing");
      assert.equal(checks[0]?.status, "failing");
    } finally {
      await stack.platform.sql("alter table net.absent rename to _http_response");
      await stack.platform.sql("alter table cron.absent rename to job");
    }
  },
}, { databases: "both" });
