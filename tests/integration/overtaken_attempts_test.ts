import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import {
  AT_NOON,
  batch,
  cancel,
  change,
  createdMeeting,
  EVENT,
  EVENTS,
  onlyEvent,
  write,
} from "../support/changes.ts";
import {
  eventsOf,
  insertMeeting,
  mailsBy,
  makeDue,
  pendingMeeting,
  rowOf,
  SLOT,
} from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

promise("attempts overtaken by events", {
  "a slot that passes while the outcome is unknown is adopted if it landed, else never written":
    async (stack) => {
      for (const drop of ["before", "after"] as const) {
        const { organizer, guests, meeting_id } = await pendingMeeting(stack);
        await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop, times: 1 });
        await organizer.call("write-back", { body: { meeting_id } });
        await stack.platform.sql(
          `update public.meetings
              set starts_at = now() - interval '1 minute', ends_at = now() + interval '29 minutes'
            where meeting_id = $1`,
          [meeting_id],
        );
        await makeDue(stack, meeting_id);
        const answer = await organizer.call("write-back", { body: { meeting_id } });
        const row = await rowOf(stack, meeting_id);
        if (drop === "after") {
          assert.equal(answer.body.results[0].already_exists, true);
          assert.equal(row.google_event_id, (await onlyEvent(stack, organizer)).id);
          assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
        } else {
          assert.deepEqual([answer.status, answer.body.error], [422, "slot_expired"]);
          assert.equal(row.writeback_status, "failed");
          assert.deepEqual(await eventsOf(stack, organizer), []);
          assert.deepEqual(await mailsBy(stack, guests), [[], []]);
        }
      }
    },

  "a call before a lost insert must have taken effect neither fails the meeting nor verifies earlier":
    async (stack) => {
      const met: Record<string, (meeting_id: string) => Promise<unknown>> = {
        "a slot that has passed": (meeting_id) =>
          stack.platform.sql(
            `update public.meetings
                set starts_at = now() - interval '1 minute', ends_at = now() + interval '29 minutes'
              where meeting_id = $1`,
            [meeting_id],
          ),
        "a look without an answer": () =>
          stack.google.fault({ method: "GET", path_pattern: EVENT, status: 503, times: 1 }),
        "a refusal": () =>
          stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 403, times: 1 }),
      };
      for (const [what, happens] of Object.entries(met)) {
        const { organizer, meeting_id } = await pendingMeeting(stack);
        await stack.google.fault({
          method: "POST",
          path_pattern: EVENTS,
          drop: "before",
          times: 1,
        });
        await organizer.call("write-back", { body: { meeting_id } });
        const lost = await rowOf(stack, meeting_id);
        await happens(meeting_id);
        await organizer.call("write-back", { body: { meeting_id } });
        const row = await rowOf(stack, meeting_id);
        assert.deepEqual(
          [row.writeback_status, row.outcome_unknown],
          ["retrying", true],
          `${what}: ${row.writeback_error}`,
        );
        const hastened_ms = Date.parse(lost.write_due_at) -
          Date.parse(row.write_due_at);
        // The wait is counted from the worker's clock, and begins again at the database's.
        assert.ok(hastened_ms < 1_000, `${what}: the look comes ${hastened_ms} ms earlier`);
      }
    },

  "a taken id that cannot be looked at leaves the outcome open: neither failed nor created": async (
    stack,
  ) => {
    for (
      const [status, reason, is_there] of [
        [503, "backendError", true],
        [403, "forbidden", true],
        [403, "forbidden", false],
      ] as const
    ) {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      await stack.google.fault({
        method: "POST",
        path_pattern: EVENTS,
        status: 409,
        reason: "duplicate",
        takes_effect: is_there,
        times: 1,
      });
      await stack.google.fault({ method: "GET", path_pattern: EVENT, status, reason, times: 1 });
      await organizer.call("write-back", { body: { meeting_id } });
      const open = await rowOf(stack, meeting_id);
      assert.equal(open.writeback_status, "retrying");
      assert.equal(open.outcome_unknown, true);
      assert.equal(open.google_event_id, null);
      assert.deepEqual(
        [open.attempts, open.writeback_retry_count, open.deferrals],
        [0, 0, 1],
        "a look spends no attempt",
      );
      assert.notEqual(open.write_due_at, null);

      await makeDue(stack, meeting_id);
      const answer = await write(organizer, meeting_id);
      assert.equal(answer.body.results[0].already_exists, is_there);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.google_event_id, (await onlyEvent(stack, organizer)).id);
      assert.deepEqual([row.writeback_status, row.deferrals], ["created", 0]);
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    }
  },

  "another Google account connected between claim and connection costs nothing, and is used":
    async (stack) => {
      const [guest, other] = [await stack.guest(), await stack.guest()];
      const { organizer, meeting_id } = await pendingMeeting(stack, { participants: [guest] });
      await keepConnection(stack, organizer, other);
      await connectDuringClaim(stack, meeting_id);
      try {
        await claimOnce(stack, meeting_id);
      } finally {
        await stack.platform.sql("drop trigger connect_now on private.work");
      }
      const claimed = await rowOf(stack, meeting_id);
      assert.deepEqual(
        [claimed.writeback_status, claimed.attempts, claimed.writeback_retry_count],
        ["retrying", 0, 0],
        claimed.writeback_error,
      );
      assert.match(claimed.writeback_error, /^account_changed: /);
      await makeDue(stack, meeting_id);
      await batch(stack);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.writeback_status, "created", row.writeback_error);
      assert.deepEqual(await eventsOf(stack, organizer), []);
      const [event, ...more] = await stack.google.events({ calendar_id: other, status: "live" });
      assert.deepEqual([event?.id, more], [row.google_event_id, []]);
      assert.deepEqual(await mailsBy(stack, [guest]), [["invitation"]]);
    },

  "a meeting that Google slowed down is written with the account that is connected by then": async (
    stack,
  ) => {
    const [guest, other] = [await stack.guest(), await stack.guest()];
    const { organizer, meeting_id } = await pendingMeeting(stack, { participants: [guest] });
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 429, times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    await connect(stack, organizer, other);
    const first = await organizer.call("write-back", { body: { meeting_id } });
    assert.deepEqual([first.status, first.body.results[0].error], [503, "account_changed"]);
    await write(organizer, meeting_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.equal((await stack.google.events({ calendar_id: other, status: "live" })).length, 1);
  },

  "a connection made while its absence is being noted is used without a requeue": async (stack) => {
    const organizer = await stack.organizer({ connected: false });
    const meeting_id = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
    const lease = await begin(stack, meeting_id);
    await connect(stack, organizer, organizer.email);
    await fail(stack, meeting_id, lease, "not_connected: The organizer has not connected.");
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.writeback_retry_count], ["pending", 0]);
    await batch(stack);
    await onlyEvent(stack, organizer);
  },

  "the right account, back while its absence is being noted, goes on with the change": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    const lease = await begin(stack, meeting_id);
    await fail(stack, meeting_id, lease, "wrong_account: The organizer is connected with another.");
    assert.notEqual((await rowOf(stack, meeting_id)).write_due_at, null);
    const other = await stack.guest();
    await connect(stack, organizer, other);
    await organizer.call("write-back", { body: { meeting_id } });
    const given_up = await rowOf(stack, meeting_id);
    assert.match(given_up.writeback_error, /^wrong_account: /);
    assert.equal(given_up.write_due_at, null, "only the former account reaches it");
  },

  "a meeting cancelled while its change is refused for good is cancelled all the same": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    const lease = await begin(stack, meeting_id);
    await cancel(organizer, meeting_id);
    await fail(stack, meeting_id, lease, "google_rejected: Google refused the change.");
    await batch(stack);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "cancellation"],
      ["invitation", "cancellation"],
    ]);
  },

  "a change that is refused for good takes no later change along": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    const lease = await begin(stack, meeting_id);
    await change(organizer, meeting_id, { title: "Budget" });
    await fail(stack, meeting_id, lease, "google_rejected: Google refused the change.");
    await batch(stack);
    const event = await onlyEvent(stack, organizer);
    assert.equal(event.summary, "Budget");
    assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
  },

  "a meeting cancelled while its event is refused for good ends without a word to Google": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const lease = await begin(stack, meeting_id);
    await cancel(organizer, meeting_id);
    await fail(stack, meeting_id, lease, "google_rejected: Google refused the event.");
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.write_due_at], [null, null]);
    assert.equal(row.writeback_error, null);
    assert.equal(row.outcome_unknown, false);
  },

  "a meeting changed while its event is refused for good is tried as changed": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const lease = await begin(stack, meeting_id);
    await change(organizer, meeting_id, { title: "Budget" });
    await fail(stack, meeting_id, lease, "google_rejected: Google refused the event.");
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.writeback_retry_count], ["pending", 0]);
    await batch(stack);
    assert.equal((await onlyEvent(stack, organizer)).summary, "Budget");
  },
});

