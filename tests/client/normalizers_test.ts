import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import fc from "../unit/fast_check.ts";
import * as ours from "@shared/google/event_people.ts";
import * as client from "../../client/calendar_service.ts";

const text = fc.option(fc.constantFrom("", "jane@north.example", "Jane", "accepted", "maybe"), {
  nil: undefined,
});
const flag = fc.option(fc.boolean(), { nil: undefined });
const GUEST = fc.record({
  email: text,
  displayName: text,
  organizer: flag,
  self: flag,
  optional: flag,
  resource: flag,
  responseStatus: text,
  comment: text,
  additionalGuests: fc.option(fc.nat(3), { nil: undefined }),
}, { requiredKeys: [] });
const ORGANIZER = fc.record(
  { email: text, displayName: text, self: flag },
  { requiredKeys: [] },
);

Deno.test("the client's normalizers return what the functions store", () => {
  fc.assert(fc.property(fc.array(GUEST, { maxLength: 5 }), ORGANIZER, (guests, organizer) => {
    assert.deepEqual(
      client.normalizeAttendees(guests),
      ours.normalizeAttendees(guests as Parameters<typeof ours.normalizeAttendees>[0]),
    );
    assert.deepEqual(
      client.extractOrganizerMetadata({ organizer }),
      ours.extractOrganizerMetadata({ organizer } as { organizer: { email: string } }),
    );
  }));
  for (const nothing of [undefined, null]) {
    assert.deepEqual(client.normalizeAttendees(nothing), []);
    assert.deepEqual(
      client.extractOrganizerMetadata(nothing),
      ours.extractOrganizerMetadata(nothing),
    );
  }
});

Deno.test("the normalizers take the types of Google's own client, whose fields may be null", () => {
  const event: calendar_v3.Schema$Event = {
    organizer: { email: "jane@north.example" },
    attendees: [
      { email: "omar@south.example", responseStatus: "declined", comment: null, optional: true },
      { email: null, displayName: "A room without an address" },
      { email: "eve@east.example", responseStatus: null },
    ],
  };
  assert.deepEqual(client.extractOrganizerMetadata(event), {
    organizer_email: "jane@north.example",
    organizer_display_name: null,
    organizer_self: false,
  });
  assert.deepEqual(client.normalizeAttendees(event.attendees), [
    { email: "omar@south.example", optional: true, responseStatus: "declined" },
    { email: "eve@east.example", responseStatus: "needsAction" },
  ]);
  const nameless = { organizer: { email: null, self: null } };
  assert.equal(client.extractOrganizerMetadata(nameless).organizer_self, null);
  assert.equal(client.normalizeAttendeeResponseStatus("tentative"), "tentative");
  assert.equal(client.normalizeAttendeeResponseStatus("Accepted"), "needsAction");
});
