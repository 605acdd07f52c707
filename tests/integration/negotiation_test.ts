import assert from "node:assert/strict";
import { MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

const NINE_TO_FIVE: [string, string] = [`${MONDAY}T09:00:00Z`, `${MONDAY}T17:00:00Z`];
const THAT_DAY = { ...WEEK, latest_date: MONDAY };

promise("negotiation", {
  "what needs a concession is told and not booked": async (stack) => {
    const { organizer, guest } = await full(stack);
    const meeting_id = crypto.randomUUID();
    const answer = await organizer.call("schedule", {
      body: { meeting_id, participants: [guest], constraints: THAT_DAY },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.error, "no_common_slot");
    assert.ok(answer.body.negotiation_rounds >= 1, JSON.stringify(answer.body));
    const [conceded] = answer.body.conceded_candidates;
    assert.equal(conceded.conceded, true);
    assert.ok(conceded.concessions.length > 0 && conceded.concession.length > 0);
    assert.equal((await rowOf(stack, meeting_id)).starts_at, null);
  },

  "allow_concessions books the slot that asks the least, and says what it asks": async (stack) => {
    const { organizer, guest } = await full(stack);
    const meeting_id = crypto.randomUUID();
    const answer = await organizer.call("schedule", {
      body: { meeting_id, participants: [guest], constraints: THAT_DAY, allow_concessions: true },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.selected_slot.conceded, true);
    assert.ok(answer.body.negotiation_rounds >= 1);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "pending");
    const [start] = NINE_TO_FIVE;
    assert.ok(
      Date.parse(answer.body.selected_slot.end_time) <= Date.parse(start) ||
        answer.body.selected_slot.start_time >= `${MONDAY}T17:00`,
      "the guest is busy then",
    );
  },

  "no concession makes a person free whose calendar cannot be read": async (stack) => {
    const organizer = await stack.organizer();
    const hidden = await stack.guest({ freebusy: "private" });
    const answer = await organizer.call("schedule", {
      body: { participants: [hidden], constraints: THAT_DAY, allow_concessions: true },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.error, "calendar_unreadable");
  },

  "a series is judged by its occurrences, which are read": async (stack) => {
    const organizer = await stack.organizer();
    // Free that Monday, taken at nine on the two that follow.
    const guest = await stack.guest({
      busy: ["2035-01-15", "2035-01-22"].map((day) => [`${day}T09:00:00Z`, `${day}T13:00:00Z`]),
    });
    const answer = await organizer.call("schedule", {
      body: {
        participants: [guest],
        constraints: THAT_DAY,
        recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
      },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.selected_slot.recurrence.share_free, 1);
    assert.ok(answer.body.selected_slot.start_time >= `${MONDAY}T13:00`);
  },

  "weights change what is best": async (stack) => {
    const organizer = await stack.organizer();
    const body = { participants: [organizer.email], constraints: THAT_DAY, dry_run: true };
    const weights = {
      availability: 100,
      preference: 0,
      conflict_proximity: 0,
      fragmentation: 0,
      optimization: 0,
    };
    const answer = await organizer.call("schedule", { body: { ...body, weights } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.selected_slot.score_breakdown, weights);
  },
});

/** A person who is busy during all open hours of that day. */
async function full(stack: Stack) {
  return { organizer: await stack.organizer(), guest: await stack.guest({ busy: [NINE_TO_FIVE] }) };
}
