import assert from "node:assert/strict";
import { eventsOf, rowOf } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";
import { describeState, reconnect, WRITE_EVENTS, WRITE_STATES } from "../support/write_states.ts";
import { TRANSITIONS } from "../support/write_transitions.ts";

const promises: Record<string, (stack: Stack) => Promise<void>> = {
  "every event leads from every state to the one in the table": async (stack) => {
    const organizer = await stack.organizer();
    const found: Record<string, Record<string, string>> = {};
    for (const [state, make] of Object.entries(WRITE_STATES)) {
      const transitions: Record<string, string> = found[state] = {};
      for (const [event, cause] of Object.entries(WRITE_EVENTS)) {
        const meeting_id = await make(stack, organizer);
        const result = await cause(stack, organizer, meeting_id);
        const row = await rowOf(stack, meeting_id);
        transitions[event] = `${result} => ${describeState(row)}`;
        assert.deepEqual(problemsOf(row), [], `${state}, ${event}: ${transitions[event]}`);
        await reconnect(stack, organizer);
      }
    }
    assert.deepEqual(found, TRANSITIONS);
  },

  "no state makes write-back answer 500, and none makes a second event": async (stack) => {
    const organizer = await stack.organizer();
    for (const [state, make] of Object.entries(WRITE_STATES)) {
      for (const event of ["none", "set pending", "requeued"]) {
        const meeting_id = await make(stack, organizer);
        await WRITE_EVENTS[event]?.(stack, organizer, meeting_id);
        for (let calls = 0; calls < 2; calls++) {
          const answer = await organizer.call("write-back", { body: { meeting_id } });
          assert.notEqual(answer.status, 500, `${state}, ${event}: ${JSON.stringify(answer.body)}`);
        }
        const { event_key } = await rowOf(stack, meeting_id);
        const own = `convene${event_key.replaceAll("-", "")}`;
        const events = (await eventsOf(stack, organizer)).filter(({ id }) => id.startsWith(own));
        assert.ok(events.length <= 1, `${state}, ${event}`);
        await reconnect(stack, organizer);
      }
    }
  },
};

/** What no state may be, whatever led there. */
function problemsOf(row: Record<string, unknown>): string[] {
  const problems: string[] = [];
  const is_due = row.write_due_at !== null;
  const status = row.writeback_status;
  // The worker that has a lease settles the row whatever it says.
  const will_be_claimed = is_due && row.lease_token === null && row.cancelled_at === null;
  if (status === "failed" && will_be_claimed) problems.push("failed, but due");
  if (["pending", "retrying"].includes(String(status)) && !is_due && row.cancelled_at === null) {
    if (row.google_event_id !== null) problems.push(`${status}, but not due`);
  }
  if (row.google_event_id !== null && status === "failed") problems.push("failed, but written");
  return problems;
}

promise("states of a write-back", promises);
