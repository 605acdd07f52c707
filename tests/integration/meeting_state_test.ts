import assert from "node:assert/strict";
import { batch, cancel, change, EVENTS, write } from "../support/changes.ts";
import { insertMeeting, makeDue, pendingMeeting, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

/** What every reader says of a meeting; they agree, or this throws. */
async function stateOf(stack: Stack, organizer: Organizer, meeting_id: string) {
  const { body } = await organizer.call("status", { query: { meeting_id } });
  const listed = await organizer.call("status");
  const inList = listed.body.meetings.find((one: { meeting_id: string }) =>
    one.meeting_id === meeting_id
  );
  const written = await organizer.call("write-back", { query: { meeting_id } });
  const words = ({ status, stage, reason, until }: Record<string, unknown>) => ({
    status,
    stage,
    reason,
    until,
  });
  assert.deepEqual(words(inList), words(body));
  assert.deepEqual(words(written.body), words(body));
  const [row] = await stack.platform.sql<Record<string, unknown>>(
    "select state, stage, reason, cancelled_at from v_writeback_status where meeting_id = $1",
    [meeting_id],
  );
  if (row !== undefined) {
    assert.deepEqual([row.state, row.stage, row.reason], [body.status, body.stage, body.reason]);
    assert.equal(row.cancelled_at !== null, body.cancelled_at !== null);
  }
  return { ...body, in_view: row !== undefined };
}

const IN_AN_HOUR = "clock_timestamp() + interval '1 hour'";

async function pause(stack: Stack, { user_id }: Organizer, column: string, until: string) {
  await stack.platform.sql(
    `update private.google_connections set ${column} = ${until} where user_id = $1`,
    [user_id],
  );
}

/** A write that does not succeed. */
async function attempt(organizer: Organizer, meeting_id: string) {
  const { status } = await organizer.call("write-back", { body: { meeting_id } });
  assert.ok(status >= 400);
}

promise("meeting states", {
  "a meeting is searching, waiting, pending, created, changing, cancelling and cancelled": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email, guest],
      constraints: WEEK,
    });
    const state = () => stateOf(stack, organizer, meeting_id);
    const searching = await state();
    assert.deepEqual([searching.status, searching.stage], ["searching", "search"]);
    assert.equal(searching.in_view, false, "the view has write-backs and failed searches");

    await pause(stack, organizer, "paused_until", IN_AN_HOUR);
    const waiting = await state();
    assert.deepEqual(
      [waiting.status, waiting.stage, waiting.reason],
      ["waiting", "search", "connection_paused"],
    );
    assert.ok(Date.parse(waiting.until) > Date.now());
    await pause(stack, organizer, "paused_until", "null");

    await organizer.call("schedule", { body: { meeting_id } });
    const pending = await state();
    assert.deepEqual(
      [pending.status, pending.stage, pending.reason, pending.until],
      ["pending", "write", null, null],
    );
    await pause(stack, organizer, "writes_paused_until", IN_AN_HOUR);
    assert.deepEqual(
      [(await state()).status, (await state()).reason],
      ["waiting", "connection_paused"],
    );
    await pause(stack, organizer, "writes_paused_until", "null");

    await write(organizer, meeting_id);
    const created = await state();
    assert.deepEqual([created.status, created.stage, created.until], ["created", null, null]);
    assert.notEqual(created.google_event_link, null);
    await change(organizer, meeting_id, { title: "Plan" });
    assert.deepEqual([(await state()).status, (await state()).stage], ["changing", "write"]);
    await write(organizer, meeting_id);
    assert.equal((await state()).status, "created");

    const answer = await cancel(organizer, meeting_id);
    assert.equal(answer.body.status, "cancelling");
    assert.match(answer.body.message, /will be deleted/);
    assert.equal((await state()).status, "cancelling");
    await write(organizer, meeting_id);
    const cancelled = await state();
    assert.deepEqual(
      [cancelled.status, cancelled.stage, cancelled.writeback_status],
      ["cancelled", null, "created"],
    );
    assert.deepEqual([cancelled.google_event_link, cancelled.meet_link], [null, null]);
  },

  "a search and a write that failed say so with stage and reason, and so does a cancellation that was given up":
    async (stack) => {
      const organizer = await stack.organizer();
      const guest = await stack.guest({ busy: [["2035-01-08T00:00:00Z", "2035-01-13T00:00:00Z"]] });
      const unsearched = await insertMeeting(organizer, {
        participants: [organizer.email, guest],
        constraints: WEEK,
      });
      await organizer.call("schedule", { body: { meeting_id: unsearched } });
      const search = await stateOf(stack, organizer, unsearched);
      assert.deepEqual(
        [search.status, search.stage, search.reason, search.writeback_status, search.in_view],
        ["failed", "search", "no_common_slot", null, true],
      );
      await cancel(organizer, unsearched);
      const ended = await stateOf(stack, organizer, unsearched);
      assert.deepEqual(
        [ended.status, ended.error, ended.what_to_do, ended.writeback_status],
        ["cancelled", null, null, null],
      );

      const created = await pendingMeeting(stack);
      await write(created.organizer, created.meeting_id);
      await cancel(created.organizer, created.meeting_id);
      await stack.google.revokeGrant(created.organizer.email);
      await attempt(created.organizer, created.meeting_id);
      const given_up = await stateOf(stack, created.organizer, created.meeting_id);
      assert.deepEqual(
        [given_up.status, given_up.stage, given_up.reason],
        ["failed", "write", "invalid_grant"],
      );
      assert.notEqual(given_up.google_event_link, null, "the event is still there");
    },

  "what a refused reschedule advised ends with the cancellation": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await write(organizer, meeting_id);
    const busy = await stack.guest({ busy: [["2035-01-08T00:00:00Z", "2035-01-13T00:00:00Z"]] });
    const refused = await organizer.call("schedule", {
      body: { meeting_id, participants: [busy], constraints: WEEK, reschedule: true },
    });
    assert.deepEqual([refused.status, refused.body.error], [422, "no_common_slot"]);
    const advised = await stateOf(stack, organizer, meeting_id);
    assert.match(advised.error, /^no_common_slot/, JSON.stringify(advised));
    assert.ok(advised.what_to_do);
    for (const step of [cancel, write]) {
      await step(organizer, meeting_id);
      const { error, what_to_do } = await stateOf(stack, organizer, meeting_id);
      assert.deepEqual([error, what_to_do], [null, null], step.name);
    }
  },

  "a write that Google did not answer is retried, and says until when": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 9 });
    await attempt(organizer, meeting_id);
    const retrying = await stateOf(stack, organizer, meeting_id);
    assert.deepEqual([retrying.status, retrying.stage], ["retrying", "write"]);
    assert.equal(retrying.reason, "google_unavailable");
    assert.ok(Date.parse(retrying.until) > Date.now());
    await stack.google.clearFaults();
    await makeDue(stack, meeting_id);
    await batch(stack);
    assert.equal((await stateOf(stack, organizer, meeting_id)).status, "created");
  },

  "the list is filtered by status, reason and time, and cancelled meetings do not count": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await write(organizer, meeting_id);
    const dropped = await insertMeeting(organizer, {
      participants: [organizer.email],
      starts_at: "2035-01-09T10:00:00Z",
      ends_at: "2035-01-09T10:30:00Z",
    });
    await write(organizer, dropped);
    await cancel(organizer, dropped);
    await write(organizer, dropped);
    const failed = await insertMeeting(organizer, {
      participants: [organizer.email],
      starts_at: "2035-01-10T10:00:00Z",
      ends_at: "2035-01-10T10:30:00Z",
    });
    await stack.google.revokeGrant(organizer.email);
    await attempt(organizer, failed);

    // Responses have whole seconds.
    await stack.platform.sql(
      "update public.meetings set created_at = created_at - interval '1 minute' where meeting_id = $1",
      [meeting_id],
    );
    const list = async (query: Record<string, string>) => {
      const { status, body } = await organizer.call("status", { query });
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const all = await list({});
    assert.deepEqual(all.counts, { created: 1, cancelled: 1, failed: 1 });
    assert.equal(all.success_rate, 50);
    const ids = (body: { meetings: { meeting_id: string }[] }) =>
      body.meetings.map((meeting) => meeting.meeting_id);
    assert.deepEqual(ids(await list({ status: "cancelled" })), [dropped]);
    assert.deepEqual(ids(await list({ reason: "invalid_grant" })), [failed]);
    const [, second] = all.meetings as { created_at: string }[];
    assert.deepEqual(ids(await list({ since: second!.created_at })), [failed, dropped]);
    const refused = await organizer.call("status", { query: { status: "done" } });
    assert.deepEqual([refused.status, refused.body.details.path], [422, "status"]);
  },

  "status has the title of the event and fits in two kilobytes": async (stack) => {
    const organizer = await stack.organizer();
    const guests = [await stack.guest(), await stack.guest()];
    const found = await organizer.call("schedule", {
      body: { participants: [organizer.email, ...guests], constraints: WEEK },
    });
    const { meeting_id } = found.body;
    await write(organizer, meeting_id);
    const { body } = await organizer.call("status", { query: { meeting_id } });
    const [event] = await stack.google.events({ calendar_id: organizer.email, status: "live" });
    assert.equal(body.title, event?.summary);
    const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
    assert.ok(bytes <= 2048, `${bytes} bytes`);
    const full = await organizer.call("status", { query: { meeting_id, candidates: "true" } });
    assert.ok(full.body.candidates.length > 0);
  },
}, { databases: "both" });