function connect(stack: Stack, organizer: Organizer, email: string) {
  return connectGoogle(stack.platform.functions_url, organizer.access_token, stack.google, {
    email,
    scopes: "all",
  });
}

/** Puts the organizer's connection with another account aside, and reconnects the first one. */
async function keepConnection(stack: Stack, organizer: Organizer, other: string): Promise<void> {
  await connect(stack, organizer, other);
  await stack.platform.sql("drop table if exists public.kept_connection");
  await stack.platform.sql(
    `create table public.kept_connection as
       select * from private.google_connections where user_id = '${organizer.user_id}'`,
  );
  await stack.platform.sql("grant select on public.kept_connection to service_role");
  await connect(stack, organizer, organizer.email);
}

/** The connection that was put aside takes the place of the present one in the moment of the claim. */
async function connectDuringClaim(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    `create or replace function public.connect_now() returns trigger language plpgsql as $$
     begin
       update private.google_connections as c
          set google_account_id = k.google_account_id, email = k.email,
              refresh_token_encrypted = k.refresh_token_encrypted,
              access_token_encrypted = k.access_token_encrypted
         from public.kept_connection as k where k.user_id = c.user_id;
       return null;
     end $$`,
  );
  await stack.platform.sql(
    `create trigger connect_now after update on private.work for each row
       when (new.subject_id = '${meeting_id}' and new.google_account_id is not null)
       execute function public.connect_now()`,
  );
}

/** A batch with one claim, which finds this meeting and nothing else. */
async function claimOnce(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    "delete from private.work where kind = 'write' and subject_id <> $1",
    [meeting_id],
  );
  const answer = await callFunction(stack.platform, "write-back", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 1 },
  });
  assert.equal(answer.body.total_processed, 1, JSON.stringify(answer.body));
}

/** Leases one meeting as a worker does; its token. */
async function begin(stack: Stack, meeting_id: string): Promise<string> {
  const [lease] = await stack.platform.sql<{ token: string }>(
    "select public.begin_writeback($1) #>> '{meeting,lease_token}' as token",
    [meeting_id],
  );
  assert.ok(lease?.token);
  return lease.token;
}

async function fail(stack: Stack, meeting_id: string, lease: string, error: string) {
  const [answer] = await stack.platform.sql<{ settled: boolean }>(
    "select public.mark_writeback_failure($1, $2, false, $3::uuid) as settled",
    [meeting_id, error, lease],
  );
  assert.equal(answer?.settled, true);
}
