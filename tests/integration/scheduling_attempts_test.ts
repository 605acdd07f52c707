import assert from "node:assert/strict";
import { insertMeeting, makeDue, rowOf, WEEK } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

const FREE_BUSY = { path: "/calendar/v3/freeBusy" };

promise("what a search spends", {
  "asking to slow down costs no attempt, however often, and the waits may grow": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    await stack.google.fault({
      ...FREE_BUSY,
      status: 403,
      reason: "rateLimitExceeded",
      times: 5,
    });
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      await search(stack, meeting_id);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.scheduling_status, "retrying", `round ${round}`);
      assert.equal(row.scheduling_error, "rate_limited");
      assert.equal(row.search_attempts, 0);
      waits.push(Date.parse(row.search_due_at) - Date.now());
      await unpause(stack, organizer);
    }
    // Google's pause is 30 s; full jitter may add anything up to the backoff, which grows.
    for (const [round, wait] of waits.entries()) {
      const longest = round === 0 ? 30_000 : Math.min(3_600_000, 60_000 * 4 ** round);
      assert.ok(wait > 25_000 && wait <= longest, `round ${round}: ${wait} ms`);
    }
    assert.ok(Math.max(...waits) > 31_000, `no wait grew: ${waits}`);

    await stack.google.fault({ ...FREE_BUSY, status: 503, times: 2 });
    for (let round = 0; round < 2; round++) {
      await search(stack, meeting_id);
      assert.equal((await rowOf(stack, meeting_id)).search_attempts, round + 1);
    }
    await search(stack, meeting_id);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.scheduling_status, "scheduled", row.scheduling_reason);
    assert.deepEqual([row.search_attempts, row.search_deferrals], [0, 0]);
  },

  "the third failure of Google in a row ends the search, and a new call starts again": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    await stack.google.fault({ ...FREE_BUSY, status: 503, times: 4 });
    for (const status of ["retrying", "retrying", "failed"]) {
      await search(stack, meeting_id);
      assert.equal((await rowOf(stack, meeting_id)).scheduling_status, status);
    }
    const again = await organizer.call("schedule", { body: { meeting_id } });
    assert.equal(again.body.error, "google_unavailable");
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "retrying");
  },
});

promise("searches whose workers die", {
  "an abandoned search is claimed alone, and only one of them at a time": async (stack) => {
    const { ids } = await abandoned(stack, 3);
    const fresh = await waiting(stack, 2);
    const first = await claim(stack, 10);
    assert.equal(first.length, 1);
    assert.ok(ids.includes(first[0]!));
    // Its neighbours are for others meanwhile, but no second one that may kill.
    assert.deepEqual((await claim(stack, 10)).toSorted(), fresh.toSorted());
    assert.deepEqual(await claim(stack, 10), []);
  },

  "three deaths end a search with a reason, and the neighbours go on": async (stack) => {
    const { ids: [killer = "", ...neighbours] } = await abandoned(stack, 3);
    await expire(stack, killer, "1 h");
    for (let death = 2; death <= 3; death++) {
      assert.deepEqual(await claim(stack, 10), [killer]);
      await expire(stack, killer, "1 h");
    }
    await batch(stack);
    const row = await rowOf(stack, killer);
    assert.equal(row.scheduling_status, "failed");
    assert.equal(row.scheduling_error, "search_abandoned");
    assert.match(row.scheduling_reason, /crashed three times/);
    assert.deepEqual([row.search_lease_token, row.search_due_at], [null, null]);
    for (const meeting_id of neighbours) {
      assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "scheduled");
    }
    assert.deepEqual(await claim(stack, 10), []);
  },

  "a death that was an accident costs nothing more": async (stack) => {
    const { ids: [meeting_id = ""] } = await abandoned(stack, 1);
    await batch(stack);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.scheduling_status, "scheduled");
    assert.equal(row.search_crashes, 0);
  },
});

/** Meetings that wait for a slot. */
async function waiting(stack: Stack, count: number): Promise<string[]> {
  const organizer = await stack.organizer();
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    ids.push(
      await insertMeeting(organizer, { participants: [organizer.email], constraints: WEEK }),
    );
  }
  return ids;
}

/** The same, after a worker had leased them together and died. */
async function abandoned(stack: Stack, count: number) {
  await stack.platform.sql(
    "delete from private.work where kind = 'search'",
  );
  const ids = await waiting(stack, count);
  assert.deepEqual((await claim(stack, 10)).toSorted(), ids.toSorted());
  for (const id of ids) await expire(stack, id);
  return { ids };
}

async function claim(stack: Stack, limit: number): Promise<string[]> {
  const rows = await stack.platform.sql<{ meeting_id: string }>(
    "select c ->> 'meeting_id' as meeting_id from public.claim_schedulings($1, 60) as c",
    [limit],
  );
  return rows.map(({ meeting_id }) => meeting_id);
}

/** As long ago as `ago`: the lease that ended first is reclaimed first. */
async function expire(stack: Stack, meeting_id: string, ago = "1 s"): Promise<void> {
  await stack.platform.sql(
    `update private.work set leased_until = clock_timestamp() - $2::interval
      where kind = 'search' and subject_id = $1`,
    [meeting_id, ago],
  );
}

async function search(stack: Stack, meeting_id: string): Promise<void> {
  await makeDue(stack, meeting_id);
  await batch(stack);
}

async function batch(stack: Stack): Promise<void> {
  const answer = await callFunction(stack.platform, "schedule", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 50 },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

async function unpause(stack: Stack, organizer: Organizer): Promise<void> {
  await stack.platform.sql(
    "update private.google_connections set paused_until = null where user_id = $1",
    [organizer.user_id],
  );
}
