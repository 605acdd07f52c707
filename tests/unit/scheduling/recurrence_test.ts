import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import rrule from "rrule";
import { busyWindow } from "@shared/scheduling/busy_window.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { readRecurrence } from "@shared/scheduling/input/recurrence.ts";
import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { expandRule } from "@shared/time/expand_rule.ts";
import { bruteForceStarts, wallAt } from "./brute_force.ts";
import { constraints, person, request } from "./requests.ts";

const DAY_MS = 86_400_000;
const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
const dateOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);

const weekday = fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU");
const list = <T>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(","));
const part = (name: string, value: fc.Arbitrary<string | number>) =>
  fc.option(value.map((given) => `;${name}=${given}`), { nil: "" });
const nth = fc.constantFrom("1", "2", "-1", "4", "-4");

// The other implementation repeats a day that two positions pick, wants plain and numbered weekdays both to hold where
// they are mixed, and searches to the year 9999 for days that never come: such rules are not drawn.
const rule = fc.constantFrom("DAILY", "WEEKLY", "MONTHLY", "YEARLY").chain((frequency) => {
  const by_days = part("BYDAY", list(weekday));
  const by_numbers = part("BYDAY", list(fc.tuple(nth, weekday).map(([n, day]) => n + day)));
  const by_position = fc.tuple(list(weekday), fc.constantFrom(1, 2, -1))
    .map(([days, position]) => `;BYDAY=${days};BYSETPOS=${position}`);
  const by_month_days = fc.tuple(
    part("BYMONTHDAY", list(fc.constantFrom(1, 2, 7, 15, 28, -1, -2, -28))),
    by_days,
  ).map((parts) => parts.join(""));
  const by = {
    DAILY: [by_days, by_month_days],
    WEEKLY: [by_days],
    MONTHLY: [by_numbers, by_position, by_month_days],
    YEARLY: [by_numbers, by_month_days],
  }[frequency] ?? [];
  return fc.tuple(
    fc.constant(`FREQ=${frequency}`),
    fc.oneof(
      part("INTERVAL", fc.integer({ min: 1, max: 3 })),
      part("BYMONTH", list(fc.integer({ min: 1, max: 12 }))),
    ),
    fc.oneof(...by),
    part("WKST", weekday),
    fc.oneof(
      part("COUNT", fc.integer({ min: 1, max: 20 })),
      part("UNTIL", fc.constantFrom("20300601", "20300115")),
    ),
  ).map((parts) => parts.join(""));
});

Deno.test("expandRule() expands rules as another implementation does", () => {
  let with_days = 0;
  const drawn_day = fc.integer({ min: 0, max: 365 }).map((ahead) => dayOf("2029-12-01") + ahead);
  fc.assert(
    fc.property(rule, drawn_day, fc.boolean(), (text, drawn, on_rule) => {
      const from = (day: number) =>
        new rrule.RRule({ ...rrule.RRule.parseString(text), dtstart: new Date(day * DAY_MS) });
      const begins = from(drawn).after(new Date(drawn * DAY_MS), true);
      const first = on_rule && begins !== null ? begins.getTime() / DAY_MS : drawn;
      const last = first + 800;
      const others = from(first)
        .between(new Date(first * DAY_MS), new Date(last * DAY_MS), true)
        .map((date) => dateOf(date.getTime() / DAY_MS));
      const expected = others[0] === dateOf(first) ? others.slice(0, 12) : [];
      const days = expandRule(readRecurrence({ lines: [`RRULE:${text}`] }), first, 12, last).map(
        dateOf,
      );
      assert.deepEqual(days, expected, `${text} from ${dateOf(first)}`);
      if (days.length > 1) with_days++;
    }),
    { numRuns: 300 },
  );
  assert.ok(with_days > 60, `Only ${with_days} rules had more than one day`);
});

