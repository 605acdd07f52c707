import assert from "node:assert/strict";
import { compareMeeting } from "@shared/audit/compare_meeting.ts";
import type { AuditableMeeting } from "@shared/database/audits.ts";
import type { GoogleEvent } from "@shared/google/event.ts";

const EVENT: GoogleEvent = {
  id: "convene1g1",
  status: "confirmed",
  htmlLink: "https://calendar.example/1",
  hangoutLink: "https://meet.example/1",
  organizer: { email: "ana@north.example", self: true },
  start: { dateTime: "2035-01-08T11:00:00+01:00" },
  end: { dateTime: "2035-01-08T11:30:00+01:00" },
  attendees: [
    { email: "ana@north.example", responseStatus: "accepted" },
    { email: "ben@north.example", responseStatus: "needsAction" },
  ],
};

/** The columns that an audit reads, as write-back leaves them after writing EVENT. */
const COLUMNS = {
  meeting_id: "m-1",
  title: "Budget",
  google_calendar_id: "primary",
  google_event_id: EVENT.id,
  google_event_link: "https://calendar.example/1",
  meet_link: "https://meet.example/1",
  organizer_email: "ana@north.example",
  organizer_display_name: null,
  organizer_self: true,
  attendees: [
    { email: "ana@north.example", responseStatus: "accepted" },
    { email: "ben@north.example", responseStatus: "needsAction" },
  ],
  starts_at: "2035-01-08T10:00:00+00:00",
  ends_at: "2035-01-08T10:30:00+00:00",
  writeback_status: "created",
  writeback_error: null,
  cancelled_at: null,
  cancelled_in_google_at: null,
  desired_version: 1,
  written_version: 1,
};

function compare(columns: Partial<AuditableMeeting>, events: GoogleEvent[]) {
  const { findings, adopt, refresh, requeue } = compareMeeting(
    { ...COLUMNS, ...columns } as unknown as AuditableMeeting,
    events,
  );
  return { kinds: findings.map(({ finding }) => finding), findings, adopt, refresh, requeue };
}

Deno.test("compareMeeting() finds nothing where the instants are the same in another zone", () => {
  assert.deepEqual(compare({}, [EVENT]), {
    kinds: [],
    findings: [],
    adopt: null,
    refresh: null,
    requeue: false,
  });
});

Deno.test("compareMeeting() does not care in which order guests and their fields come", () => {
  const attendees = [
    { responseStatus: "needsAction", email: "ben@north.example" },
    { responseStatus: "accepted", email: "ana@north.example" },
  ];
  assert.deepEqual(compare({ attendees }, [EVENT]).kinds, []);
});

Deno.test("compareMeeting() ignores fields that Google does not return", () => {
  const { organizer: _, htmlLink: __, hangoutLink: ___, ...silent } = EVENT;
  assert.deepEqual(compare({}, [silent]).kinds, []);
  const omitted = { ...EVENT, attendees: [], attendeesOmitted: true };
  assert.deepEqual(compare({}, [omitted]).kinds, []);
});

Deno.test("compareMeeting() offers to note another answer of a guest", () => {
  const attendees = [{ email: "ben@north.example", responseStatus: "declined" }];
  const { kinds, refresh } = compare({}, [{ ...EVENT, attendees }]);
  assert.deepEqual(kinds, ["outdated"]);
  assert.deepEqual(refresh?.event.attendees, attendees);
});

Deno.test("compareMeeting() knows the changed occurrences of a series from second events", () => {
  const exception = { ...EVENT, id: `${EVENT.id}_20350115T100000Z`, recurringEventId: EVENT.id };
  assert.deepEqual(compare({}, [EVENT, exception]).kinds, []);
});

Deno.test("compareMeeting() names every other live event of the key, and not the deleted ones", () => {
  const events = [
    EVENT,
    { ...EVENT, id: "convene1g2" },
    { ...EVENT, id: "copy" },
    { ...EVENT, id: "convene1g0", status: "cancelled" },
  ];
  const { kinds, findings } = compare({}, events);
  assert.deepEqual(kinds, ["duplicated"]);
  assert.deepEqual(findings[0]?.event_ids, ["convene1g2", "copy"]);
});

