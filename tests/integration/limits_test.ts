import assert from "node:assert/strict";
import fc from "../unit/fast_check.ts";
import * as z from "zod/mini";
import { firstIssue } from "@shared/failures/issues.ts";
import { MEETING_FIELDS } from "@shared/schemas/given_meeting.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import type { LimitName } from "@shared/schemas/limits.ts";
import { STORED_TASK } from "@shared/schemas/task.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { SLOT, WEEK } from "../support/meetings.ts";
import { promise } from "../support/stack.ts";

type Columns = Record<string, unknown>;

const ANA = "ana@north.example";
const ana = (fields: Columns) => ({ participants: [{ email: ANA, ...fields }] });
const preferences = (fields: Columns) => ana({ preferences: fields });
const summary = (fields: Columns) => ana({ calendar_summary: fields });
const constraints = (fields: Columns) => ({ constraints: { ...WEEK, ...fields } });
const letters = (length: number) => "🐀".repeat(length);
const repeated = <T>(item: T) => (length: number) => Array<T>(length).fill(item);
const days = repeated("monday");
const dates = repeated("2035-01-10");
const BUSY = { start: SLOT.starts_at, end: SLOT.ends_at };
const RULE = "RRULE:FREQ=DAILY";
const named = (length: number) =>
  Object.fromEntries(Array.from({ length }, (_, index) => [`c${index}`, {}]));

/** Groups of so many members each. */
const members = (sizes: number[], fields: Columns = {}): Columns => ({
  participants: sizes.map((length, group) => ({
    any_of: Array.from({ length }, (_, index) => `m${group}-${index}@north.example`),
    ...fields,
  })),
});

/** Each limit of a meeting: the columns of one that has so many, and the path of what there is too much of. */
const LIMITED: [LimitName, make: (size: number) => Columns, path: string][] = [
  ["meeting_id_characters", (size) => ({ meeting_id: letters(size) }), "meeting_id"],
  ["title_characters", (size) => ({ title: letters(size) }), "title"],
  ["description_characters", (size) => ({ description: "x".repeat(size) }), "description"],
  [
    "description_characters",
    (size) => ({ description: `&<>🐀${"x".repeat(size - 15)}` }),
    "description",
  ],
  ["location_characters", (size) => ({ location: letters(size) }), "location"],
  ["participants", (size) => ({
    participants: Array.from({ length: size }, (_, index) => `p${index}@north.example`),
  }), "participants"],
  ["group_members", (size) => members([size]), "participants[0].any_of"],
  ["group_count", (size) => members([150], { count: size }), "participants[0].count"],
  ["searched_people", (size) => members([200, 100, size - 300]), "participants"],
  [
    "name_characters",
    (size) => members([1], { name: letters(size) }),
    "participants[0].name",
  ],
  [
    "email_characters",
    (size) => ana({ email: `${"a".repeat(size - ANA.length + 3)}${ANA.slice(3)}` }),
    "participants[0].email",
  ],
  ["name_characters", (size) => ana({ name: letters(size) }), "participants[0].name"],
  ["name_characters", (size) => ana({ user_id: letters(size) }), "participants[0].user_id"],
  [
    "calendar_ids",
    (size) => ana({ calendar_ids: repeated("c")(size) }),
    "participants[0].calendar_ids",
  ],
  [
    "calendar_id_characters",
    (size) => ana({ calendar_ids: ["c", letters(size)] }),
    "participants[0].calendar_ids[1]",
  ],
  [
    "open_hours",
    (size) =>
      ana({ open_hours: repeated({ days: ["monday"], start: "09:00", end: "10:00" })(size) }),
    "participants[0].open_hours",
  ],
  [
    "weekdays",
    (size) => ana({ open_hours: [{ days: days(size), start: "09:00", end: "10:00" }] }),
    "participants[0].open_hours[0].days",
  ],
  ["busy", (size) => ana({ busy: repeated(BUSY)(size) }), "participants[0].busy"],
  [
    "busy",
    (size) => summary({ busy_slots: repeated(BUSY)(size) }),
    "participants[0].calendar_summary.busy_slots",
  ],
  ["busy_intervals", (size) => ({
    participants: [
      ...Array.from({ length: 7 }, (_, index) => ({
        email: `p${index}@north.example`,
        busy: repeated(BUSY)(5000),
      })),
      { email: ANA, busy: repeated(BUSY)(size - 36_000) },
      { email: "b@north.example", calendar_summary: { busy_slots: repeated(BUSY)(1000) } },
    ],
  }), "participants"],
  ["exdates", (size) => ana({ exdates: dates(size) }), "participants[0].exdates"],
  [
    "weekdays",
    (size) => preferences({ preferred_days: days(size) }),
    "participants[0].preferences.preferred_days",
  ],
  [
    "event_categories",
    (size) => preferences({ event_categories: named(size) }),
    "participants[0].preferences.event_categories",
  ],
  [
    "weekdays",
    (size) => preferences({ event_categories: { review: { preferred_days: days(size) } } }),
    "participants[0].preferences.event_categories.review.preferred_days",
  ],
  [
    "peak_meeting_hours",
    (size) => summary({ peak_meeting_hours: repeated(9)(size) }),
    "participants[0].calendar_summary.peak_meeting_hours",
  ],
  [
    "weekdays",
    (size) => summary({ preference_patterns: { preferred_days: days(size) } }),
    "participants[0].calendar_summary.preference_patterns.preferred_days",
  ],
  ["weekdays", (size) => constraints({ allowed_days: days(size) }), "constraints.allowed_days"],
  [
    "holiday_dates",
    (size) => constraints({ holiday_dates: dates(size) }),
    "constraints.holiday_dates",
  ],
  [
    "category_characters",
    (size) => constraints({ event_category: letters(size) }),
    "constraints.event_category",
  ],
  [
    "recurrence_lines",
    (size) => ({ recurrence: [RULE, ...repeated("EXDATE:20350110T000000Z")(size - 1)] }),
    "recurrence",
  ],
  [
    "recurrence_line_characters",
    (size) => ({ recurrence: [RULE, exdates(size)] }),
    "recurrence[1]",
  ],
  [
    "reminders",
    (size) => ({ reminders: repeated({ method: "email", minutes: 1 })(size) }),
    "reminders",
  ],
];

