import assert from "node:assert/strict";
import { cancel, change, createdMeeting, onlyEvent, write } from "../support/changes.ts";
import { deleteOnGoogle, MONDAY, rowOf } from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";

promise("pending Meet links", {
  "a link that Google makes later is fetched later, by looks that spend no attempt": async (
    stack,
  ) => {
    const { organizer, meeting_id, event } = await withoutLink(stack);
    const made = await rowOf(stack, meeting_id);
    assert.equal(made.meet_link, null);
    assert.notEqual(made.meet_link_due_at, null);

    assert.deepEqual(await fetchLinks(stack), { success: true, looked_at: 0, found: 0 });
    await makeLookDue(stack, meeting_id);
    assert.deepEqual(await fetchLinks(stack), { success: true, looked_at: 1, found: 0 });
    await stack.google.resolveConferences({ event_id: event.id });
    await makeLookDue(stack, meeting_id);
    assert.deepEqual(await fetchLinks(stack), { success: true, looked_at: 1, found: 1 });

    const row = await rowOf(stack, meeting_id);
    assert.equal(row.meet_link, (await onlyEvent(stack, organizer)).hangoutLink);
    assert.match(row.meet_link ?? "", /^https:\/\/meet\.google\.com\//);
    assert.equal(row.meet_link_due_at, null);
    assert.equal(row.meet_link_error, null);
    assert.equal(row.attempts, made.attempts);
    assert.equal(row.writeback_retry_count, 0);
    const looks = await stack.platform.sql<{ step: string; decision: string }>(
      "select step, decision from public.writeback_ledger where meeting_id = $1 order by ledger_id offset 4",
      [meeting_id],
    );
    assert.deepEqual(looks.map(({ step, decision }) => decision ?? step), [
      "requested",
      "answered",
      "meet_link_pending",
      "requested",
      "answered",
      "meet_link_found",
    ]);
  },

  "the waits grow and the looks end, with a reason": async (stack) => {
    const { meeting_id } = await withoutLink(stack);
    const waits: { from_start: number; from_end: number }[] = [];
    for (let read = 0; read < 8; read++) {
      await makeLookDue(stack, meeting_id);
      const [start] = await stack.platform.sql<{ at: string }>(
        "select clock_timestamp()::text as at",
      );
      assert.equal((await fetchLinks(stack)).looked_at, 1);
      const [wait] = await stack.platform.sql<{ from_start: number; from_end: number }>(
        `select extract(epoch from due_at - $2::timestamptz)::float8 as from_start,
                extract(epoch from due_at - clock_timestamp())::float8 as from_end
           from private.work where kind = 'meet_link' and subject_id = $1`,
        [meeting_id, start?.at],
      );
      if (wait) waits.push(wait);
    }
    assert.equal(waits.length, 7);
    for (const [index, { from_start, from_end }] of waits.entries()) {
      const longest = 30 * 2 ** index;
      assert.ok(
        from_start > 0.5 * longest && from_end <= longest,
        `wait ${index}: ${from_end} to ${from_start}`,
      );
    }
    const row = await rowOf(stack, meeting_id);
    assert.match(row.meet_link_error, /^conference_pending: /);
    assert.equal(row.writeback_status, "created");
    assert.equal(row.writeback_error, null);
  },

  "a conference that Google could not make is noted and not asked for again": async (stack) => {
    const { organizer, meeting_id, event } = await withoutLink(stack);
    await stack.google.resolveConferences({ mode: "failure", event_id: event.id });
    await makeLookDue(stack, meeting_id);
    await fetchLinks(stack);
    const row = await rowOf(stack, meeting_id);
    assert.match(row.meet_link_error, /^conference_failed: /);
    assert.equal(row.meet_link_due_at, null);
    const status = await organizer.call("status", { query: { meeting_id } });
    assert.match(status.body.meet_link_error, /^conference_failed: /);
  },

  "an update that sees the link ends the looks": async (stack) => {
    const { organizer, meeting_id, event } = await withoutLink(stack);
    await stack.google.resolveConferences({ event_id: event.id });
    await change(organizer, meeting_id, {
      start_time: `${MONDAY}T12:00:00Z`,
      end_time: `${MONDAY}T12:30:00Z`,
    });
    await write(organizer, meeting_id);
    const row = await rowOf(stack, meeting_id);
    assert.notEqual(row.meet_link, null);
    assert.equal(row.meet_link_due_at, null);
  },

  "a cancelled meeting and an event that is gone are not looked at": async (stack) => {
    const cancelled = await withoutLink(stack);
    await cancel(cancelled.organizer, cancelled.meeting_id);
    assert.equal((await rowOf(stack, cancelled.meeting_id)).meet_link_due_at, null);
    const gone = await withoutLink(stack);
    await deleteOnGoogle(stack, gone.organizer.email, gone.event.id);
    await makeLookDue(stack, gone.meeting_id);
    assert.equal((await fetchLinks(stack)).looked_at, 1);
    const row = await rowOf(stack, gone.meeting_id);
    assert.equal(row.meet_link_due_at, null);
    assert.equal(row.writeback_status, "created");
  },

  "no event is read for an organizer who is paused or must connect again": async (stack) => {
    const { organizer, meeting_id } = await withoutLink(stack);
    await makeLookDue(stack, meeting_id);
    for (
      const [off, on] of [
        ["paused_until = now() + interval '1 hour'", "paused_until = null"],
        [
          "status = 'needs_reauth', status_reason = 'invalid_grant'",
          "status = 'healthy', status_reason = null",
        ],
      ]
    ) {
      await setConnection(stack, organizer.user_id, off ?? "");
      assert.equal((await fetchLinks(stack)).looked_at, 0);
      await setConnection(stack, organizer.user_id, on ?? "");
    }
    assert.equal((await fetchLinks(stack)).looked_at, 1);
  },

  "the sweep wakes the function for links that are due, and makes no call when none is": async (
    stack,
  ) => {
    await stack.platform.sql("delete from private.work");
    const { meeting_id } = await withoutLink(stack);
    await stack.platform.sql("delete from net.http_request_queue");
    await stack.platform.runCron();
    const linkBells = () =>
      stack.platform.sql(
        "select from net.http_request_queue where url like '%/meetings/meet-links'",
      );
    assert.equal((await linkBells()).length, 0);
    await makeLookDue(stack, meeting_id);
    await stack.platform.sql("delete from net.http_request_queue");
    await stack.platform.runCron();
    assert.equal((await linkBells()).length, 1);
    await stack.platform.sql(
      "delete from net.http_request_queue where url not like '%/meetings/meet-links'",
    );
    assert.equal(await stack.platform.drainNet(), 1);
    const [answered] = await stack.platform.sql<{ status_code: number }>(
      "select status_code from net._http_response order by id desc limit 1",
    );
    assert.equal(answered?.status_code, 202);
  },

  "only a key may fetch links": async (stack) => {
    const organizer = await stack.organizer();
    const answer = await organizer.call("meetings/meet-links", { body: { batch: true } });
    assert.equal(answer.status, 403);
  },
});

/** A meeting whose event still waits for its Meet link. */
async function withoutLink(stack: Stack) {
  await stack.google.conference({ mode: "pending" });
  try {
    return await createdMeeting(stack);
  } finally {
    await stack.google.conference({ mode: "success" });
  }
}

async function fetchLinks(stack: Stack) {
  const answer = await callFunction(stack.platform, "meetings/meet-links", {
    apikey: stack.platform.automations_key,
    body: { batch: true },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** Tests move the time of the next look; no other meeting's look comes along. */
async function makeLookDue(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    "delete from private.work where kind = 'meet_link' and subject_id <> $1",
    [meeting_id],
  );
  await stack.platform.sql(
    `update private.work set due_at = least(due_at, clock_timestamp())
      where kind = 'meet_link' and subject_id = $1`,
    [meeting_id],
  );
}

async function setConnection(stack: Stack, user_id: string, change: string): Promise<void> {
  await stack.platform.sql(
    `update private.google_connections set ${change} where user_id = $1`,
    [user_id],
  );
}
