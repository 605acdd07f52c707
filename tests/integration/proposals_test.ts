import assert from "node:assert/strict";
import { cancel, change } from "../support/changes.ts";
import { eventsOf, mailsBy, makeDue, MONDAY, rowOf } from "../support/meetings.ts";
import {
  decisionsOf,
  decline,
  type MovableMeeting,
  movableMeeting,
  searchDue,
  settleMove,
} from "../support/moves.ts";
import { promise, type Stack } from "../support/stack.ts";
import { announced, listen } from "../support/conflicts.ts";
import { syncNow } from "../support/sync.ts";
import { inUtc } from "../support/shown_times.ts";

const APPROVE = { auto_reschedule: { on: "required_declined", approve: true } };

const instant = (value: unknown) => new Date(String(value)).toISOString();

promise("proposed times", {
  "with approve nothing moves before the organizer accepts; then the same event moves, everyone told once":
    async (
      stack,
    ) => {
      const made = await proposedMeeting(stack);
      const { organizer, guests, meeting_id, event_id, move } = made;
      assert.equal(instant(move.from.start_time), `${MONDAY}T10:00:00.000Z`);
      assert.ok(move.alternatives.length > 1 && move.alternatives.length <= 3);
      assert.equal(instant(move.to.start_time), instant(move.alternatives[0].start_time));
      assert.ok(Date.parse(move.expires_at) > Date.now());
      const row = await rowOf(stack, meeting_id);
      assert.deepEqual(
        [instant(row.starts_at), row.write_due_at, row.desired_version],
        [`${MONDAY}T10:00:00.000Z`, null, 1],
      );
      const accepted = await answer(made, { decision: "accept" });
      assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
      assert.equal(accepted.body.move.decision, "searching");
      const moved = await settleMove(stack, made);
      assert.equal(instant(moved.starts_at), instant(move.to.start_time));
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["moved"]);
      assert.deepEqual((await eventsOf(stack, organizer)).map(({ id }) => id), [event_id]);
      assert.deepEqual(await mailsBy(stack, guests), [
        ["invitation", "update"],
        ["invitation", "update"],
      ]);
      for (const decision of ["accept", "reject"]) {
        const twice = await answer(made, { decision });
        assert.deepEqual([twice.status, twice.body.error], [409, "no_proposal"]);
      }
    },

  "an alternative can be accepted by name, any other time is refused with the offered ones": async (
    stack,
  ) => {
    const made = await proposedMeeting(stack);
    const start_time = made.move.alternatives[1].start_time;
    const other = await answer(made, { decision: "accept", start_time: `${MONDAY}T10:00:00Z` });
    assert.deepEqual([other.status, other.body.error], [422, "invalid_request"]);
    assert.equal(other.body.details.alternatives.length, made.move.alternatives.length);
    assert.equal((await answer(made, { decision: "accept", start_time })).status, 200);
    assert.equal(instant((await settleMove(stack, made)).starts_at), instant(start_time));
    const both = await answer(made, { decision: "reject", start_time });
    assert.deepEqual([both.status, both.body.details.path], [422, "start_time"]);
  },

  "a rejected, an expired and a meanwhile changed proposal move nothing, and an answer to them is 409":
    async (
      stack,
    ) => {
      const rejected = await proposedMeeting(stack);
      assert.equal((await answer(rejected, { decision: "reject" })).body.move.decision, "rejected");
      assert.deepEqual(await heldTimes(stack, rejected.meeting_id), []);
      const expired = await proposedMeeting(stack);
      await stack.platform.sql(
        "update private.moves set expires_at = clock_timestamp() where meeting_id = $1",
        [expired.meeting_id],
      );
      assert.deepEqual(
        [(await moveOf(expired)).decision, (await moveOf(expired)).reason],
        ["kept", "expired"],
      );
      const changed = await proposedMeeting(stack);
      await change(changed.organizer, changed.meeting_id, {
        start_time: `${MONDAY}T16:00:00Z`,
        end_time: `${MONDAY}T16:30:00Z`,
      });
      const decided = [[rejected, "rejected"], [expired, "kept expired"], [
        changed,
        "kept time_changed",
      ]];
      for (const [made, decision] of decided as [Proposed, string][]) {
        const late = await answer(made, { decision: "accept" });
        assert.deepEqual([late.status, late.body.error], [409, "no_proposal"]);
        assert.deepEqual(await decisionsOf(stack, made.meeting_id), [decision]);
        const { search_due_at, starts_at } = await rowOf(stack, made.meeting_id);
        assert.deepEqual(
          [search_due_at, instant(starts_at)],
          [null, `${MONDAY}T${made === changed ? "16" : "10"}:00:00.000Z`],
        );
      }
      const cancelled = await proposedMeeting(stack);
      await cancel(cancelled.organizer, cancelled.meeting_id);
      assert.equal((await answer(cancelled, { decision: "accept" })).status, 410);
    },

  "a proposal expires at the latest when the freeze of the meeting begins": async (stack) => {
    const made = await proposedMeeting(stack, {
      ...startingSoon(30),
      constraints: { working_hours_start: 0, working_hours_end: 24, allowed_days: EVERY_DAY },
    });
    const freeze = Date.parse(made.move.from.start_time) - 20 * 3_600_000;
    assert.equal(Date.parse(made.move.expires_at), freeze);
  },

  "the proposed time is held meanwhile, and verified again once it is accepted": async (stack) => {
    const made = await proposedMeeting(stack);
    const { organizer, guests, meeting_id, move } = made;
    assert.deepEqual(await heldTimes(stack, meeting_id), [instant(move.to.start_time)]);
    const { body: other } = await organizer.call("schedule", {
      body: {
        participants: [guests[1]],
        constraints: {
          duration_minutes: 30,
          earliest_date: move.to.start_time,
          latest_date: move.to.end_time,
        },
        dry_run: true,
      },
    });
    assert.equal(other.success, false, "another search may not have it");
    await stack.google.addEvents(guests[1]!, [{
      summary: "Taken meanwhile",
      start: { dateTime: move.to.start_time },
      end: { dateTime: move.to.end_time },
    }]);
    await answer(made, { decision: "accept" });
    await makeDue(stack, meeting_id);
    const row = await settleMove(stack, made);
    assert.deepEqual(await decisionsOf(stack, meeting_id), ["kept no_common_slot"]);
    assert.equal(instant(row.starts_at), `${MONDAY}T10:00:00.000Z`);
  },

  "a proposal is announced once, to the organizer's targets alone, with all that an answer needs":
    async (
      stack,
    ) => {
      const made = await movableMeeting(stack, APPROVE);
      const { organizer, guests, meeting_id } = made;
      await listen(organizer);
      await decline(stack, made, guests[0]);
      await searchDue(stack, meeting_id);
      const move = await moveOf(made);
      const [notice, ...more] = await announced(stack, meeting_id, "proposed");
      assert.deepEqual(more, []);
      const { proposal } = notice!;
      assert.deepEqual(
        inUtc([proposal.start_time, proposal.expires_at, proposal.alternatives, proposal.trigger]),
        inUtc([move.to.start_time, move.expires_at, move.alternatives, "required_declined"]),
      );
      await syncNow(stack, organizer);
      await searchDue(stack, meeting_id);
      assert.equal((await announced(stack, meeting_id, "proposed")).length, 1);
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    },

  "only the organizer answers; for others there is no such meeting": async (stack) => {
    const made = await proposedMeeting(stack);
    const stranger = await stack.organizer({ connected: false });
    const theirs = await answer({ ...made, organizer: stranger }, { decision: "accept" });
    assert.deepEqual([theirs.status, theirs.body.error], [404, "meeting_not_found"]);
    assert.deepEqual(await decisionsOf(stack, made.meeting_id), ["proposed"]);
  },
});

const EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

type Proposed = MovableMeeting & { move: Awaited<ReturnType<typeof moveOf>> };

/** A meeting with an open proposal after its first guest has declined. */
async function proposedMeeting(
  stack: Stack,
  columns: Record<string, unknown> = {},
): Promise<Proposed> {
  const made = await movableMeeting(stack, { ...APPROVE, ...columns });
  await decline(stack, made, made.guests[0]);
  await searchDue(stack, made.meeting_id);
  const move = await moveOf(made);
  assert.equal(move.decision, "proposed", JSON.stringify(move));
  return { ...made, move };
}

async function moveOf({ organizer, meeting_id }: MovableMeeting) {
  const { body } = await organizer.call("status", { query: { meeting_id } });
  return body.move;
}

function answer({ organizer, meeting_id }: MovableMeeting, body: Record<string, unknown>) {
  return organizer.call("meetings/moves", { method: "POST", body: { meeting_id, ...body } });
}

async function heldTimes(stack: Stack, meeting_id: string): Promise<string[]> {
  const rows = await stack.platform.sql(
    "select distinct lower(held) as start from private.slot_holds where meeting_id = $1 and state = 'active'",
    [meeting_id],
  );
  return rows.map(({ start }) => instant(start));
}

function startingSoon(hours: number) {
  // On the quarter of an hour, as a search would choose it.
  const start = Math.ceil(Date.now() / 900_000) * 900_000 + hours * 3_600_000;
  return {
    starts_at: new Date(start).toISOString(),
    ends_at: new Date(start + 1_800_000).toISOString(),
  };
}
