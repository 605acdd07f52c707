import assert from "node:assert/strict";
import * as fc from "../fast_check.ts";
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
    event_reasoning: null,
    description_details: "summary",
    locale: "en",
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
      new Map(),
    ),
    [{
      email: "jane@north.example",
      responseStatus: "declined",
      comment: "On leave",
      additionalGuests: 1,
    }],
  );
});

Deno.test("mergeMeetingGuests() keeps what people set on a guest whom they added", () => {
  const room = { email: "room@north.example", resource: true, responseStatus: "accepted" };
  const guest = { email: "z@north.example", displayName: "Zoe", optional: true };
  assert.deepEqual(mergeMeetingGuests(aMeeting(["a@north.example"]), [room, guest], new Map()), [
    room,
    guest,
  ]);
});

Deno.test("mergeMeetingGuests() changes of each guest only what was named, and keeps every reply", () => {
  const email = fc.constantFrom(..."abcdefgh".split("").map((name) => `${name}@north.example`));
  const answer = fc.constantFrom("needsAction", "accepted", "declined", "tentative");
  const guests = fc.uniqueArray(fc.record({ email, responseStatus: answer }), {
    selector: (guest) => guest.email,
  });
  const change = fc.constantFrom("added" as const, "changed" as const, undefined);
  fc.assert(fc.property(
    fc.uniqueArray(fc.tuple(email, change), { minLength: 1, selector: ([address]) => address }),
    guests,
    fc.uniqueArray(email),
    (participants, shown, taken_off) => {
      const listed = new Map(participants);
      const removed = taken_off.filter((address) => !listed.has(address));
      const named = new Map<string, "added" | "changed" | "removed">([
        ...participants.flatMap(([address, named]) =>
          named === undefined ? [] : [[address, named] as const]
        ),
        ...removed.map((address) => [address, "removed"] as const),
      ]);
      const merged = mergeMeetingGuests(aMeeting([...listed.keys()]), shown, named);
      const present = shown.map((guest) => guest.email);
      const invited = [...listed.keys()].filter((address) => listed.get(address) === "added");
      assert.deepEqual(
        merged.map((guest) => guest.email).toSorted(),
        [...new Set([...present, ...invited])].filter((address) => !removed.includes(address))
          .toSorted(),
      );
      for (const guest of shown) {
        const after = merged.find((one) => one.email === guest.email);
        if (after !== undefined) assert.equal(after.responseStatus, guest.responseStatus);
      }
    },
  ));
});
