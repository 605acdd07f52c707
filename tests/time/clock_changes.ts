/**
 * Compares the times that Convene writes with those of Temporal, around every clock change of five
 * years in twenty zones, and prints how many changes it saw: deno run -A tests/time/clock_changes.ts
 * clock_changes_test.ts starts it in several zones of the host.
 */
import assert from "node:assert/strict";
import fc from "../unit/fast_check.ts";
import type { TaskRow } from "@shared/database/task_events.ts";
import { layOutSeries, occurrencesOf } from "@shared/scheduling/availability/series.ts";
import { readRecurrence } from "@shared/scheduling/input/recurrence.ts";
import type { SearchRequest } from "@shared/scheduling/input/search_request.ts";
import { composeTaskEvent } from "@shared/task_events/plan/compose_task_event.ts";
import { newTimes, timePatch, timesOf } from "@shared/task_events/plan/new_times.ts";
import { placed, seriesTimes } from "@shared/task_events/plan/series_times.ts";
import { dateText, timeText } from "@shared/time/time_text.ts";
import { readMoment, wallTimeOf } from "@shared/time/wall_time.ts";
import { composeContent } from "@shared/writeback/compose_event.ts";
import type { WritableMeeting } from "@shared/writeback/writable_meeting.ts";

const ZONES = [
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Havana",
  "America/Los_Angeles",
  "America/New_York",
  "America/Nuuk",
  "America/Santiago",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Antarctica/Troll",
  "Asia/Beirut",
  "Asia/Jerusalem",
  "Asia/Kathmandu",
  "Asia/Tokyo",
  "Australia/Lord_Howe",
  "Australia/Sydney",
  "Europe/Dublin",
  "Europe/Paris",
  "Pacific/Auckland",
  "Pacific/Chatham",
];
const FIRST = "2026-01-01T00:00Z";
const LAST = "2031-01-01T00:00Z";
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const RUNS_PER_CHANGE = 25;

export interface ClockChanges {
  host_zone: string;
  zones: number;
  changes: number;
}

/** A length, and a start so many minutes after a change of the clock. */
const AROUND = fc.record({
  minutes_after: fc.oneof(
    fc.integer({ min: -36, max: 36 }).map((quarters) => quarters * 5),
    fc.integer({ min: -2160, max: 2160 }),
  ),
  duration_minutes: fc.integer({ min: 1, max: 1500 }),
  other_zone: fc.constantFrom(...ZONES),
});

type Around = typeof AROUND extends fc.Arbitrary<infer One> ? One : never;

interface Given extends Around {
  start: Temporal.ZonedDateTime;
  zone: string;
}

function changesOf(zone: string): Temporal.ZonedDateTime[] {
  const changes: Temporal.ZonedDateTime[] = [];
  const last = Temporal.Instant.from(LAST);
  let at = Temporal.Instant.from(FIRST).toZonedDateTimeISO(zone).getTimeZoneTransition("next");
  while (at !== null && Temporal.Instant.compare(at.toInstant(), last) < 0) {
    changes.push(at);
    at = at.getTimeZoneTransition("next");
  }
  return changes;
}

/** A date-time of Google's as Temporal reads it, which refuses an offset that the zone does not have. */
function read(time: { dateTime?: unknown; timeZone?: unknown } | null | undefined) {
  return Temporal.ZonedDateTime.from(`${time?.dateTime}[${time?.timeZone}]`);
}

function assertAt(
  time: { dateTime?: unknown; timeZone?: unknown } | null | undefined,
  expected: Temporal.ZonedDateTime,
): void {
  assert.equal(read(time).toString(), expected.toString());
}

function sent(at: Temporal.ZonedDateTime): string {
  return at.toString({ timeZoneName: "never", smallestUnit: "second" });
}

function task({ start, duration_minutes }: Given, columns: Partial<TaskRow> = {}): TaskRow {
  return {
    title: "Night shift",
    description: null,
    start_date: sent(start),
    duration_minutes,
    task_type: "single",
    recurrence_pattern: null,
    recurrence_ends: null,
    ...columns,
  } as TaskRow;
}

/** A task's event, and the event after a new start, a new length of the whole series, or a new zone. */
function checkTask(given: Given): void {
  const { start, zone, duration_minutes: minutes, other_zone } = given;
  const event = composeTaskEvent(task(given), { timeZone: zone }, "ana@north.example");
  assert.ok(event);
  assertAt(event.start, start);
  assertAt(event.end, start.add({ minutes }));

  const week_before = start.subtract({ days: 7 });
  const earlier = composeTaskEvent(
    task({ ...given, start: week_before }),
    { timeZone: zone },
    "ana@north.example",
  );
  const event_id = "one";
  const now = timesOf({ id: event_id, ...earlier } as never);
  const moved = newTimes(now, { event_id, start_time: sent(start) }, null);
  assert.ok(moved);
  assertAt(timePatch(moved).start, start);
  assertAt(timePatch(moved).end, start.add({ minutes }));

  const elsewhere = newTimes(moved, { event_id, timeZone: other_zone }, null);
  assert.ok(elsewhere);
  const there = start.withTimeZone(other_zone);
  assertAt(timePatch(elsewhere).start, there);
  assertAt(timePatch(elsewhere).end, there.add({ minutes }));
}

