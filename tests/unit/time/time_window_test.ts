import assert from "node:assert/strict";
import { readTimeWindow, TimeWindowError } from "@shared/time/time_window.ts";

function read(earliest_date: string, latest_date: string, timezone = "UTC") {
  const { from, to } = readTimeWindow({ earliest_date, latest_date, timezone });
  return [from, to].map((minute) => new Date(minute * 60_000).toISOString().slice(0, 16));
}

Deno.test("readTimeWindow() reads dates as whole local days, and instants rounded inwards", () => {
  assert.deepEqual(read("2030-01-07", "2030-01-08", "America/New_York"), [
    "2030-01-07T05:00",
    "2030-01-09T05:00",
  ]);
  assert.deepEqual(read("2030-01-07T09:00:01Z", "2030-01-07T11:00:59+01:00"), [
    "2030-01-07T09:01",
    "2030-01-07T10:00",
  ]);
  // Midnight does not exist on this day.
  assert.deepEqual(read("2018-11-04", "2018-11-04", "America/Sao_Paulo"), [
    "2018-11-04T03:00",
    "2018-11-05T02:00",
  ]);
});

Deno.test("readTimeWindow() takes a year with a leap day across a clock change, and no minute more", () => {
  assert.equal(read("2031-06-02", "2032-06-01", "Europe/Paris").length, 2);
  assert.throws(() => read("2031-06-02", "2032-06-02", "Europe/Paris"), TimeWindowError);
});

Deno.test("readTimeWindow() names the edge that makes no sense", () => {
  for (
    const [earliest, latest, field] of [
      ["tomorrow", "2030-01-07", "earliest_date"],
      ["2030-02-30", "2030-03-01", "earliest_date"],
      ["2030-01-07", "2030-01-07T09:00:00", "latest_date"],
      ["2030-01-08", "2030-01-07", "latest_date"],
    ] as const
  ) {
    assert.throws(
      () => read(earliest, latest),
      (error) => error instanceof TimeWindowError && error.field === field,
    );
  }
});
