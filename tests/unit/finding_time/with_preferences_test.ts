import assert from "node:assert/strict";
import type {
  PersonPreferences,
  StoredPreferences,
} from "@shared/database/scheduling_preferences.ts";
import { noticeOf, withPreferences } from "@shared/finding_time/with_preferences.ts";
import type { MeetingParticipant } from "@shared/schemas/participant.ts";

const ANN: MeetingParticipant = { email: "Ann@north.example", type: "required" };
const CONSTRAINTS = { buffer_minutes: 5 };
const HOURS = { days: ["monday" as const], start: "10:00", end: "12:00" };

Deno.test("withPreferences() fills what the request leaves out of a person", () => {
  const known = stored({
    timezone: "Europe/Berlin",
    open_hours: [HOURS, { ...HOURS, timezone: "UTC" }],
    lunch: { start: "12:30", end: "13:00" },
    buffer_after_minutes: 30,
    holiday_calendar: "DE",
    days_off: ["2030-01-07", "2030-12-25"],
    preferred_days: ["friday"],
    preferred_hours_start: 11,
  });
  assert.deepEqual(withPreferences(ANN, known, CONSTRAINTS), {
    ...ANN,
    timezone: "Europe/Berlin",
    open_hours: [{ ...HOURS, timezone: "Europe/Berlin" }, { ...HOURS, timezone: "UTC" }],
    lunch: { start: "12:30", end: "13:00" },
    buffer: { before: 5, after: 30 },
    exdates: ["2030-01-07", "2030-12-25", "2030-10-03"],
    preferences: { preferred_days: ["friday"], preferred_hours_start: 11 },
  });
});

Deno.test("withPreferences() lets the request go first, field by field", () => {
  const known = stored({
    timezone: "Europe/Berlin",
    open_hours: [HOURS],
    has_lunch: false,
    buffer_before_minutes: 10,
    days_off: ["2030-01-07"],
    preferred_days: ["friday"],
    preferred_hours_start: 11,
    preferred_hours_end: 15,
  });
  const asked: MeetingParticipant = {
    ...ANN,
    timezone: "UTC",
    buffer: { before: 0, after: 0 },
    exdates: [],
    preferences: { preferred_hours_end: 10 },
  };
  assert.deepEqual(withPreferences(asked, known, CONSTRAINTS), {
    ...asked,
    // Said on the clock of Berlin, whatever zone the request names.
    open_hours: [{ ...HOURS, timezone: "Europe/Berlin" }],
    lunch: null,
    preferences: { preferred_days: ["friday"], preferred_hours_end: 10 },
  });
});

Deno.test("withPreferences() leaves rooms and people of whom nothing is known as they are", () => {
  const room: MeetingParticipant = { ...ANN, type: "resource" };
  const bob: MeetingParticipant = { email: "bob@north.example", type: "required" };
  const known = stored({ timezone: "Europe/Berlin" });
  assert.equal(withPreferences(room, known, CONSTRAINTS), room);
  assert.equal(withPreferences(bob, known, CONSTRAINTS), bob);
});

Deno.test("noticeOf() is the longest of those who must come, unless the request names one", () => {
  const known: StoredPreferences = {
    people: {
      "ann@north.example": person({ minimum_notice_minutes: 60 }),
      "bob@north.example": person({ minimum_notice_minutes: 600 }),
    },
    holidays: {},
  };
  const bob: MeetingParticipant = { email: "bob@north.example", type: "optional" };
  assert.equal(noticeOf({}, [ANN, bob], known), 60);
  assert.equal(noticeOf({}, [ANN, { ...bob, type: "required" }], known), 600);
  assert.equal(noticeOf({ minimum_notice_minutes: 0 }, [ANN, bob], known), 0);
  assert.equal(noticeOf({}, [bob], known), 0);
});

function stored(of_ann: Partial<PersonPreferences>): StoredPreferences {
  return {
    people: { "ann@north.example": person(of_ann) },
    holidays: { DE: ["2030-10-03", "2030-12-25"], FR: ["2030-07-14"] },
  };
}

function person(of_person: Partial<PersonPreferences>): PersonPreferences {
  return { has_lunch: true, days_off: [], ...of_person };
}