Deno.test("expandRule() skips periods without the day, and reads plain and numbered weekdays together", () => {
  const days = (text: string, first: string) =>
    expandRule(readRecurrence({ lines: [`RRULE:${text}`] }), dayOf(first), 5, dayOf(first) + 800)
      .map(dateOf);
  assert.deepEqual(days("FREQ=MONTHLY;COUNT=4", "2030-01-31"), [
    "2030-01-31",
    "2030-03-31",
    "2030-05-31",
    "2030-07-31",
  ]);
  assert.deepEqual(days("FREQ=MONTHLY;BYDAY=5MO;COUNT=3", "2030-04-29"), [
    "2030-04-29",
    "2030-07-29",
    "2030-09-30",
  ]);
  assert.deepEqual(days("FREQ=MONTHLY;BYDAY=1MO,-1FR;COUNT=3", "2030-01-07"), [
    "2030-01-07",
    "2030-01-25",
    "2030-02-04",
  ]);
  assert.deepEqual(days("FREQ=WEEKLY;BYDAY=TU", "2030-01-07"), []);
});

Deno.test("readRecurrence() refuses what it cannot expand, and says why", () => {
  const bad: [string[], RegExp][] = [
    [[], /exactly one RRULE/],
    [["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"], /exactly one RRULE/],
    [["EXDATE:20300107T090000Z"], /exactly one RRULE/],
    [["FREQ=DAILY"], /begins with RRULE:/],
    [["RRULE:FREQ=HOURLY"], /FREQ=HOURLY cannot be used/],
    [["RRULE:FREQ=DAILY;BYHOUR=9"], /BYHOUR is not supported.*time of day/],
    [["RRULE:FREQ=YEARLY;BYWEEKNO=9"], /BYWEEKNO is not supported/],
    [["RRULE:FREQ=DAILY;INTERVAL=0"], /INTERVAL=0 cannot be used/],
    [["RRULE:FREQ=WEEKLY;BYDAY=1MO"], /plain weekdays/],
    [["RRULE:FREQ=DAILY;UNTIL=20300231"], /UNTIL/],
    [["RRULE:FREQ=DAILY", "EXDATE:20300231"], /instead of "20300231"/],
  ];
  for (const [lines, message] of bad) {
    assert.throws(() => readRecurrence({ lines }), (error) => {
      assert.ok(error instanceof SchedulingInputError);
      assert.match(error.message, message);
      assert.match(error.path, /^recurrence\.lines/);
      return true;
    });
  }
  assert.throws(
    () => readRecurrence({ lines: ["RRULE:FREQ=DAILY"], horizon: 0 }),
    /recurrence\.horizon: Give/,
  );
});

function repeating(
  people: Participant[],
  rule: string | readonly string[],
  changes: Parameters<typeof constraints>[0] = {},
  horizon?: number,
): SchedulingRequest {
  const [first = "", ...dates] = typeof rule === "string" ? [rule] : rule;
  const lines = [first.startsWith("RRULE:") ? first : `RRULE:${first}`, ...dates];
  const recurrence = { lines, ...(horizon === undefined ? {} : { horizon }) };
  const asked = request(people, { max_candidates: 1000, ...changes });
  return {
    ...asked,
    recurrence,
    busy_window: busyWindow(asked.constraints, people, { recurrence }),
  };
}

const at = (candidates: readonly Candidate[], time: string) => {
  const found = candidates.find(({ start_time }) => start_time.slice(0, 16) === time);
  assert.ok(found, `${time} is not a candidate`);
  return found;
};

Deno.test("findSlots() scores a repeated slot by the share of its occurrences that is free", () => {
  const busy = (date: string) => ({ start: `${date}T09:00:00Z`, end: `${date}T10:00:00Z` });
  const ann = person("Ann", [], { busy: [busy("2030-01-14"), busy("2030-02-04")] });
  const { candidates } = findSlots(repeating([ann, person("Bob")], "RRULE:FREQ=WEEKLY"));
  const nine = at(candidates, "2030-01-07T09:00");
  const mondays = Array.from(
    { length: 12 },
    (_, week) => new Date(Date.UTC(2030, 0, 7 + 7 * week)).toISOString().slice(0, 10),
  );
  assert.deepEqual(nine.recurrence, {
    start_times: mondays.map((day) => `${day}T09:00:00Z`),
    occurrences: 12,
    free: 10,
    share_free: 0.833,
    clashes: [
      { start_time: "2030-01-14T09:00:00Z", names: ["Ann"] },
      { start_time: "2030-02-04T09:00:00Z", names: ["Ann"] },
    ],
  });
  assert.equal(nine.score_breakdown.availability, 29.2);
  assert.match(nine.reasoning, /^Everyone is free; 2 of 12 occurrences clash for Ann\./);
  const eleven = at(candidates, "2030-01-07T11:00");
  assert.deepEqual(eleven.recurrence, {
    start_times: mondays.map((day) => `${day}T11:00:00Z`),
    occurrences: 12,
    free: 12,
    share_free: 1,
    clashes: [],
  });
  assert.equal(eleven.score_breakdown.availability, 35);
  assert.match(eleven.reasoning, /; all 12 occurrences are possible for everyone who is needed\./);
  assert.ok(candidates.indexOf(eleven) < candidates.indexOf(nine));
});

