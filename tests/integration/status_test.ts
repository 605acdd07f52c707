import assert from "node:assert/strict";
import { insertMeeting, pendingMeeting, SLOT, WEEK } from "../support/meetings.ts";
import { promise } from "../support/stack.ts";

promise("status", {
  "status returns the state of a meeting, with its ledger if requested": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack, { title: "Budget" });
    await organizer.call("write-back", { body: { meeting_id } });
    const { status, body } = await organizer.call("status", { query: { meeting_id } });
    assert.equal(status, 200);
    assert.equal(body.status, "created");
    assert.equal(body.scheduling_status, "scheduled");
    assert.equal(body.title, "Budget");
    assert.match(body.meet_link, /^https:\/\/meet\.google\.com\//);
    assert.deepEqual(
      body.attendees.map(({ email }: { email: string }) => email).toSorted(),
      [organizer.email, ...guests].toSorted(),
    );
    assert.equal(body.error, null);
    assert.equal(body.what_to_do, null);
    assert.equal(body.attempts, undefined);
    const full = await organizer.call("status", { query: { meeting_id, attempts: "true" } });
    assert.deepEqual(
      full.body.attempts.map(({ step }: { step: string }) => step),
      ["claimed", "requested", "answered", "settled"],
    );
  },

  "a meeting of 190 people that requests fifty candidates stores and returns ten of them": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const answer = await organizer.call("schedule", {
      body: {
        participants: [
          organizer.email,
          ...Array.from(
            { length: 189 },
            (_, i) => ({ email: `guest-${i}@south.example`, busy: [] }),
          ),
        ],
        constraints: { ...WEEK, max_candidates: 50 },
      },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body).slice(0, 500));
    assert.equal(answer.body.candidates.length, 50);
    const { meeting_id } = answer.body;
    const { body } = await organizer.call("status", {
      query: { meeting_id, candidates: "true" },
    });
    assert.deepEqual(body.candidates, answer.body.candidates.slice(0, 10));
    assert.ok(body.candidates.every((one: Record<string, unknown>) => "score_breakdown" in one));
    assert.equal(
      body.scheduling_details.total_candidates_evaluated,
      answer.body.total_candidates_evaluated,
    );
    const bytes = JSON.stringify(body).length;
    assert.ok(bytes < 250_000, `${bytes} bytes`);
    const listed = await organizer.call("status");
    assert.ok(JSON.stringify(listed.body).length < 2_000, "the list has no candidates");
    const again = await organizer.call("schedule", { body: { meeting_id } });
    assert.deepEqual(again.body.candidates, body.candidates);
    assert.equal(again.body.total_candidates_evaluated, answer.body.total_candidates_evaluated);
  },

  "status says what to do about an error": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.revokeGrant(organizer.email);
    await organizer.call("write-back", { body: { meeting_id } });
    const { body } = await organizer.call("status", { query: { meeting_id } });
    assert.equal(body.status, "failed");
    assert.match(body.error, /^invalid_grant: /);
    assert.match(body.what_to_do, /connect Google again/);
  },

  "status without an id lists the caller's meetings, newest first, a page at a time": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    await pendingMeeting(stack);
    const ids = [];
    for (let count = 0; count < 5; count++) {
      ids.unshift(await insertMeeting(organizer, { participants: [organizer.email], ...SLOT }));
    }
    await organizer.call("write-back", { body: { meeting_id: ids[0] } });

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await organizer.call("status", {
        query: { limit: "2", ...(cursor === null ? {} : { cursor }) },
      });
      assert.deepEqual(body.counts, { created: 1, pending: 4 });
      assert.equal(body.success_rate, 100);
      seen.push(...body.meetings.map(({ meeting_id }: { meeting_id: string }) => meeting_id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(seen, ids);
  },

  "the origin's monitoring queries run as they are printed there": async (stack) => {
    const done = await pendingMeeting(stack);
    await done.organizer.call("write-back", { body: { meeting_id: done.meeting_id } });
    const failed = await pendingMeeting(stack);
    await stack.google.revokeGrant(failed.organizer.email);
    await failed.organizer.call("write-back", { body: { meeting_id: failed.meeting_id } });

    const all = await stack.platform.sql<{ meeting_id: string }>(
      "SELECT * FROM v_writeback_status ORDER BY scheduled_at DESC LIMIT 20;",
    );
    assert.ok(all.some(({ meeting_id }) => meeting_id === done.meeting_id));
    const attention = await stack.platform.sql<{ meeting_id: string }>(
      "SELECT meeting_id, writeback_error, writeback_retry_count FROM meetings WHERE writeback_status = 'failed' ORDER BY writeback_attempted_at DESC;",
    );
    assert.equal(attention[0]?.meeting_id, failed.meeting_id);
    const rate = await stack.platform.sql<{ writeback_status: string; percentage: string }>(
      "SELECT writeback_status, COUNT(*) as count, ROUND(COUNT(*) * 100.0 / SUM(COUNT(*)) OVER (), 2) as percentage FROM meetings WHERE writeback_status IS NOT NULL GROUP BY writeback_status;",
    );
    const total = rate.reduce((sum, { percentage }) => sum + Number(percentage), 0);
    assert.ok(Math.abs(total - 100) < 0.1);
  },
}, { databases: "both" });
