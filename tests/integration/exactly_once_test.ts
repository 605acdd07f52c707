import assert from "node:assert/strict";
import { eventId } from "@shared/google/event_id.ts";
import { endLease, write } from "../support/changes.ts";
import { eventsOf, mailsBy, pendingMeeting, rowOf } from "../support/meetings.ts";
import { withSetting } from "../support/queue.ts";
import { promise } from "../support/stack.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";

promise("exactly once", {
  "twenty simultaneous calls from two processes, Google slow: one event, one mail a guest": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    const workers = [await stack.platform.startWorker(), await stack.platform.startWorker()];
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, delay_ms: 300 });
    const calls = Array.from({ length: 20 }, (_, index) =>
      organizer.call("write-back", {
        body: { meeting_id },
        functions_url: workers[index % 2]!.functions_url,
      }));
    // Asking while the answers come in shows whether any 200 came before the event was there.
    const answers = await Promise.all(calls.map(async (call) => {
      const answer = await call;
      return { answer, events: await eventsOf(stack, organizer) };
    }));

    const [event, ...more] = await eventsOf(stack, organizer);
    assert.ok(event);
    assert.deepEqual(more, []);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    for (const { answer, events } of answers) {
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body.results[0].google_event_id, event.id);
      assert.equal(events.length, 1);
    }
    const fresh = answers.filter(({ answer }) => answer.body.results[0].already_exists === false);
    assert.equal(fresh.length, 1);
  },

  "a worker killed in the middle of its call leaves one event, adopted when the lease has ended":
    async (stack) => {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      const worker = await stack.platform.startWorker();
      // The event is stored at once and the answer held back, so the kill falls in between.
      await stack.google.fault({
        method: "POST",
        path_pattern: EVENTS,
        answer_delay_ms: 10_000,
        times: 1,
      });
      const doomed = organizer.call("write-back", {
        body: { meeting_id },
        functions_url: worker.functions_url,
      }).catch(() => null);
      while ((await eventsOf(stack, organizer)).length === 0) await Promise.resolve();
      worker.kill();
      await doomed;

      await withSetting(stack, "lease_wait_seconds", 0.01, async () => {
        const early = await organizer.call("write-back", { body: { meeting_id } });
        assert.equal(early.status, 202);
      });
      await stack.platform.sql(
        "update private.work set leased_until = clock_timestamp() where kind = 'write' and subject_id = $1",
        [meeting_id],
      );
      const late = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(late.status, 200, JSON.stringify(late.body));
      assert.equal(late.body.results[0].already_exists, true);
      assert.equal((await eventsOf(stack, organizer)).length, 1);
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    },

  "an event under a later id is found before a meeting whose slot has passed is given up": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
    const [left] = await stack.platform.sql<{ event_key: string }>(
      `update public.meetings
          set starts_at = now() - interval '1 hour', ends_at = now() - interval '30 minutes'
        where meeting_id = $1
        returning event_key`,
      [meeting_id],
    );
    await endLease(stack, meeting_id);
    const event_key = left?.event_key ?? "";
    const { access_token } = await stack.google.signIn({ email: organizer.email });
    const inserted = await fetch(
      `${stack.platform.google_url}/calendar/v3/calendars/primary/events`,
      {
        method: "POST",
        headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
        body: JSON.stringify({
          id: eventId(event_key, 2),
          start: { dateTime: "2035-01-08T10:00:00Z" },
          end: { dateTime: "2035-01-08T10:30:00Z" },
          extendedProperties: { private: { convene_event_key: event_key } },
        }),
      },
    );
    assert.equal(inserted.status, 200, await inserted.text());

    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.results[0].already_exists, true);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual(
      [row.writeback_status, row.google_event_id, row.event_generation],
      ["created", eventId(event_key, 2), 2],
    );
  },

  "a worker that comes back after its lease was lost changes nothing": async (stack) => {
    const { meeting_id } = await pendingMeeting(stack);
    const [claimed] = await stack.platform.sql<{ token: string }>(
      "select public.begin_writeback($1) #>> '{meeting,lease_token}' as token",
      [meeting_id],
    );
    await stack.platform.sql(
      "update private.work set leased_until = clock_timestamp() where kind = 'write' and subject_id = $1",
      [meeting_id],
    );
    await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
    const before = await rowOf(stack, meeting_id);
    for (
      const late of [
        "select public.mark_writeback_success($1, 'stale', 'primary', 'link', $2::uuid) as settled",
        "select public.mark_writeback_failure($1, 'stale', false, $2::uuid) as settled",
      ]
    ) {
      const [answer] = await stack.platform.sql<{ settled: boolean }>(late, [
        meeting_id,
        claimed?.token,
      ]);
      assert.equal(answer?.settled, false);
    }
    assert.deepEqual(await rowOf(stack, meeting_id), before);
  },

  "a late failure never changes a meeting that is created": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await organizer.call("write-back", { body: { meeting_id } });
    const before = await rowOf(stack, meeting_id);
    const [answer] = await stack.platform.sql<{ settled: boolean }>(
      "select public.mark_writeback_failure($1, 'late') as settled",
      [meeting_id],
    );
    assert.equal(answer?.settled, false);
    assert.deepEqual(await rowOf(stack, meeting_id), before);
  },

  "the documented positional calls settle a meeting without a lease": async (stack) => {
    const first = await pendingMeeting(stack);
    const [success] = await stack.platform.sql<{ settled: boolean }>(
      "select mark_writeback_success($1, 'xyz789', 'primary', 'https://calendar.example/xyz') as settled",
      [first.meeting_id],
    );
    assert.equal(success?.settled, true);
    assert.equal((await rowOf(stack, first.meeting_id)).google_event_id, "xyz789");

    const second = await pendingMeeting(stack);
    const statuses = [];
    for (let failure = 0; failure < 3; failure++) {
      await stack.platform.sql("select mark_writeback_failure($1, 'no answer', true)", [
        second.meeting_id,
      ]);
      statuses.push((await rowOf(stack, second.meeting_id)).writeback_status);
    }
    assert.deepEqual(statuses, ["retrying", "retrying", "failed"]);
  },

  "the positional calls change nothing while a worker holds the meeting, nor once it is created":
    async (stack) => {
      const { organizer, meeting_id } = await pendingMeeting(stack);
      const changesNothing = async () => {
        const before = await rowOf(stack, meeting_id);
        for (
          const call of [
            "select mark_writeback_success($1, 'other', 'primary', 'link') as settled",
            "select mark_writeback_failure($1, 'other', false) as settled",
          ]
        ) {
          const [answer] = await stack.platform.sql<{ settled: boolean }>(call, [meeting_id]);
          assert.equal(answer?.settled, false, call);
        }
        assert.deepEqual(await rowOf(stack, meeting_id), before);
      };
      await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
      await changesNothing();
      await endLease(stack, meeting_id);
      await write(organizer, meeting_id);
      await changesNothing();
    },

  "two claims at once share the due meetings and lease none twice": async (stack) => {
    await stack.platform.sql("delete from private.work where kind = 'write'");
    const ids = [];
    for (let count = 0; count < 6; count++) ids.push((await pendingMeeting(stack)).meeting_id);
    const due = await stack.platform.sql<{ meeting_id: string }>(
      "select meeting_id from get_pending_writebacks(10)",
    );
    assert.deepEqual(due.map(({ meeting_id }) => meeting_id), ids);
    const claims = await Promise.all(
      Array.from(
        { length: 3 },
        () =>
          stack.platform.sql<{ meeting_id: string }>(
            "select meeting_id from claim_writebacks(4)",
          ),
      ),
    );
    const claimed = claims.flat().map(({ meeting_id }) => meeting_id);
    assert.deepEqual(claimed.toSorted(), ids.toSorted());
    assert.deepEqual(await stack.platform.sql("select * from get_pending_writebacks(10)"), []);
  },
}, { databases: "both" });
