import assert from "node:assert/strict";
import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import { change, write } from "../support/changes.ts";
import { pendingMeeting, rowOf } from "../support/meetings.ts";
import { promisesOf } from "../support/promises.ts";
import type { Organizer, Stack } from "../support/stack.ts";
import { withChaosStack } from "./chaos_stack.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import { violations } from "./invariants.ts";
import type { AcceptedChange, ExpectedState } from "./expected_state.ts";
import { addresses } from "./participants.ts";

/** Changes to a snapshot in which all invariants hold, and the violation that each must lead to. */
const VIOLATIONS: Record<string, [(snapshot: Snapshot) => Snapshot, RegExp]> = {
  "a missing event": [
    (snapshot) => ({ ...snapshot, events: [] }),
    /has 0 live events, not 1/,
  ],
  "a second event": [
    (snapshot) => ({ ...snapshot, events: [...snapshot.events, ...snapshot.events] }),
    /has 2 live events, not 1/,
  ],
  "a second invitation": [
    (snapshot) => ({ ...snapshot, mails: [...snapshot.mails.slice(0, 2), ...snapshot.mails] }),
    /\[invitation, invitation, update\]: a mail is sent twice/,
  ],
  "a guest without an invitation": [
    (snapshot) => ({ ...snapshot, mails: [] }),
    /\[\]: a guest of the event without an invitation/,
  ],
  "an update mail that was sent twice": [
    (snapshot) => ({ ...snapshot, mails: [...snapshot.mails, ...snapshot.mails.slice(-1)] }),
    /more updates than the 1 versions that were written/,
  ],
  "a mail with another time": [
    (snapshot) => ({
      ...snapshot,
      mails: snapshot.mails.map((mail) => ({ ...mail, start: "2035-01-08T11:00:00Z" })),
    }),
    /the last mail has "Review, moved" at 2035-01-08T11/,
  ],
  "a removed guest without a cancellation mail": [
    (snapshot) => changeEvents(snapshot, (event) => ({ attendees: event.attendees!.slice(0, 1) })),
    /no cancellation was sent/,
  ],
  "a cancelled meeting with a live event": [
    (snapshot) => changeRow(snapshot, { cancelled_at: "2035-01-01T00:00:00Z" }),
    /\(cancelled\) has 1 live events, not 0/,
  ],
  "a cancelled meeting without the id of the event that it had": [
    (snapshot) =>
      changeRow(changeEvents(snapshot, () => ({ status: "cancelled" })), {
        cancelled_at: "2035-01-01T00:00:00Z",
        writeback_status: null,
        google_event_id: null,
      }),
    /has google_event_id null, not convene/,
  ],
  "an event with an older version": [
    (snapshot) =>
      changeEvents(snapshot, ({ extendedProperties }) => ({
        extendedProperties: {
          private: { ...extendedProperties?.private, convene_version: "1" },
        },
      })),
    /shown_version is 2, event: 1/,
  ],
  "a lost reply": [
    (snapshot) =>
      changeEvents(snapshot, (event) => ({ attendees: event.attendees!.map(withoutReply) })),
    /replied declined to convene\w+, which now has needsAction/,
  ],
  "an accepted change that was never stored": [
    (snapshot) =>
      changeExpected(
        snapshot,
        ({ accepted_changes }) => ({ accepted_changes: accepted_changes.map(withLaterVersion) }),
      ),
    /at version 3 is lost/,
  ],
  "a row that differs from the accepted change": [
    (snapshot) => changeRow(snapshot, { title: "Review" }),
    /at version 2 differs from the accepted change/,
  ],
  "an accepted cancellation that was never stored": [
    (snapshot) =>
      changeExpected(snapshot, ({ accepted_changes }) => ({
        accepted_changes: accepted_changes.map((accepted) => ({ ...accepted, is_cancelled: true })),
      })),
    /at version 2 was accepted as cancelled and is not cancelled/,
  ],
  "a changed Meet link": [
    (snapshot) =>
      changeExpected(snapshot, ({ identities }) => ({
        identities: new Map(
          [...identities].map(([id, first]) => [id, { ...first, meet_link: "elsewhere" }]),
        ),
      })),
    /had event convene\w+ with elsewhere, and now has/,
  ],
  "a failed meeting that has an event": [
    (snapshot) => changeRow(snapshot, { writeback_status: "failed" }),
    /\(failed\) has 1 live events, not 0/,
  ],
  "a meeting that is due": [
    (snapshot) => changeRow(snapshot, { writeback_next_attempt_at: "2035-01-01T00:00:00Z" }),
    /has no final state/,
  ],
  "a row that differs from its event": [
    (snapshot) => changeRow(snapshot, { starts_at: "2035-01-08T11:00:00Z" }),
    /starts_at is /,
  ],
  "a row that is leased": [
    (snapshot) => changeRow(snapshot, { writeback_lease_token: crypto.randomUUID() }),
    /is still leased/,
  ],
  "an event without a meeting": [
    (snapshot) => ({ ...snapshot, meetings: [] }),
    /belongs to no meeting/,
  ],
  "a request that is not in the ledger": [
    (snapshot) => ({ ...snapshot, requests: [...snapshot.requests, ...snapshot.requests] }),
    /the ledger does not explain "insert /,
  ],
  "a request in the ledger that was never sent": [
    (snapshot) => ({ ...snapshot, requests: [] }),
    /Google never received "insert /,
  ],
  "a lease that was settled twice": [
    (snapshot) => ({ ...snapshot, ledger: [...snapshot.ledger, ...snapshot.ledger.slice(-1)] }),
    /settled twice/,
  ],
};

