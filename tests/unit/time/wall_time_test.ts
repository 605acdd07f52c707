import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import {
  instantOf,
  momentOn,
  occurrenceStart,
  readMoment,
  rfc3339,
  seriesWallOf,
  timeOfDay,
  wallOf,
  wallTimeOf,
} from "@shared/time/wall_time.ts";

const HOUR_MS = 3_600_000;
const ZONES = [
  "Europe/Paris",
  "America/New_York",
  "Pacific/Auckland",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "Africa/Casablanca",
  "UTC",
];

Deno.test("wallOf() is what Intl shows, to the second", () => {
  fc.assert(fc.property(
    fc.constantFrom(...ZONES),
    fc.integer({ min: Date.UTC(1990, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 }),
    (zone, second) => {
      const shown = new Intl.DateTimeFormat("sv-SE", {
        timeZone: zone,
        dateStyle: "short",
        timeStyle: "medium",
      }).format(second * 1000);
      const wall = new Date(wallOf(second * 1000 + 999, zone)).toISOString();
      assert.equal(wall, `${shown.replace(" ", "T")}.000Z`);
    },
  ));
});

Deno.test("instantOf() is the first instant with the wall time, and rfc3339() writes it with its offset", () => {
  fc.assert(fc.property(
    fc.constantFrom(...ZONES),
    fc.integer({ min: Date.UTC(1990, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 }),
    (zone, second) => {
      const instant = second * 1000;
      const wall = wallOf(instant, zone);
      const first = instantOf(wall, zone);
      // A wall time that is shown twice is read as the first of the two.
      assert.ok(first <= instant && instant - first <= 2 * HOUR_MS);
      assert.equal(wallOf(first, zone), wall);
      const text = rfc3339(momentOn({ wall, zone }));
      assert.equal(Date.parse(text), first);
      assert.equal(Date.parse(`${text.slice(0, 19)}Z`), wall);
      assert.deepEqual(readMoment(text, zone), { instant: first, zone });
      const exact = readMoment(rfc3339({ instant, zone }), zone);
      assert.deepEqual(exact, { instant, zone });
      assert.deepEqual(wallTimeOf(exact), { wall, zone });
    },
  ));
});

Deno.test("instantOf() reads a skipped time with the offset before the change, a repeated one as the first", () => {
  for (
    const [zone, wall, instant, text] of [
      ["Europe/Paris", "2030-03-31T02:30:00", "2030-03-31T01:30:00", "2030-03-31T03:30:00+02:00"],
      [
        "America/New_York",
        "2030-03-10T02:30:00",
        "2030-03-10T07:30:00",
        "2030-03-10T03:30:00-04:00",
      ],
      // A whole day is skipped.
      ["Pacific/Apia", "2011-12-30T10:00:00", "2011-12-30T20:00:00", "2011-12-31T10:00:00+14:00"],
      [
        "Australia/Lord_Howe",
        "2030-10-06T02:15:00",
        "2030-10-05T15:45:00",
        "2030-10-06T02:45:00+11:00",
      ],
      ["Europe/Paris", "2030-10-27T02:30:00", "2030-10-27T00:30:00", "2030-10-27T02:30:00+02:00"],
      [
        "America/New_York",
        "2030-11-03T01:30:00",
        "2030-11-03T05:30:00",
        "2030-11-03T01:30:00-04:00",
      ],
    ] as const
  ) {
    const given = Date.parse(`${wall}Z`);
    assert.equal(new Date(instantOf(given, zone)).toISOString(), `${instant}.000Z`, zone);
    assert.equal(rfc3339(momentOn({ wall: given, zone })), text);
  }
});

Deno.test("wallOf() and instantOf() refuse a zone that does not exist, and what is no instant", () => {
  assert.throws(() => wallOf(0, "Mars/Olympus"), RangeError);
  assert.throws(() => instantOf(0, "Mars/Olympus"), RangeError);
  assert.throws(() => wallOf("tomorrow", "UTC"), RangeError);
  assert.throws(() => wallOf(NaN, "UTC"), RangeError);
});

Deno.test("timeOfDay() counts from midnight, before 1970 too", () => {
  assert.equal(timeOfDay(Date.parse("2030-01-07T09:30:00Z")), 9.5 * HOUR_MS);
  assert.equal(timeOfDay(Date.parse("1969-12-31T23:00:00Z")), 23 * HOUR_MS);
});

Deno.test("occurrenceStart() keeps the start of a series in the second of two equal hours, and only the start", () => {
  const zone = "America/New_York";
  const series = readMoment("2030-11-03T01:30:00-05:00", zone);
  const { wall } = wallTimeOf(series);
  assert.equal(rfc3339(occurrenceStart(series, wall)), "2030-11-03T01:30:00-05:00");
  const before = readMoment("2029-11-04T01:30:00-05:00", zone);
  assert.equal(rfc3339(occurrenceStart(before, wall)), "2030-11-03T01:30:00-04:00");
});

Deno.test("seriesWallOf() is the time of day of the series where a clock change skips it", () => {
  const zone = "America/New_York";
  const half_past_two = { wall: Date.parse("2030-03-03T02:30:00Z"), zone };
  const shown = Date.parse("2030-03-10T03:30:00-04:00");
  assert.equal(seriesWallOf(shown, half_past_two), Date.parse("2030-03-10T02:30:00Z"));
  const half_past_three = { ...half_past_two, wall: half_past_two.wall + HOUR_MS };
  assert.equal(seriesWallOf(shown, half_past_three), Date.parse("2030-03-10T03:30:00Z"));
  // Santiago skips midnight to one o'clock: half past midnight is shown as half past one.
  const santiago = { wall: Date.parse("2030-09-01T00:30:00Z"), zone: "America/Santiago" };
  const skipped = Date.parse("2030-09-08T00:30:00Z");
  assert.equal(seriesWallOf(instantOf(skipped, santiago.zone), santiago), skipped);
  const whole_day = { wall: skipped, zone: null };
  assert.equal(seriesWallOf(skipped, whole_day), skipped);
});
