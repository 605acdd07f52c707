import assert from "node:assert/strict";
import { constraintsWithin } from "@shared/finding_time/move_window.ts";

const NOW = new Date("2035-01-01T00:00:00Z");

const DECLINED = {
  reason: null,
  starts_at: "2035-01-08T10:00:00Z",
  ends_at: "2035-01-08T10:45:00Z",
  accepted_starts_at: null,
  freeze_hours: 20,
  window_days: 3,
  excluded: [],
};

function windowOf(
  constraints: Record<string, string>,
  move: Partial<typeof DECLINED> & { accepted_starts_at?: string | null } = {},
) {
  const found = constraintsWithin(
    { constraints, timezone: "Europe/Paris" },
    { ...DECLINED, ...move },
    NOW,
  );
  return "path" in found ? found.path : [found.earliest_date, found.latest_date];
}

Deno.test("a move stays within window_days of the declined time, at its length and in its zone", () => {
  const found = constraintsWithin({ constraints: {}, timezone: "Europe/Paris" }, DECLINED, NOW);
  assert.deepEqual(found, {
    duration_minutes: 45,
    timezone: "Europe/Paris",
    earliest_date: "2035-01-05T10:00:00.000Z",
    latest_date: "2035-01-11T10:45:00.000Z",
  });
});

Deno.test("a move keeps out of the freeze, and within the dates of the meeting, whole days in its zone", () => {
  const soon = { starts_at: "2035-01-02T10:00:00Z", ends_at: "2035-01-02T10:45:00Z" };
  assert.deepEqual(windowOf({}, soon), ["2035-01-01T20:05:00.000Z", "2035-01-05T10:45:00.000Z"]);
  assert.deepEqual(windowOf({ earliest_date: "2035-01-08", latest_date: "2035-01-09" }), [
    "2035-01-07T23:00:00.000Z",
    "2035-01-09T23:00:00.000Z",
  ]);
  assert.equal(windowOf({ latest_date: "2035-01-03" }), "constraints.latest_date");
});

Deno.test("an accepted time is the only one, and none once the freeze has reached it", () => {
  const accepted = "2035-01-09T09:00:00Z";
  assert.deepEqual(windowOf({}, { accepted_starts_at: accepted as never }), [
    "2035-01-09T09:00:00.000Z",
    "2035-01-09T09:45:00.000Z",
  ]);
  const late = { accepted_starts_at: accepted as never, freeze_hours: 300 };
  assert.equal(windowOf({}, late), "constraints.latest_date");
});
