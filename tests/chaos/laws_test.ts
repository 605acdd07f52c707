import assert from "node:assert/strict";
import { pendingMeeting } from "../support/meetings.ts";
import { withChaosStack } from "./chaos_stack.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import { violations } from "./laws.ts";

/** What must be noticed, by what is done to evidence in which all is well. */
const TAMPERINGS: Record<string, [(evidence: Evidence) => Evidence, RegExp]> = {
  "an event that is gone": [
    (evidence) => ({ ...evidence, events: [] }),
    /has 0 live events, not 1/,
  ],
  "a second event": [
    (evidence) => ({ ...evidence, events: [...evidence.events, ...evidence.events] }),
    /has 2 live events, not 1/,
  ],
  "a second invitation": [
    (evidence) => ({ ...evidence, mails: [...evidence.mails, ...evidence.mails] }),
    /\[invitation, invitation\], not \[invitation\]/,
  ],
  "a guest whom nobody invited": [
    (evidence) => ({ ...evidence, mails: evidence.mails.slice(1) }),
    /\[\], not \[invitation\]/,
  ],
  "a failed meeting that has an event": [
    (evidence) => changeRow(evidence, { writeback_status: "failed" }),
    /\(failed\) has 1 live events, not 0/,
  ],
  "a meeting that is due": [
    (evidence) => changeRow(evidence, { writeback_next_attempt_at: "2035-01-01T00:00:00Z" }),
    /has come to no end/,
  ],
  "a row that says something else than its event": [
    (evidence) => changeRow(evidence, { starts_at: "2035-01-08T11:00:00Z" }),
    /starts_at is /,
  ],
  "a lease": [
    (evidence) => changeRow(evidence, { writeback_lease_token: crypto.randomUUID() }),
    /is still leased/,
  ],
  "an event of no meeting": [
    (evidence) => ({ ...evidence, meetings: [] }),
    /belongs to no meeting/,
  ],
  "a request that the ledger does not know": [
    (evidence) => ({ ...evidence, requests: [...evidence.requests, ...evidence.requests] }),
    /the ledger does not explain "insert /,
  ],
  "a request that the ledger invented": [
    (evidence) => ({ ...evidence, requests: [] }),
    /Google never saw "insert /,
  ],
  "a lease that was settled twice": [
    (evidence) => ({ ...evidence, ledger: [...evidence.ledger, ...evidence.ledger.slice(-1)] }),
    /settled twice/,
  ],
};

Deno.test("violations() is silent about a meeting that was written, and notices", async (test) => {
  await withChaosStack(async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack, { title: "Review" });
    await organizer.call("write-back", { body: { meeting_id } });
    const evidence = await gatherEvidence(stack);
    assert.deepEqual(violations(evidence), []);
    for (const [what, [tamper, expected]] of Object.entries(TAMPERINGS)) {
      await test.step(what, () => {
        assert.match(violations(tamper(evidence)).join("\n"), expected);
      });
    }
  });
});

function changeRow(evidence: Evidence, change: Partial<Evidence["meetings"][number]>): Evidence {
  return { ...evidence, meetings: evidence.meetings.map((row) => ({ ...row, ...change })) };
}