Deno.test("findSlots() offers only days on which the rule begins", () => {
  const { candidates } = findSlots(
    repeating([person("Ann")], "FREQ=WEEKLY;BYDAY=TU,TH", { latest_date: "2030-01-11" }),
  );
  const days = candidates.map(({ start_time }) => start_time.slice(0, 10));
  assert.deepEqual([...new Set(days)].toSorted(), ["2030-01-08", "2030-01-10"]);
  const none = findSlots(repeating([person("Ann")], "FREQ=WEEKLY;BYDAY=TU"));
  assert.deepEqual(none.candidates, []);
  assert.match(
    none.message,
    /The recurrence begins on no day of the window on which everyone who is needed has open hours\.$/,
  );
});

Deno.test("findSlots() keeps the local wall time of a series over a clock change", () => {
  const asked = repeating(
    [person("Ann", [], { timezone: "Europe/Paris" })],
    "FREQ=WEEKLY",
    { timezone: "America/New_York", earliest_date: "2030-03-04", latest_date: "2030-03-04" },
    5,
  );
  // 08:00 in New York is 14:00 in Paris, but 13:00 between the changes on 10 and 31 March.
  const paris = person("Ann", [], {
    timezone: "Europe/Paris",
    open_hours: [{ days: ["monday"], start: "14:00", end: "15:00" }],
  });
  const { candidates } = findSlots({
    ...asked,
    participants: [paris],
    constraints: { ...asked.constraints, working_hours_start: 7 },
  });
  const eight = at(candidates, "2030-03-04T08:00");
  assert.deepEqual(eight.recurrence?.clashes, [
    { start_time: "2030-03-11T08:00:00-04:00", names: ["Ann"] },
    { start_time: "2030-03-18T08:00:00-04:00", names: ["Ann"] },
    { start_time: "2030-03-25T08:00:00-04:00", names: ["Ann"] },
  ]);
  assert.equal(eight.recurrence.free, 2);
});

Deno.test("findSlots() counts an occurrence on a holiday or while a participant is away as a clash", () => {
  const away = person("Ann", [], { exdates: ["2030-01-08"] });
  const { candidates } = findSlots(
    repeating([away, person("Bob")], "FREQ=DAILY;COUNT=4", { holiday_dates: ["2030-01-10"] }),
  );
  assert.deepEqual(at(candidates, "2030-01-07T09:00").recurrence?.clashes, [
    { start_time: "2030-01-08T09:00:00Z", names: ["Ann"] },
    { start_time: "2030-01-10T09:00:00Z", names: ["Ann", "Bob"] },
  ]);
});

Deno.test("findSlots() stops a series where its rule ends, to the minute", () => {
  const occurrences = (until: string, timezone = "UTC") =>
    at(
      findSlots(repeating([person("Ann")], `FREQ=DAILY;UNTIL=${until}`, { timezone })).candidates,
      "2030-01-07T10:00",
    ).recurrence?.occurrences;
  assert.equal(occurrences("20300109"), 3);
  assert.equal(occurrences("20300109T100000Z"), 3);
  assert.equal(occurrences("20300109T095959Z"), 2);
  assert.equal(occurrences("20300109T150000Z", "America/New_York"), 3);
  assert.equal(occurrences("20300109T145959Z", "America/New_York"), 2);
  const over = findSlots(repeating([person("Ann")], "FREQ=DAILY;UNTIL=20300107T120000Z"));
  assert.equal(over.total_candidates_evaluated, 7);
});

Deno.test("findSlots() looks at as many occurrences as asked, and at most a year ahead", () => {
  const count = (rule: string, horizon?: number) =>
    findSlots(repeating([person("Ann")], rule, {}, horizon)).candidates[0]?.recurrence?.occurrences;
  assert.equal(count("FREQ=DAILY"), 12);
  assert.equal(count("FREQ=DAILY", 3), 3);
  assert.equal(count("FREQ=DAILY;COUNT=2"), 2);
  assert.equal(count("FREQ=MONTHLY;INTERVAL=4"), 4);
});

