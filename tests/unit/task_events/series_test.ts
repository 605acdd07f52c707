import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { RecurrenceError } from "@shared/time/recurrence_lines.ts";
import { shiftSeries } from "@shared/task_events/plan/shift_series.ts";
import { splitSeries } from "@shared/task_events/plan/split_series.ts";
import { RECURRENCE_PATTERNS, taskSeries } from "@shared/task_events/plan/task_series.ts";
import { wallOf } from "@shared/time/wall_time.ts";
import { expand } from "./expand.ts";

const DAY = 86_400_000;
const HORIZON = 800 * DAY;
const ZONES = ["Europe/Paris", "America/New_York", "Pacific/Auckland", "UTC", null] as const;

/** A series on any wall clock: rule, excluded occurrences, and where it starts. */
const SERIES = fc.record({
  zone: fc.constantFrom(...ZONES),
  day: fc.integer({ min: 0, max: 1500 }),
  // Not at night: some wall times there do not exist on the day of a clock change.
  hour: fc.integer({ min: 5, max: 20 }),
  rule: fc.constantFrom(
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY",
  ),
  end: fc.oneof(
    fc.constant(null),
    fc.record({ count: fc.integer({ min: 3, max: 40 }) }),
    fc.record({ days: fc.integer({ min: 40, max: 700 }) }),
  ),
  excluded: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
  split: fc.nat({ max: 30 }),
});

function build(
  { zone, day, hour, rule, end, excluded }: typeof SERIES extends fc.Arbitrary<infer T> ? T : never,
) {
  const wanted = Date.UTC(2030, 0, 1) + day * DAY + (zone === null ? 0 : hour * 3_600_000);
  // The start stands on the rule, as in every series that people make.
  const [wall] = expand([`RRULE:${rule}`], { wall: wanted, zone }, wanted, wanted + HORIZON);
  if (wall === undefined) return null;
  const series = { wall, zone };
  const until = end !== null && "days" in end
    ? new Date(wall + end.days * DAY).toISOString().slice(0, 10)
    : null;
  const bounded = end === null
    ? rule
    : "count" in end
    ? `${rule};COUNT=${end.count}`
    : `${rule};UNTIL=${until?.replaceAll("-", "")}${zone === null ? "" : "T235900Z"}`;
  const all = expand([`RRULE:${bounded}`], series, wall, wall + HORIZON);
  const without = excluded.flatMap((index) => all[index] === undefined ? [] : [all[index]]);
  const stamps = without.map((at) =>
    new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")
  );
  const line = zone === null
    ? `EXDATE;VALUE=DATE:${stamps.map((text) => text.slice(0, 8)).join(",")}`
    : `EXDATE;TZID=${zone}:${stamps.join(",")}`;
  return {
    series,
    lines: [`RRULE:${bounded}`, ...(stamps.length === 0 ? [] : [line])],
    last: all.at(-1) ?? wall,
  };
}

Deno.test("splitSeries() leaves every occurrence in exactly one of the two parts, and adds none", () => {
  fc.assert(
    fc.property(SERIES, (given) => {
      const built = build(given);
      fc.pre(built !== null);
      const { series, lines, last } = built;
      const horizon = series.wall + HORIZON;
      const whole = expand(lines, series, series.wall, horizon);
      const at = whole[1 + (given.split % Math.max(1, whole.length - 1))];
      fc.pre(at !== undefined);
      const { before, after } = splitSeries(lines, series, at, last);
      const first = expand(before, series, series.wall, horizon);
      const second = expand(after, { ...series, wall: at }, at, horizon);
      assert.deepEqual(first, whole.filter((wall) => wall < at));
      assert.deepEqual(second, whole.filter((wall) => wall >= at));
    }),
    { numRuns: 200 },
  );
});

Deno.test("splitSeries() of a part divides it again as it divides a whole", () => {
  const series = { wall: Date.UTC(2030, 0, 7, 9), zone: "Europe/Paris" };
  const whole = expand(["RRULE:FREQ=WEEKLY;COUNT=20"], series, series.wall, series.wall + HORIZON);
  const { after } = splitSeries(["RRULE:FREQ=WEEKLY;COUNT=20"], series, whole[5]!, whole[19]!);
  const second = { ...series, wall: whole[5]! };
  const again = splitSeries(after, second, whole[12]!, null);
  assert.deepEqual(
    expand(again.before, second, series.wall, series.wall + HORIZON),
    whole.slice(5, 12),
  );
  const third = { ...series, wall: whole[12]! };
  assert.deepEqual(expand(again.after, third, series.wall, series.wall + HORIZON), whole.slice(12));
});

