import fc from "../unit/fast_check.ts";
import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { emulatorControl } from "../../packages/google-calendar-emulator/control.ts";
import { startGoogleEmulator } from "../../packages/google-calendar-emulator/emulator.ts";
import { googleClient } from "../../packages/google-calendar-emulator/google_client.ts";
import { layOutSeries, occurrencesOf } from "@shared/scheduling/availability/series.ts";
import { readRecurrence } from "@shared/scheduling/input/recurrence.ts";
import { readSearchRequest } from "@shared/scheduling/input/search_request.ts";
import { completeConstraints, CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { seriesStarts } from "@shared/scheduling/series_starts.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HORIZON = 12;
/** A little less than the year within which occurrences are judged. */
const COMPARED_MS = 360 * DAY_MS;

/** Clock changes by an hour and half an hour, at two, at midnight, in spring and in autumn; and none. */
const ZONES = [
  "America/New_York",
  "Europe/Paris",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "America/Santiago",
  "Africa/Cairo",
  "Asia/Tokyo",
  "UTC",
];

/** Days before and at the clock changes of 2030, and others. */
const FIRST_DAYS = ["2030-03-09", "2030-03-10", "2030-03-30", "2030-03-31", "2030-04-06"]
  .concat(["2030-04-07", "2030-04-25", "2030-09-07", "2030-10-05", "2030-10-26"])
  .concat(["2030-10-27", "2030-11-02", "2030-11-03", "2030-01-07", "2030-06-30"]);

const CLOCKS = ["00:00", "00:30", "01:30", "02:00", "02:15", "02:30", "03:00", "09:00", "23:30"];

const zone = fc.constantFrom(...ZONES);
const start = fc.record({
  zone,
  date: fc.constantFrom(...FIRST_DAYS),
  days_before: fc.constantFrom(0, 1, 7, 14),
  clock: fc.constantFrom(...CLOCKS),
  disambiguation: fc.constantFrom("earlier", "later"),
});

const weekday = fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU");
const rule = fc.tuple(
  fc.constantFrom("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY"),
  fc.constantFrom("", ";INTERVAL=2"),
  fc.oneof(fc.constant(""), weekday.map((day) => `;BYDAY=${day}`)),
  fc.constantFrom("", ";COUNT=3", ";COUNT=9", ";UNTIL=20301103", ";UNTIL=20300410T063000Z"),
).map((parts) => parts.join(""));

/** A date of an EXDATE or RDATE line, some days after the start and mostly at its time of day. */
const date = fc.record({
  days: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-1, 7, 14, 21, 28)),
  minutes: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.constantFrom(-60, 30, 60, 1440)),
  form: fc.constantFrom("date", "floating", "own zone", "other zone", "UTC"),
});
const dates = fc.array(date, { maxLength: 4 });

type Start = typeof start extends fc.Arbitrary<infer Value> ? Value : never;
type SeriesDate = typeof date extends fc.Arbitrary<infer Value> ? Value : never;

function firstOf({ zone, date, days_before, clock, disambiguation }: Start) {
  return Temporal.PlainDateTime.from(`${date}T${clock}`).subtract({ days: days_before })
    .toZonedDateTime(zone, { disambiguation: disambiguation === "later" ? "later" : "earlier" });
}

function lineOf(name: string, first: Temporal.ZonedDateTime, { days, minutes, form }: SeriesDate) {
  const wall = first.toPlainDateTime().add({ days }).add({ minutes });
  const at = wall.toZonedDateTime(first.timeZoneId);
  const other = first.timeZoneId === "Asia/Tokyo" ? "Europe/Paris" : "Asia/Tokyo";
  switch (form) {
    case "date":
      return `${name};VALUE=DATE:${stamp(wall).slice(0, 8)}`;
    case "floating":
      return `${name}:${stamp(wall)}`;
    case "own zone":
      return `${name};TZID=${first.timeZoneId}:${stamp(wall)}`;
    case "other zone":
      return `${name};TZID=${other}:${stamp(at.withTimeZone(other).toPlainDateTime())}`;
    default:
      return `${name}:${stamp(at.withTimeZone("UTC").toPlainDateTime())}Z`;
  }
}

function stamp(wall: Temporal.PlainDateTime): string {
  return wall.toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "");
}

/** The occurrences by which a slot that starts there is judged, and which are held for it. */
function judged(lines: readonly string[], first: Temporal.ZonedDateTime): number[] {
  const constraints = completeConstraints(
    CONSTRAINTS.parse({
      timezone: first.timeZoneId,
      earliest_date: first.toPlainDate().toString(),
      latest_date: first.toPlainDate().add({ days: 1 }).toString(),
    }),
    new Date("2029-01-01"),
  );
  const recurrence = readRecurrence({ lines: RECURRENCE.parse(lines), horizon: HORIZON });
  const search = readSearchRequest(constraints, new Date("2029-01-01"), { recurrence });
  const at = first.epochMilliseconds / MINUTE_MS;
  return occurrencesOf(layOutSeries(recurrence, search, []), at).map((one) => one * MINUTE_MS);
}

