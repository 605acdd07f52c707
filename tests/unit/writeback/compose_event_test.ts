import assert from "node:assert/strict";
import { shownKey } from "@shared/calendar_events/own_event.ts";
import { shownVersion } from "@shared/calendar_events/own_event.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { composeEvent } from "@shared/writeback/compose_event.ts";
import type { WritableMeeting } from "@shared/writeback/writable_meeting.ts";

const KEY = "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f";

function aMeeting(changes: Partial<WritableMeeting> = {}): WritableMeeting {
  return {
    meeting_id: "abc-123",
    event_key: KEY,
    desired_version: 1,
    title: null,
    description: null,
    location: null,
    participants: [
      { email: "jane@north.example", name: "Jane Smith", type: "required" },
      { email: "omar@south.example", type: "optional" },
    ],
    conference: "meet",
    reminders: [{ method: "email", minutes: 1440 }, { method: "popup", minutes: 30 }],
    recurrence: null,
    guests_can_modify: false,
    guests_can_invite_others: true,
    guests_can_see_other_guests: true,
    starts_at: "2030-01-07T14:00:00+00:00",
    ends_at: "2030-01-07T14:30:00+00:00",
    timezone: "America/New_York",
    score: 89.5,
    event_reasoning: "Everyone is free.",
    description_details: "summary",
    locale: "en",
    organizer_email: "jane@north.example",
    ...changes,
  };
}

Deno.test("composeEvent() says score, reasons, people, length and zone in this order", () => {
  assert.equal(
    composeEvent(aMeeting(), 1).description,
    [
      "🤖 AI-Scheduled Meeting",
      "",
      "Score: 89.5/100",
      "Everyone is free.",
      "",
      "Participants:",
      "- Jane Smith (jane@north.example)",
      "- omar@south.example (omar@south.example)",
      "",
      "Duration: 30 minutes",
      "Timezone: America/New_York",
    ].join("\n"),
  );
});

Deno.test("composeEvent() names the participants in the title unless the meeting has one", () => {
  assert.equal(
    composeEvent(aMeeting(), 1).summary,
    "AI-Scheduled Meeting: Jane Smith, omar@south.example",
  );
  assert.equal(composeEvent(aMeeting({ title: "Budget <draft>" }), 1).summary, "Budget <draft>");
});

Deno.test("composeEvent() gives local time with offset and zone on both sides of a DST change", () => {
  const winter = composeEvent(aMeeting(), 1);
  assert.deepEqual(winter.start, {
    dateTime: "2030-01-07T09:00:00-05:00",
    timeZone: "America/New_York",
  });
  const summer = composeEvent(
    aMeeting({ starts_at: "2030-07-08T13:00:00Z", ends_at: "2030-07-08T13:45:00Z" }),
    1,
  );
  assert.equal(summer.start?.dateTime, "2030-07-08T09:00:00-04:00");
  assert.equal(summer.end?.dateTime, "2030-07-08T09:45:00-04:00");
});

Deno.test("composeEvent() invites each participant with their type, and the organizer as accepted", () => {
  assert.deepEqual(composeEvent(aMeeting(), 1).attendees, [
    { email: "jane@north.example", displayName: "Jane Smith", responseStatus: "accepted" },
    { email: "omar@south.example", optional: true },
  ]);
});

Deno.test("composeEvent() turns no typed text into markup", () => {
  const { description } = composeEvent(
    aMeeting({
      description: '<img src=x onerror="x"> & co',
      event_reasoning: "<b>Everyone</b> is free.",
      participants: [{ email: "a@north.example", name: "<script>", type: "required" }],
    }),
    1,
  );
  assert.ok(description?.startsWith('&lt;img src=x onerror="x"&gt; &amp; co\n\n🤖'), description);
  assert.ok(!/<[a-z/]/i.test(description ?? ""), description);
});

Deno.test("composeEvent() obeys conference none, reminders, place and guest permissions", () => {
  const event = composeEvent(
    aMeeting({
      conference: "none",
      location: "Room 4",
      reminders: [{ method: "popup", minutes: 5 }],
      guests_can_modify: true,
      guests_can_see_other_guests: false,
    }),
    1,
  );
  assert.equal(event.conferenceData, undefined);
  assert.equal(event.location, "Room 4");
  assert.deepEqual(event.reminders, {
    useDefault: false,
    overrides: [{ method: "popup", minutes: 5 }],
  });
  assert.equal(event.guestsCanModify, true);
  assert.equal(event.guestsCanSeeOtherGuests, false);
});

Deno.test("composeEvent() keeps the description of 200 people within Google's limit and counts the rest", () => {
  const participants = Array.from({ length: 200 }, (_, index) => ({
    email: `person-with-a-long-address-${index}@north.example`,
    name: `Person With A Rather Long Name ${index}`,
    type: "required" as const,
  }));
  const event = composeEvent(aMeeting({ participants }), 1);
  assert.ok((event.description?.length ?? Infinity) <= 8192);
  const named = event.description?.match(/^- Person/gm)?.length ?? 0;
  assert.ok(event.description?.includes(`\nand ${200 - named} more\n`), event.description);
  assert.equal(event.attendees?.length, 200);
});

Deno.test("composeEvent() keeps the organizer's own text whole: participants, reasons and the whole part of ours give way", () => {
  const participants = Array.from({ length: 20 }, (_, index) => ({
    email: `person-${index}@north.example`,
    type: "required" as const,
  }));
  const gaveWay = new Set<string>();
  for (let length = 6000; length <= LIMITS.description_characters; length++) {
    const own = "&amp;".repeat(length / 5) + "x".repeat(length % 5);
    const { description = "" } = composeEvent(
      aMeeting({
        description: own.replaceAll("&amp;", "&"),
        participants,
        event_reasoning: "Everyone is free.",
      }),
      1,
    );
    assert.ok(description.startsWith(own), `${length}: the own text was changed`);
    assert.ok(description.length <= LIMITS.description_characters, `${length}`);
    gaveWay.add(
      description === own
        ? "all"
        : !description.includes("Everyone is free.")
        ? "reasons"
        : /\nand \d+ more\n/.test(description)
        ? "participants"
        : "nothing",
    );
  }
  assert.deepEqual([...gaveWay], ["nothing", "participants", "reasons", "all"]);
});

Deno.test("composeEvent() marks the event with the meeting's key and version, and another id a generation", () => {
  const first = composeEvent(aMeeting({ desired_version: 3 }), 1);
  const second = composeEvent(aMeeting({ desired_version: 3 }), 2);
  const stored = {
    id: first.id ?? "",
    extendedProperties: {
      private: first.extendedProperties?.private as Record<string, string>,
    },
  };
  assert.equal(shownKey(stored), KEY);
  assert.equal(shownVersion(stored), 3);
  assert.notEqual(first.id, second.id);
  assert.notEqual(
    first.conferenceData?.createRequest?.requestId,
    second.conferenceData?.createRequest?.requestId,
  );
});
