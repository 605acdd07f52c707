import assert from "node:assert/strict";
import * as z from "zod/mini";
import { issueText } from "@shared/failures/issues.ts";
import { SCHEDULE_REQUEST } from "../../../supabase/functions/schedule/request.ts";

const ANA = ["ana@north.example"];

Deno.test("issueText() says where and what was expected, for every wrong type of a request", () => {
  const cases: [unknown, string][] = [
    [[], "body: Expected an object"],
    ["text", "body: Expected an object"],
    [
      {},
      "participants: A new meeting needs participants; one that exists is named by its meeting_id",
    ],
    [{ participants: 5 }, "participants: Expected a list"],
    [{ participants: [5] }, "participants[0]: Expected an e-mail address or {email, name, ...}"],
    [{ participants: [{}] }, "participants[0].email: Expected an e-mail address"],
    [
      { participants: [{ email: ANA[0], type: "boss" }] },
      "participants[0].type: Expected required, optional or resource",
    ],
    [
      { participants: [{ email: ANA[0], is_required: "yes" }] },
      "participants[0].is_required: Expected true or false",
    ],
    [
      { participants: [{ email: ANA[0], open_hours: {} }] },
      "participants[0].open_hours: Expected a list",
    ],
    [
      { participants: [{ email: ANA[0], buffer: 5 }] },
      "participants[0].buffer: Expected an object",
    ],
    [
      { participants: [{ email: ANA[0], exdates: Array(367).fill("2030-01-07") }] },
      "participants[0].exdates: Expected at most 366 dates",
    ],
    [
      { participants: [{ email: ANA[0], exdates: ["2030-01-07", "2030-02-30"] }] },
      "participants[0].exdates[1]: Expected a date, e.g. 2030-01-07, from 1970 to 2200",
    ],
    [
      { participants: [{ email: ANA[0], exdates: "2030-01-07" }] },
      "participants[0].exdates: Expected a list of dates",
    ],
    [
      { participant_emails: ANA, constraints: { holiday_dates: [20300107] } },
      "constraints.holiday_dates[0]: Expected a date, e.g. 2030-01-07, from 1970 to 2200",
    ],
    [{ participant_emails: "ana" }, "participant_emails: Expected a list"],
    [{ participant_emails: ANA, constraints: 5 }, "constraints: Expected an object"],
    [
      { participant_emails: ANA, constraints: { duration_minutes: "30" } },
      "constraints.duration_minutes: Expected whole minutes from 5 to 1440",
    ],
    [
      { participant_emails: ANA, constraints: { on_unknown: "guess" } },
      "constraints.on_unknown: Expected refuse, ignore_optional or ignore",
    ],
    [
      { participant_emails: ANA, constraints: { tentative_as_busy: 1 } },
      "constraints.tentative_as_busy: Expected true or false",
    ],
    [
      { participant_emails: ANA, constraints: { allowed_days: [1] } },
      "constraints.allowed_days[0]: Expected a weekday, e.g. monday",
    ],
    [{ participant_emails: ANA, title: 5 }, "title: Expected at most 1000 characters"],
    [{ participant_emails: ANA, conference: "zoom" }, "conference: Expected meet or none"],
    [{ participant_emails: ANA, dry_run: "yes" }, "dry_run: Expected true or false"],
    [
      { participant_emails: ANA, weights: { availability: "x" } },
      "weights.availability: Expected a number",
    ],
    [{ participant_emails: ANA, recurrence: "weekly" }, "recurrence: Expected a list"],
    [
      { participant_emails: ANA, reminders: [{ method: "email", minutes: 1, colour: 1 }] },
      "reminders[0].colour: Unknown field. Expected one of method, minutes",
    ],
    [
      { participants: [{ email: ANA[0], lunch: { start: "12:00", end: "13:00", food: 1 } }] },
      "participants[0].lunch.food: Unknown field. Expected one of start, end",
    ],
    [
      { participants: [{ any_of: ANA, colour: 1 }] },
      "participants[0].colour: Unknown field. Expected one of any_of, count, name, type, chosen",
    ],
    [
      {
        participant_emails: ANA,
        constraints: { earliest_date: "2035-01-08", latest_date: "2035-01-07" },
      },
      "constraints.latest_date: Name a time after earliest_date: 2035-01-07 is not later than 2035-01-08",
    ],
    [
      {
        participant_emails: ANA,
        constraints: { earliest_date: "2035-01-08T09:00Z", latest_date: "2035-01-09" },
      },
      'constraints.earliest_date: Write a date such as 2030-01-07 or a date-time with offset such as 2030-01-07T09:00:00Z, not "2035-01-08T09:00Z"',
    ],
    [{ meeting_id: 5 }, "meeting_id: Expected 1 to 200 characters"],
    [{ meeting_id: "" }, "meeting_id: Expected 1 to 200 characters"],
  ];
  for (const [value, expected] of cases) {
    const parsed = SCHEDULE_REQUEST.safeParse(value);
    assert.ok(!parsed.success, JSON.stringify(value));
    assert.equal(issueText(parsed.error), expected, JSON.stringify(value));
  }
});

Deno.test("issueText() never says only that the input is invalid", () => {
  const schemas = [
    z.string(),
    z.int(),
    z.boolean(),
    z.array(z.string()),
    z.record(z.string(), z.number()),
    z.enum(["a", "b"]),
    z.literal(true),
    z.union([z.string(), z.number()]),
    z.string().check(z.regex(/^x$/)),
    z.number().check(z.gte(100_000)),
  ];
  for (const schema of schemas) {
    for (const value of [null, undefined, 1.5, "no", {}, [1], { a: "b" }]) {
      const parsed = schema.safeParse(value);
      if (parsed.success) continue;
      assert.doesNotMatch(issueText(parsed.error), /Invalid/, JSON.stringify(value));
    }
  }
});