/** The start itself is named by a time that the clock shows twice, and is the second of the two. */
const IN_THE_SECOND_OF_TWO_HOURS = (["date", "floating", "own zone"] as const).map((
  form,
): [Start, string, SeriesDate[], SeriesDate[]] => [
  {
    zone: "America/New_York",
    date: "2030-11-03",
    days_before: 0,
    clock: "01:30",
    disambiguation: "later",
  },
  "FREQ=DAILY;COUNT=3",
  [{ days: 0, minutes: 0, form }],
  [],
]);

/** The occurrences of an event with these lines that starts there, up to the horizon. */
async function written(
  google: calendar_v3.Calendar,
  lines: string[],
  first: Temporal.ZonedDateTime,
): Promise<number[]> {
  const time = (at: Temporal.ZonedDateTime) => ({
    dateTime: at.toString({ timeZoneName: "never", smallestUnit: "second" }),
    timeZone: at.timeZoneId,
  });
  const { data: { id } } = await google.events.insert({
    calendarId: "primary",
    requestBody: {
      start: time(first),
      end: time(first.add({ minutes: 30 })),
      recurrence: lines,
    },
  });
  const eventId = id ?? "";
  const { data: { items = [] } } = await google.events.instances({
    calendarId: "primary",
    eventId,
    timeMax: new Date(first.epochMilliseconds + COMPARED_MS).toISOString(),
  });
  await google.events.delete({ calendarId: "primary", eventId });
  return items.map(({ start }) => Date.parse(start?.dateTime ?? "")).slice(0, HORIZON);
}

/** The added date is the start, on the day after it in UTC; the last occurrence is after a clock change. */
const BESIDE_A_CLOCK_CHANGE: [Start, string, SeriesDate[], SeriesDate[]] = [
  {
    zone: "America/Santiago",
    date: "2030-04-06",
    days_before: 7,
    clock: "23:30",
    disambiguation: "earlier",
  },
  "FREQ=DAILY;INTERVAL=2;BYDAY=SA",
  [{ days: 14, minutes: 0, form: "date" }],
  [{ days: 0, minutes: 0, form: "other zone" }],
];

Deno.test("the occurrences by which a slot is judged, and those that a change holds, are those of its event, also over skipped and repeated hours", async () => {
  await using emulator = await startGoogleEmulator({ strict: true });
  const control = emulatorControl(emulator.url);
  const email = "ana@north.example";
  await control.createAccount({ email, timezone: "UTC" });
  const { access_token } = await control.signIn({ email });
  const google = googleClient(emulator.url, access_token);
  const seen = { changed: 0, with_dates: 0, over_a_change: 0, beside_the_rule: 0 };
  await fc.assert(
    fc.asyncProperty(start, rule, dates, dates, async (given, text, excluded, added) => {
      const first = firstOf(given);
      const lines = [
        `RRULE:${text}`,
        ...excluded.map((one) => lineOf("EXDATE", first, one)),
        ...added.map((one) => lineOf("RDATE", first, one)),
      ];
      const label = `${lines.join(" ")} from ${first}`;
      const found = judged(lines, first);
      const own = judged([`RRULE:${text}`], first);
      const occurrences = await written(google, lines, first);
      // A change may name a series that starts beside its rule, or whose start is left out.
      const changed = seriesStarts(
        { lines: RECURRENCE.parse(lines), horizon: HORIZON },
        first.epochMilliseconds / MINUTE_MS,
        first.timeZoneId,
      ).map((minute) => minute * MINUTE_MS);
      const near = changed.filter((ms) => ms < first.epochMilliseconds + COMPARED_MS);
      assert.deepEqual(near.map(iso), occurrences.map(iso), `changed: ${label}`);
      // On a day on which the rule does not begin nothing is offered.
      if (own.length === 0) {
        seen.beside_the_rule++;
        return assert.deepEqual(found, [], label);
      }
      // Nor is a start that is left out.
      const expected = occurrences[0] === first.epochMilliseconds ? occurrences : [];
      const compared = found.filter((ms) => ms < first.epochMilliseconds + COMPARED_MS);
      assert.deepEqual(compared.map(iso), expected.map(iso), label);
      if (found.join() !== own.join()) seen.changed++;
      if (excluded.length + added.length > 0) seen.with_dates++;
      if (new Set(found.map((ms) => offsetOf(ms, first.timeZoneId))).size > 1) seen.over_a_change++;
    }),
    { numRuns: 700, examples: [...IN_THE_SECOND_OF_TWO_HOURS, BESIDE_A_CLOCK_CHANGE] },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 70, `${what}: ${count}`);
});

function offsetOf(ms: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).offset;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
