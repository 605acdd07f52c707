import assert from "node:assert/strict";
import {
  extractOrganizerMetadata,
  normalizeAttendeeResponseStatus,
  normalizeAttendees,
} from "@shared/google/event_people.ts";

Deno.test("extractOrganizerMetadata() says ours only where Google says self", () => {
  assert.deepEqual(
    extractOrganizerMetadata({
      organizer: { email: "user@north.example", displayName: "User Name", self: true },
    }),
    {
      organizer_email: "user@north.example",
      organizer_display_name: "User Name",
      organizer_self: true,
    },
  );
  assert.equal(
    extractOrganizerMetadata({ organizer: { email: "boss@south.example" } }).organizer_self,
    false,
  );
  assert.equal(
    extractOrganizerMetadata({ organizer: { email: "boss@south.example", self: false } })
      .organizer_self,
    false,
  );
});

Deno.test("extractOrganizerMetadata() of no organizer, or no event, is unknown", () => {
  const unknown = { organizer_email: null, organizer_display_name: null, organizer_self: null };
  for (const event of [null, undefined, {}, { organizer: {} }]) {
    assert.deepEqual(extractOrganizerMetadata(event), unknown);
  }
});

Deno.test("normalizeAttendees() keeps every known field and drops who has no address", () => {
  const full = {
    email: "room@north.example",
    displayName: "Room",
    organizer: false,
    self: false,
    optional: true,
    resource: true,
    responseStatus: "accepted",
    comment: "Looking forward",
    additionalGuests: 0,
  };
  assert.deepEqual(
    normalizeAttendees([
      full,
      { displayName: "No Address" },
      { email: "" },
      { email: "b@north.example", responseStatus: "invalid_status" },
      { email: "c@north.example" },
    ]),
    [
      full,
      { email: "b@north.example", responseStatus: "needsAction" },
      { email: "c@north.example", responseStatus: "needsAction" },
    ],
  );
  assert.deepEqual(normalizeAttendees(null), []);
  assert.deepEqual(normalizeAttendees(undefined), []);
});

Deno.test("normalizeAttendeeResponseStatus() knows Google's four answers and no other", () => {
  for (const status of ["accepted", "declined", "tentative", "needsAction"]) {
    assert.equal(normalizeAttendeeResponseStatus(status), status);
  }
  for (const status of ["ACCEPTED", "maybe", "", null, undefined]) {
    assert.equal(normalizeAttendeeResponseStatus(status), "needsAction");
  }
});
