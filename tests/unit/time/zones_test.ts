import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { isTimeZone, offsetAt, offsetSegments } from "@shared/time/zones.ts";
import { wallAt } from "../scheduling/brute_force.ts";

Deno.test("isTimeZone() accepts the names of the IANA database and nothing else", () => {
  const names = ["UTC", "GMT", "Europe/Paris", "US/Pacific", "Etc/GMT+5", "EST5EDT", "NZ"];
  for (const name of [...names, "America/Port-au-Prince", "America/Argentina/Buenos_Aires"]) {
    assert.ok(isTimeZone(name), name);
  }
  const others = ["", "Mars/Olympus", "PST", "IST", "+01:00", "europe/paris", "Europe/", "Z"];
  for (const name of [...others, "SystemV/PST8", "Europe/Paris "]) {
    assert.ok(!isTimeZone(name), name);
  }
  for (const name of Intl.supportedValuesOf("timeZone")) assert.ok(isTimeZone(name), name);
});

Deno.test("offsetSegments() covers the time asked for and finds clock changes to the minute", () => {
  const from = Date.UTC(2026, 0, 1) / 60_000;
  const to = Date.UTC(2027, 0, 1) / 60_000;
  const changes = offsetSegments("Europe/Paris", from, to).map(({ from, offset }) => [
    new Date(from * 60_000).toISOString().slice(0, 16),
    offset,
  ]);
  assert.deepEqual(changes, [
    ["2026-01-01T00:00", 60],
    ["2026-03-29T01:00", 120],
    ["2026-10-25T01:00", 60],
  ]);
  const half_hour = offsetSegments("Australia/Lord_Howe", from, to).map(({ offset }) => offset);
  assert.deepEqual(half_hour, [660, 630, 660]);
});

Deno.test("offsetSegments() shows the wall clock that Intl shows, across years too", () => {
  const zones = ["America/Havana", "Pacific/Chatham", "Africa/Casablanca", "Asia/Kathmandu", "UTC"];
  const minute = fc.integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 });
  fc.assert(fc.property(fc.constantFrom(...zones), minute, (zone, minute) => {
    const segments = offsetSegments(zone, minute - 600_000, minute + 600_000);
    assert.equal(segments[0]!.from, minute - 600_000);
    assert.equal(segments.at(-1)!.to, minute + 600_000);
    for (const [i, segment] of segments.slice(1).entries()) {
      assert.equal(segment.from, segments[i]!.to);
      assert.notEqual(segment.offset, segments[i]!.offset);
    }
    const wall = minute + offsetAt(segments, minute);
    const shown = wallAt(zone, minute);
    assert.equal(shown.date, new Date(wall * 60_000).toISOString().slice(0, 10));
    assert.equal(shown.minute_of_day, wall - Math.floor(wall / 1440) * 1440);
  }));
});

Deno.test("offsetSegments() refuses a zone that does not exist", () => {
  assert.throws(() => offsetSegments("Mars/Olympus", 0, 1440), /Mars\/Olympus/);
});
