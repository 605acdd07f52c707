import assert from "node:assert/strict";
import { asAttendeeInput, byEmail } from "@shared/google/attendee_input.ts";

Deno.test("asAttendeeInput() keeps all that Google resets or forgets, and nothing that it refuses", () => {
  const answered = {
    email: "ana@north.example",
    displayName: "Ana",
    optional: true,
    resource: false,
    responseStatus: "tentative",
    comment: "maybe late",
    additionalGuests: 2,
  };
  assert.deepEqual(
    asAttendeeInput({ ...answered, self: true, organizer: true }, "ana@north.example"),
    answered,
  );
  assert.deepEqual(asAttendeeInput({}, "bo@north.example"), { email: "bo@north.example" });
});

Deno.test("byEmail() finds people whatever the case, and no guest without an address", () => {
  const found = byEmail([{ email: " Ana@North.example" }, { email: "ana@north.example" }, {
    email: "",
  }, {}]);
  assert.deepEqual([...found], [["ana@north.example", { email: " Ana@North.example" }]]);
});
