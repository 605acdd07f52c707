import assert from "node:assert/strict";
import { completeConstraints, CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import { INSTANT } from "@shared/schemas/fields.ts";
import { PARTICIPANT_EMAILS, PARTICIPANTS } from "@shared/schemas/participants.ts";
import { REMINDERS } from "@shared/schemas/reminders.ts";

interface Schema {
  safeParse(value: unknown): { success: boolean; error?: Parameters<typeof firstIssue>[0] };
}

function pathRefused(schema: Schema, value: unknown): string {
  const parsed = schema.safeParse(value);
  assert.ok(!parsed.success && parsed.error !== undefined, `accepted ${JSON.stringify(value)}`);
  return firstIssue(parsed.error).path;
}

Deno.test("PARTICIPANTS takes addresses, objects and the origin's is_required, and refuses duplicates", () => {
  assert.deepEqual(
    PARTICIPANTS.parse([
      "ana@north.example",
      { email: "ben@north.example", name: "Ben", is_required: false, user_id: "u-1" },
      { email: "ANA@north.example", name: "Ana again" },
      { email: "room@north.example", type: "resource" },
    ]),
    [
      { email: "ana@north.example", type: "required" },
      { email: "ben@north.example", name: "Ben", type: "optional" },
      { email: "room@north.example", type: "resource" },
    ],
  );
});

Deno.test("PARTICIPANT_EMAILS are required participants", () => {
  assert.deepEqual(PARTICIPANT_EMAILS.parse(["ana@north.example"]), [
    { email: "ana@north.example", type: "required" },
  ]);
});

Deno.test("PARTICIPANTS names the path of what is wrong", () => {
  const cases: [unknown, string][] = [
    [[], "body"],
    [Array.from({ length: 300 }, (_, index) => `p${index}@north.example`), "body"],
    [["ana@north.example", "no-address"], "[1]"],
    [[{ email: "no-address" }], "[0].email"],
    [[{ email: "a@north.example", favourite: 1 }], "[0].favourite"],
    [[{ email: "a@north.example", timezone: "Mars/Base" }], "[0].timezone"],
    [
      [{
        email: "a@north.example",
        busy: [{ start: "2030-01-07T10:00:00Z", end: "2030-01-07T09:00:00Z" }],
      }],
      "[0].busy[0].end",
    ],
    [
      [{
        email: "a@north.example",
        open_hours: [{ days: ["monday"], start: "9am", end: "17:00" }],
      }],
      "[0].open_hours[0].start",
    ],
  ];
  for (const [value, path] of cases) assert.equal(pathRefused(PARTICIPANTS, value), path);
});

Deno.test("CONSTRAINTS names the path of what is wrong", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ duration_minutes: 0 }, "duration_minutes"],
    [{ duration_minutes: 12.5 }, "duration_minutes"],
    [{ timezone: "+01:00" }, "timezone"],
    [{ timezone: "Europe/Atlantis" }, "timezone"],
    [{ earliest_date: "2030-01-07T09:00:00" }, "earliest_date"],
    [{ earliest_date: "2030-02-30" }, "earliest_date"],
    [{ earliest_date: "2030-01-09", latest_date: "2030-01-06" }, "latest_date"],
    [{ earliest_date: "2030-01-01", latest_date: "2032-01-01" }, "latest_date"],
    [{ working_hours_start: 17, working_hours_end: 9 }, "working_hours_end"],
    [{ allowed_days: ["someday"] }, "allowed_days[0]"],
    [{ interval_minutes: 7 }, "interval_minutes"],
    [{ durations: 30 }, "durations"],
  ];
  for (const [value, path] of cases) assert.equal(pathRefused(CONSTRAINTS, value), path);
});

Deno.test("completeConstraints() looks two weeks ahead from the later of now and the earliest date", () => {
  const now = new Date("2030-01-07T08:00:00Z");
  assert.equal(completeConstraints({}, now).latest_date, "2030-01-21T08:00:00.000Z");
  const past = completeConstraints({ earliest_date: "2029-01-01" }, now);
  assert.equal(past.latest_date, "2030-01-21T08:00:00.000Z");
  const future = completeConstraints({ earliest_date: "2030-03-01" }, now);
  assert.equal(future.latest_date, "2030-03-15T00:00:00.000Z");
});

Deno.test("completeConstraints() keeps what was given and fills only the gaps", () => {
  const complete = completeConstraints(
    CONSTRAINTS.parse({ duration_minutes: 45, allowed_days: ["Friday"] }),
    new Date("2030-01-07T08:00:00Z"),
  );
  assert.equal(complete.duration_minutes, 45);
  assert.deepEqual(complete.allowed_days, ["friday"]);
  assert.equal(complete.working_hours_start, 9);
  assert.equal(complete.on_unknown, "refuse");
});

Deno.test("REMINDERS default to a day and half an hour, and refuse what Google would drop or clamp", () => {
  assert.deepEqual(REMINDERS.parse(null), [
    { method: "email", minutes: 1440 },
    { method: "popup", minutes: 30 },
  ]);
  assert.deepEqual(REMINDERS.parse([]), []);
  assert.equal(pathRefused(REMINDERS, [{ method: "sms", minutes: 5 }]), "[0].method");
  assert.equal(pathRefused(REMINDERS, [{ method: "email", minutes: 40321 }]), "[0].minutes");
  assert.equal(pathRefused(REMINDERS, Array(6).fill({ method: "email", minutes: 5 })), "body");
});

Deno.test("INSTANT takes every offset that Postgres takes, and no other", () => {
  for (const offset of ["Z", "+14:00", "-12:00", "+15:59"]) {
    assert.ok(INSTANT.safeParse(`2030-01-07T09:00:00${offset}`).success, offset);
  }
  for (const offset of ["+16:00", "-23:59", "+15:60", ""]) {
    assert.equal(INSTANT.safeParse(`2030-01-07T09:00:00${offset}`).success, false, offset);
  }
});
