import assert from "node:assert/strict";
import ICAL from "ical.js";
import { shiftSeries } from "@shared/task_events/plan/shift_series.ts";
import { splitSeries } from "@shared/task_events/plan/split_series.ts";
import type { ZonedWallTime } from "@shared/time/wall_time.ts";
import { eventsOf, readTeamCalendar, teamNames } from "../support/team_calendars.ts";
import { expand } from "../unit/task_events/expand.ts";

const YEARS_MS = 4 * 366 * 86_400_000;
const HOUR_MS = 3_600_000;

Deno.test("team series divide anywhere without a hole or a double, and move as a whole", () => {
  let count = 0;
  for (const team of teamNames()) {
    for (const { lines, start } of seriesOf(team)) {
      const horizon = start.wall + YEARS_MS;
      const whole = expand(lines, start, start.wall, horizon);
      const last = expand(
        lines.filter((line) => line.startsWith("RRULE")),
        start,
        start.wall,
        horizon,
      )
        .at(-1) ?? start.wall;
      for (const index of new Set([1, whole.length >> 1, whole.length - 1])) {
        const at = whole[index];
        if (at === undefined || index < 1) continue;
        const { before, after } = splitSeries(lines, start, at, last);
        const parts = [
          ...expand(before, start, start.wall, horizon),
          ...expand(after, { ...start, wall: at }, at, horizon),
        ];
        assert.deepEqual(parts, whole, `${team} at ${new Date(at).toISOString()}`);
      }
      if (start.zone !== null) {
        const moved = { ...start, wall: start.wall + HOUR_MS };
        assert.deepEqual(
          expand(shiftSeries(lines, start, moved), moved, moved.wall, horizon + HOUR_MS),
          whole.map((wall) => wall + HOUR_MS),
          team,
        );
      }
      count++;
    }
  }
  assert.ok(count > 60, `only ${count} series were found`);
});

/** The series of a calendar in Google's form: lines, and a start on its own wall clock. */
function seriesOf(team: string): { lines: string[]; start: ZonedWallTime }[] {
  return eventsOf(readTeamCalendar(team)).flatMap(({ event }) => {
    const start = event.getFirstProperty("dtstart");
    const value = start?.getFirstValue();
    if (!start || !(value instanceof ICAL.Time) || !event.hasProperty("rrule")) return [];
    const tzid = start.getParameter("tzid");
    const zone = value.isDate ? null : typeof tzid === "string" ? tzid : "UTC";
    const lines = ["rrule", "rdate", "exdate"].flatMap((name) =>
      event.getAllProperties(name).map((property) => property.toICALString())
    );
    const wall = Date.UTC(
      value.year,
      value.month - 1,
      value.day,
      value.hour,
      value.minute,
      value.second,
    );
    return [{ lines, start: { wall, zone } }];
  });
}