Deno.test("findSlots() offers a repeated slot exactly where its first occurrence is free, and reports the others correctly", () => {
  const busy = fc.array(
    fc.record({
      day: fc.nat(40),
      start: fc.integer({ min: 16, max: 34 }),
      length: fc.constantFrom(1, 2, 4),
    }).map(({ day, start, length }) => ({
      start: new Date(Date.parse("2026-10-12T00:00:00Z") + day * DAY_MS + start * 1_800_000)
        .toISOString(),
      end: new Date(
        Date.parse("2026-10-12T00:00:00Z") + day * DAY_MS + (start + length) * 1_800_000,
      )
        .toISOString(),
    })),
    { maxLength: 25 },
  );
  const zone = fc.constantFrom("UTC", "Europe/Paris", "America/New_York");
  const rules = fc.constantFrom(
    "FREQ=WEEKLY",
    "FREQ=DAILY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2",
  );
  fc.assert(
    fc.property(busy, busy, zone, zone, rules, (one, other, here, there, rule) => {
      const people = [
        person("Ann", [], { busy: one }),
        person("Bob", [], { busy: other, timezone: there }),
      ];
      const asked = {
        ...repeating(people, rule, {
          timezone: here,
          earliest_date: "2026-10-12",
          latest_date: "2026-10-13",
          interval_minutes: 60,
          buffer_minutes: 5,
        }, 6),
        now: new Date("2026-10-01T00:00:00Z"),
      };
      const { candidates } = findSlots(asked);
      // Every start of the whole horizon, without a rule: an occurrence is free exactly if it is among them.
      const all = new Set(bruteForceStarts({
        ...asked,
        constraints: { ...asked.constraints, latest_date: "2027-01-04" },
      }));
      const free = new Set([...all].map((minute) => localText(minute, here)));
      for (const { start_time, recurrence } of candidates) {
        assert.ok(all.has(Date.parse(start_time) / 60_000));
        const clashing = recurrence!.clashes.map((clash) => Date.parse(clash.start_time) / 60_000);
        assert.ok(clashing.every((minute) => !all.has(minute)));
        assert.equal(recurrence!.occurrences, 6);
        const wall = start_time.slice(11, 16);
        for (const clash of recurrence!.clashes) assert.equal(clash.start_time.slice(11, 16), wall);
        // Between two days of a series lie none: the free ones are those of the rule that are not clashes.
        const dtstart = new Date(`${start_time.slice(0, 16)}:00Z`);
        const dates = new rrule.RRule({ ...rrule.RRule.parseString(rule), dtstart })
          .all((_, i) => i < 6).map((date) => date.toISOString().slice(0, 16));
        const expected = dates.filter((date) => free.has(date));
        assert.equal(recurrence!.free, expected.length);
      }
    }),
    { numRuns: 25 },
  );
});

function localText(minute: number, timezone: string): string {
  const { date, minute_of_day } = wallAt(timezone, minute);
  return `${date}T${new Date(minute_of_day * 60_000).toISOString().slice(11, 16)}`;
}

Deno.test("busyWindow() reaches as far as the occurrences and, to negotiate, as the longer window", () => {
  const asked = constraints();
  const recurrence = { lines: ["RRULE:FREQ=WEEKLY"], horizon: 4 };
  const { start, end } = busyWindow(asked, [], { recurrence });
  assert.equal(start, "2030-01-06T23:00:00Z");
  assert.ok(end >= "2030-01-29T00:00:00Z" && end <= "2030-02-03T00:00:00Z", end);
  assert.equal(busyWindow(asked, [], { negotiate: true }).end, "2030-01-09T01:00:00Z");
  const long = { ...asked, latest_date: "2030-02-28" };
  assert.equal(busyWindow(long, [], { negotiate: true }).end, "2030-03-08T01:00:00Z");
});

Deno.test("findSlots() refuses to judge a series beyond what was read", () => {
  const asked = repeating([person("Ann")], "FREQ=WEEKLY");
  const busy_window = busyWindow(asked.constraints, asked.participants);
  assert.throws(() => findSlots({ ...asked, busy_window }), /^SchedulingInputError: busy_window: /);
});

