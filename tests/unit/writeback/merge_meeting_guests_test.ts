import assert from "node:assert/strict";
import * as fc from "fast-check";
import { mergeMeetingGuests } from "@shared/writeback/merge_meeting_guests.ts";
import type { WritableMeeting } from "@shared/writeback/writable_meeting.ts";

function aMeeting(emails: readonly string[]): WritableMeeting {
  return {
    meeting_id: "abc-123",
    event_key: "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f",
    desired_version: 2,
    title: null,
    description: null,
    location: null,
    participants: emails.map((email) => ({ email, type: "required" })),
    conference: "meet",
    reminders: [],
    recurrence: null,
    guests_can_modify: false,
    guests_can_invite_others: true,
    guests_can_see_other_guests: true,
    starts_at: "2030-01-07T14:00:00+00:00",
    ends_at: "2030-01-07T14:30:00+00:00",
    timezone: "UTC",
    score: null,
    guest_reasoning: null,
    organizer_email: "a@north.example",
  };
}

Deno.test("mergeMeetingGuests() finds a guest again whatever the case of the address", () => {
  assert.deepEqual(
    mergeMeetingGuests(
      aMeeting(["Jane@North.example"]),
      [{
        email: "jane@north.example",
        responseStatus: "declined",
        comment: "On leave",
        additionalGuests: 1,
      }],
      [],
    ),
    [{
      email: "Jane@North.example",
      responseStatus: "declined",
      comment: "On leave",
      additionalGuests: 1,
    }],
  );
});

Deno.test("mergeMeetingGuests() keeps what people set on a guest whom they added", () => {
  const room = { email: "room@north.example", resource: true, responseStatus: "accepted" };
  const guest = { email: "z@north.example", displayName: "Zoe", optional: true };
  assert.deepEqual(mergeMeetingGuests(aMeeting(["a@north.example"]), [room, guest], []), [
    { email: "a@north.example", responseStatus: "accepted" },
    room,
    guest,
  ]);
});

Deno.test("mergeMeetingGuests() keeps every reply, adds no other guest, and removes only the removed", () => {
  const email = fc.constantFrom(..."abcdefgh".split("").map((name) => `${name}@north.example`));
  const answer = fc.constantFrom("needsAction", "accepted", "declined", "tentative");
  const guests = fc.uniqueArray(fc.record({ email, responseStatus: answer }), {
    selector: (guest) => guest.email,
  });
  fc.assert(fc.property(
    fc.uniqueArray(email, { minLength: 1 }),
    guests,
    fc.uniqueArray(email),
    (participants, shown, once_removed) => {
      // A participant who was removed and named again is no longer on the removed list.
      const removed = once_removed.filter((address) => !participants.includes(address));
      const merged = mergeMeetingGuests(aMeeting(participants), shown, removed);
      const addresses = merged.map((guest) => guest.email);
      const kept = shown.map((guest) => guest.email)
        .filter((address) => !removed.includes(address));
      assert.deepEqual(
        addresses.toSorted(),
        [...new Set([...participants, ...kept])].toSorted(),
      );
      for (const guest of shown) {
        const after = merged.find((one) => one.email === guest.email);
        if (after !== undefined) assert.equal(after.responseStatus, guest.responseStatus);
      }
    },
  ));
});
