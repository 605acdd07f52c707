import assert from "node:assert/strict";
import { cancel, createdMeeting, endLease, EVENT, EVENTS, write } from "../support/changes.ts";
import { eventsOf, insertMeeting, mailsBy } from "../support/meetings.ts";
import { MONDAY, pendingMeeting, rowOf, WEEK } from "../support/meetings.ts";
import { withSetting } from "../support/queue.ts";
import { callFunction, promise } from "../support/stack.ts";
import type { Answer, Organizer, Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

/** Longer than a call needs to find the lease, on a busy machine too. */
const SLOW_MS = 800;

promise("a call that meets its own wake-up", {
  "gets the event; the first of several callers gets it as created, a later one as existing":
    async (stack) => {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      await stack.google.fault({ method: "POST", path_pattern: EVENTS, delay_ms: SLOW_MS });
      await wake(stack, "write-back", meeting_id);
      const answers = await Promise.all(callers(organizer, meeting_id, 5));
      const [event, ...more] = await eventsOf(stack, organizer);
      assert.deepEqual(more, []);
      for (const { status, body } of answers) {
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal(body.results[0].google_event_id, event?.id);
      }
      assert.equal(answers.filter(isNew).length, 1);
      assert.ok(!isNew(await write(organizer, meeting_id)));
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    },

  "gets the existing event if the wake-up changes it": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, delay_ms: SLOW_MS });
    await wake(stack, "write-back", meeting_id);
    await until("the event", async () => (await rowOf(stack, meeting_id)).google_event_id);
    // Before the change: the call that created the event may take it when it looks once more.
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, delay_ms: SLOW_MS });
    await organizer.call("meetings", { method: "PATCH", body: { meeting_id, title: "Moved on" } });
    await wake(stack, "write-back", meeting_id);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.ok(!isNew(answer), "it existed before the call, and no caller has got it as created");
    const [event] = await eventsOf(stack, organizer);
    assert.equal(event?.summary, "Moved on");
  },

  "gets the failure of its attempt, and makes none of its own": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: EVENTS,
      delay_ms: SLOW_MS,
      status: 503,
      times: 1,
    });
    await wake(stack, "write-back", meeting_id);
    for (const answer of await Promise.all(callers(organizer, meeting_id, 3))) {
      assert.deepEqual([answer.status, answer.body.error], [502, "google_unavailable"]);
      assert.ok(Number(answer.headers.get("retry-after")) >= 1);
    }
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.writeback_retry_count], ["retrying", 1]);
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "gets the deletion of the event of a cancelled meeting": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    await cancel(organizer, meeting_id);
    await stack.google.fault({ method: "DELETE", path_pattern: EVENT, delay_ms: SLOW_MS });
    await wake(stack, "write-back", meeting_id);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.results, [
      { meeting_id, success: true, cancelled: true, google_event_id: event.id },
    ]);
  },

  "gets 202 and the time to come back if the other worker takes longer than lease_wait_seconds":
    async (stack) => {
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
      const leased = await rowOf(stack, meeting_id);
      const unsearched = await insertMeeting(organizer, {
        participants: [organizer.email],
        constraints: WEEK,
      });
      await stack.platform.sql("select public.begin_scheduling($1)", [unsearched]);
      await withSetting(stack, "lease_wait_seconds", 0.3, async () => {
        for (
          const [name, id] of [
            ["write-back", meeting_id],
            ["write-back", unsearched],
            ["schedule", unsearched],
          ] as const
        ) {
          const answer = await organizer.call(name, { body: { meeting_id: id } });
          const { status, success, retry_after_seconds } = answer.body;
          assert.deepEqual([answer.status, status, success], [202, "pending", false], name);
          assert.equal(answer.body.meeting_id, id);
          assert.equal(answer.headers.get("retry-after"), String(retry_after_seconds));
          assert.ok(retry_after_seconds >= 1 && retry_after_seconds <= 2);
        }
      });
      assert.deepEqual(await rowOf(stack, meeting_id), leased);
    },

  "holds up neither other meetings nor a batch, and takes over if the other worker has died":
    async (stack) => {
      const { organizer, meeting_id } = await pendingMeeting(stack);
      const other = await pendingMeeting(stack);
      await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
      let answered = 0;
      const calls = callers(organizer, meeting_id, 8).map(async (call) => {
        const answer = await call;
        answered++;
        return answer;
      });
      await write(other.organizer, other.meeting_id);
      const swept = await callFunction(stack.platform, "write-back", {
        apikey: stack.platform.automations_key,
        body: { batch: true, limit: 1 },
      });
      assert.equal(swept.status, 200);
      assert.equal(answered, 0);
      await endLease(stack, meeting_id);
      const answers = await Promise.all(calls);
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
      assert.equal(answers.filter(isNew).length, 1);
      assert.equal((await eventsOf(stack, organizer)).length, 1);
    },

  "gets the slot that the wake-up's search finds, and the event": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const meeting_id = await unscheduled(stack, organizer, guest);
    const [first, again, written] = await Promise.all([
      organizer.call("schedule", { body: { meeting_id } }),
      organizer.call("schedule", { body: { meeting_id } }),
      organizer.call("write-back", { body: { meeting_id } }),
    ]);
    const { starts_at } = await rowOf(stack, meeting_id);
    for (const { status, body } of [first, again]) {
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(Date.parse(body.selected_slot.start_time), Date.parse(starts_at));
    }
    assert.equal(written.status, 200, JSON.stringify(written.body));
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.equal(await searchesOf(stack, organizer), 1);
  },

  "waits for a search that is due, and writes what it finds": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [await stack.guest()],
      constraints: WEEK,
    });
    const writing = organizer.call("write-back", { body: { meeting_id } });
    await callFunction(stack.platform, "schedule", {
      apikey: stack.platform.automations_key,
      body: { type: "INSERT", table: "meetings", schema: "public", record: { meeting_id } },
    });
    const written = await writing;
    assert.equal(written.status, 200, JSON.stringify(written.body));
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.ok(isNew(written));
  },

  "gets 202 and never no_slot while a search is due, at once if it is due only later": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [await stack.guest()],
      constraints: WEEK,
    });
    await withSetting(stack, "lease_wait_seconds", 0.3, async () => {
      const answer = await organizer.call("write-back", { body: { meeting_id } });
      assert.deepEqual([answer.status, answer.body.status], [202, "pending"]);
    });
    await stack.platform.sql(
      "update private.work set due_at = now() + interval '90 seconds' where kind = 'search' and subject_id = $1",
      [meeting_id],
    );
    const started = performance.now();
    const later = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(later.status, 202, JSON.stringify(later.body));
    assert.ok(performance.now() - started < 4_000, "it does not wait for what is due later");
    const wait = Number(later.headers.get("retry-after"));
    assert.ok(wait > 60 && wait <= 90, String(wait));
  },

  "gets why the wake-up's search found no slot, and searches itself only for another request":
    async (stack) => {
      const organizer = await stack.organizer();
      const guest = await stack.guest({
        busy: [[`${MONDAY}T00:00:00Z`, "2035-01-13T00:00:00Z"]],
      });
      const meeting_id = await unscheduled(stack, organizer, guest);
      const same = await organizer.call("schedule", { body: { meeting_id, constraints: WEEK } });
      assert.deepEqual([same.status, same.body.error], [422, "no_common_slot"]);
      assert.equal(same.body.selected_slot, null);
      assert.equal(await searchesOf(stack, organizer), 1);

      const replaced = await unscheduled(stack, organizer, guest);
      const constraints = { ...WEEK, earliest_date: "2035-01-15", latest_date: "2035-01-19" };
      const other = await organizer.call("schedule", {
        body: { meeting_id: replaced, constraints },
      });
      assert.equal(other.status, 200, JSON.stringify(other.body));
      assert.equal(await searchesOf(stack, organizer), 3);
    },
});

