import * as z from "zod/mini";
import { INSTANT } from "@shared/schemas/fields.ts";
import { MEETING_FIELDS } from "@shared/schemas/given_meeting.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";

/** A schema of shared/schemas with a sentence for the model that fills it in. */
export function described<Schema extends z.ZodMiniType>(schema: Schema, text: string): Schema {
  return schema.check(z.describe(text)) as Schema;
}

export const EXISTING_MEETING_ID = described(MEETING_ID, "The meeting_id of a meeting of the user");

export const CONFIRM = described(
  z.optional(z.boolean()),
  "Left out or false: a dry run, which writes nothing and says what would be written and who would get mail. true: " +
    "writes. Send true only after the user agreed to what the dry run said.",
);

export const EXPECTED_VERSION = described(
  z.optional(z.int("Expected a whole number").check(z.gte(1, "Expected 1 or more"))),
  "The version that the dry run showed: if the meeting has changed since, nothing is written (version_conflict)",
);

export const START_TIME = described(
  INSTANT,
  "Start, RFC 3339 with an offset, e.g. 2030-01-07T09:00:00+01:00",
);

const {
  organizer_user_id: _,
  participants,
  constraints,
  recurrence,
  allow_concessions,
  weights,
  ...event
} = MEETING_FIELDS;

/** What decides about the time. */
export const SEARCH_FIELDS = {
  participants: described(
    participants,
    "1 to 200 participants besides the user, who always takes part: e-mail addresses, objects {email, name, type: required " +
      "| optional | resource, timezone, busy, ...}, or groups {any_of: [...], count} of whom count take part",
  ),
  constraints: described(
    constraints,
    "When it may take place; every field has a default. duration_minutes (30); earliest_date (now) and latest_date (two " +
      "weeks later), each a day YYYY-MM-DD or an instant; working_hours_start (9) and working_hours_end (17), hours in each " +
      "participant's own zone; allowed_days (monday to friday); timezone (UTC), which the response has too; buffer_minutes; " +
      "minimum_notice_minutes; max_candidates (10)",
  ),
  recurrence: described(
    recurrence,
    'For a series, RFC 5545 lines with one RRULE, e.g. ["RRULE:FREQ=WEEKLY;COUNT=10"]',
  ),
  allow_concessions: described(
    allow_concessions,
    "Whether a time that relaxes a constraint is accepted where none fits everyone (false)",
  ),
  weights: described(weights, "Highest points of each factor of the score"),
};

/** What the event has besides its time and guests. */
export const EVENT_FIELDS = event;

/** Without the fields that were left out. */
export function given<T extends object>(fields: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
