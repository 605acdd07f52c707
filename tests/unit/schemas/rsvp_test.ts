import assert from "node:assert/strict";
import { rsvpSummary } from "@shared/schemas/rsvp.ts";

const PEOPLE = [
  "boss@north.example",
  "ana@north.example",
  { email: "bo@north.example", type: "optional" },
  { email: "room@north.example", type: "resource" },
];

const answered = (ana: string, bo: string, room = "accepted") => [
  { email: "boss@north.example", organizer: true, responseStatus: "needsAction" },
  { email: "Ana@north.example", responseStatus: ana },
  { email: "bo@north.example", responseStatus: bo },
  { email: "room@north.example", resource: true, responseStatus: room },
];

Deno.test("rsvpSummary() waits for the required people only, and not for organizer and rooms", () => {
  const cases: [string, string, string, string][] = [
    ["needsAction", "accepted", "accepted", "awaiting"],
    ["tentative", "declined", "accepted", "awaiting"],
    ["accepted", "declined", "declined", "confirmed"],
    ["accepted", "needsAction", "needsAction", "confirmed"],
    ["declined", "accepted", "accepted", "declined_by_required"],
  ];
  for (const [ana, bo, room, expected] of cases) {
    assert.equal(rsvpSummary(PEOPLE, answered(ana, bo, room))?.status, expected, ana);
  }
});

Deno.test("rsvpSummary() counts the answers and names who is missing", () => {
  assert.deepEqual(rsvpSummary(PEOPLE, answered("tentative", "declined")), {
    status: "awaiting",
    accepted: 1,
    declined: 1,
    tentative: 1,
    needs_action: 1,
    awaiting: ["ana@north.example"],
    declined_by: [],
  });
});

Deno.test("rsvpSummary() of a participant who is not on the event yet is awaiting; of invalid values it is null", () => {
  assert.deepEqual(rsvpSummary(["ana@north.example"], [])?.awaiting, ["ana@north.example"]);
  assert.equal(rsvpSummary("no-list", []), null);
});