/** Calls the function as a database webhook does, and returns when its lease is there. */
async function wake(stack: Stack, name: string, meeting_id: string): Promise<void> {
  const accepted = await callFunction(stack.platform, name, {
    apikey: stack.platform.automations_key,
    body: { type: "INSERT", table: "meetings", schema: "public", record: { meeting_id } },
  });
  assert.equal(accepted.status, 202, JSON.stringify(accepted.body));
  await until(`the lease of ${meeting_id}`, async () => {
    const row = await rowOf(stack, meeting_id);
    return name === "schedule" ? row.search_lease_token : row.lease_token;
  });
}

function callers(organizer: Organizer, meeting_id: string, count: number): Promise<Answer>[] {
  return Array.from(
    { length: count },
    () => organizer.call("write-back", { body: { meeting_id } }),
  );
}

function isNew({ body }: Answer): boolean {
  return body.results[0].already_exists === false;
}

/** A meeting whose search a wake-up has begun, and Google is slow. */
async function unscheduled(stack: Stack, organizer: Organizer, guest: string): Promise<string> {
  const meeting_id = await insertMeeting(organizer, { participants: [guest], constraints: WEEK });
  await stack.google.fault({ path: "/calendar/v3/freeBusy", delay_ms: SLOW_MS });
  await wake(stack, "schedule", meeting_id);
  return meeting_id;
}

/** Searches that were spent from the organizer's budget. */
async function searchesOf(stack: Stack, { user_id }: Organizer): Promise<number> {
  const [row] = await stack.platform.sql<{ spent: number }>(
    `select spent from private.budget_spending where user_id = $1 and budget = 'searches_per_minute'`,
    [user_id],
  );
  return row?.spent ?? 0;
}
