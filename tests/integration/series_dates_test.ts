import assert from "node:assert/strict";
import { insertMeeting, MONDAY, SLOT, WEEK } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";
import { change, occurrencesOn, scheduledTask, startOf } from "../support/tasks.ts";

/** The first half hour of a span of one day; `hours` are those of the day, in the zone. */
function at(date: string, timezone: string, hours: [number, number]) {
  return {
    duration_minutes: 30,
    interval_minutes: 30,
    earliest_date: date,
    latest_date: date,
    timezone,
    working_hours_start: hours[0],
    working_hours_end: hours[1],
    allowed_days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    priority: "soonest",
    lunch: null,
  };
}

/** Weekly on Sundays at half past two, which New York's clocks skip on 11 March 2035. */
const SKIPPED = at("2035-02-25", "America/New_York", [2.5, 4]);
const SUNDAYS = [
  "2035-02-25T07:30:00Z",
  "2035-03-04T07:30:00Z",
  "2035-03-11T07:30:00Z",
  "2035-03-18T06:30:00Z",
];
const WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4";

const SERIES: [what: string, constraints: object, recurrence: string[], starts: string[]][] = [
  ["a skipped hour", SKIPPED, [WEEKLY], SUNDAYS],
  ...["EXDATE;TZID=America/New_York:20350311T023000", "EXDATE;VALUE=DATE:20350311"]
    .concat(["EXDATE:20350311T073000Z", "EXDATE;TZID=Europe/Paris:20350311T083000"])
    .map((line): typeof SERIES[number] => [
      `the skipped occurrence left out by ${line}`,
      SKIPPED,
      [WEEKLY, line],
      SUNDAYS.filter((start) => !start.startsWith("2035-03-11")),
    ]),
  [
    "a time of day that is left out and no occurrence",
    SKIPPED,
    [WEEKLY, "EXDATE;TZID=America/New_York:20350304T033000"],
    SUNDAYS,
  ],
  [
    "a repeated hour",
    at("2035-10-28", "America/New_York", [1.5, 3]),
    [WEEKLY],
    ["2035-10-28T05:30:00Z", "2035-11-04T05:30:00Z", "2035-11-11T06:30:00Z"]
      .concat("2035-11-18T06:30:00Z"),
  ],
  [
    "dates added in every form, one of them twice, and one that is left out again",
    at("2035-01-08", "Europe/Paris", [9, 12]),
    [
      "RRULE:FREQ=WEEKLY;COUNT=2",
      "RDATE;VALUE=DATE:20350110",
      "RDATE;TZID=Asia/Tokyo:20350112T190000",
      "RDATE:20350115T080000Z,20350116T083000Z,20350117T083000Z",
      "EXDATE:20350117T083000Z",
    ],
    ["2035-01-08T08:00:00Z", "2035-01-10T08:00:00Z", "2035-01-12T10:00:00Z"]
      .concat(["2035-01-15T08:00:00Z", "2035-01-16T08:30:00Z"]),
  ],
  [
    "a count that counts what is left out",
    at("2035-01-08", "Europe/Paris", [9, 12]),
    ["RRULE:FREQ=DAILY;COUNT=4", "EXDATE;VALUE=DATE:20350109,20350111"],
    ["2035-01-08T08:00:00Z", "2035-01-10T08:00:00Z"],
  ],
  [
    "a start that is left out, so that the next one begins the series",
    at("2035-01-08", "Europe/Paris", [9, 12]),
    ["RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Europe/Paris:20350108T090000"],
    ["2035-01-08T08:30:00Z", "2035-01-15T08:30:00Z"],
  ],
];

