import assert from "node:assert/strict";
import { isTimeZone } from "@shared/time/zones.ts";
import { insertMeeting, MONDAY, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

const MANY = "🙂".repeat(1000);

/** Meetings as columns, and the field that is wrong with them; null: nothing is. */
const MEETINGS: [columns: Record<string, unknown>, path: string | null][] = [
  ...["Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Japan", "EST5EDT", "UTC"].map(
    (timezone): [Record<string, unknown>, null] => [{ constraints: { timezone } }, null],
  ),
  ...[
    "Mars/Base",
    "Mars/Olympus5",
    "Etc/GMT+15",
    "FOO5",
    "+01:00",
    "europe/paris",
    "posix/Europe/Paris",
    "PST",
    "localtime",
    " Europe/Paris",
    "",
  ].map((timezone): [Record<string, unknown>, string] => [
    { constraints: { timezone } },
    "constraints.timezone",
  ]),
  [{ constraints: { timezone: 5 } }, "constraints.timezone"],
  [{ constraints: { duration_minutes: "30" } }, "constraints.duration_minutes"],
  [{ constraints: { durations: 30 } }, "constraints.durations"],
  [{ constraints: [] }, "constraints"],
  [{ constraints: { earliest_date: MONDAY, latest_date: "2036-01-08" } }, null],
  [
    { constraints: { earliest_date: MONDAY, latest_date: "2036-01-09" } },
    "constraints.latest_date",
  ],
  // 366 days that begin in summer and end in winter have an hour more.
  [{
    constraints: {
      earliest_date: "2035-10-28",
      latest_date: "2036-10-27",
      timezone: "Europe/Paris",
    },
  }, null],
  [{
    constraints: {
      earliest_date: "2035-10-28",
      latest_date: "2036-10-28",
      timezone: "Europe/Paris",
    },
  }, "constraints.latest_date"],
  [
    { constraints: { earliest_date: MONDAY, latest_date: "2035-01-07" } },
    "constraints.latest_date",
  ],
  [{ participants: [] }, "participants"],
  [{ participants: { email: "ana@north.example" } }, "participants"],
  ...[
    "<a@b.example>",
    "Ana <a@b.example>",
    "a@b",
    "a@b..example",
    ".a@b.example",
    "a@b.example.",
    "a b@c.example",
    "a\u00a0b@c.example",
    "a@b.example,c@d.example",
    "a@b@c.example",
    '"a"@b.example',
    `${"a".repeat(245)}@b.example`,
  ].map((email): [Record<string, unknown>, string] => [
    { participants: [email] },
    "participants[0]",
  ]),
  ...["a+b@c.example", "o'neil@c.example", "ana@münchen.example", "a.b.c@d.e.example"].map(
    (email): [Record<string, unknown>, null] => [{
      participants: [{ email, busy: [] }],
    }, null],
  ),
  [{ participants: [{ email: "<a@b.example>" }] }, "participants[0].email"],
  [{ participants: [{ name: "Ana" }] }, "participants[0].email"],
  [
    { participants: [{ email: "a@b.example", timezone: "Mars/Base" }] },
    "participants[0].timezone",
  ],
  [{ participants: [{ email: "a@b.example", colour: 1 }] }, "participants[0].colour"],
  [{ conference: "zoom" }, "conference"],
  [{ reminders: [] }, null],
  [{ reminders: [{ method: "email", minutes: 40320 }] }, null],
  [{ reminders: [{ method: "email", minutes: 40321 }] }, "reminders[0].minutes"],
  [{ reminders: [{ method: "email", minutes: "10" }] }, "reminders[0].minutes"],
  [{ reminders: [{ method: "email", minutes: 1.5 }] }, "reminders[0].minutes"],
  [{ reminders: [{ method: "sms", minutes: 1 }] }, "reminders[0].method"],
  [{ reminders: [{ method: "email", minutes: 1, colour: 1 }] }, "reminders[0].colour"],
  [{ reminders: Array(6).fill({ method: "email", minutes: 1 }) }, "reminders"],
  [{ recurrence: ["RRULE:FREQ=WEEKLY"] }, null],
  [{ recurrence: ["FREQ=WEEKLY"] }, null],
  [{ recurrence: ["RRULE:FREQ=HOURLY"] }, "recurrence[0]"],
  [{ recurrence: [] }, "recurrence"],
  [{ title: MANY }, null],
  [{ title: `${MANY}x` }, "title"],
  [{ location: "x".repeat(1001) }, "location"],
  [{ description: "x".repeat(8001) }, "description"],
  [{ meeting_id: "x".repeat(201) }, "meeting_id"],
];

promise("the words of a meeting", {
  "a meeting is taken, or refused with the same path, whether it is sent or inserted": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    for (const [columns, path] of MEETINGS) {
      const meeting = {
        participants: [organizer.email],
        ...columns,
        constraints: withWeek(columns.constraints),
      };
      const label = JSON.stringify(columns).slice(0, 120);
      assert.equal(await pathSent(organizer, meeting), path, `sent: ${label}`);
      assert.equal(await pathInserted(stack, organizer, meeting), path, `inserted: ${label}`);
    }
  },

  "every zone that the database knows is a zone to both, or to neither": async (stack) => {
    const rows = await stack.platform.sql<{ name: string; known: boolean }>(
      "select name, private.is_timezone(name) as known from pg_catalog.pg_timezone_names",
    );
    assert.ok(rows.length > 400, `only ${rows.length} zones`);
    const differ = rows.filter(({ name, known }) => known !== isTimeZone(name));
    assert.deepEqual(differ.map(({ name }) => name), []);
    const ours = await stack.platform.sql<{ name: string; known: boolean }>(
      "select name, private.is_timezone(name) as known from unnest($1::text[]) as name",
      [Intl.supportedValuesOf("timeZone")],
    );
    assert.deepEqual(ours.filter(({ known }) => !known), []);
  },

  "a slot that is given by name has its zone checked by the same rule": async (stack) => {
    const organizer = await stack.organizer();
    for (
      const [timezone, status] of [
        ["Japan", "scheduled"],
        ["EST5EDT", "scheduled"],
        ["Mars/Olympus5", "failed"],
        ["europe/paris", "failed"],
      ] as const
    ) {
      const columns = { participants: [organizer.email], ...SLOT, timezone };
      const row = await rowOf(stack, await insertMeeting(organizer, columns));
      assert.equal(row.scheduling_status, status, timezone);
      assert.equal(row.scheduling_details?.path ?? null, status === "failed" ? "timezone" : null);
    }
  },
});

function withWeek(constraints: unknown): unknown {
  if (Array.isArray(constraints)) return constraints;
  return { ...WEEK, ...(constraints as Record<string, unknown> | undefined) };
}

async function pathSent(
  organizer: Organizer,
  meeting: Record<string, unknown>,
): Promise<string | null> {
  const answer = await organizer.call("schedule", { body: { ...meeting, dry_run: true } });
  assert.ok([200, 422].includes(answer.status), JSON.stringify(answer.body));
  return answer.body.error === "invalid_request" ? answer.body.details.path : null;
}

/** Where the row itself is all right, the search says what is wrong with its question. */
async function pathInserted(
  stack: Stack,
  organizer: Organizer,
  meeting: Record<string, unknown>,
): Promise<string | null> {
  const meeting_id = await insertMeeting(organizer, meeting);
  await callFunction(stack.platform, "schedule", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 1 },
  });
  const row = await rowOf(stack, meeting_id);
  await stack.platform.sql("delete from public.meetings where meeting_id = $1", [meeting_id]);
  assert.ok(row.scheduling_status !== "pending", JSON.stringify(row));
  return row.scheduling_error === "invalid_request" ? row.scheduling_details.path : null;
}
