import assert from "node:assert/strict";
import { parseStamp, readUntil, RecurrenceError, untilOf } from "@shared/time/recurrence_lines.ts";
import { momentOn } from "@shared/time/wall_time.ts";
import { lineProblem } from "@shared/time/recurrence_input.ts";
import { parseRule, ruleLine, ruleParts } from "@shared/time/recurrence_rule.ts";

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
  const text = "FREQ=MONTHLY;BYDAY=2TU,-1FR;UNTIL=20301231T093015Z";
  const { frequency, weekdays, until, interval } = parseRule(text);
  assert.deepEqual({ frequency, interval }, { frequency: "MONTHLY", interval: 1 });
  assert.deepEqual(weekdays, [{ nth: 2, weekday: 1 }, { nth: -1, weekday: 4 }]);
  assert.deepEqual(until, { day: Date.UTC(2031, 0, 1) / 86_400_000, instant: WALL / 60_000 });
  // A rule that Google has accepted may be written otherwise.
  assert.equal(ruleLine("RRULE", ruleParts(`${text.toLowerCase()};`)), `RRULE:${text}`);
  assert.equal(lineProblem(`RRULE:${text}`, "days"), null);
});

Deno.test("a line that Google would reject is refused with what is wrong in it", () => {
  const problems: [line: string, problem: RegExp][] = [
    ["RRULE:", /Expected RRULE:/],
    ["RRULE:INTERVAL=2", /^An RRULE needs FREQ/],
    ["RRULE:FREQ=HOURLY", /^FREQ=HOURLY cannot be used\. Expected DAILY, WEEKLY/],
    ["RRULE:FREQ=SECONDLY;COUNT=3", /^FREQ=SECONDLY cannot/],
    ["RRULE:FREQ=DAILY;FREQ=DAILY", /^FREQ is given twice$/],
    ["RRULE:FREQ=DAILY=WEEKLY", /^FREQ=DAILY=WEEKLY cannot be used/],
    ["RRULE:FREQ=DAILY;=9", /^=9 is no part of an RRULE$/],
    ["RRULE:FREQ=DAILY;toString=9", /^toString is no part of an RRULE$/],
    ["RRULE:freq=daily", /^freq is no part of an RRULE$/],
    ["RRULE:FREQ=DAILY;", /is no part of an RRULE$/],
    ["RRULE:FREQ=DAILY;COUNT=2;UNTIL=20301231", /^An RRULE has COUNT or UNTIL, not both$/],
    ["RRULE:FREQ=DAILY;COUNT=0", /^COUNT=0 cannot be used/],
    ["RRULE:FREQ=DAILY;INTERVAL=-1", /^INTERVAL=-1 cannot be used/],
    ["RRULE:FREQ=DAILY;UNTIL=20300230", /^UNTIL=20300230 cannot be used/],
    ["RRULE:FREQ=DAILY;UNTIL=20301231T000000", /^UNTIL=20301231T000000 cannot be used/],
    ["RRULE:FREQ=YEARLY;BYMONTH=13", /^BYMONTH=13 cannot be used\. Expected whole numbers from 1/],
    ["RRULE:FREQ=MONTHLY;BYMONTHDAY=0", /^BYMONTHDAY=0 cannot be used/],
    ["RRULE:FREQ=MONTHLY;BYMONTHDAY=32", /^BYMONTHDAY=32 cannot be used/],
    ["RRULE:FREQ=MONTHLY;BYDAY=0MO", /^BYDAY=0MO cannot be used/],
    ["RRULE:FREQ=YEARLY;BYDAY=54MO", /^BYDAY=54MO cannot be used/],
    ["RRULE:FREQ=MONTHLY;BYDAY=6MO", /^BYDAY has at most the fifth weekday/],
    ["RRULE:FREQ=WEEKLY;BYDAY=2TU", /^BYDAY has plain weekdays/],
    ["RRULE:FREQ=WEEKLY;BYDAY=XX", /^BYDAY=XX cannot be used/],
    ["RRULE:FREQ=WEEKLY;BYDAY=", /^BYDAY= cannot be used/],
    ["RRULE:FREQ=WEEKLY;BYMONTHDAY=1", /^BYMONTHDAY cannot be used with FREQ=WEEKLY$/],
    ["RRULE:FREQ=MONTHLY;BYWEEKNO=1", /^BYWEEKNO needs FREQ=YEARLY$/],
    ["RRULE:FREQ=MONTHLY;BYYEARDAY=1", /^BYYEARDAY needs FREQ=YEARLY$/],
    ["RRULE:FREQ=MONTHLY;BYSETPOS=1", /^BYSETPOS needs another BY part/],
    ["RRULE:FREQ=WEEKLY;WKST=1", /^WKST=1 cannot be used/],
    ["RRULE;X=1:FREQ=WEEKLY", /^Expected RRULE: and the rule$/],
    ["DTSTART:20300107T090000Z", /^Expected a line that begins with RRULE/],
    ["EXRULE:FREQ=WEEKLY", /^Expected a line that begins with RRULE/],
    [
      "EXDATE;TZID=Romance Standard Time:20300107T090000",
      /^TZID=Romance Standard Time is no time z/,
    ],
    ["EXDATE;TZID=W. Europe Standard Time:20300107T090000", /^TZID=W\. Europe .* is no time zone/],
    ['EXDATE;TZID="Europe/Paris":20300107T090000', /is no time zone/],
    ["EXDATE:20300230", /instead of "20300230"$/],
    ["EXDATE:20300107T250000Z", /instead of "20300107T250000Z"$/],
    ["EXDATE:20300107T090000Z,", /instead of ""$/],
    ["EXDATE;VALUE=DATE:20300107T090000Z", /^Expected a date such as 20301231/],
    ["RDATE;VALUE=PERIOD:20300107T090000Z/PT1H", /^RDATE has VALUE=DATE or VALUE=DATE-TIME/],
    ["EXDATE;X-A=1:20300107", /^EXDATE has the parameters TZID and VALUE, not X-A$/],
  ];
  for (const [line, problem] of problems) {
    assert.match(lineProblem(line, "any") ?? "", problem, line);
    assert.match(lineProblem(line, "days") ?? "", problem, line);
  }
  for (
    const line of [
      "RRULE:FREQ=DAILY;UNTIL=20301231",
      "RRULE:FREQ=MONTHLY;BYDAY=+1MO,-1FR;BYSETPOS=-1",
      "RRULE:FREQ=YEARLY;BYDAY=53MO",
      "EXDATE:20300107T090000Z,20300114",
      "EXDATE;VALUE=DATE:20300107",
      "RDATE;TZID=Europe/Paris;VALUE=DATE-TIME:20300107T090000",
    ]
  ) {
    for (const accepted of ["any", "days"] as const) {
      assert.equal(lineProblem(line, accepted), null);
    }
  }
});

Deno.test("a rule that no search expands is one that Google accepts all the same", () => {
  for (const by of ["BYHOUR=9", "BYMINUTE=0,30", "BYYEARDAY=-1", "BYWEEKNO=53"]) {
    assert.equal(lineProblem(`RRULE:FREQ=YEARLY;${by}`, "any"), null);
    assert.match(lineProblem(`RRULE:FREQ=YEARLY;${by}`, "days") ?? "", /is not supported/);
    assert.throws(() => parseRule(`FREQ=YEARLY;${by}`), RecurrenceError);
  }
});
