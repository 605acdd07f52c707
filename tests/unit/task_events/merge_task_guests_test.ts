import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { mergeTaskGuests } from "@shared/task_events/plan/merge_task_guests.ts";

const EMAIL = fc.constantFrom(..."abcdefgh").map((name) => `${name}@north.example`);
const REPLY = fc.constantFrom("needsAction", "declined", "tentative", "accepted");
const LIST = fc.uniqueArray(
  fc.record({
    email: EMAIL,
    responseStatus: REPLY,
    optional: fc.boolean(),
    comment: fc.constantFrom("late", "on the phone"),
  }, { requiredKeys: ["email", "responseStatus"], noNullPrototype: true }),
  { selector: ({ email }) => email },
);

const emails = (guests: readonly { email?: string | undefined }[]) =>
  new Set(guests.map(({ email }) => email));

Deno.test("mergeTaskGuests() never changes what a guest answered, whatever is asked", () => {
  fc.assert(fc.property(LIST, LIST, LIST, (known, present, wanted) => {
    for (const guest of mergeTaskGuests(known, present, wanted)) {
      const there = present.find(({ email }) => email === guest.email);
      if (there === undefined) continue;
      assert.equal(guest.responseStatus, there.responseStatus);
      assert.equal(guest.comment, there.comment);
    }
  }));
});

Deno.test("mergeTaskGuests() keeps whom others added and keeps away whom others removed", () => {
  fc.assert(fc.property(LIST, LIST, LIST, (known, present, wanted) => {
    const merged = emails(mergeTaskGuests(known, present, wanted));
    const [before, now, asked] = [emails(known), emails(present), emails(wanted)];
    for (const email of new Set([...before, ...now, ...asked])) {
      const expected = asked.has(email)
        ? now.has(email) || !before.has(email)
        : now.has(email) && !before.has(email);
      assert.equal(merged.has(email), expected, email);
    }
  }));
});

Deno.test("mergeTaskGuests() of an unchanged list is what Google has", () => {
  fc.assert(fc.property(LIST, LIST, (known, present) => {
    const merged = mergeTaskGuests(known, present, known);
    assert.deepEqual(
      merged.toSorted((a, b) => a.email < b.email ? -1 : 1),
      present.toSorted((a, b) => a.email < b.email ? -1 : 1),
    );
  }));
});

Deno.test("mergeTaskGuests() where nothing happened meanwhile is what was asked", () => {
  fc.assert(fc.property(LIST, LIST, (known, wanted) => {
    assert.deepEqual(emails(mergeTaskGuests(known, known, wanted)), emails(wanted));
  }));
});

Deno.test("mergeTaskGuests() compares addresses without case and invites a new guest as asked", () => {
  assert.deepEqual(
    mergeTaskGuests(
      [{ email: "Ana@north.example" }],
      [{ email: "ana@north.example", responseStatus: "accepted" }],
      [{ email: "ANA@north.example", optional: true }, { email: "bo@north.example" }],
    ),
    [
      { email: "ana@north.example", responseStatus: "accepted", optional: true },
      { email: "bo@north.example" },
    ],
  );
});
