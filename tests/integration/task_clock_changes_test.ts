import assert from "node:assert/strict";
import { type calendar_v3 } from "@googleapis/calendar";
import type { Answer, Organizer, Stack } from "../support/stack.ts";
import { promise } from "../support/stack.ts";
import { change, googleOf, insertTask } from "../support/tasks.ts";

const ZONE = "America/New_York";
const MINUTE_MS = 60_000;

interface Scheduled {
  organizer: Organizer;
  task_id: string;
  event_id: string;
}

/** A task of a user in New York that is on the calendar. */
async function scheduled(
  stack: Stack,
  columns: Record<string, unknown>,
  wanted: Record<string, unknown> = {},
): Promise<Scheduled> {
  const organizer = await stack.organizer({ timezone: ZONE });
  const task_id = await insertTask(organizer, columns);
  const answer = await organizer.call("task-events/schedule", {
    body: { task_id, timeZone: ZONE, ...wanted },
  });
  accepted(answer);
  return { organizer, task_id, event_id: answer.body.event_id };
}

function accepted({ status, body }: Answer): void {
  assert.equal(status, 200, JSON.stringify(body));
}

/** The event as Google shows it: start and end with their offsets. */
async function shown(
  stack: Stack,
  { organizer, event_id }: Scheduled,
): Promise<[start: string, end: string]> {
  const google = await googleOf(stack, organizer.email);
  const { data } = await google.events.get({ calendarId: "primary", eventId: event_id });
  return timesOf(data);
}

async function occurrences(
  stack: Stack,
  { organizer, event_id }: Scheduled,
  timeMax: string,
): Promise<[start: string, end: string][]> {
  const google = await googleOf(stack, organizer.email);
  const { data } = await google.events.instances({
    calendarId: "primary",
    eventId: event_id,
    timeMax,
  });
  return (data.items ?? []).map(timesOf);
}

function timesOf({ start, end }: calendar_v3.Schema$Event): [start: string, end: string] {
  return [start?.dateTime ?? start?.date ?? "", end?.dateTime ?? end?.date ?? ""];
}

function minutesOf([start, end]: [string, string]): number {
  return (Date.parse(end) - Date.parse(start)) / MINUTE_MS;
}

function rescheduled({ organizer, task_id }: Scheduled, preference: Record<string, unknown> = {}) {
  return organizer.call("task-events/reschedule", {
    body: Object.keys(preference).length === 0
      ? { task_ids: [task_id] }
      : { tasks: [{ task_id, ...preference }] },
  });
}

/** How often an event was written, by the requests that Google got. */
async function writes(stack: Stack, { organizer }: Scheduled): Promise<number> {
  const requests = await stack.google.requests({ user: organizer.email });
  return requests.filter(({ method, path }) => method !== "GET" && path.includes("/events")).length;
}

