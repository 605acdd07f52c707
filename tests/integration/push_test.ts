import assert from "node:assert/strict";
import { createdMeeting } from "../support/changes.ts";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { rowOf } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";
import {
  answerInGoogle,
  calendarsOf,
  lastRequest,
  requestsOf,
  syncDue,
  syncNow,
} from "../support/sync.ts";
import { until } from "../support/until.ts";

/** A meeting whose calendar was read once and has a push channel. */
async function watchedMeeting(stack: Stack) {
  const made = await createdMeeting(stack);
  await syncNow(stack, made.organizer);
  const [calendar] = await calendarsOf(stack, made.organizer);
  assert.ok(calendar);
  const [channel] = await channelsOf(stack, made.organizer);
  assert.ok(channel, "no channel was opened");
  return { ...made, calendar, channel, eventId: made.event.id ?? "" };
}

async function channelsOf(stack: Stack, organizer: Organizer) {
  return (await stack.google.channels()).filter(({ email }) => email === organizer.email);
}

async function replyOf(stack: Stack, meeting_id: string, email: string): Promise<string> {
  const { attendees } = await rowOf(stack, meeting_id);
  return attendees.find((one: { email: string }) => one.email === email).responseStatus;
}

/** A message as Google sends it; its status. */
async function message(stack: Stack, headers: Record<string, string>): Promise<number> {
  const response = await fetchFunction(`${stack.platform.functions_url}/google-webhook`, {
    method: "POST",
    headers,
  });
  assert.equal(await response.text(), "");
  return response.status;
}

function headersOf({ id, token, resource_id }: {
  id: string;
  token: string | null;
  resource_id: string;
}): Record<string, string> {
  return {
    "x-goog-channel-id": id,
    "x-goog-channel-token": token ?? "",
    "x-goog-resource-id": resource_id,
    "x-goog-resource-state": "exists",
    "x-goog-message-number": "7",
  };
}

const DAY = 86_400;

promise("push", {
  "a reply by Google's own client reaches the row by its push: one call, no sweep": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, eventId } = await watchedMeeting(stack);
    const since = await lastRequest(stack);
    await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "accepted" });
    await until(
      "the reply",
      async () => await replyOf(stack, meeting_id, guests[0]!) === "accepted",
    );
    assert.deepEqual(await requestsOf(stack, organizer.email, since), ["list since"]);
  },

  "lost, doubled, late and reordered messages end in the same row; without any, one sweep does it":
    async (stack) => {
      const { organizer, guests, meeting_id, eventId } = await watchedMeeting(stack);
      await stack.google.pushMode("lost");
      const since = await lastRequest(stack);
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "declined" });
      await syncNow(stack, organizer);
      assert.equal(await replyOf(stack, meeting_id, guests[0]!), "declined");
      assert.deepEqual(await requestsOf(stack, organizer.email, since), ["list since"]);

      await stack.google.pushMode("held");
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "tentative" });
      await answerInGoogle(stack, guests[1]!, eventId, { responseStatus: "declined" });
      await answerInGoogle(stack, guests[1]!, eventId, { responseStatus: "accepted" });
      await stack.google.pushMode("once");
      await stack.google.releasePushMessages({ order: "reversed" });
      await until(
        "the replies",
        async () =>
          await replyOf(stack, meeting_id, guests[0]!) === "tentative" &&
          await replyOf(stack, meeting_id, guests[1]!) === "accepted",
      );

      await stack.google.pushMode("twice");
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "accepted" });
      await stack.google.pushMode("once");
      await until(
        "the reply",
        async () => await replyOf(stack, meeting_id, guests[0]!) === "accepted",
      );
    },

  "while one sync of a calendar is in flight, any number of messages make one more due": async (
    stack,
  ) => {
    const { organizer, calendar, channel } = await watchedMeeting(stack);
    const since = await lastRequest(stack);
    const hold = await stack.google.fault({ method: "GET", path_pattern: "/events$", hold: true });
    for (let count = 0; count < 6; count++) {
      assert.equal(await message(stack, headersOf(channel)), 200);
    }
    await until(
      "the first read",
      async () => (await requestsOf(stack, organizer.email, since)).length > 0,
    );
    assert.equal((await requestsOf(stack, organizer.email, since)).length, 1);
    await stack.google.clearFaults(hold.fault_id);
    const row = await until("the first sync to be settled", async () => {
      const [now] = await calendarsOf(stack, organizer);
      return now?.lease_token === null ? now : null;
    });
    assert.ok(row.due_at, "one more is remembered");
    await syncDue(stack);
    assert.deepEqual(await requestsOf(stack, organizer.email, since), ["list since", "list since"]);
    assert.equal((await calendarsOf(stack, organizer))[0]?.due_at, null);
    assert.equal(calendar.sync_id, row.sync_id);
  },

  "messages of unknown channels, with a wrong token or without one get the same answer and do nothing":
    async (stack) => {
      const { organizer, channel } = await watchedMeeting(stack);
      const good = headersOf(channel);
      const since = await lastRequest(stack);
      const other = crypto.randomUUID();
      const forged: Record<string, string>[] = [
        { ...good, "x-goog-channel-id": other },
        { ...good, "x-goog-channel-token": "0".repeat(64) },
        { ...good, "x-goog-channel-token": "" },
        { ...good, "x-goog-channel-id": "x".repeat(5000) },
        {},
      ];
      for (const headers of forged) assert.equal(await message(stack, headers), 200);
      await stack.platform.sql("delete from private.channels where channel_id = $1", [channel.id]);
      assert.equal(await message(stack, good), 200);
      assert.equal((await calendarsOf(stack, organizer))[0]?.due_at, null);
      assert.deepEqual(await requestsOf(stack, organizer.email, since), []);
      const { status } = await callFunction(stack.platform, "google-webhook/sync", {
        body: { batch: true },
      });
      assert.equal(status, 401);
    },

  "a channel that Google refuses is requested again hours later, and the calendar is polled":
    async (
      stack,
    ) => {
      const { organizer } = await createdMeeting(stack);
      await stack.google.fault({
        method: "POST",
        path_pattern: "/events/watch$",
        status: 400,
        reason: "push.webhookUrlUnauthorized",
        times: 1,
      });
      const first = await lastRequest(stack);
      await syncNow(stack, organizer);
      await syncNow(stack, organizer);
      assert.deepEqual(await requestsOf(stack, organizer.email, first), [
        "watch",
        "list",
        "list since",
      ]);
      const [calendar] = await calendarsOf(stack, organizer);
      assert.deepEqual([calendar?.channels, typeof calendar?.channel_error], [0, "string"]);
      await stack.platform.sql("update private.sync_calendars set channel_retry_at = now()");
      await syncNow(stack, organizer);
      assert.equal((await channelsOf(stack, organizer)).length, 1);
    },

  "disconnecting stops the channels before the grant is revoked; later messages do nothing": async (
    stack,
  ) => {
    const { organizer, channel } = await watchedMeeting(stack);
    const answer = await organizer.call("google-auth", { method: "DELETE" });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(await channelsOf(stack, organizer), []);
    const since = await lastRequest(stack);
    assert.equal(await message(stack, headersOf(channel)), 200);
    await syncNow(stack, organizer);
    assert.deepEqual(await requestsOf(stack, organizer.email, since), []);
    assert.equal((await calendarsOf(stack, organizer))[0]?.channels, 0);
  },

  "thirty days of channels have no gap longer than one sweep, though each lives a week; after disconnecting none is left":
    async (stack) => {
      const { organizer } = await watchedMeeting(stack);
      try {
        const { covered, opened } = await thirtyDays(stack, organizer);
        assert.ok(opened >= 4 && opened <= 6, `${opened} channels were opened`);
        assert.deepEqual(gapsIn(covered).filter(({ seconds }) => seconds > SWEEP), []);
        await organizer.call("google-auth", { method: "DELETE" });
        assert.deepEqual(await channelsOf(stack, organizer), []);
      } finally {
        await stack.google.setClock(null);
      }
    },
}, { databases: "both", background: { push: true } });

