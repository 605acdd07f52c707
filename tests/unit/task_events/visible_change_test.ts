import assert from "node:assert/strict";
import { FailureError } from "@shared/failures/failure.ts";
import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { isVisible } from "@shared/task_events/plan/visible_change.ts";
import { planChange } from "@shared/task_events/plan/plan_change.ts";
import type { ChangeState } from "@shared/task_events/plan/change_state.ts";

const EVENT: GoogleEvent = {
  id: "event1",
  etag: '"1"',
  summary: "Plan",
  organizer: { email: "ana@north.example", self: true },
  start: { dateTime: "2035-01-08T10:00:00+05:30", timeZone: "Asia/Calcutta" },
  end: { dateTime: "2035-01-08T11:00:00+05:30", timeZone: "Asia/Calcutta" },
  attendees: [{ email: "Bo@north.example", responseStatus: "accepted" }],
};

const STATE: ChangeState = {
  event: EVENT,
  occurrence: null,
  exceptions: [],
  live: new Set(),
  last: null,
  known: EVENT.attendees ?? [],
  calendar_zone: null,
};

Deno.test("people see texts, times, rules and guests, and nothing of names of one zone or of our marks", () => {
  const at = (dateTime: string, timeZone: string): EventPatch => ({
    start: { dateTime, timeZone },
  });
  const cases: [EventPatch, boolean][] = [
    [{}, false],
    [{ extendedProperties: { private: { convene_change: "1" } } }, false],
    [{ summary: "Plan", location: "", description: null }, false],
    [{ summary: "Other" }, true],
    [{ location: "Room 4" }, true],
    [at("2035-01-08T04:30:00Z", "Asia/Kolkata"), false],
    [at("2035-01-08T04:30:00Z", "Europe/Paris"), true],
    [at("2035-01-08T05:30:00Z", "Asia/Calcutta"), true],
    [{ start: { date: "2035-01-08", dateTime: null } }, true],
    [{ recurrence: null }, false],
    [{ recurrence: ["RRULE:FREQ=DAILY"] }, true],
    [{ attendees: [{ email: "bo@north.example", responseStatus: "accepted" }] }, false],
    [{ attendees: [] }, true],
    [{ guestsCanModify: true }, true],
  ];
  for (const [patch, expected] of cases) {
    assert.equal(isVisible(EVENT, patch), expected, JSON.stringify(patch));
  }
});

Deno.test("guests are left out where none changes, and never written where Google did not return all", () => {
  const plan = (event: GoogleEvent, request: object) =>
    planChange("c1", "k1", "single", { event_id: "event1", ...request }, { ...STATE, event });
  const same = plan(EVENT, { attendees: [{ email: "bo@NORTH.example" }] });
  assert.deepEqual([same.patch.attendees, same.sendUpdates], [undefined, "none"]);
  const added = plan(EVENT, {
    attendees: [{ email: "bo@north.example" }, { email: "c@d.example" }],
  });
  assert.deepEqual([added.patch.attendees?.length, added.sendUpdates], [2, "all"]);
  const partial = { ...EVENT, attendeesOmitted: true };
  assert.equal(plan(partial, { summary: "Other" }).patch.attendees, undefined);
  assert.throws(
    () => plan(partial, { attendees: [{ email: "c@d.example" }] }),
    (thrown) => thrown instanceof FailureError && thrown.failure.code === "guests_hidden",
  );
});