promise("tasks over clock changes", {
  "a task has the minutes that it was given, whatever clocks do meanwhile": async (stack) => {
    const cases: [start: string, minutes: number, from: string, to: string][] = [
      [
        "2030-11-02T22:00:00-04:00",
        480,
        "2030-11-02T22:00:00-04:00",
        "2030-11-03T05:00:00-05:00",
      ],
      [
        "2030-03-09T22:00:00-05:00",
        480,
        "2030-03-09T22:00:00-05:00",
        "2030-03-10T07:00:00-04:00",
      ],
      [
        "2030-03-10T01:30:00-05:00",
        60,
        "2030-03-10T01:30:00-05:00",
        "2030-03-10T03:30:00-04:00",
      ],
      [
        "2030-03-10T01:30:00-05:00",
        45,
        "2030-03-10T01:30:00-05:00",
        "2030-03-10T03:15:00-04:00",
      ],
    ];
    for (const [start_date, duration_minutes, from, to] of cases) {
      const by_row = await scheduled(stack, { start_date, duration_minutes });
      assert.deepEqual(await shown(stack, by_row), [from, to]);
      const by_call = await scheduled(stack, {}, { start_time: start_date, duration_minutes });
      assert.deepEqual(await shown(stack, by_call), [from, to]);
    }
  },

  "a weekly night task has its minutes on every night, the one of the clock change too": async (
    stack,
  ) => {
    const task = await scheduled(stack, {
      start_date: "2027-11-06T22:00:00-04:00",
      duration_minutes: 480,
      task_type: "recurring",
      recurrence_pattern: "weekly",
    });
    const nights = await occurrences(stack, task, "2028-04-01T00:00:00Z");
    assert.equal(nights.length, 21);
    assert.deepEqual(nights.slice(0, 2), [
      ["2027-11-06T22:00:00-04:00", "2027-11-07T05:00:00-05:00"],
      ["2027-11-13T22:00:00-05:00", "2027-11-14T06:00:00-05:00"],
    ]);
    assert.deepEqual([...new Set(nights.map(minutesOf))], [480]);
  },

  "a time that the clock shows twice is the one that was sent": async (stack) => {
    for (const offset of ["-04:00", "-05:00"]) {
      const start_date = `2030-11-03T01:30:00${offset}`;
      const task = await scheduled(stack, { start_date, duration_minutes: 15 });
      assert.deepEqual(await shown(stack, task), [start_date, `2030-11-03T01:45:00${offset}`]);
      const other = await scheduled(stack, { duration_minutes: 15 });
      accepted(await change(other.organizer, { event_id: other.event_id, start_time: start_date }));
      assert.deepEqual(await shown(stack, other), [start_date, `2030-11-03T01:45:00${offset}`]);
    }
  },

  "a series may start in the second of two equal hours, and repeats at its wall time": async (
    stack,
  ) => {
    const task = await scheduled(stack, {
      start_date: "2030-11-03T01:30:00-05:00",
      duration_minutes: 30,
      recurrence_pattern: "weekly",
      recurrence_ends: "2031-11-09",
    });
    const starts = (await occurrences(stack, task, "2032-01-01T00:00:00Z")).map(([at]) => at);
    assert.deepEqual(starts.slice(0, 2), [
      "2030-11-03T01:30:00-05:00",
      "2030-11-10T01:30:00-05:00",
    ]);
    // A year later it is not said which of the two: RFC 5545 means the first.
    assert.deepEqual(starts.slice(-2), ["2031-11-02T01:30:00-04:00", "2031-11-09T01:30:00-05:00"]);
    // Its occurrences are found by day, the first one too.
    for (const instance_date of ["2030-11-03", "2031-11-02"]) {
      const changed = await change(task.organizer, {
        event_id: task.event_id,
        update_scope: "single",
        instance_date,
        summary: instance_date,
      });
      accepted(changed);
      assert.equal(changed.body.start_time.slice(0, 16), `${instance_date}T01:30`);
    }
  },

  "a new start keeps the elapsed minutes of an event": async (stack) => {
    const long = await scheduled(stack, {
      start_date: "2030-10-20T20:00:00-04:00",
      duration_minutes: 600,
    });
    const start_time = "2030-11-02T20:00:00-04:00";
    accepted(await change(long.organizer, { event_id: long.event_id, start_time }));
    assert.deepEqual(await shown(stack, long), [start_time, "2030-11-03T05:00:00-05:00"]);

    const short = await scheduled(stack, {
      start_date: "2030-03-04T09:00:00-05:00",
      duration_minutes: 60,
    });
    const moved = await change(short.organizer, {
      event_id: short.event_id,
      start_time: "2030-03-10T01:30:00-05:00",
    });
    accepted(moved);
    assert.deepEqual(await shown(stack, short), [
      "2030-03-10T01:30:00-05:00",
      "2030-03-10T03:30:00-04:00",
    ]);
  },

  "a moved night series keeps its minutes, for all and for the rest": async (stack) => {
    for (const update_scope of ["all", "future"]) {
      const task = await scheduled(stack, {
        start_date: "2030-10-26T21:00:00-04:00",
        duration_minutes: 480,
        recurrence_pattern: "weekly",
        recurrence_ends: "2030-11-16",
      });
      const changed = await change(task.organizer, {
        event_id: task.event_id,
        update_scope,
        instance_date: "2030-11-02",
        start_time: "2030-11-02T22:00:00-04:00",
      });
      accepted(changed);
      const event_id = changed.body.following?.event_id ?? task.event_id;
      const nights = await occurrences(stack, { ...task, event_id }, "2031-01-01T00:00:00Z");
      assert.ok(
        nights.some(([start, end]) =>
          start === "2030-11-02T22:00:00-04:00" && end === "2030-11-03T05:00:00-05:00"
        ),
        JSON.stringify(nights),
      );
      assert.deepEqual([...new Set(nights.map(minutesOf))], [480]);
    }
  },

  "a wall time that a clock change skips is read with the offset before it": async (stack) => {
    // A new zone alone keeps the instant, so it reads no wall time.
    const by_zone = await scheduled(
      stack,
      { start_date: "2030-03-10T02:30:00+01:00", duration_minutes: 60 },
      { timeZone: "Europe/Paris" },
    );
    accepted(await change(by_zone.organizer, { event_id: by_zone.event_id, timeZone: ZONE }));
    assert.deepEqual(await shown(stack, by_zone), [
      "2030-03-09T20:30:00-05:00",
      "2030-03-09T21:30:00-05:00",
    ]);

    const series = await scheduled(stack, {
      start_date: "2030-03-03T02:30:00-05:00",
      duration_minutes: 45,
      recurrence_pattern: "weekly",
      recurrence_ends: "2030-03-17",
    });
    const weekly: [string, string][] = [
      ["2030-03-03T02:30:00-05:00", "2030-03-03T03:15:00-05:00"],
      ["2030-03-10T03:30:00-04:00", "2030-03-10T04:15:00-04:00"],
      ["2030-03-17T02:30:00-04:00", "2030-03-17T03:15:00-04:00"],
    ];
    assert.deepEqual(await occurrences(stack, series, "2030-04-01T00:00:00Z"), weekly);
    // By its day and by its instant the skipped occurrence is found, and only it changes.
    for (const instance_date of ["2030-03-10", "2030-03-10T03:30:00-04:00"]) {
      const changed = await change(series.organizer, {
        event_id: series.event_id,
        update_scope: "single",
        instance_date,
        summary: instance_date,
      });
      accepted(changed);
      assert.equal(changed.body.start_time, "2030-03-10T03:30:00-04:00");
    }
    assert.deepEqual(await occurrences(stack, series, "2030-04-01T00:00:00Z"), weekly);
    // The rest cannot begin there: it would repeat at half past three.
    const divided = await change(series.organizer, {
      event_id: series.event_id,
      update_scope: "future",
      instance_date: "2030-03-10",
      summary: "Rest",
    });
    assert.equal(divided.status, 422, JSON.stringify(divided.body));
    assert.match(divided.body.message, /^instance_date: .*clock change skips/);
    const ended = await series.organizer.call("task-events", {
      method: "DELETE",
      body: { event_id: series.event_id, update_scope: "future", instance_date: "2030-03-10" },
    });
    accepted(ended);
    assert.deepEqual(
      await occurrences(stack, series, "2030-04-01T00:00:00Z"),
      weekly.slice(0, 1),
    );
  },

  "an occurrence deleted in a skipped hour stays deleted when its series moves": async (stack) => {
    const series = await scheduled(stack, {
      start_date: "2030-03-03T02:30:00-05:00",
      duration_minutes: 30,
      recurrence_pattern: "weekly",
      recurrence_ends: "2030-03-17",
    });
    accepted(
      await series.organizer.call("task-events", {
        method: "DELETE",
        body: { event_id: series.event_id, update_scope: "single", instance_date: "2030-03-10" },
      }),
    );
    accepted(
      await change(series.organizer, {
        event_id: series.event_id,
        update_scope: "all",
        start_time: "2030-03-03T04:30:00-05:00",
      }),
    );
    const starts = (await occurrences(stack, series, "2030-04-01T00:00:00Z")).map(([at]) => at);
    assert.deepEqual(starts, ["2030-03-03T04:30:00-05:00", "2030-03-17T04:30:00-04:00"]);
  },

  "reschedule of a night task that did not change writes nothing and says so": async (stack) => {
    for (
      const columns of [
        { start_date: "2030-11-02T22:00:00-04:00" },
        { start_date: "2030-03-09T22:00:00-05:00" },
        { start_date: "2030-11-03T01:30:00-05:00" },
        { start_date: "2027-11-06T22:00:00-04:00", recurrence_pattern: "weekly" },
        // A Saturday, so that the series starts on the Monday after it.
        { start_date: "2030-11-02T23:30:00-04:00", recurrence_pattern: "weekdays" },
      ]
    ) {
      const task = await scheduled(stack, { ...columns, duration_minutes: 480 });
      const before = await shown(stack, task);
      const answer = await rescheduled(task);
      accepted(answer);
      const [result] = answer.body.results;
      assert.deepEqual([result.status, result.code], ["skipped", "unchanged"]);
      assert.match(result.message, /Nothing was changed/);
      assert.deepEqual([result.start_time, result.end_time], before);
      assert.deepEqual([answer.body.skipped, answer.body.updated], [1, 0]);
      assert.deepEqual(await shown(stack, task), before);
      assert.equal(await writes(stack, task), 1);
    }
  },

  "reschedule moves a night task with its elapsed minutes": async (stack) => {
    const task = await scheduled(stack, {
      start_date: "2030-10-26T22:00:00-04:00",
      duration_minutes: 480,
    });
    const answer = await rescheduled(task, { start_time: "2030-11-02T22:00:00-04:00" });
    assert.equal(answer.body.results[0].status, "updated", JSON.stringify(answer.body));
    assert.deepEqual(await shown(stack, task), [
      "2030-11-02T22:00:00-04:00",
      "2030-11-03T05:00:00-05:00",
    ]);
  },

  "a pattern is used whatever the task's type says": async (stack) => {
    const task = await scheduled(stack, {
      start_date: "2030-06-03T09:00:00-04:00",
      task_type: "single",
      recurrence_pattern: "daily",
      recurrence_ends: "2030-06-05",
    });
    const starts = (await occurrences(stack, task, "2030-07-01T00:00:00Z")).map(([at]) => at);
    assert.deepEqual(starts, [
      "2030-06-03T09:00:00-04:00",
      "2030-06-04T09:00:00-04:00",
      "2030-06-05T09:00:00-04:00",
    ]);
  },

  "a monthly series on an ordinal weekday moves as a whole across midnight, or is refused": async (
    stack,
  ) => {
    const task = await scheduled(stack, {
      start_date: "2030-06-09T23:30:00-04:00",
      duration_minutes: 30,
    });
    accepted(
      await change(task.organizer, {
        event_id: task.event_id,
        recurrence: ["RRULE:FREQ=MONTHLY;BYDAY=2SU"],
      }),
    );
    const instants = async () =>
      (await occurrences(stack, task, "2031-06-01T00:00:00-04:00")).map(([at]) => Date.parse(at));
    const before = await instants();
    accepted(
      await change(task.organizer, {
        event_id: task.event_id,
        update_scope: "all",
        start_time: "2030-06-10T00:30:00-04:00",
      }),
    );
    assert.equal(before.length, 12);
    assert.deepEqual(await instants(), before.map((at) => at + 60 * MINUTE_MS));

    accepted(
      await change(task.organizer, {
        event_id: task.event_id,
        start_time: "2030-06-30T23:30:00-04:00",
        recurrence: ["RRULE:FREQ=MONTHLY;BYDAY=-1SU"],
      }),
    );
    const across = await change(task.organizer, {
      event_id: task.event_id,
      update_scope: "all",
      start_time: "2030-07-01T00:30:00-04:00",
    });
    assert.equal(across.status, 422, JSON.stringify(across.body));
    assert.match(across.body.message, /^recurrence: .*cannot be moved to another day/);
  },
});
