import assert from "node:assert/strict";
import { shownCalendarTime, shownInstant, shownTime } from "@shared/time/shown_time.ts";

Deno.test("an instant is shown in UTC with seconds, however it is stored", () => {
  for (
    const stored of [
      "2030-01-07T09:00:00+00:00",
      "2030-01-07T09:00:00.123456+00:00",
      "2030-01-07T10:00:00+01:00",
      "2030-01-07T09:00:00.999Z",
      "2030-01-07 09:00:00+00",
    ]
  ) assert.equal(shownInstant(stored), "2030-01-07T09:00:00Z", stored);
  assert.equal(shownInstant("1969-12-31T23:59:59.5Z"), "1969-12-31T23:59:59Z");
  assert.equal(shownInstant(null), null);
});

Deno.test("a start is shown with the offset of its zone then", () => {
  const stored = "2030-07-01T09:00:30.5+00:00";
  assert.equal(shownTime(stored, "Europe/Paris"), "2030-07-01T11:00:30+02:00");
  assert.equal(shownTime(stored, "America/St_Johns"), "2030-07-01T06:30:30-02:30");
  assert.equal(shownTime(stored, "UTC"), "2030-07-01T09:00:30Z");
  assert.equal(shownTime(stored, null), "2030-07-01T09:00:30Z");
  assert.equal(shownTime(stored, "Paris"), "2030-07-01T09:00:30Z");
});

Deno.test("what RFC 3339 cannot write stays as it is stored", () => {
  assert.equal(shownInstant("infinity"), "infinity");
  assert.equal(shownTime("-infinity", "Europe/Paris"), "-infinity");
  assert.equal(shownInstant("+010000-01-01T00:00:00Z"), "+010000-01-01T00:00:00Z");
});

Deno.test("Google's times are shown in the zone of the event, whole days as dates", () => {
  const dateTime = "2030-01-07T09:00:00Z";
  assert.equal(
    shownCalendarTime({ dateTime, timeZone: "Europe/Paris" }),
    "2030-01-07T10:00:00+01:00",
  );
  assert.equal(shownCalendarTime({ dateTime }), dateTime);
  assert.equal(shownCalendarTime({ date: "2030-01-07" }), "2030-01-07");
  assert.equal(shownCalendarTime(undefined), null);
});
