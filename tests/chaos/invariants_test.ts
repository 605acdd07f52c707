import assert from "node:assert/strict";
import type { StoredEvent } from "../../local/google/control.ts";
import { change, write } from "../support/changes.ts";
import { pendingMeeting, rowOf } from "../support/meetings.ts";
import type { Organizer, Stack } from "../support/stack.ts";
import { withChaosStack } from "./chaos_stack.ts";
import { type Evidence, gatherEvidence } from "./snapshot.ts";
import { violations } from "./invariants.ts";
import type { Memory, Promised } from "./expected_state.ts";
import { addresses } from "./participants.ts";

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
    (evidence) => ({ ...evidence, mails: [...evidence.mails.slice(0, 2), ...evidence.mails] }),
    /\[invitation, invitation, update\]: some mail is one too many/,
  ],
  "a guest whom nobody invited": [
    (evidence) => ({ ...evidence, mails: [] }),
    /\[\]: they are on the list, and do not know/,
  ],
  "an update that was mailed twice": [
    (evidence) => ({ ...evidence, mails: [...evidence.mails, ...evidence.mails.slice(-1)] }),
    /more updates than the 1 versions that were sent/,
  ],
  "a guest who was told another time": [
    (evidence) => ({
      ...evidence,
      mails: evidence.mails.map((mail) => ({ ...mail, start: "2035-01-08T11:00:00Z" })),
    }),
    /the last one said "Review, moved" at 2035-01-08T11/,
  ],
  "a guest who was taken off the event and not told": [
    (evidence) => changeEvents(evidence, (event) => ({ attendees: event.attendees!.slice(0, 1) })),
    /nobody told them that it is off/,
  ],
  "a cancelled meeting that has its event": [
    (evidence) => changeRow(evidence, { cancelled_at: "2035-01-01T00:00:00Z" }),
    /\(cancelled\) has 1 live events, not 0/,
  ],
  "a cancelled meeting that forgot the event it had": [
    (evidence) =>
      changeRow(changeEvents(evidence, () => ({ status: "cancelled" })), {
        cancelled_at: "2035-01-01T00:00:00Z",
        writeback_status: null,
        google_event_id: null,
      }),
    /says its event was null, not convene/,
  ],
  "an event that shows the version before": [
    (evidence) =>
      changeEvents(evidence, ({ extendedProperties }) => ({
        extendedProperties: {
          private: { ...extendedProperties?.private, convene_version: "1" },
        },
      })),
    /shown_version is 2, event: 1/,
  ],
  "an answer that is lost": [
    (evidence) => changeEvents(evidence, (event) => ({ attendees: event.attendees!.map(forget) })),
    /answered convene\w+: declined, which now says needsAction/,
  ],
  "a wish that was accepted and never stored": [
    (evidence) => remember(evidence, ({ promises }) => ({ promises: promises.map(later) })),
    /at version 3 is lost/,
  ],
  "a wish that was accepted otherwise": [
    (evidence) => changeRow(evidence, { title: "Review" }),
    /at version 2 was promised otherwise/,
  ],
  "a cancellation that was accepted and never stored": [
    (evidence) =>
      remember(evidence, ({ promises }) => ({
        promises: promises.map((promised) => ({ ...promised, is_cancelled: true })),
      })),
    /at version 2 was cancelled/,
  ],
  "another Meet link than at first": [
    (evidence) =>
      remember(evidence, ({ identities }) => ({
        identities: new Map(
          [...identities].map(([id, first]) => [id, { ...first, meet_link: "elsewhere" }]),
        ),
      })),
    /was convene\w+ at elsewhere, and is/,
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

Deno.test("violations() is silent about a meeting that was written and changed, and notices", async (test) => {
  await withChaosStack(async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack, { title: "Review" });
    await organizer.call("write-back", { body: { meeting_id } });
    const memory = await changedAndAnswered(stack, organizer, meeting_id, guests[0]!);
    const evidence = await gatherEvidence(stack, memory);
    assert.deepEqual(violations(evidence), []);
    for (const [what, [tamper, expected]] of Object.entries(TAMPERINGS)) {
      await test.step(what, () => {
        assert.match(violations(tamper(evidence)).join("\n"), expected);
      });
    }
  });
});

/** A guest declines, then the meeting is moved and its event follows. */
async function changedAndAnswered(
  stack: Stack,
  organizer: Organizer,
  meeting_id: string,
  email: string,
): Promise<Memory> {
  const { google_event_id, meet_link } = await rowOf(stack, meeting_id);
  const response_status = "declined";
  await stack.google.reply({ email, event_id: google_event_id, responseStatus: response_status });
  const [title, start_time] = ["Review, moved", "2035-01-09T10:00:00Z"];
  const { body } = await change(organizer, meeting_id, {
    title,
    start_time,
    end_time: "2035-01-09T11:00:00Z",
  });
  await write(organizer, meeting_id);
  const participants = addresses(body.participants).sort().join();
  const promised = { meeting_id, version: 2, is_cancelled: false, title, start_time, participants };
  const reply = { event_id: google_event_id, email, response_status, removals_before: 0 } as const;
  return {
    promises: [promised],
    replies: [reply],
    identities: new Map([[meeting_id, { google_event_id, meet_link }]]),
  };
}

function remember(evidence: Evidence, change: (memory: Memory) => Partial<Memory>): Evidence {
  return { ...evidence, memory: { ...evidence.memory, ...change(evidence.memory) } };
}

function later(promised: Promised): Promised {
  return { ...promised, version: promised.version + 1 };
}

function forget<Guest>(guest: Guest): Guest & { responseStatus: "needsAction" } {
  return { ...guest, responseStatus: "needsAction" };
}

function changeEvents(
  evidence: Evidence,
  change: (event: StoredEvent) => Partial<StoredEvent>,
): Evidence {
  return { ...evidence, events: evidence.events.map((event) => ({ ...event, ...change(event) })) };
}

function changeRow(evidence: Evidence, change: Partial<Evidence["meetings"][number]>): Evidence {
  return { ...evidence, meetings: evidence.meetings.map((row) => ({ ...row, ...change })) };
}