Deno.test("compareMeeting() distinguishes a deleted event from one that never existed", () => {
  assert.deepEqual(compare({}, [{ ...EVENT, status: "cancelled" }]).kinds, ["cancelled"]);
  assert.deepEqual(compare({}, []).kinds, ["missing"]);
  assert.deepEqual(compare({}, [{ ...EVENT, id: "other" }]).kinds, ["missing", "duplicated"]);
});

const GIVEN_UP = { desired_version: 2, writeback_error: "google_rejected: No." };

Deno.test("compareMeeting() offers to requeue a change that was given up, and says why it was", () => {
  const times = { starts_at: "2035-01-08T12:00:00+00:00", ends_at: "2035-01-08T12:30:00+00:00" };
  for (const columns of [{ title: "Plan" }, times, { attendees: [] }]) {
    const { kinds, findings, refresh, requeue } = compare({ ...GIVEN_UP, ...columns }, [EVENT]);
    assert.deepEqual([kinds, refresh, requeue], [["given_up"], null, true]);
    assert.match(findings[0]?.message ?? "", /given up\..* Last error: google_rejected: No/);
    assert.equal(findings[0]?.message.includes("12:00"), "starts_at" in columns);
    assert.match(findings[0]?.repair ?? "", /^Requeue the change/);
  }
  const copied = compare(GIVEN_UP, [EVENT, { ...EVENT, id: "copy" }]);
  assert.deepEqual(copied.kinds, ["given_up", "duplicated"]);
});

Deno.test("compareMeeting() offers to take over another time and a deletion, which it names once", () => {
  const later = { ...EVENT, start: { dateTime: "2035-01-08T12:00:00Z" } };
  const moved = compare({}, [later]);
  assert.deepEqual([moved.kinds, moved.adopt], [["moved"], later]);
  assert.match(moved.findings[0]?.repair ?? "", /^Store the time/);
  const gone = { ...EVENT, status: "cancelled" };
  const cancelled = compare({}, [gone]);
  assert.deepEqual(cancelled.adopt, gone);
  assert.match(cancelled.findings[0]?.repair ?? "", /was deleted.*No guest is invited again/);
  const known = compare({ cancelled_in_google_at: "2035-01-01T00:00:00Z" }, [gone]);
  assert.deepEqual([known.kinds, known.adopt], [[], null]);
  assert.equal(compare({}, []).adopt, null);
  assert.equal(compare({}, [EVENT]).adopt, null);
});

Deno.test("compareMeeting() requeues no change of an event that is gone", () => {
  const { kinds, requeue } = compare(GIVEN_UP, [{ ...EVENT, status: "cancelled" }]);
  assert.deepEqual([kinds, requeue], [["cancelled"], false]);
  assert.deepEqual(compare(GIVEN_UP, []).kinds, ["missing"]);
});

Deno.test("compareMeeting() offers to requeue a cancellation that was given up, event or none", () => {
  const columns = { ...GIVEN_UP, cancelled_at: "2035-01-01T00:00:00Z" };
  for (const [events, state] of [[[EVENT], /still on/], [[], /no longer exists/]] as const) {
    const { kinds, findings, requeue } = compare(columns, [...events]);
    assert.deepEqual([kinds, requeue], [["given_up"], true]);
    assert.match(findings[0]?.message ?? "", state);
    assert.match(findings[0]?.repair ?? "", /^Requeue the cancellation/);
  }
});

Deno.test("compareMeeting() expects no live event of a meeting that was cancelled or failed", () => {
  for (const state of [{ cancelled_at: "2035-01-01T00:00:00Z" }, { writeback_status: "failed" }]) {
    assert.deepEqual(compare(state, []).kinds, []);
    assert.deepEqual(compare(state, [{ ...EVENT, status: "cancelled" }]).kinds, []);
    const { kinds, refresh } = compare(state, [EVENT]);
    assert.deepEqual([kinds, refresh], [["orphaned"], null]);
  }
});