promise("dates of a series", {
  "the occurrences that are checked, held and written are equal": async (stack) => {
    for (const [what, constraints, recurrence, starts] of SERIES) {
      const organizer = await stack.organizer();
      const answer = await organizer.call("schedule", {
        body: { participants: [organizer.email], constraints, recurrence },
      });
      assert.equal(answer.status, 200, `${what}: ${JSON.stringify(answer.body)}`);
      const { meeting_id, selected_slot } = answer.body;
      assert.deepEqual(selected_slot.recurrence.start_times.map(inUtc), starts, what);
      assert.deepEqual(await heldStarts(stack, meeting_id), starts, `held: ${what}`);
      const written = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(written.status, 200, `${what}: ${JSON.stringify(written.body)}`);
      const occurrences = await occurrencesOn(stack, organizer.email);
      assert.deepEqual(occurrences.map(startOf), starts, `written: ${what}`);
    }
  },

  "a clash on a date that is left out does not count, and one on a date that is added does": async (
    stack,
  ) => {
    const organizer = await stack.organizer({
      busy: [["2035-01-15T09:00:00Z", "2035-01-15T17:00:00Z"], [
        "2035-01-17T09:00:00Z",
        "2035-01-17T17:00:00Z",
      ]],
    });
    const clashes = async (dates: string[]) => {
      const answer = await organizer.call("schedule", {
        body: {
          dry_run: true,
          participants: [organizer.email],
          constraints: { ...WEEK, latest_date: MONDAY },
          recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3", ...dates],
        },
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body.selected_slot.recurrence.clashes.map(
        ({ start_time }: { start_time: string }) => start_time.slice(0, 10),
      );
    };
    assert.deepEqual(await clashes([]), ["2035-01-15"]);
    assert.deepEqual(await clashes(["EXDATE;VALUE=DATE:20350115"]), []);
    assert.deepEqual(
      await clashes(["EXDATE;VALUE=DATE:20350115", "RDATE;VALUE=DATE:20350117"]),
      ["2035-01-17"],
    );
  },

  "a series whose every first day is left out is refused, and says that it begins on no day":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer();
      const answer = await organizer.call("schedule", {
        body: {
          dry_run: true,
          participants: [organizer.email],
          constraints: { ...WEEK, latest_date: MONDAY },
          recurrence: ["RRULE:FREQ=WEEKLY", "EXDATE;VALUE=DATE:20350108"],
        },
      });
      assert.equal(answer.status, 422);
      assert.match(answer.body.message, /recurrence begins on no day/);
    },
});

/** What Google rejects, and the lines beside it. */
const REJECTED: string[] = [
  "RRULE:FREQ=HOURLY",
  "RRULE:FREQ=MONTHLY;BYDAY=0MO",
  "RRULE:FREQ=YEARLY;BYMONTH=13",
  "RRULE:FREQ=DAILY;COUNT=3;UNTIL=20350201",
  "RRULE:FREQ=DAILY;UNTIL=20350230",
  "RRULE:FREQ=DAILY;INTERVAL=0",
  "RRULE:FREQ=WEEKLY;BYMONTHDAY=1",
  "RRULE:FREQ=WEEKLY;BYDAY=2MO",
  "RRULE:FREQ=DAILY;BYEASTER=1",
  "EXDATE;TZID=Romance Standard Time:20350115T090000",
  "EXDATE;TZID=W. Europe Standard Time:20350115T090000",
  "EXDATE:20351315T090000Z",
  "RDATE;VALUE=PERIOD:20350115T090000Z/PT1H",
  "EXRULE:FREQ=WEEKLY",
  "DTSTART:20350115T090000Z",
];

promise("a recurrence that Google would reject", {
  "schedule, meetings and task-events refuse it by its path, before anything is sent": async (
    stack,
  ) => {
    const { organizer, event_id } = await scheduledTask(stack, {
      wanted: { recurrence_pattern: "weekly" },
    });
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      ...SLOT,
    });
    const sent = (await stack.google.requests({})).length;
    for (const line of REJECTED) {
      const [recurrence, path] = beside(line);
      const refusals = [
        await organizer.call("schedule", {
          body: { dry_run: true, participants: [organizer.email], constraints: WEEK, recurrence },
        }),
        await organizer.call("meetings", { method: "PATCH", body: { meeting_id, recurrence } }),
        await change(organizer, { event_id, recurrence }),
      ];
      for (const [i, { status, body }] of refusals.entries()) {
        const label = `${i} ${line}: ${JSON.stringify(body)}`;
        assert.equal(status, 422, label);
        assert.equal(body.error, "invalid_request", label);
        assert.equal(body.details.path, path, label);
      }
      const [schedule, meetings] = refusals.map(({ body }) => body.message);
      assert.equal(schedule, meetings);
      const one = await change(organizer, { event_id, recurrence: line });
      assert.equal(one.body.details?.path, "recurrence", `${line}: ${JSON.stringify(one.body)}`);
    }
    assert.equal((await stack.google.requests({})).length, sent);
  },

  "a row with it is refused by the same path, with and without a slot": async (stack) => {
    const organizer = await stack.organizer();
    for (const line of REJECTED) {
      const [recurrence, path] = beside(line);
      for (const slot of [{ constraints: WEEK }, SLOT]) {
        const { error } = await organizer.client.from("meetings").insert({
          participants: [organizer.email],
          recurrence,
          ...slot,
        } as never);
        assert.equal(error?.code, "22023", `${line}: ${JSON.stringify(error)}`);
        assert.equal(JSON.parse(error?.details ?? "").path, path, line);
      }
    }
    const { data } = await organizer.client.from("meetings").select("meeting_id");
    assert.deepEqual(data, []);
  },

  "what Google takes and no search expands is refused where a search places it, and only there":
    async (stack) => {
      const { organizer, event_id } = await scheduledTask(stack, {
        wanted: { recurrence_pattern: "weekly" },
      });
      const recurrence = ["RRULE:FREQ=DAILY;BYHOUR=9"];
      const searched = await organizer.call("schedule", {
        body: { dry_run: true, participants: [organizer.email], constraints: WEEK, recurrence },
      });
      assert.equal(searched.body.details?.path, "recurrence[0]");
      assert.match(searched.body.message, /BYHOUR is not supported/);
      const changed = await change(organizer, { event_id, recurrence });
      assert.equal(changed.status, 200, JSON.stringify(changed.body));
    },
});

/** A line with the rule that it stands beside, and where it is then. */
function beside(line: string): [recurrence: string[], path: string] {
  return line.startsWith("RRULE") ? [[line], "recurrence[0]"] : [
    ["RRULE:FREQ=WEEKLY", line],
    "recurrence[1]",
  ];
}

async function heldStarts(stack: Stack, meeting_id: string): Promise<string[]> {
  const rows = await stack.platform.sql<{ starts: string }>(
    `select to_char(lower(held) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as starts
       from private.slot_holds where meeting_id = $1 order by lower(held)`,
    [meeting_id],
  );
  return rows.map(({ starts }) => starts);
}

function inUtc(instant: string): string {
  return new Date(instant).toISOString().replace(".000Z", "Z");
}
