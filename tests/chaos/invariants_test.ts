import assert from "node:assert/strict";
import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import { change, write } from "../support/changes.ts";
import { pendingMeeting, rowOf } from "../support/meetings.ts";
import { promisesOf } from "../support/promises.ts";
import type { Organizer, Stack } from "../support/stack.ts";
import { withChaosStack } from "./chaos_stack.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import { violations } from "./invariants.ts";
import { emptyExpectedState } from "./expected_state.ts";
import type { AcceptedChange, Edit, ExpectedState } from "./expected_state.ts";
import { syncNow } from "../support/sync.ts";
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
  "two searched meetings at one time": [
    searchedTwice,
    /again, whose times were searched, overlap for guest-/,
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
  "an event that was deleted, and not by people": [
    (snapshot) => changeEvents(snapshot, () => ({ status: "cancelled" })),
    /has an event that was deleted, and not by people/,
  ],
  "an event that people deleted and that is back": [
    deletedByPeople,
    /has an event that people deleted/,
  ],
  "a deletion by people that is not in the row": [
    (snapshot) => deletedByPeople(changeEvents(snapshot, () => ({ status: "cancelled" }))),
    /\(created\) has 0 live events, not 1/,
  ],
  "a meeting that is called deleted by people and was not": [
    (snapshot) => changeRow(snapshot, { cancelled_in_google_at: "2035-01-01T00:00:00Z" }),
    /\(deleted\) was not deleted by people/,
  ],
  "an event on another calendar than where people moved it": [
    (snapshot) =>
      changeExpected(snapshot, () => ({
        relocations: snapshot.events.map(({ id }) => ({ event_id: id, calendar_id: "second" })),
      })),
    /is on organizer-\S+, not on second/,
  ],
  "a row with another calendar than its event": [
    (snapshot) => changeRow(snapshot, { google_calendar_id: "second" }),
    /google_calendar_id is second, event: primary/,
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
  "a reply that is missing in the history": [
    (snapshot) => ({ ...snapshot, responses: [] }),
    /the history of guest-\S+ ends with needsAction, event: declined/,
  ],
  "a reply in the history that no guest gave": [
    (snapshot) => ({
      ...snapshot,
      responses: snapshot.responses.map((reply) => ({ ...reply, response_status: "tentative" })),
    }),
    /guest-\S+ never replied tentative/,
  ],
  "a place that people set and that is gone": [
    (snapshot) => edited(snapshot, () => ({ field: "place", value: "Garden", version: 2 })),
    /people set the place Garden, event: /,
  ],
  "a title that people set after the change that named it": [
    (snapshot) => edited(snapshot, () => ({ field: "title", value: "By hand", version: 2 })),
    /people set the title By hand, event: Review, moved/,
  ],
  "a title that a change named and that the event has not": [
    (snapshot) => changeEvents(snapshot, () => ({ summary: "Review" })),
    /a change set the title Review, moved, event: Review/,
  ],
  "a guest whom people removed and who is back": [
    (snapshot) =>
      edited(snapshot, ({ attendees }) => ({
        field: attendees?.at(-1)?.email ?? "",
        value: "removed",
        version: 2,
      })),
    /guest-\S+ is on the event/,
  ],
  "a guest whom people added and who is gone": [
    (snapshot) =>
      edited(snapshot, () => ({ field: "cy@north.example", value: "added", version: 1 })),
    /cy@north.example is missing on the event/,
  ],
  "a row without the place of its event": [
    (snapshot) => changeEvents(snapshot, () => ({ location: "Garden" })),
    /location is , event: Garden/,
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
    /at version 2 differs from the accepted change: \{"title":"Review",/,
  ],
  "a named time that a search replaced": [
    (snapshot) => changeRow(searchedAgain(snapshot), { starts_at: "2035-01-08T11:00:00Z" }),
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
    (snapshot) => changeRow(snapshot, { write_due_at: "2035-01-01T00:00:00Z" }),
    /has no final state/,
  ],
  "a row that differs from its event": [
    (snapshot) => changeRow(snapshot, { starts_at: "2035-01-08T11:00:00Z" }),
    /starts_at is /,
  ],
  "a row that is leased": [
    (snapshot) => changeRow(snapshot, { lease_token: crypto.randomUUID() }),
    /is still leased/,
  ],
  "a searched time in place of one that a change named": [
    (snapshot) => anotherTimeFound(snapshot, ["time"]),
    /differs from the accepted change/,
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
  "finds none in a meeting whose event people deleted, and whose row says so": (snapshot) => {
    const deleted = deletedByPeople(changeEvents(snapshot, () => ({ status: "cancelled" })));
    const row = changeRow(deleted, { cancelled_in_google_at: "2035-01-01T00:00:00Z" });
    assert.deepEqual(violations({ ...row, mails: cancelled(snapshot.mails) }), []);
  },
  "finds none in a title that people set before the change that named it": (snapshot) =>
    assert.deepEqual(
      violations(edited(snapshot, () => ({ field: "title", value: "By hand", version: 1 }))),
      [],
    ),
  "finds none in a searched time that a search replaced, because it was taken": (snapshot) =>
    assert.deepEqual(violations(anotherTimeFound(snapshot, [])), []),
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
  const accepted = {
    meeting_id,
    version: 2,
    is_cancelled: false,
    title,
    start_time,
    names: ["title", "time"] as const,
    participants,
  };
  const reply = { event_id: google_event_id, email, response_status, removals_before: 0 } as const;
  await syncNow(stack, organizer);
  return {
    ...emptyExpectedState(),
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

/** A search has found the time that row and event have, after a change that named these fields. */
function anotherTimeFound(snapshot: Snapshot, names: AcceptedChange["names"]): Snapshot {
  const found = { start_time: "2035-01-09T10:00:00Z", participant_availability: [] };
  const searched = changeRow(searchedAgain(snapshot), { candidates: [found] });
  return changeExpected(searched, ({ accepted_changes }) => ({
    accepted_changes: accepted_changes.map((accepted) => ({
      ...accepted,
      names,
      start_time: "2035-01-08T11:00:00Z",
    })),
  }));
}

function withLaterVersion(accepted: AcceptedChange): AcceptedChange {
  return { ...accepted, version: accepted.version + 1 };
}

function withoutReply<Guest>(guest: Guest): Guest & { responseStatus: "needsAction" } {
  return { ...guest, responseStatus: "needsAction" };
}

/** People have edited each event as well. */
function edited(
  snapshot: Snapshot,
  edit: (event: StoredEvent) => Omit<Edit, "event_id">,
): Snapshot {
  const edits = snapshot.events.map((event) => ({ event_id: event.id, ...edit(event) }));
  return changeExpected(snapshot, () => ({ edits }));
}

/** Each guest was also told that the event is deleted. */
function cancelled(mails: Snapshot["mails"]): Snapshot["mails"] {
  const last = new Map(mails.map((mail) => [mail.to, mail]));
  return [
    ...mails,
    ...[...last.values()].map((mail) => ({ ...mail, kind: "cancellation" as const })),
  ];
}

/** People have deleted each event. */
function deletedByPeople(snapshot: Snapshot): Snapshot {
  return changeExpected(snapshot, () => ({ deletions: snapshot.events.map(({ id }) => id) }));
}

function changeEvents(
  snapshot: Snapshot,
  change: (event: StoredEvent) => Partial<StoredEvent>,
): Snapshot {
  return { ...snapshot, events: snapshot.events.map((event) => ({ ...event, ...change(event) })) };
}

/** Every meeting twice, at a time that a search found for its last participant. */
function searchedTwice(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    meetings: snapshot.meetings.flatMap((row) => {
      const email = addresses(row.participants).at(-1);
      const participant_availability = [{ email: email ?? "", status: "free" }];
      const candidates = [{ start_time: row.starts_at, participant_availability }];
      return [
        { ...row, candidates },
        { ...row, candidates, meeting_id: `${row.meeting_id} again` },
      ];
    }),
  };
}

/** A claim found the time of each meeting given to another one. */
function searchedAgain(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    ledger: snapshot.ledger.map((row) =>
      row.step === "settled" ? { ...row, decision: "search_again" } : row
    ),
  };
}

function changeRow(snapshot: Snapshot, change: Partial<Snapshot["meetings"][number]>): Snapshot {
  return { ...snapshot, meetings: snapshot.meetings.map((row) => ({ ...row, ...change })) };
}