/** Five occurrences of a series that starts shortly before the change, and their move by a named one. */
function checkSeries(given: Given): void {
  const { start, zone, duration_minutes: minutes } = given;
  for (const [recurrence_pattern, days] of [["daily", 1], ["weekly", 7]] as const) {
    const first = start.subtract({ days: 2 * days });
    const columns = { recurrence_pattern };
    const event = composeTaskEvent(
      task({ ...given, start: first }, columns),
      { timeZone: zone },
      "ana@north.example",
    );
    assert.ok(event);
    const times = timesOf({ id: "one", ...event } as never);
    const { wall } = wallTimeOf(times.start);
    const expected = [0, 1, 2, 3, 4].map((turn) =>
      turn === 0 ? first : first.toPlainDateTime().add({ days: turn * days }).toZonedDateTime(zone)
    );
    for (const [turn, at] of expected.entries()) {
      const occurrence = placed(times, wall + turn * days * DAY_MS);
      assertAt(timePatch(occurrence).start, at);
      assertAt(timePatch(occurrence).end, at.add({ minutes }));
    }
    const judged = judgedOccurrences(first, zone, days === 1 ? "DAILY" : "WEEKLY");
    assert.deepEqual(judged, expected.map(({ epochMilliseconds }) => epochMilliseconds));

    // What an occurrence is asked to be already moves nothing.
    for (const at of expected) {
      const occurrence = { id: "one_1", originalStartTime: { dateTime: sent(at), timeZone: zone } };
      const request = { event_id: "one", start_time: sent(at) };
      const still = seriesTimes(request, occurrence as never, times, null);
      assert.deepEqual(still, times);
    }
  }
}

function judgedOccurrences(
  first: Temporal.ZonedDateTime,
  zone: string,
  frequency: string,
): number[] {
  const from = first.epochMilliseconds / MINUTE_MS;
  const rule = readRecurrence({ lines: [`RRULE:FREQ=${frequency};COUNT=5`] });
  const search = { timezone: zone, from, to: from + 1440 } as SearchRequest;
  return occurrencesOf(layOutSeries(rule, search, []), from).map((at) => at * MINUTE_MS);
}

/** A meeting's event, and its time in words. */
function checkMeeting({ start, zone, duration_minutes: minutes }: Given): void {
  const end = start.add({ minutes });
  const content = composeContent({
    title: "Review",
    description: null,
    location: null,
    participants: [],
    recurrence: null,
    starts_at: start.toInstant().toString(),
    ends_at: end.toInstant().toString(),
    timezone: zone,
    score: null,
    event_reasoning: null,
    description_details: "summary",
    locale: "en",
  } as unknown as WritableMeeting);
  assertAt(content.start, start);
  assertAt(content.end, end);
  const moment = readMoment(sent(start), zone);
  assert.equal(dateText(moment, "yyyy-MM-dd"), start.toPlainDate().toString());
  assert.equal(timeText(moment), start.toPlainTime().toString().slice(0, 5));
}

if (import.meta.main) {
  let changes = 0;
  for (const zone of ZONES) {
    // A zone whose clock never changes is asked about the hours that hosts skip.
    const found = changesOf(zone);
    const hours = found.length > 0
      ? found
      : ["2030-03-10T02:30", "2030-03-31T02:30", "2030-09-29T02:30", "2030-10-06T02:15"]
        .map((wall) => Temporal.PlainDateTime.from(wall).toZonedDateTime(zone));
    changes += found.length;
    for (const change of hours) {
      fc.assert(
        fc.property(AROUND, (around) => {
          const start = change.add({ minutes: around.minutes_after });
          const given = { ...around, start, zone };
          checkTask(given);
          checkSeries(given);
          checkMeeting(given);
        }),
        { numRuns: RUNS_PER_CHANGE, examples: [[exampleAt(0)], [exampleAt(-30)]] },
      );
    }
  }
  const host_zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const seen: ClockChanges = { host_zone, zones: ZONES.length, changes };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(seen)}\n`));
}

function exampleAt(minutes_after: number): Around {
  return { minutes_after, duration_minutes: 60, other_zone: "America/New_York" };
}
