import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import fc from "../unit/fast_check.ts";
import {
  askedTime,
  listedAt,
  standingAt,
  type StoredSeries,
  storedSeries,
} from "../support/google_series.ts";
import { promise, type Stack } from "../support/stack.ts";
import { change, eventRows, googleOf, insertTask } from "../support/tasks.ts";
import type { Organizer } from "../support/stack.ts";

/** The same series each time; a failure can be played again. */
const SEED = 7;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNTIL = Date.UTC(2036, 11, 1);

const ALL_DAY = {
  zone: "Europe/Paris" as const,
  is_all_day: true,
  ends: { until: "2035-06-30" },
};

/** What once went wrong: places that others left, taken up by a series that moves by days. */
const EXAMPLES: [Kind, Step[]][] = [
  [{ ...ALL_DAY, is_all_day: false, pattern: "monthly" }, [
    step("move one", 1, { hour: 17 }),
    step("move all", 1, { hour: 16 }),
  ]],
  [{ ...ALL_DAY, pattern: "daily" }, [
    step("move one", 5),
    step("move all", 10),
    step("delete one", 1),
  ]],
  [{ ...ALL_DAY, pattern: "daily" }, [step("delete one", 3), step("move all", 10)]],
  [{ ...ALL_DAY, pattern: "weekdays", ends: { count: 9 } }, [
    step("move one", 2),
    step("move all", 8),
    step("rename the rest", 4),
  ]],
];

function step(what: Step["do"], occurrence: number, { hour = 12 } = {}): Step {
  return { part: 0, do: what, occurrence, hour, days: 1 };
}

/** Two weeks before Europe, New York or Auckland changes its clocks. */
const START = "2035-03-05";

const KIND = fc.record({
  zone: fc.constantFrom("Europe/Paris", "America/New_York", "Pacific/Auckland"),
  is_all_day: fc.boolean(),
  pattern: fc.constantFrom("daily", "weekdays", "weekly", "biweekly", "monthly", "quarterly"),
  ends: fc.constantFrom<{ until: string } | { count: number }>(
    { until: "2035-06-30" },
    { until: "2036-03-31" },
    { count: 9 },
  ),
});

const STEP = fc.record({
  part: fc.nat(),
  occurrence: fc.nat({ max: 12 }),
  hour: fc.integer({ min: 6, max: 20 }),
  days: fc.integer({ min: 0, max: 1 }),
  do: fc.constantFrom(
    "move one",
    "move all",
    "move the rest",
    "rename the rest",
    "delete one",
    "delete the rest",
  ),
});

type Kind = typeof KIND extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

/** The expected series: the current time of each original start. */
interface Part {
  series: StoredSeries;
  places: Map<number, number>;
}

/** Puts a series on the calendar and says when it stands, by an independent reading of its rule. */
async function begin(
  stack: Stack,
  kind: Kind,
): Promise<{ organizer: Organizer; google: calendar_v3.Calendar; part: Part }> {
  const organizer = await stack.organizer({ timezone: kind.zone });
  const google = await googleOf(stack, organizer.email);
  const task_id = await insertTask(organizer);
  const scheduled = await organizer.call("task-events", {
    body: {
      task_id,
      timeZone: kind.zone,
      start_time: kind.is_all_day ? START : askedTime(Date.parse(`${START}T12:00:00Z`), kind.zone),
      recurrence_pattern: kind.pattern,
      ...("until" in kind.ends ? { recurrence_ends: kind.ends.until } : {}),
    },
  });
  assert.equal(scheduled.status, 200, JSON.stringify(scheduled.body));
  const { event_id, recurrence } = scheduled.body;
  if ("count" in kind.ends) {
    const counted = await change(organizer, {
      event_id,
      update_scope: "all",
      recurrence: `${recurrence[0]};COUNT=${kind.ends.count}`,
    });
    assert.equal(counted.status, 200, JSON.stringify(counted.body));
  }
  const series = await storedSeries(google, event_id);
  const starts = await standingAt(google, series, UNTIL);
  return { organizer, google, part: { series, places: new Map(starts.map((at) => [at, at])) } };
}

