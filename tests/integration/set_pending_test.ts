import assert from "node:assert/strict";
import { createdMeeting, write } from "../support/changes.ts";
import { eventsOf, mailsBy, pendingMeeting, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { insertMeeting } from "../support/meetings.ts";
import { FAILED, settle } from "../support/queue.ts";
import { promise, type Stack } from "../support/stack.ts";
import { lease, reconnect } from "../support/write_states.ts";

const REFUSED = { ...FAILED, error: "google_rejected: no", should_retry: false, steps: [] };

async function setPending(stack: Stack, meeting_id: string, more = ""): Promise<void> {
  await stack.platform.sql(
    `update public.meetings set writeback_status = 'pending'${more} where meeting_id = $1`,
    [meeting_id],
  );
}

const promises: Record<string, (stack: Stack) => Promise<void>> = {
  "a meeting without a slot is written when a statement gives it one and sets it pending": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    await setPending(
      stack,
      meeting_id,
      `, starts_at = '${SLOT.starts_at}', ends_at = '${SLOT.ends_at}'`,
    );
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.scheduling_status, row.search_due_at], ["scheduled", null]);
    await write(organizer, meeting_id);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
  },

  "a meeting that failed is written when it is set pending, and its failure is forgotten": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const { lease_token } = await lease(stack, meeting_id);
    await settle(stack, [{ ...REFUSED, meeting_id, lease_token }]);
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
    await setPending(stack, meeting_id);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_error, row.writeback_retry_count], [null, 0]);
    assert.notEqual(row.write_due_at, null);
    await write(organizer, meeting_id);
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
  },

  "a created meeting that is set pending keeps its event and its id, and no mail is sent": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    const mails = await mailsBy(stack, guests);
    await setPending(stack, meeting_id);
    await write(organizer, meeting_id);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.google_event_id], ["created", event.id]);
    assert.equal(row.write_due_at, null);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), mails);
  },

  "what a statement changes together with the status reaches the event, and guests hear of it once":
    async (stack) => {
      const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
      await setPending(stack, meeting_id, ", title = 'Another'");
      await write(organizer, meeting_id);
      const [shown] = await eventsOf(stack, organizer);
      assert.deepEqual([shown?.id, shown?.summary], [event.id, "Another"]);
      const kinds = await mailsBy(stack, guests);
      assert.deepEqual(kinds.map((mails) => mails.length), [2, 2], JSON.stringify(kinds));
    },

  "a cancelled meeting that is set pending is refused and stays as it is": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await organizer.call("meetings", { method: "DELETE", query: { meeting_id } });
    await assert.rejects(setPending(stack, meeting_id).then(() => {}), /^\w*error: cancelled: /i);
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
  },

  "a meeting that is set pending during a lease is due again after the settlement": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await setPending(stack, meeting_id);
    const { lease_token, google_event_id, desired_version } = await lease(stack, meeting_id);
    await setPending(stack, meeting_id);
    assert.equal((await rowOf(stack, meeting_id)).lease_token, lease_token, "the lease goes on");
    await settle(stack, [{
      meeting_id,
      lease_token,
      outcome: "written",
      operation: "update",
      google_event_id,
      written_version: desired_version,
      steps: [],
    }]);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.lease_token, row.operation], [null, "update"]);
    assert.notEqual(row.write_due_at, null);
    await write(organizer, meeting_id);
    assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
  },

  "an unknown outcome outlives failure: requeued, set pending or reconnected, it is verified first":
    async (
      stack,
    ) => {
      const ways: Record<string, (meeting_id: string) => Promise<unknown>> = {
        requeued: (meeting_id) =>
          stack.platform.sql("select public.requeue_meeting($1)", [meeting_id]),
        "set pending": (meeting_id) => setPending(stack, meeting_id),
        reconnected: () => Promise.resolve(),
      };
      for (const [way, makeDue] of Object.entries(ways)) {
        const { organizer, guests, meeting_id } = await pendingMeeting(stack);
        const { lease_token, event_key } = await lease(stack, meeting_id);
        // Google has the event, and the response was lost.
        const { access_token } = await stack.google.signIn({ email: organizer.email });
        const id = `convene${event_key.replaceAll("-", "")}g1`;
        const inserted = await fetch(
          `${stack.platform.google_url}/calendar/v3/calendars/primary/events`,
          {
            method: "POST",
            headers: {
              authorization: `Bearer ${access_token}`,
              "content-type": "application/json",
            },
            body: JSON.stringify({
              id,
              start: { dateTime: SLOT.starts_at },
              end: { dateTime: SLOT.ends_at },
              extendedProperties: { private: { convene_event_key: event_key } },
            }),
          },
        );
        assert.equal(inserted.status, 200, await inserted.text());
        await stack.platform.sql(
          `update private.google_connections set status = 'needs_reauth', status_reason = 'invalid_grant'
            where user_id = $1`,
          [organizer.user_id],
        );
        await settle(stack, [{
          ...REFUSED,
          meeting_id,
          lease_token,
          error: "invalid_grant: revoked",
        }]);
        await stack.platform.sql(
          `update private.event_state set outcome_unknown_since = now() where subject_id = $1`,
          [meeting_id],
        );
        await makeDue(meeting_id);
        await reconnect(stack, organizer);
        assert.equal((await rowOf(stack, meeting_id)).outcome_unknown, true, way);
        await organizer.call("write-back", { body: { meeting_id } });
        const [first] = await stack.platform.sql<{ request: { method: string } }>(
          `select l.request from public.writeback_ledger as l
          where l.meeting_id = $1 and l.step = 'requested' order by l.ledger_id limit 1`,
          [meeting_id],
        );
        assert.equal(first?.request.method, "get", `${way}: read before anything is written`);
        assert.equal((await eventsOf(stack, organizer)).length, 1, way);
        assert.deepEqual(await mailsBy(stack, guests), [[], []], way);
      }
    },
};

promise("set pending by an application", promises);
