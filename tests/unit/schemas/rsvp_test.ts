import assert from "node:assert/strict";
import { rsvpSummary } from "@shared/schemas/rsvp.ts";

const PARTICIPANTS = [
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

Deno.test("rsvpSummary() waits for required people and rooms, and not for the organizer", () => {
  const cases: [ana: string, bo: string, room: string, expected: string, by: string[]][] = [
    ["needsAction", "accepted", "accepted", "awaiting", []],
    ["tentative", "declined", "accepted", "awaiting", []],
    ["accepted", "declined", "accepted", "confirmed", []],
    ["accepted", "needsAction", "needsAction", "awaiting", []],
    ["accepted", "accepted", "declined", "declined_by_required", ["room@north.example"]],
    ["declined", "accepted", "accepted", "declined_by_required", ["ana@north.example"]],
  ];
  for (const [ana, bo, room, expected, declined_by] of cases) {
    const rsvp = rsvpSummary({ participants: PARTICIPANTS, attendees: answered(ana, bo, room) });
    assert.deepEqual([rsvp?.status, rsvp?.declined_by], [expected, declined_by], `${ana} ${room}`);
  }
});

Deno.test("rsvpSummary() knows the organizer under an alias, which Google marks as self", () => {
  const attendees = [
    { email: "the.boss@north.example", self: true, responseStatus: "needsAction" },
    { email: "ana@north.example", responseStatus: "accepted" },
  ];
  const participants = ["the.boss@north.example", "ana@north.example"];
  const rsvp = rsvpSummary({ participants, attendees });
  assert.deepEqual([rsvp?.status, rsvp?.awaiting], ["confirmed", []]);
});

Deno.test("rsvpSummary() knows the organizer of an event on a secondary calendar, where Google marks no guest", () => {
  const participants = ["the.boss@north.example", "ana@north.example", "bo@north.example"];
  const attendees = [
    { email: "The.Boss@north.example", responseStatus: "accepted" },
    { email: "ana@north.example", responseStatus: "declined" },
    { email: "bo@north.example", responseStatus: "accepted" },
  ];
  const constraints = { minimum_attendee_percentage: 60 };
  const account_email = "the.boss@north.example";
  const rsvp = rsvpSummary({ participants, attendees, constraints, account_email });
  assert.deepEqual([rsvp?.status, rsvp?.accepted], ["quorum_lost", 2]);
});

Deno.test("rsvpSummary() loses the quorum when fewer than the percentage of required people can come", () => {
  const participants = ["a@x.example", "b@x.example", "c@x.example", "d@x.example"];
  const statusWith = (replies: string[], minimum_attendee_percentage: number) =>
    rsvpSummary({
      participants,
      attendees: participants.map((email, index) => ({ email, responseStatus: replies[index] })),
      constraints: { minimum_attendee_percentage },
    })?.status;
  const [yes, no, open] = ["accepted", "declined", "needsAction"];
  assert.equal(statusWith([yes, yes, yes, no], 75), "confirmed");
  assert.equal(statusWith([yes, open, yes, no], 75), "awaiting");
  assert.equal(statusWith([yes, yes, no, no], 75), "quorum_lost");
  assert.equal(statusWith([yes, yes, yes, no], 100), "quorum_lost");
});

Deno.test("rsvpSummary() counts the answers and names who is missing", () => {
  const attendees = answered("tentative", "declined");
  assert.deepEqual(rsvpSummary({ participants: PARTICIPANTS, attendees }), {
    status: "awaiting",
    accepted: 1,
    declined: 1,
    tentative: 1,
    needs_action: 1,
    awaiting: ["ana@north.example"],
    declined_by: [],
  });
});

Deno.test("rsvpSummary() counts people whom people added as optional, and not those whom they removed", () => {
  const participants = ["ana@north.example", "bo@north.example"];
  const attendees = [
    { email: "ana@north.example", responseStatus: "accepted" },
    { email: "new@north.example", responseStatus: "needsAction" },
  ];
  const before = rsvpSummary({ participants, attendees, to_invite: ["bo@north.example"] });
  assert.deepEqual([before?.status, before?.awaiting], ["awaiting", ["bo@north.example"]]);
  const after = rsvpSummary({ participants, attendees, to_invite: [] });
  assert.deepEqual([after?.status, after?.awaiting], ["confirmed", []]);
  const empty = rsvpSummary({ participants, attendees: [], to_invite: [] });
  assert.deepEqual(empty?.awaiting, [], "they removed everybody");
});

Deno.test("rsvpSummary() of a participant who is not on the event yet is awaiting; of invalid values it is null", () => {
  const rsvp = rsvpSummary({ participants: ["ana@north.example"], attendees: [] });
  assert.deepEqual(rsvp?.awaiting, ["ana@north.example"]);
  assert.equal(rsvpSummary({ participants: "no-list", attendees: [] }), null);
});