Deno.test("findSlots() negotiates about a series on the days of its rule", () => {
  const ann = person("Ann", [], {
    busy: [{ start: "2030-01-07T00:00:00Z", end: "2030-01-09T17:10:00Z" }],
  });
  const { conceded_candidates, negotiation_rounds } = findSlots(
    repeating([ann], "FREQ=DAILY;BYDAY=MO,WE", { latest_date: "2030-01-11" }),
  );
  assert.equal(negotiation_rounds, 2);
  assert.equal(conceded_candidates[0]?.start_time, "2030-01-09T17:30:00Z");
  assert.equal(conceded_candidates[0]?.recurrence?.occurrences, 12);
});

/** The Mondays from 7 January 2030 on, as busy time of the same hour. */
function mondays(from: string, to: string, weeks: number[]) {
  return weeks.map((week) => {
    const day = new Date(Date.UTC(2030, 0, 7 + 7 * week)).toISOString().slice(0, 10);
    return { start: `${day}T${from}:00Z`, end: `${day}T${to}:00Z` };
  });
}

Deno.test("findSlots() suggests for a series what makes all of its occurrences possible", () => {
  const day = { working_hours_start: 9, working_hours_end: 12, interval_minutes: 60 };
  const ann = person("Ann", [], {
    busy: [
      ...mondays("09:15", "09:30", [0]),
      ...mondays("10:15", "10:30", [0]),
      ...mondays("11:15", "12:00", [0]),
      ...mondays("09:30", "10:00", [3]),
    ],
  });
  const asked = repeating([ann, person("Ben")], "RRULE:FREQ=WEEKLY;COUNT=6", {
    ...day,
    duration_minutes: 30,
  });
  const { candidates, suggestion } = findSlots(asked);
  assert.deepEqual(candidates, []);
  // 09:30 is free on the first Monday, but not on the fourth: the first grid start that is free on all of them is 10:30.
  assert.equal(
    suggestion,
    "With starts every 30 minutes instead of every 60 (interval_minutes), the meeting could be on " +
      "Monday 7 January 2030 at 10:30 (UTC), with all 6 occurrences.",
  );
  const followed = findSlots({
    ...asked,
    constraints: { ...asked.constraints, interval_minutes: 30 },
  });
  const found = at(followed.candidates, "2030-01-07T10:30");
  assert.equal(found.recurrence?.share_free, 1);
});

Deno.test("findSlots() says how many occurrences a suggestion gives where none gives all", () => {
  const ann = person("Ann", [], {
    busy: [
      ...mondays("09:00", "09:30", [0]),
      ...mondays("10:00", "10:30", [0]),
      ...mondays("00:00", "23:30", [2, 4]),
    ],
  });
  const asked = repeating([ann], "RRULE:FREQ=WEEKLY;COUNT=6", {
    working_hours_start: 9,
    working_hours_end: 11,
    interval_minutes: 60,
    duration_minutes: 30,
  });
  const { candidates, suggestion } = findSlots(asked);
  assert.deepEqual(candidates, []);
  assert.equal(
    suggestion,
    "With starts every 30 minutes instead of every 60 (interval_minutes), the meeting could be on " +
      "Monday 7 January 2030 at 09:30 (UTC), with 4 of 6 occurrences.",
  );
});

Deno.test("findSlots() widens hours for a series only as far as every occurrence needs", () => {
  // At nine in New York it is 14:00 in Paris on 11 March and, when clocks have changed there too, 15:00 from 1 April on:
  // a quarter of an hour would do for the first Monday, but not for the fourth.
  const paris = person("Pia", [], {
    timezone: "Europe/Paris",
    open_hours: [{ days: ["monday"], start: "09:00", end: "14:15" }],
  });
  const asked = repeating([person("Ann"), paris], "RRULE:FREQ=WEEKLY;COUNT=6", {
    earliest_date: "2030-03-11",
    latest_date: "2030-03-11",
    timezone: "America/New_York",
    duration_minutes: 30,
  });
  const { candidates, suggestion } = findSlots(asked);
  assert.deepEqual(candidates, []);
  assert.match(
    suggestion ?? "",
    /^If Ann were open from 07:30 \(America\/New_York\), .* with all 6 occurrences\.$/,
  );
});
