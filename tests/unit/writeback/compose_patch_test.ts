import assert from "node:assert/strict";
import { namedSince } from "@shared/calendar_events/named_fields.ts";
import type { NamedFields } from "@shared/database/event_fields.ts";
import { fieldsOf } from "@shared/calendar_events/written_fields.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { composeEvent } from "@shared/writeback/compose_event.ts";
import { composePatch } from "@shared/writeback/compose_patch.ts";
import type { WritableMeeting } from "@shared/writeback/writable_meeting.ts";

const GUESTS = ["a@north.example", "b@north.example"];

const MEETING: WritableMeeting = {
  meeting_id: "abc-123",
  event_key: "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f",
  desired_version: 2,
  title: "Budget",
  description: null,
  location: "Room 4",
  participants: GUESTS.map((email) => ({ email, type: "required" as const })),
  conference: "none",
  reminders: [],
  recurrence: null,
  guests_can_modify: false,
  guests_can_invite_others: true,
  guests_can_see_other_guests: true,
  starts_at: "2030-01-07T14:00:00+00:00",
  ends_at: "2030-01-07T14:30:00+00:00",
  timezone: "Europe/Kyiv",
  score: null,
  description_details: "summary",
  locale: "en",
  event_reasoning: null,
  organizer_email: "a@north.example",
};

const WRITTEN = composeEvent(MEETING, 1) as GoogleEvent;

function patchOf(
  named_fields: NamedFields,
  { meeting = {}, event = {} }: {
    meeting?: Partial<WritableMeeting>;
    event?: Partial<GoogleEvent>;
  } = {},
) {
  const { patch, ...composed } = composePatch({ ...MEETING, ...meeting }, {
    event: { ...WRITTEN, ...event },
    named: namedSince(named_fields, 1),
    written: fieldsOf(WRITTEN),
    generation: 1,
  });
  const { extendedProperties, ...content } = patch;
  assert.equal(extendedProperties?.private?.convene_version, "2", "every patch has its mark");
  return { content, ...composed };
}

Deno.test("composePatch() sends what was named after the version that the event shows, and nothing else", () => {
  assert.deepEqual(patchOf({ title: 1, time: 1 }, { meeting: { title: "Other" } }), {
    content: {},
    is_visible: false,
    fields: [],
    overwritten: [],
  });
  const named = patchOf({ title: 2, location: 1 }, { event: { location: "Garden" } });
  assert.deepEqual(named, {
    content: { summary: "Budget" },
    is_visible: false,
    fields: ["title"],
    overwritten: [],
  });
});

Deno.test("composePatch() names what people had set and a change replaces, unless both agree", () => {
  const event = { location: "Garden", summary: "Plan" };
  assert.deepEqual(patchOf({ location: 2, title: 2 }, { event }).overwritten, [
    { field: "title", was: "Plan" },
    { field: "location", was: "Garden" },
  ]);
  const agreed = patchOf({ location: 2 }, { event, meeting: { location: "Garden" } });
  assert.deepEqual([agreed.overwritten, agreed.is_visible], [[], false]);
});

Deno.test("composePatch() gives an event that people made a whole-day one its time back, in one form", () => {
  const event = { start: { date: "2030-01-07" }, end: { date: "2030-01-08" } };
  const { content, fields, is_visible } = patchOf({ time: 2 }, { event });
  assert.deepEqual([fields, is_visible], [["time"], true]);
  assert.deepEqual(content.start, {
    dateTime: "2030-01-07T16:00:00+02:00",
    timeZone: "Europe/Kyiv",
    date: null,
  });
  assert.deepEqual(patchOf({ zone: 2 }, { event }).content, {}, "a day has no zone");
});

Deno.test("composePatch() is invisible for another name of the zone and another case of an address", () => {
  const zone = patchOf({ zone: 2 }, { meeting: { timezone: "Europe/Kiev" } });
  assert.deepEqual([zone.fields, zone.is_visible], [["description", "zone"], false]);
  const participants = GUESTS.map((email) => ({
    email: email.toUpperCase(),
    type: "required" as const,
  }));
  const changed = { version: 2, change: "changed" as const };
  const guests = patchOf({ guests: { [GUESTS[1]!]: changed } }, {
    meeting: { participants },
    event: { description: "An agenda of people" },
  });
  assert.deepEqual([guests.fields, guests.is_visible], [[], false]);
});

Deno.test("composePatch() leaves text that people edited whole, also when time or guests change", () => {
  const event = { description: "An agenda of people" };
  for (const named of [{ time: 2 }, { guests: { "c@north.example": added(2) } }]) {
    assert.equal("description" in patchOf(named, { event }).content, false);
    const own = patchOf(named, { meeting: { ends_at: "2030-01-07T15:30:00+00:00" } });
    assert.match(String(own.content.description), /Duration: 90 minutes/);
  }
});

function added(version: number) {
  return { version, change: "added" as const };
}
