import assert from "node:assert/strict";
import type { Row } from "../support/meetings.ts";
import {
  forgetMeetings,
  loseWakeUps,
  manyMeetings,
  manyOrganizers,
} from "../support/many_meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";

promise("batches at once", {
  "two functions' batches over 500 rows write each row once and finish together": async (stack) => {
    await forgetMeetings(stack);
    const events_before = (await stack.google.events({ status: "live" })).length;
    const inserts_before = (await inserts(stack)).length;
    const organizers = await manyOrganizers(stack, 12);
    const ids = await manyMeetings(stack, organizers, 500);
    const workers = [await stack.platform.startWorker(), await stack.platform.startWorker()];
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, delay_ms: 20 });
    const answers = await Promise.all(
      workers.map(({ functions_url }) => batch(stack, functions_url)),
    );

    const results = answers.flatMap(({ body }) => body.results as Row[]);
    const written = results.map(({ meeting_id }) => meeting_id);
    assert.deepEqual(written.toSorted(), ids.toSorted(), "each row by one of the two");
    assert.ok(results.every(({ success, already_exists }) => success && !already_exists));
    assert.deepEqual(await counts(stack), { created: 500 });
    assert.equal(
      (await inserts(stack)).length - inserts_before,
      500,
      "Google was asked once for each",
    );
    assert.equal((await stack.google.events({ status: "live" })).length - events_before, 500);
    const remaining = answers.map(({ body }) => body.remaining);
    assert.equal(Math.min(...remaining), 0, "the last worker left no row");
    await Promise.all(workers.map((worker) => worker.stop()));
  },

  "a killed batch's rows finish within one lease and one sweep, none written twice": async (
    stack,
  ) => {
    await forgetMeetings(stack);
    const before = (await stack.google.events({ status: "live" })).length;
    const organizers = await manyOrganizers(stack, 4);
    await manyMeetings(stack, organizers, 40);
    const worker = await stack.platform.startWorker();
    // Stored immediately and answered late, so that the kill leaves events without a settlement.
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, answer_delay_ms: 400 });
    const doomed = batch(stack, worker.functions_url).catch(() => null);
    await until(
      "some events",
      async () => (await stack.google.events({ status: "live" })).length >= before + 15,
    );
    worker.kill();
    await doomed;
    await stack.google.clearFaults();
    const left = await counts(stack);
    assert.ok((left.pending ?? 0) > 0, "the kill came in the middle");

    const longer = await stack.platform.sql(
      `select from private.work
        where leased_until > clock_timestamp() + private.lease_length(kind, null)`,
    );
    assert.deepEqual(longer, [], "what it held is free after one lease");

    await stack.platform.sql("update private.work set leased_until = clock_timestamp()");
    await loseWakeUps(stack);
    await stack.platform.runCron();
    const calls = await stack.platform.sql(
      "select from net.http_request_queue where url like '%/write-back'",
    );
    assert.equal(calls.length, 1, "one sweep calls once");
    await stack.platform.drainNet();
    await until("all are created", async () => (await counts(stack)).created === 40, 60);
    assert.equal((await stack.google.events({ status: "live" })).length, before + 40);
    const leased = await stack.platform.sql(
      "select from private.work where lease_token is not null",
    );
    assert.deepEqual(leased, []);
  },

  "a row that crashes its worker three times becomes failed without a call, and its neighbours created":
    async (stack) => {
      await forgetMeetings(stack);
      const [organizer] = await manyOrganizers(stack, 1);
      const ids = await manyMeetings(stack, [organizer!], 4);
      const poison = ids[1]!;
      await kill(stack, ids);
      for (let kills = 2; kills <= 3; kills++) {
        await stack.platform.sql("select public.begin_writeback($1)", [poison]);
        await kill(stack, [poison]);
      }
      await batch(stack);
      const rows = await stack.platform.sql<Row>(
        "select meeting_id, writeback_status, writeback_error from public.meetings",
      );
      const byId = new Map(rows.map((row) => [row.meeting_id, row]));
      assert.equal(byId.get(poison)?.writeback_status, "failed");
      assert.match(
        byId.get(poison)?.writeback_error,
        /^internal_error: Processing crashed 3 times/,
      );
      assert.deepEqual(await counts(stack), { created: 3, failed: 1 });
      const asked = await stack.platform.sql<{ method: string }>(
        `select request ->> 'method' as method from public.writeback_ledger
          where meeting_id = $1 and step = 'requested'`,
        [poison],
      );
      // The look goes over every id that a worker may have come to.
      assert.deepEqual(asked.map(({ method }) => method), ["get", "get", "get"]);
    },
}, { databases: "only postgres" });

function batch(stack: Stack, functions_url = stack.platform.functions_url) {
  return callFunction(stack.platform, "write-back", {
    apikey: stack.platform.automations_key,
    body: { batch: true },
    functions_url,
  });
}

/** What is left of a worker that died with these rows: leases that have run out. */
async function kill(stack: Stack, ids: readonly string[]): Promise<void> {
  await stack.platform.sql(
    `update private.work
        set lease_token = gen_random_uuid(), leased_at = clock_timestamp(),
            leased_until = clock_timestamp()
      where kind = 'write' and subject_id = any ($1::text[])`,
    [`{${ids.join(",")}}`],
  );
}

async function counts(stack: Stack): Promise<Record<string, number>> {
  const rows = await stack.platform.sql<{ status: string; count: number }>(
    "select writeback_status as status, count(*)::integer as count from public.meetings group by 1",
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

function inserts(stack: Stack) {
  return stack.google.requests({ method: "POST", path: "/calendar/v3/calendars/" });
}