Deno.test("splitSeries() refuses what it could not divide truly: several rules, an extra date", () => {
  const series = { wall: Date.UTC(2030, 0, 7, 9), zone: "Europe/Paris" };
  assert.throws(
    () =>
      splitSeries(
        ["RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY"],
        series,
        series.wall + DAY,
        null,
      ),
    RecurrenceError,
  );
  const extra = ["RRULE:FREQ=WEEKLY", "RDATE;TZID=Europe/Paris:20300109T090000"];
  assert.throws(() => splitSeries(extra, series, Date.UTC(2030, 0, 9, 9), null), RecurrenceError);
});

Deno.test("shiftSeries() moves every occurrence by the same wall time, deleted ones stay deleted", () => {
  fc.assert(
    fc.property(
      SERIES,
      fc.integer({ min: -4, max: 3 }),
      fc.constantFrom(...ZONES),
      (given, hours, zone) => {
        const built = build(given);
        fc.pre(built !== null && (zone === null) === (built.series.zone === null));
        const { series, lines } = built;
        const delta = zone === null ? 0 : hours * 3_600_000;
        const moved = { wall: series.wall + delta, zone };
        const before = expand(lines, series, series.wall, series.wall + HORIZON);
        const after = expand(
          shiftSeries(lines, series, moved),
          moved,
          moved.wall,
          moved.wall + HORIZON,
        );
        assert.deepEqual(after, before.map((wall) => wall + delta));
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("shiftSeries() lets the days of a rule follow the new day, or says that it cannot", () => {
  const monday = { wall: Date.UTC(2030, 0, 7, 9), zone: "Europe/Paris" };
  const thursday = { ...monday, wall: monday.wall + 3 * DAY };
  assert.deepEqual(shiftSeries(["RRULE:FREQ=WEEKLY;BYDAY=MO,WE"], monday, thursday), [
    "RRULE:FREQ=WEEKLY;BYDAY=TH,SA",
  ]);
  assert.deepEqual(shiftSeries(["RRULE:FREQ=MONTHLY;BYDAY=1MO"], monday, thursday), [
    // The Thursday after a first Monday is the second one of its month only if the 1st is late in the week.
    "RRULE:FREQ=MONTHLY;BYDAY=TH;BYMONTHDAY=4,5,6,7,8,9,10",
  ]);
  const third_monday = { ...monday, wall: monday.wall + 14 * DAY };
  assert.deepEqual(shiftSeries(["RRULE:FREQ=MONTHLY;BYDAY=1MO"], monday, third_monday), [
    "RRULE:FREQ=MONTHLY;BYDAY=3MO",
  ]);
  assert.deepEqual(shiftSeries(["RRULE:FREQ=MONTHLY"], monday, thursday), ["RRULE:FREQ=MONTHLY"]);
  assert.throws(
    () => shiftSeries(["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"], monday, thursday),
    RecurrenceError,
  );
});

Deno.test("shiftSeries() moves every occurrence by as many days, or refuses the rule", () => {
  const moved = new Set<boolean>();
  fc.assert(
    fc.property(
      fc.constantFrom("SU", "MO", "WE", "SA"),
      fc.constantFrom(-5, -4, -2, -1, 1, 2, 3, 4, 5),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: -10, max: 16 }),
      (code, ordinal, interval, days) => {
        const rule = `RRULE:FREQ=MONTHLY;INTERVAL=${interval};BYDAY=${ordinal}${code}`;
        const any = { wall: Date.UTC(2030, 0, 1, 23, 30), zone: "Europe/Paris" };
        const [wall] = expand([rule], any, any.wall, any.wall + HORIZON);
        fc.pre(wall !== undefined);
        const from = { ...any, wall };
        const to = { ...any, wall: wall + days * DAY };
        let shifted: string[];
        try {
          shifted = shiftSeries([rule], from, to);
        } catch (error) {
          assert.ok(error instanceof RecurrenceError);
          moved.add(false);
          return;
        }
        moved.add(true);
        assert.deepEqual(
          expand(shifted, to, to.wall, to.wall + HORIZON),
          expand([rule], from, wall, wall + HORIZON).map((at) => at + days * DAY),
          shifted[0],
        );
      },
    ),
    { numRuns: 300 },
  );
  assert.deepEqual([...moved].sort(), [false, true]);
});

Deno.test("shiftSeries() keeps every month of a monthly series, or refuses days that some months lack", () => {
  const at = (day: string) => ({ wall: Date.parse(`${day}T09:00:00Z`), zone: "Europe/Paris" });
  for (
    const [rule, from, to, shifted] of [
      ["FREQ=MONTHLY;BYMONTHDAY=15", "2030-01-15", "2030-01-20", "FREQ=MONTHLY;BYMONTHDAY=20"],
      ["FREQ=MONTHLY", "2030-01-15", "2030-01-20", "FREQ=MONTHLY"],
      ...["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=15"].map((rule) => [
        rule,
        "2030-01-15",
        "2030-01-30",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
      ]),
    ] as const
  ) {
    assert.deepEqual(shiftSeries([`RRULE:${rule}`], at(from!), at(to!)), [`RRULE:${shifted}`]);
  }
  for (const rule of ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31"]) {
    const across = () => shiftSeries([`RRULE:${rule}`], at("2030-01-31"), at("2030-02-01"));
    assert.throws(across, RecurrenceError);
  }
});

Deno.test("taskSeries() starts on its rule and ends on the last day in the series' own zone", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...RECURRENCE_PATTERNS),
      fc.constantFrom(...ZONES),
      fc.integer({ min: 0, max: 1500 }),
      fc.integer({ min: 5, max: 23 }),
      fc.integer({ min: 0, max: 600 }),
      (pattern, zone, day, hour, length) => {
        const wall = Date.UTC(2030, 0, 1) + day * DAY + (zone === null ? 0 : hour * 3_600_000);
        const ends = new Date(wall + length * DAY).toISOString().slice(0, 10);
        const { start, recurrence } = taskSeries(pattern, { wall, zone }, ends);
        const endless = taskSeries(pattern, { wall, zone }, null);
        const all = expand(endless.recurrence, start, wall, wall + HORIZON);
        assert.equal(all[0], start.wall);
        assert.deepEqual(
          expand(recurrence, start, wall, wall + HORIZON),
          all.filter((at) => new Date(at).toISOString().slice(0, 10) <= ends),
        );
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("taskSeries() moves a weekdays task off the weekend and keeps month ends in short months", () => {
  const saturday = { wall: Date.UTC(2030, 0, 5, 9), zone: "Europe/Paris" };
  assert.equal(taskSeries("weekdays", saturday, null).start.wall, Date.UTC(2030, 0, 7, 9));
  const last = { wall: Date.UTC(2030, 0, 31, 9), zone: "Europe/Paris" };
  const { start, recurrence } = taskSeries("monthly", last, null);
  assert.deepEqual(
    expand(recurrence, start, last.wall, last.wall + 100 * DAY).map((at) =>
      new Date(at).getUTCDate()
    ),
    [31, 28, 31, 30],
  );
});

Deno.test("taskSeries() gives UNTIL in UTC, on the right day far from Greenwich", () => {
  const zone = "Pacific/Auckland";
  const start = { wall: wallOf("2030-01-06T20:00:00Z", zone), zone };
  assert.deepEqual(taskSeries("daily", start, "2030-01-10").recurrence, [
    "RRULE:FREQ=DAILY;UNTIL=20300110T105959Z",
  ]);
});

Deno.test("shiftSeries() gives up a time of day in the rule, which would hold the series back", () => {
  const ten = { wall: Date.UTC(2030, 0, 9, 10), zone: "Europe/Paris" };
  const noon = { ...ten, wall: ten.wall + 2 * 3_600_000 };
  assert.deepEqual(shiftSeries(["RRULE:FREQ=WEEKLY;BYDAY=WE;BYHOUR=10"], ten, noon), [
    "RRULE:FREQ=WEEKLY;BYDAY=WE",
  ]);
  assert.throws(
    () => shiftSeries(["RRULE:FREQ=DAILY;BYHOUR=10,16"], ten, noon),
    RecurrenceError,
  );
});