const MEETING = z.strictObject({ meeting_id: MEETING_ID, ...MEETING_FIELDS });
const COMPLETE = {
  meeting_id: "m",
  participants: [ANA],
  constraints: WEEK,
  conference: "meet",
};

promise("limits of stored rows", {
  "a meeting that is stored has the limits of one that is sent, to the item": async (
    { platform },
  ) => {
    for (const [name, make, path] of LIMITED) {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: -3, max: 3 }), async (more) => {
          const meeting = { ...COMPLETE, ...make(LIMITS[name] + more) };
          const sent = MEETING.safeParse(meeting);
          const [row] = await platform.sql<{ path: string | null }>(
            `select private.meeting_problem(jsonb_populate_record(
               null::public.meetings, $1::jsonb || '{"target_calendar_id": "primary"}')) ->> 'path' as path`,
            [JSON.stringify(meeting)],
          );
          const expected = more > 0 ? path : null;
          const label = `${name} ${path} ${more}`;
          assert.equal(
            sent.success ? null : firstIssue(sent.error).path,
            expected,
            `sent: ${label}`,
          );
          assert.equal(row?.path, expected, `stored: ${label}`);
        }),
        { numRuns: 4, examples: [[0], [1]] },
      );
    }
  },

  "a row that is larger than a request could be is refused": async (stack) => {
    const organizer = await stack.organizer({ connected: false });
    const nested = (depth: number): unknown => depth === 1 ? [] : [nested(depth - 1)];
    const cases: [columns: Columns, limit: LimitName | null][] = [
      // Small enough to be looked into, and refused for another reason.
      [{ constraints: { x: nested(LIMITS.nesting_depth - 2) } }, null],
      [{ constraints: { x: nested(LIMITS.nesting_depth - 1) } }, "nesting_depth"],
      [{ constraints: { holiday_dates: dates(LIMITS.list_items) } }, null],
      [{ constraints: { holiday_dates: dates(LIMITS.list_items + 1) } }, "list_items"],
      [{ title: "x".repeat(LIMITS.body_bytes - 1000) }, null],
      [{ title: "x".repeat(LIMITS.body_bytes) }, "body_bytes"],
      [{ description: "x".repeat(150_000), location: "y".repeat(150_000) }, "body_bytes"],
      [
        { participants: [{ email: ANA, name: "x".repeat(LIMITS.participants_bytes) }] },
        "participants_bytes",
      ],
      [{ meeting_id: crypto.randomUUID().repeat(30) }, "meeting_id_characters"],
    ];
    for (const [columns, limit] of cases) {
      const { error, status } = await organizer.client.from("meetings")
        .insert({ participants: [ANA], ...columns } as never);
      const label = `${limit} ${JSON.stringify(columns).slice(0, 60)} ${error?.message}`;
      assert.equal(status, limit === null ? 400 : 413, label);
      if (limit === null) {
        assert.match(error?.message ?? "", /^invalid_request: /, label);
      } else {
        assert.match(error?.message ?? "", /^too_large: /, label);
        assert.match(error?.message ?? "", new RegExp(limit.replaceAll("_", " ")), label);
      }
    }
  },

  "tasks, targets and permissions have limits, on insert and on change": async (stack) => {
    const organizer = await stack.organizer({ connected: false });
    const task = (fields: Columns) => ["tasks", { title: "Report", ...fields }] as const;
    const target = (fields: Columns) =>
      ["notification_targets", {
        kind: "slack",
        address: "https://x.example/",
        ...fields,
      }] as const;
    const permission = (fields: Columns) =>
      ["availability_sharing", { grantee_kind: "everybody", ...fields }] as const;
    const cases: [readonly [table: string, row: Columns], path: string | null][] = [
      [task({ title: letters(LIMITS.title_characters) }), null],
      [task({ title: letters(LIMITS.title_characters + 1) }), "title"],
      [task({ description: "&".repeat(LIMITS.description_characters / 5) }), null],
      [task({ description: "&".repeat(LIMITS.description_characters / 5 + 1) }), "description"],
      [task({ id: crypto.randomUUID() + letters(LIMITS.task_id_characters - 36) }), null],
      [task({ id: letters(LIMITS.task_id_characters + 1) }), "id"],
      ...years().map(([at, is_accepted]) =>
        [task({ start_date: at }), is_accepted ? null : "start_date"] as [
          readonly [string, Columns],
          string | null,
        ]
      ),
      [task({ assignees: [ANA, { email: ANA, name: "Ana", optional: true }] }), null],
      [task({ assignees: [{ email: ANA, note: letters(1000) }] }), "assignees[0]"],
      [task({ assignees: [ANA, { email: ANA, optional: "perhaps" }] }), "assignees[1]"],
      [task({ recurrence_ends: "2201-01-01" }), "recurrence_ends"],
      [task({ recurrence_ends: "2200-12-31" }), null],
      [target({ address: `https://${"x".repeat(LIMITS.target_address_characters)}` }), "address"],
      [target({ events: repeated("created")(LIMITS.target_events) }), null],
      [target({ events: repeated("created")(LIMITS.target_events + 1) }), "events"],
      [target({ events: [["created"], ["failed"]] }), "events"],
      [
        target({ kind: "webhook", signing_secret: `whsec_${"A".repeat(200)}` }),
        "signing_secret",
      ],
      [permission({ expires_at: "9999-12-31T00:00:00Z" }), "expires_at"],
      [permission({ grantee_kind: "person", grantee: "x".repeat(255) }), "grantee"],
      [permission({ expires_at: "2200-12-31T00:00:00Z" }), null],
    ];
    for (const [[table, row], path] of cases) {
      const { error, status } = await organizer.client.from(table).insert(row as never);
      const label = `${table} ${path} ${JSON.stringify(row).slice(0, 80)} ${error?.message}`;
      assert.equal(status, path === null ? 201 : 400, label);
      if (path !== null) {
        assert.ok(error?.message.startsWith(`invalid_request: ${path}: `), label);
      }
      // Of an id, assignees and of what else is refused, an application's own table may have rows: their use is refused.
      if (table === "tasks" && row.id === undefined && row.assignees === undefined) {
        const stored = STORED_TASK.safeParse(row);
        assert.equal(stored.success ? null : firstIssue(stored.error).path, path, label);
      }
    }
    const changed = await organizer.client.from("tasks")
      .update({ start_date: "0001-01-01T00:00:00Z" } as never).eq("user_id", organizer.user_id);
    assert.equal(changed.status, 400);
  },

  "a slot is in the years that are accepted": async (stack) => {
    const organizer = await stack.organizer({ connected: false });
    for (const [starts_at, is_accepted] of years()) {
      const { error } = await organizer.client.from("meetings").insert(
        { participants: [ANA], starts_at, ends_at: "2200-12-31T23:59:59Z" } as never,
      );
      const path = error === null ? null : JSON.parse(error.details).path;
      assert.equal(path, is_accepted ? null : "starts_at", starts_at);
    }
  },
}, { functions: "none" });

function years(): [at: string, is_accepted: boolean][] {
  return [
    ["0001-01-01T00:00:00Z", false],
    ["1969-12-31T23:59:59Z", false],
    ["1970-01-01T00:00:00Z", true],
    ["2200-12-31T23:59:58Z", true],
    ["2201-01-01T00:00:00Z", false],
    ["9999-12-31T23:59:59Z", false],
    ["infinity", false],
    ["-infinity", false],
  ];
}

/** A line of so many characters: dates, and at the end as many date-times as fill it. */
function exdates(size: number): string {
  const [date, date_time] = ["20350110", "20350110T000000Z"];
  for (let date_times = 0;; date_times++) {
    const rest = size - "EXDATE:".length - date_times * (date_time.length + 1);
    const dates = (rest + 1) / (date.length + 1);
    if (!Number.isInteger(dates)) continue;
    return `EXDATE:${[...repeated(date)(dates), ...repeated(date_time)(date_times)].join()}`;
  }
}
