import assert from "node:assert/strict";
import { askedTime, listedAt, standingAt, storedSeries } from "../support/google_series.ts";
import { promise } from "../support/stack.ts";
import { change, googleOf } from "../support/tasks.ts";
import { readTeamCalendar, teamNames } from "../support/team_calendars.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEARS_MS = 2 * 366 * DAY_MS;

promise("team calendars", {
  "each scope changes exactly what it is asked to, by an independent reading of the rules": async (
    stack,
  ) => {
    let count = 0;
    for (const team of teamNames()) {
      const organizer = await stack.organizer();
      const google = await googleOf(stack, organizer.email);
      const text = readTeamCalendar(team);
      // Unfolded, and organized by the account that changes it.
      const ics = text.replaceAll(/\r?\n[ \t]/g, "")
        .replaceAll(`${team}@teams.example`, organizer.email);
      await stack.google.importCalendar({ email: organizer.email, ics });
      const events = await stack.google.events({
        calendar_id: organizer.email,
        status: "live",
      });
      for (const { id: event_id, recurrence, summary } of events) {
        if (recurrence === undefined) continue;
        const series = await storedSeries(google, event_id);
        const { zone } = series.start;
        const until = series.start.wall + YEARS_MS;
        let expected = await standingAt(google, series, until);
        if (expected.length < 6) continue;
        const label = `${team}: ${summary}`;
        const stands = async (id: string, walls: number[]) => {
          const stored = await storedSeries(google, id);
          const sorted = walls.toSorted((a, b) => a - b);
          assert.deepEqual(await standingAt(google, stored, until), sorted, label);
          assert.deepEqual(await listedAt(google, stored, until), sorted, label);
        };
        const day = (wall: number) => new Date(wall).toISOString().slice(0, 10);
        const ask = async (body: Record<string, unknown>) => {
          const answer = await change(organizer, { event_id, ...body });
          assert.equal(answer.status, 200, `${label}: ${JSON.stringify(answer.body)}`);
          return answer.body;
        };

        const [, second, third] = expected as [number, number, number];
        const moved = second + (zone === null ? DAY_MS : HOUR_MS);
        await ask({
          update_scope: "single",
          instance_date: day(second),
          start_time: askedTime(moved, zone),
        });
        expected = [...expected.filter((wall) => wall !== second), moved];
        await stands(event_id, expected);

        const deleted = await organizer.call("task-events", {
          method: "DELETE",
          body: { event_id, update_scope: "single", instance_date: day(third) },
        });
        assert.equal(deleted.status, 200, `${label}: ${JSON.stringify(deleted.body)}`);
        expected = expected.filter((wall) => wall !== third).sort((a, b) => a - b);
        await stands(event_id, expected);

        const at = expected[expected.length >> 1]!;
        const { following } = await ask({
          update_scope: "future",
          instance_date: day(at),
          summary: `${summary} (second part)`,
          confirm: true,
        });
        const rest = expected.filter((wall) => wall >= at);
        await stands(event_id, expected.filter((wall) => wall < at));
        await stands(following.event_id, rest);

        if (zone !== null) {
          await ask({
            event_id: following.event_id,
            update_scope: "all",
            start_time: askedTime(at + HOUR_MS, zone),
          });
          const later = rest.map((wall) => wall + HOUR_MS).filter((wall) => wall <= until);
          await stands(following.event_id, later);
          const half = later[later.length >> 1]!;
          const ended = await organizer.call("task-events", {
            method: "DELETE",
            body: {
              event_id: following.event_id,
              update_scope: "future",
              instance_date: day(half),
            },
          });
          assert.equal(ended.status, 200, `${label}: ${JSON.stringify(ended.body)}`);
          await stands(following.event_id, later.filter((wall) => wall < half));
        }
        count++;
      }
    }
    assert.ok(count > 30, `only ${count} series were changed`);
  },
}, { databases: "only postgres" });
