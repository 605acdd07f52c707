import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import { EVENT, loseWorker } from "../support/changes.ts";
import { eventsOf, type Row, rowOf } from "../support/meetings.ts";
import { loseWakeUps, manyMeetings } from "../support/many_meetings.ts";
import {
  type Answer,
  callFunction,
  type Organizer,
  promise,
  type Stack,
} from "../support/stack.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";

promise("batch", {
  "a batch writes as many as asked and says what remains": async (stack) => {
    const organizers = [await stack.organizer(), await stack.organizer()];
    const ids = await manyMeetings(stack, organizers, 14);
    const first = await batch(stack, { limit: 10 });
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.deepEqual(
      [first.body.total_processed, first.body.succeeded, first.body.remaining],
      [10, 10, 4],
    );
    const second = await batch(stack);
    assert.deepEqual([second.body.succeeded, second.body.remaining], [4, 0]);
    assert.deepEqual(await statuses(stack, ids), { created: 14 });
    for (const organizer of organizers) {
      assert.equal((await eventsOf(stack, organizer)).length, 7);
    }
  },

  "what is changed while the last event is written is written by the same batch": async (stack) => {
    const organizer = await stack.organizer();
    const [meeting_id = ""] = await manyMeetings(stack, [organizer], 1);
    const hold = await stack.google.fault({ method: "POST", path_pattern: EVENTS, hold: true });
    const working = batch(stack);
    const deadline = Date.now() + 10_000;
    while ((await stack.google.faults())[0]?.hits !== 1) {
      assert.ok(Date.now() < deadline, "the event is being written");
    }
    const changed = await organizer.call("meetings", {
      method: "PATCH",
      body: { meeting_id, title: "Another title" },
    });
    assert.ok(changed.status < 300, JSON.stringify(changed.body));
    await stack.google.clearFaults(hold.fault_id);
    const { body } = await working;
    assert.equal(body.remaining, 0);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.written_version], ["created", 2]);
    const [event] = await eventsOf(stack, organizer);
    assert.equal(event?.summary, "Another title");
  },

  "a calendar has at most three writes in flight, and one after a rate reason": async (stack) => {
    const organizer = await stack.organizer();
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, delay_ms: 60 });
    await manyMeetings(stack, [organizer], 9);
    await batch(stack);
    assert.equal(await mostInFlight(stack, organizer), 3);

    await stack.platform.sql(
      "update private.google_connections set paused_until = now() - interval '1 second' where user_id = $1",
      [organizer.user_id],
    );
    const before = (await insertsOf(stack, organizer)).length;
    await manyMeetings(stack, [organizer], 4);
    await batch(stack);
    assert.equal((await insertsOf(stack, organizer)).length, before + 4);
    assert.equal(await mostInFlight(stack, organizer, before), 1);
  },

  "an organizer at a rate limit of Google spends no attempt, and the others continue": async (
    stack,
  ) => {
    const [limited, other] = [await stack.organizer(), await stack.organizer()];
    const waiting = await manyMeetings(stack, [limited], 12);
    await stack.google.fault({
      method: "POST",
      path_pattern: `/calendars/(primary|${limited.email})/events$`,
      status: 403,
      reason: "userRateLimitExceeded",
      retry_after_seconds: 40,
      times: 3,
    });
    await batch(stack);
    await stack.google.clearFaults();
    const going = await manyMeetings(stack, [other], 6);
    const answer = await batch(stack);
    assert.deepEqual(await statuses(stack, going), { created: 6 });
    assert.equal(answer.body.remaining, 0, "who is slowed down is not due");

    const rows = await rowsOf(stack, waiting);
    assert.deepEqual(await statuses(stack, waiting), { pending: 9, retrying: 3 });
    for (const row of rows) {
      assert.deepEqual([row.attempts, row.writeback_retry_count], [0, 0]);
      assert.equal(row.lease_token, null);
    }
    assert.equal((await insertsOf(stack, limited)).length, 3);

    await stack.platform.sql(
      "update private.google_connections set paused_until = now() where user_id = $1",
      [limited.user_id],
    );
    await dueNow(stack, waiting);
    await batch(stack);
    assert.deepEqual(await statuses(stack, waiting), { created: 12 });
  },

  "one meeting reports a dead connection, its neighbours wait and are written after reconnecting":
    async (stack) => {
      const organizer = await stack.organizer();
      const ids = await manyMeetings(stack, [organizer], 10);
      await stack.google.revokeGrant(organizer.email);
      await batch(stack);
      assert.deepEqual(await statuses(stack, ids), { failed: 1, pending: 9 });
      const rows = await rowsOf(stack, ids);
      const waiting = rows.filter((row) => row.writeback_status === "pending");
      for (const row of waiting) {
        assert.deepEqual([row.attempts, row.writeback_retry_count], [0, 0]);
      }
      const inserts = (await stack.google.requests({ method: "POST" })).filter(({ path, body }) =>
        path.endsWith("/events") &&
        rows.some(({ event_key }) =>
          String((body as { id?: string }).id).includes(event_key.replaceAll("-", ""))
        )
      );
      const [noted] = await stack.platform.sql<{ count: string }>(
        `select count(*) from public.writeback_ledger
          where meeting_id = any ($1) and step = 'requested' and request ->> 'method' = 'insert'`,
        [ids],
      );
      assert.ok(inserts.length > 1, "several were under way when the connection was found dead");
      assert.ok(inserts.length <= 3, "none was begun after that");
      assert.equal(Number(noted?.count), inserts.length, "the ledger explains every request");
      const asked = (await stack.google.requests()).length;
      assert.equal((await batch(stack)).body.total_processed, 0);
      assert.equal((await stack.google.requests()).length, asked, "nothing is asked of Google");

      const by_name = await organizer.call("write-back", {
        body: { meeting_id: waiting[0]?.meeting_id },
      });
      assert.equal(by_name.body.error, "needs_reauth");

      await connectGoogle(
        stack.platform.functions_url,
        organizer.access_token,
        stack.google,
        { email: organizer.email, scopes: "all" },
      );
      await batch(stack);
      const left = waiting.slice(1).map(({ meeting_id }) => meeting_id);
      assert.deepEqual(await statuses(stack, left), { created: 8 });
    },

  "tokens that cannot be decrypted fail their own meetings and no others": async (stack) => {
    const [broken, other] = [await stack.organizer(), await stack.organizer()];
    await stack.platform.sql(
      `update private.google_connections
          set access_token_encrypted = 'v1.gone.AAAA', refresh_token_encrypted = 'v1.gone.AAAA'
        where user_id = $1`,
      [broken.user_id],
    );
    const [theirs] = [await manyMeetings(stack, [broken], 1)];
    const going = await manyMeetings(stack, [other], 2);
    const answer = await batch(stack);
    assert.deepEqual(await statuses(stack, going), { created: 2 });
    const row = await rowOf(stack, theirs[0]!);
    assert.equal(row.writeback_status, "failed");
    assert.match(row.writeback_error, /^token_unreadable: /);
    const shown = await broken.call("google-auth", { query: { check: "true" } });
    assert.equal(shown.status, 200, "not an internal error");
    assert.deepEqual([shown.body.status, shown.body.reason], ["needs_reauth", "token_unreadable"]);
    assert.ok(!JSON.stringify(answer.body).includes("v1.gone"));
    await settleEverything(stack);
  },

  "a row whose worker died is done before any other is begun": async (stack) => {
    const [abandoned] = await manyMeetings(stack, [await stack.organizer()], 1);
    await loseWorker(stack, abandoned!);
    const [neighbour] = await manyMeetings(stack, [await stack.organizer()], 1);
    // Only rows that may have an event are verified.
    await stack.google.fault({ method: "GET", path_pattern: EVENT, delay_ms: 300, times: 1 });
    await batch(stack);
    const keys = (await rowsOf(stack, [abandoned!, neighbour!])).map(
      ({ meeting_id, event_key }) => [event_key.replaceAll("-", ""), meeting_id],
    );
    const inserts = await stack.google.requests({ method: "POST" });
    const order = inserts.flatMap(({ path, body }) =>
      path.endsWith("/events")
        ? keys.filter(([key]) => String((body as { id?: string }).id).includes(key!))
        : []
    );
    assert.deepEqual(order.map(([, meeting_id]) => meeting_id), [abandoned, neighbour]);
  },

  "a meeting without organizer fails with the reason and delays no other": async (stack) => {
    const other = await stack.organizer();
    const orphans = await manyMeetings(stack, [other], 1);
    await stack.platform.sql(
      "update public.meetings set organizer_user_id = null where meeting_id = $1",
      [orphans[0]],
    );
    const going = await manyMeetings(stack, [other], 1);
    await batch(stack);
    assert.match((await rowOf(stack, orphans[0]!)).writeback_error, /^organizer_deleted: /);
    assert.deepEqual(await statuses(stack, going), { created: 1 });
  },

  "what the database refuses about one row leaves its neighbours settled": async (stack) => {
    const organizer = await stack.organizer();
    const ids = await manyMeetings(stack, [organizer], 3);
    await stack.platform.sql(
      `create function public.refuse_one() returns trigger language plpgsql as $$
       begin
         if new.writeback_status = 'created' and new.meeting_id = tg_argv[0] then
           raise exception 'refused';
         end if;
         return new;
       end $$`,
    );
    await stack.platform.sql(
      `create trigger refuse_one before update on public.meetings
       for each row execute function public.refuse_one('${ids[1]}')`,
    );
    try {
      await batch(stack);
    } finally {
      await stack.platform.sql("drop trigger refuse_one on public.meetings");
      await stack.platform.sql("drop function public.refuse_one()");
    }
    assert.deepEqual(await statuses(stack, ids), { created: 2, pending: 1 });
    await stack.platform.sql(
      "update private.work set leased_until = clock_timestamp() where kind = 'write' and subject_id = $1",
      [ids[1]],
    );
    await batch(stack);
    assert.deepEqual(await statuses(stack, ids), { created: 3 });
    assert.equal((await eventsOf(stack, organizer)).length, 3);
  },
});

