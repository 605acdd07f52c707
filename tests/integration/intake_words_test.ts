import assert from "node:assert/strict";
import { isTimeZone } from "@shared/time/zones.ts";
import { MONDAY, SLOT, WEEK } from "../support/meetings.ts";
import { type Organizer, promise } from "../support/stack.ts";

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
  [{ description: "x".repeat(8193) }, "description"],
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
      assert.equal(await pathInserted(organizer, meeting), path, `inserted: ${label}`);
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
      const [timezone, is_known] of [
        ["Japan", true],
        ["EST5EDT", true],
        ["Mars/Olympus5", false],
        ["europe/paris", false],
      ] as const
    ) {
      const columns = { participants: [organizer.email], ...SLOT, timezone };
      assert.equal(await pathInserted(organizer, columns), is_known ? null : "timezone", timezone);
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

/** The path that the statement is refused with; null where the row is stored. */
async function pathInserted(
  organizer: Organizer,
  meeting: Record<string, unknown>,
): Promise<string | null> {
  const { error, status } = await organizer.client.from("meetings").insert(meeting as never);
  if (error === null) return null;
  assert.deepEqual([status, error.code], [400, "22023"], error.message);
  const { path } = JSON.parse(error.details);
  assert.ok(
    error.message.startsWith(`invalid_request: ${path}: Expected `) ||
      /Unknown field|Name a time|Send a time|cannot be used/.test(error.message),
    error.message,
  );
  assert.ok(error.hint.includes(path), error.hint);
  return path;
}
