import assert from "node:assert/strict";
import { otherGuests, ownershipOf, sendUpdatesFor } from "@shared/task_events/plan/ownership.ts";
import { rescheduleDecision } from "@shared/task_events/plan/reschedule_decision.ts";

const EITHER = [false, true];

/** event, organizer_self, Google was asked, recurring, other guests -> what is done */
const TABLE: [boolean, boolean | null, boolean, boolean, boolean, string][] = [];
for (const was_read of EITHER) {
  for (const recurring of EITHER) {
    for (const guests of EITHER) {
      for (const self of [true, false, null]) {
        TABLE.push([false, self, was_read, recurring, guests, "create"]);
      }
      TABLE.push([true, false, was_read, recurring, guests, "skip not_organizer"]);
      TABLE.push([
        true,
        null,
        was_read,
        recurring,
        guests,
        was_read ? "skip organizer_unknown" : "read_organizer",
      ]);
    }
    TABLE.push([true, true, was_read, recurring, false, "update none"]);
  }
  TABLE.push([true, true, was_read, false, true, "update all"]);
  TABLE.push([true, true, was_read, true, true, "skip recurring_with_guests"]);
}

Deno.test("rescheduleDecision() keeps the decision tree over all combinations, NULL included", () => {
  const combinations = new Set<string>();
  for (const [has_event, self, was_read, is_recurring, has_other_guests, expected] of TABLE) {
    combinations.add(JSON.stringify([has_event, self, was_read, is_recurring, has_other_guests]));
    const decision = rescheduleDecision({
      has_event,
      ownership: ownershipOf(self),
      was_read,
      is_recurring,
      has_other_guests,
    });
    const said = "code" in decision
      ? `skip ${decision.code}`
      : "sendUpdates" in decision
      ? `update ${decision.sendUpdates}`
      : decision.action;
    assert.equal(said, expected);
  }
  assert.equal(combinations.size, 2 * 3 * 2 * 2 * 2);
});

Deno.test("otherGuests() are people other than ourselves; rooms do not count", () => {
  const guests = [
    { email: "me@north.example", self: true },
    { email: "room@north.example", resource: true },
    { email: "you@north.example" },
  ];
  assert.deepEqual(otherGuests(guests).map(({ email }) => email), ["you@north.example"]);
});

Deno.test("sendUpdatesFor() obeys what is given, and tells everybody only about our own events", () => {
  assert.equal(sendUpdatesFor(undefined, "ours", true), "all");
  assert.equal(sendUpdatesFor(undefined, "ours", false), "none");
  assert.equal(sendUpdatesFor(undefined, "theirs", true), "none");
  assert.equal(sendUpdatesFor(undefined, "unknown", true), "none");
  for (const asked of ["all", "externalOnly", "none"] as const) {
    assert.equal(sendUpdatesFor(asked, "ours", true), asked);
    assert.equal(sendUpdatesFor(asked, "theirs", false), asked);
  }
});