/** A sweep reads a calendar this often, in seconds. */
const SWEEP = 900;
/** Nothing happens to a channel before it is to be replaced: until then the sweeps are half a day apart. */
const QUIET = DAY / 2;
/** A channel is replaced a day before it ends. */
const BUSY_BEFORE = DAY + 3600;

/** When a channel was live, in seconds since the first one was opened. */
interface Covered {
  from: number;
  until: number;
}

/** Lets thirty days pass with their sweeps, and records when Google had a live channel. */
async function thirtyDays(stack: Stack, organizer: Organizer) {
  const start = Date.parse((await stack.google.clock()).instant);
  const seen = new Map<string, Covered>();
  let passed = 0;
  const look = async () => {
    const live = await channelsOf(stack, organizer);
    for (const { id, expires_ms } of live) {
      const from = seen.get(id)?.from ?? passed;
      seen.set(id, { from, until: (expires_ms - start) / 1000 });
    }
    for (const [id, covered] of seen) {
      const is_live = live.some((channel) => channel.id === id);
      if (!is_live) covered.until = Math.min(covered.until, passed);
    }
    return Math.max(0, ...live.map(({ expires_ms }) => (expires_ms - start) / 1000));
  };
  while (passed < 30 * DAY) {
    const quiet = await look() - BUSY_BEFORE - passed;
    const step = quiet > SWEEP ? Math.min(QUIET, quiet) : SWEEP;
    await stack.google.advanceClock({ seconds: step });
    passed += step;
    await look();
    await followClock(stack, organizer, { step, passed });
    await syncNow(stack, organizer);
  }
  await look();
  return { covered: [...seen.values()], opened: seen.size };
}

/** Google's clock is ahead of the database's: what ends is compared on one of them. */
async function followClock(
  { google, platform }: Stack,
  { user_id }: Organizer,
  { step, passed }: { step: number; passed: number },
): Promise<void> {
  const channels = (await google.channels()).map(({ id, expires_ms }) => ({ id, expires_ms }));
  await platform.sql(
    `update private.channels as ch
     set opened_at = ch.opened_at - make_interval(secs => $2::double precision),
       expires_at = coalesce(
         (select to_timestamp(g.expires_ms / 1000) - make_interval(secs => $3::double precision)
          from jsonb_to_recordset($1::text::jsonb) as g (id text, expires_ms double precision)
          where g.id = ch.channel_id),
         ch.expires_at - make_interval(secs => $2::double precision))`,
    [JSON.stringify(channels), step, passed],
  );
  await platform.sql(
    "update private.google_connections set access_token_expires_at = now() where user_id = $1",
    [user_id],
  );
}

/** Seconds without a live channel, in thirty days. */
function gapsIn(covered: readonly Covered[]): { at: number; seconds: number }[] {
  const gaps: { at: number; seconds: number }[] = [];
  let until = 0;
  for (const one of covered.toSorted((a, b) => a.from - b.from)) {
    if (one.from > until) gaps.push({ at: until, seconds: one.from - until });
    until = Math.max(until, one.until);
  }
  if (until < 30 * DAY) gaps.push({ at: until, seconds: 30 * DAY - until });
  return gaps;
}
