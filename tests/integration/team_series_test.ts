import assert from "node:assert/strict";
import { promise, type Stack } from "../support/stack.ts";
import { change } from "../support/tasks.ts";
import { expand } from "../unit/tracking/expand.ts";

const CALENDARS = new URL("../../../shared/calendars/rust-teams/", import.meta.url);
const TEAMS = ["lang", "cargo-office-hours", "libs", "wg-async", "infra", "release-team"];
const HOUR_MS = 3_600_000;
const YEARS_MS = 3 * 366 * 24 * HOUR_MS;

interface Series {
  recurrence: string[];
  wall: number;
  zone: string;
}

/** A series as Google stores it: its lines and its start on the wall clock of its zone. */
async function seriesOf(stack: Stack, calendar_id: string, event_id: string): Promise<Series> {
  const [event] = await stack.google.events({ calendar_id, event_id });
  const zone = event?.start?.timeZone ?? "UTC";
  const wall = new Intl.DateTimeFormat("sv", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(Date.parse(event?.start?.dateTime ?? ""));
  return {
    recurrence: event?.recurrence ?? [],
    wall: Date.parse(`${wall.replace(" ", "T")}Z`),
    zone,
  };
}

function occurrences({ recurrence, wall, zone }: Series, until: number): number[] {
  return expand(recurrence, { wall, zone }, wall, until);
}

const at_hand = await Deno.stat(CALENDARS).then(() => true, () => false);

if (at_hand) {
  promise("real team calendars", {
    "each scope changes exactly what it is asked to, by an independent reading of the rules":
      async (stack) => {
        let count = 0;
        for (const team of TEAMS) {
          const organizer = await stack.organizer();
          const text = await Deno.readTextFile(new URL(`${team}.ics`, CALENDARS));
          // Unfolded, and organized by the account that changes it.
          const ics = text.replaceAll(/\r?\n[ \t]/g, "")
            .replaceAll(`${team}@rust-teams.example`, organizer.email);
          await stack.google.importCalendar({ email: organizer.email, ics });
          const events = await stack.google.events({
            calendar_id: organizer.email,
            status: "live",
          });
          for (const event of events) {
            if (event.recurrence === undefined || event.start?.dateTime === undefined) continue;
            const before = await seriesOf(stack, organizer.email, event.id);
            const until = before.wall + YEARS_MS;
            const whole = occurrences(before, until);
            const at = whole[whole.length >> 1];
            if (at === undefined || whole.length < 4) continue;
            const day = new Date(at).toISOString().slice(0, 10);
            const answer = await change(organizer, {
              event_id: event.id,
              update_scope: "future",
              instance_date: day,
              summary: `${event.summary} (second part)`,
              confirm: true,
            });
            assert.equal(answer.status, 200, `${team}: ${JSON.stringify(answer.body)}`);
            const first = await seriesOf(stack, organizer.email, event.id);
            const following_id = answer.body.following.event_id;
            const second = await seriesOf(stack, organizer.email, following_id);
            assert.deepEqual(occurrences(first, until), whole.filter((wall) => wall < at), team);
            const rest = whole.filter((wall) => wall >= at);
            const expected = rest.filter((wall) => !isCancelled(answer.body, wall, second.zone));
            assert.deepEqual(occurrences(second, until), expected, team);

            const start = Date.parse(answer.body.following.start_time);
            const moved = await change(organizer, {
              event_id: following_id,
              update_scope: "all",
              start_time: new Date(start + HOUR_MS).toISOString(),
            });
            assert.equal(moved.status, 200, `${team}: ${JSON.stringify(moved.body)}`);
            const third = await seriesOf(stack, organizer.email, following_id);
            assert.deepEqual(
              occurrences(third, until + HOUR_MS),
              expected.map((wall) => wall + HOUR_MS),
              team,
            );
            count++;
          }
        }
        assert.ok(count >= 6, `only ${count} series were divided`);
      },
  }, { only: "postgres" });
} else {
  Deno.test({
    name: "real team calendars (skipped: the shared calendars are not at hand)",
    ignore: true,
    fn: () => {},
  });
}

function isCancelled(
  answer: { cancelled_occurrences: string[] },
  wall: number,
  zone: string,
): boolean {
  return answer.cancelled_occurrences.some((text) => {
    const shown = new Intl.DateTimeFormat("sv", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    }).format(Date.parse(text));
    return Date.parse(`${shown.replace(" ", "T")}Z`) === wall;
  });
}