function batch(stack: Stack, body: Record<string, unknown> = {}): Promise<Answer> {
  return callFunction(stack.platform, "write-back", {
    apikey: stack.platform.automations_key,
    body: { batch: true, ...body },
  });
}

async function rowsOf(stack: Stack, ids: readonly string[]): Promise<Row[]> {
  return await Promise.all(ids.map((meeting_id) => rowOf(stack, meeting_id)));
}

async function statuses(stack: Stack, ids: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of await rowsOf(stack, ids)) {
    counts[row.writeback_status] = (counts[row.writeback_status] ?? 0) + 1;
  }
  return counts;
}

async function dueNow(stack: Stack, ids: readonly string[]): Promise<void> {
  await stack.platform.sql(
    `update private.work set due_at = least(due_at, clock_timestamp())
      where kind = 'write' and subject_id = any ($1::text[])`,
    [`{${ids.join(",")}}`],
  );
  await loseWakeUps(stack);
}

async function settleEverything(stack: Stack): Promise<void> {
  await stack.platform.sql("delete from private.work where kind = 'write'");
}

/** The organizer's inserts as Google saw them, in order. */
async function insertsOf(stack: Stack, { email }: Organizer) {
  const requests = await stack.google.requests({ method: "POST", path: "/calendar/v3/calendars/" });
  return requests.filter(({ user }) => user === email);
}

async function mostInFlight(stack: Stack, organizer: Organizer, since = 0): Promise<number> {
  const spans = (await insertsOf(stack, organizer)).slice(since).map(({ at, duration_ms }) => {
    const began = Date.parse(at);
    return [began, began + (duration_ms ?? 0)] as const;
  });
  return Math.max(...spans.map(([began]) =>
    // A request that ends in the millisecond in which another begins does not overlap with it.
    spans.filter((span) => span[0] <= began && began < span[1] - 1).length
  ));
}