/** Does one step on the calendar and in the model. */
async function take(
  { organizer, google }: { organizer: Organizer; google: calendar_v3.Calendar },
  parts: Part[],
  step: Step,
): Promise<void> {
  const alive = parts.filter(({ places }) => places.size > 0);
  const part = alive[step.part % alive.length];
  if (part === undefined) return;
  const { series, places } = part;
  const { zone } = series.start;
  const originals = [...places.keys()].sort((a, b) => a - b);
  const at = originals[step.occurrence % originals.length]!;
  const event_id = series.id;
  const instance_date = askedTime(at, zone);
  const wished = zone === null
    ? at + step.days * DAY_MS
    : Math.floor(at / DAY_MS) * DAY_MS + step.hour * HOUR_MS;
  const moved = wished - at;
  const start_time = askedTime(wished, zone);
  const is_whole = at === series.start.wall;
  const ask = async (body: Record<string, unknown>) => {
    const answer = await change(organizer, { event_id, instance_date, ...body });
    const label = `${JSON.stringify(body)} of ${series.recurrence}: ${JSON.stringify(answer.body)}`;
    // A rule that cannot follow to another day says so, and nothing happens.
    if (zone === null && moved !== 0 && answer.status === 422) {
      assert.match(answer.body.message, /cannot be moved to another day/, label);
      return null;
    }
    assert.equal(answer.status, 200, label);
    return answer.body;
  };
  const rest = originals.filter((original) => original >= at);

  switch (step.do) {
    case "move one":
      if (await ask({ update_scope: "single", start_time }) !== null) places.set(at, wished);
      break;
    case "move all":
      if (await ask({ update_scope: "all", start_time }) !== null) shift(part, moved, at);
      break;
    case "move the rest":
    case "rename the rest": {
      const renames = step.do === "rename the rest";
      const request = renames ? { summary: "Second part" } : { start_time };
      const body = await ask({ update_scope: "future", ...request });
      if (body === null) break;
      const by = renames ? 0 : moved;
      if (is_whole) {
        assert.equal(body.following, null);
        if (!renames) shift(part, by, at);
        break;
      }
      const following: Part = {
        series: await storedSeries(google, body.following.event_id),
        places: new Map(rest.map((original) => [original, places.get(original)!])),
      };
      for (const original of rest) places.delete(original);
      shift(following, by, renames ? null : at);
      parts.push(following);
      break;
    }
    case "delete one":
    case "delete the rest": {
      const update_scope = step.do === "delete one" ? "single" : "future";
      const answer = await organizer.call("task-events", {
        method: "DELETE",
        body: { event_id, instance_date, update_scope },
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      for (const original of update_scope === "single" ? [at] : rest) places.delete(original);
      if (update_scope === "future" && is_whole) places.clear();
    }
  }
  if (places.size > 0) part.series = await storedSeries(google, event_id);
}

/** Occurrences that stand on their rule move; those with a place of their own keep it. */
function shift(part: Part, by: number, named: number | null): void {
  part.places = new Map(
    [...part.places].map(([original, place]) => [
      original + by,
      original === place || original === named ? original + by : place,
    ]),
  );
}

/** Every row that is not deleted shows an event as Google has it, and every event of ours has one. */
async function rowsAreGoogles(
  stack: Stack,
  organizer: Organizer,
  google: calendar_v3.Calendar,
  note: string,
): Promise<void> {
  const { data } = await google.events.list({ calendarId: "primary", maxResults: 2500 });
  const events = (data.items ?? []).filter(({ status }) => status !== "cancelled");
  const rows = (await eventRows(stack, organizer)).filter(({ deleted_at }) => deleted_at === null);
  assert.deepEqual(
    rows.map((row) => [
      row.calendar_event_id,
      new Date(row.event_start).toISOString(),
      row.recurrence_rule,
      row.pending_change,
    ]).sort(),
    events.map((event) => [
      event.id,
      new Date(event.start?.dateTime ?? event.start?.date ?? "").toISOString(),
      event.recurrence?.join("\n") ?? null,
      null,
    ]).sort(),
    note,
  );
}

promise("a series through any changes", {
  "its occurrences differ exactly as asked, by an independent reading of what Google stores":
    async (stack) => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(
          KIND,
          fc.array(STEP, { minLength: 2, maxLength: 5, size: "max" }),
          async (kind, steps) => {
            const { organizer, google, part } = await begin(stack, kind);
            const parts = [part];
            assert.ok(part.places.size > 1);
            for (const step of steps) {
              await take({ organizer, google }, parts, step);
              seen.add(`${step.do} in ${parts.length > 1 ? "a divided" : "a whole"} series`);
              for (const { series, places } of parts) {
                if (places.size === 0) continue;
                const expected = [...places.values()].sort((a, b) => a - b);
                const note = `${step.do}: ${series.recurrence}`;
                assert.deepEqual(
                  walls(await standingAt(google, series, UNTIL)),
                  walls(expected),
                  note,
                );
                assert.deepEqual(
                  walls(await listedAt(google, series, UNTIL)),
                  walls(expected),
                  note,
                );
              }
              const { data } = await google.events.list({
                calendarId: "primary",
                singleEvents: true,
                timeMax: new Date(UNTIL).toISOString(),
                maxResults: 2500,
              });
              const total = parts.reduce((sum, { places }) => sum + places.size, 0);
              assert.equal(data.items?.length, total, "nothing else is on the calendar");
              await rowsAreGoogles(stack, organizer, google, step.do);
            }
          },
        ),
        { seed: SEED, numRuns: 30, endOnFailure: true, examples: EXAMPLES },
      );
      assert.equal(seen.size, 12, [...seen].join());
    },
});

function walls(list: readonly number[]): string[] {
  return list.map((wall) => new Date(wall).toISOString());
}