promisesOf("violations()", () => withChaosStack(snapshotAfterChange), {
  "finds none in a meeting that was written and changed": (snapshot) =>
    assert.deepEqual(violations(snapshot), []),
  ...Object.fromEntries(
    Object.entries(VIOLATIONS).map(([what, [tamper, expected]]) => [
      `finds ${what}`,
      (snapshot: Snapshot) => assert.match(violations(tamper(snapshot)).join("\n"), expected),
    ]),
  ),
});

/** The snapshot of a meeting that was written and changed. */
async function snapshotAfterChange(stack: Stack): Promise<Snapshot> {
  const { organizer, guests, meeting_id } = await pendingMeeting(stack, { title: "Review" });
  await organizer.call("write-back", { body: { meeting_id } });
  const expected = await changeAfterReply(stack, organizer, meeting_id, guests[0]!);
  return await takeSnapshot(stack, expected);
}

/** A guest declines, then the meeting is moved and its event is updated. */
async function changeAfterReply(
  stack: Stack,
  organizer: Organizer,
  meeting_id: string,
  email: string,
): Promise<ExpectedState> {
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
  const accepted = { meeting_id, version: 2, is_cancelled: false, title, start_time, participants };
  const reply = { event_id: google_event_id, email, response_status, removals_before: 0 } as const;
  return {
    accepted_changes: [accepted],
    replies: [reply],
    identities: new Map([[meeting_id, { google_event_id, meet_link }]]),
  };
}

function changeExpected(
  snapshot: Snapshot,
  change: (expected: ExpectedState) => Partial<ExpectedState>,
): Snapshot {
  return { ...snapshot, expected: { ...snapshot.expected, ...change(snapshot.expected) } };
}

function withLaterVersion(accepted: AcceptedChange): AcceptedChange {
  return { ...accepted, version: accepted.version + 1 };
}

function withoutReply<Guest>(guest: Guest): Guest & { responseStatus: "needsAction" } {
  return { ...guest, responseStatus: "needsAction" };
}

function changeEvents(
  snapshot: Snapshot,
  change: (event: StoredEvent) => Partial<StoredEvent>,
): Snapshot {
  return { ...snapshot, events: snapshot.events.map((event) => ({ ...event, ...change(event) })) };
}

function changeRow(snapshot: Snapshot, change: Partial<Snapshot["meetings"][number]>): Snapshot {
  return { ...snapshot, meetings: snapshot.meetings.map((row) => ({ ...row, ...change })) };
}
