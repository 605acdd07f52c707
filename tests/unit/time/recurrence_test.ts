import assert from "node:assert/strict";
import { parseStamp, readUntil, RecurrenceError, untilOf } from "@shared/time/recurrence_lines.ts";
import { momentOn } from "@shared/time/wall_time.ts";
import { parseRule, ruleLine, ruleParts, ruleProblem } from "@shared/time/recurrence_rule.ts";

const WALL = Date.parse("2030-12-31T09:30:15Z");

Deno.test("parseStamp() reads the forms of RFC 5545 on days that exist, and nothing else", () => {
  const midnight = Date.parse("2030-12-31T00:00:00Z");
  assert.deepEqual(parseStamp("20301231"), { wall: midnight, is_date: true, is_utc: false });
  assert.deepEqual(parseStamp("20301231T093015"), { wall: WALL, is_date: false, is_utc: false });
  assert.deepEqual(parseStamp("20301231T093015Z"), { wall: WALL, is_date: false, is_utc: true });
  for (
    const text of [
      "",
      "20300230",
      "20301301",
      "20301231T240000",
      "20301231T0930",
      "2030-12-31",
      "20301231Z",
    ]
  ) assert.equal(parseStamp(text), undefined, text);
});

Deno.test("readUntil() and untilOf() are each other's reverse in a series' own zone", () => {
  const series = { wall: WALL, zone: "Pacific/Auckland" };
  assert.equal(untilOf(momentOn(series)), "20301230T203015Z");
  assert.deepEqual(readUntil("20301230T203015Z", series), momentOn(series));
  // A date in a timed series is all of that day.
  const end_of_day = { ...series, wall: Date.parse("2030-12-31T23:59:59Z") };
  assert.deepEqual(readUntil("20301231", series), momentOn(end_of_day));
  assert.equal(untilOf(momentOn({ ...series, zone: null })), "20301231");
  assert.throws(() => readUntil("20300230", series), RecurrenceError);
});

Deno.test("one parser reads a rule for arithmetic, for a change, and for a caller's mistakes", () => {
  const text = "freq=monthly;BYDAY=2TU,-1FR;UNTIL=20301231T093015Z";
  const { frequency, weekdays, until, interval } = parseRule(text);
  assert.deepEqual({ frequency, interval }, { frequency: "MONTHLY", interval: 1 });
  assert.deepEqual(weekdays, [{ nth: 2, weekday: 1 }, { nth: -1, weekday: 4 }]);
  assert.deepEqual(until, { day: Date.UTC(2031, 0, 1) / 86_400_000, instant: WALL / 60_000 });
  assert.equal(ruleLine("RRULE", ruleParts(text)), `RRULE:${text.toUpperCase()}`);
  assert.equal(ruleProblem(text.toUpperCase()), null);
  for (
    const [rule, problem] of [
      ["INTERVAL=2", "An RRULE needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"],
      ["FREQ=DAILY;FREQ=DAILY", "FREQ is given twice"],
      ["FREQ=DAILY=WEEKLY", "FREQ=DAILY=WEEKLY cannot be used"],
      ["FREQ=DAILY;BYHOUR=9", "BYHOUR is no part of an RRULE that can be used here"],
      ["FREQ=DAILY;=9", "=9 is no part of an RRULE that can be used here"],
      ["FREQ=DAILY;COUNT=2;UNTIL=20301231", "An RRULE has COUNT or UNTIL, not both"],
      ["freq=daily", "freq is no part of an RRULE that can be used here"],
    ] as const
  ) assert.equal(ruleProblem(rule), problem);
});

Deno.test("parseRule() refuses what has no meaning for whole days", () => {
  for (
    const rule of [
      "",
      "FREQ=HOURLY",
      "FREQ=DAILY;BYHOUR=9",
      "FREQ=WEEKLY;BYDAY=2TU",
      "FREQ=WEEKLY;BYMONTHDAY=1",
      "FREQ=DAILY;COUNT=2;UNTIL=20301231",
      "FREQ=DAILY;UNTIL=20300230",
      "FREQ=MONTHLY;BYMONTHDAY=32",
      "FREQ=DAILY;INTERVAL=0",
    ]
  ) assert.throws(() => parseRule(rule), RecurrenceError, rule);
});
