import assert from "node:assert/strict";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type { Constraints, Participant } from "@shared/scheduling/input/scheduling_request.ts";
import { newTrials, tryStarts } from "@shared/scheduling/input/trials.ts";
import { parseRule } from "@shared/time/recurrence_rule.ts";
import { processorTimes } from "../../bench/processor_time.ts";
import { constraints, MONDAY, NOW, person } from "./requests.ts";

const FIRST = Date.parse(`${MONDAY}T00:00:00Z`);
const DAY_MS = 86_400_000;
const YEAR = 366;
const EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const list = <T>(length: number, item: (index: number) => T) =>
  Array.from({ length }, (_, index) => item(index));
const dayOf = (day: number) => new Date(FIRST + day * DAY_MS).toISOString().slice(0, 10);
const between = (from_day: number, to_day: number) => ({
  start: new Date(FIRST + from_day * DAY_MS).toISOString(),
  end: new Date(FIRST + to_day * DAY_MS).toISOString(),
});
const people = (length: number, fields: (index: number) => Partial<Participant>) =>
  list(length, (index) => person(`P${index}`, [], fields(index)));

function search(
  days: number,
  participants: Participant[],
  changes: Partial<Constraints> = {},
  recurrence?: string,
) {
  return () =>
    findSlots({
      constraints: constraints({
        latest_date: dayOf(days - 1),
        allowed_days: EVERY_DAY as Constraints["allowed_days"],
        duration_minutes: 5,
        interval_minutes: 5,
        working_hours_start: 0,
        working_hours_end: 24,
        max_candidates: 100,
        ...changes,
      }),
      participants,
      now: NOW,
      ...(recurrence === undefined ? {} : { recurrence: { lines: [recurrence], horizon: 60 } }),
    });
}

Deno.test("findSlots() names five of those who miss an occurrence, and counts the others; the reason counts all", () => {
  const best = (count: number) => {
    const { candidates } = search(
      1,
      people(count, () => ({ busy: [between(7, 8)] })),
      { max_candidates: 1 },
      "RRULE:FREQ=WEEKLY;COUNT=2",
    )();
    return candidates[0]!;
  };
  const absent = (count: number) => best(count).recurrence!.clashes[0]!;
  assert.deepEqual(absent(5).names, ["P0", "P1", "P2", "P3", "P4"]);
  assert.equal("others" in absent(5), false);
  assert.deepEqual([absent(7).names, absent(7).others], [["P0", "P1", "P2", "P3", "P4"], 2]);
  assert.match(best(7).reasoning, /1 of 2 occurrences clashes for P0, P1 and 5 others/);
});

Deno.test("a rule that names a day twice is that of naming it once", () => {
  const once = parseRule("FREQ=MONTHLY;BYDAY=MO,2TU;BYMONTH=1,2;BYMONTHDAY=1,-1");
  assert.deepEqual(
    parseRule("FREQ=MONTHLY;BYDAY=MO,2TU,MO,2TU;BYMONTH=1,2,01,2;BYMONTHDAY=1,-1,+1,01"),
    once,
  );
});

Deno.test("tryStarts() hands out the earliest starts until its steps are spent", () => {
  const starts = Int32Array.from(list(2000, (i) => i));
  const trials = { ...newTrials(10), steps_left: 1500 };
  assert.equal(tryStarts(undefined, starts, 7).length, 2000, "the search itself is not cut");
  assert.deepEqual(tryStarts(trials, starts, 1), starts.subarray(0, 1000));
  assert.deepEqual(tryStarts(trials, starts, 5), starts.subarray(0, 100));
  assert.equal(tryStarts(trials, starts, 1).length, 0);
});

Deno.test("findSlots() costs no more where it explains, suggests or concedes than where it finds", () => {
  const narrow = { working_hours_start: 9, working_hours_end: 10 };
  const always = { busy: [between(-1, 900)] };
  const usual = search(
    21,
    people(200, (i) => ({
      busy: list(200, (k) => between(k / 8 + i / 1440, k / 8 + i / 1440 + 0.02)),
      type: i === 0 ? "required" : "optional",
    })),
  );
  const dear = {
    "a series that no one can go on with": search(
      1,
      people(200, () => ({ busy: [between(1, 600)] })),
      {},
      "RRULE:FREQ=DAILY;COUNT=60",
    ),
    "a yearly rule of many weekdays": search(
      YEAR,
      people(1, () => always),
      { interval_minutes: 240, working_hours_end: 1, duration_minutes: 60 },
      `RRULE:FREQ=YEARLY;BYDAY=${list(200, (i) => `${1 + i % 53}MO`).join()},MO`,
    ),
    "hours that all would have to widen": search(
      YEAR,
      people(200, (i) => ({
        busy: i === 0 ? list(YEAR, (day) => between(day + 9 / 24, day + 10 / 24)) : [],
      })),
      narrow,
    ),
    "days off of everyone": search(
      7,
      people(200, (i) => ({
        ...(i === 0 ? { open_hours: [{ days: ["monday"], start: "09:00", end: "10:00" }] } : {}),
        exdates: list(YEAR, (day) => dayOf(day * (i + 1) % YEAR)),
      })),
      {},
      "RRULE:FREQ=DAILY",
    ),
    "groups on a finer grid": search(
      YEAR,
      list(100, (index) => ({ index, count: 1, type: "required" as const })).flatMap((group) =>
        people(2, (member) => ({
          email: `m${member}-${group.index}@north.example`,
          group,
          busy: member === 0 || group.index >= 98 ? always.busy : [],
        }))
      ),
      { interval_minutes: 240 },
    ),
  };
  const { usual: reference, ...times } = processorTimes({ usual, ...dear }, 1);
  for (const [name, time] of Object.entries(times)) {
    // They took 20 to 100 times as long before their cures, and take up to twice as long now.
    assert.ok(time < 9 * reference, `${name}: ${time / reference} times the usual search`);
  }
});
