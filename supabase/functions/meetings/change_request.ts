import * as z from "zod/mini";
import type { Asked, MeetingChanges } from "@shared/database/meeting_changes.ts";
import { AUTO_RESCHEDULE, ON_CONFLICT } from "@shared/schemas/auto_reschedule.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { DESCRIPTION } from "@shared/schemas/description.ts";
import { failedWorkFilter } from "@shared/schemas/failed_work.ts";
import {
  CALENDAR_ID,
  DESCRIPTION_DETAILS,
  INSTANT,
  LOCALE,
  text,
  TIMEZONE,
} from "@shared/schemas/fields.ts";
import { withJsonSchema } from "@shared/schemas/json_schema.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { once } from "@shared/schemas/once.ts";
import { PARTICIPANT_EMAILS, PARTICIPANTS } from "@shared/schemas/participants.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { REMINDER_LIST } from "@shared/schemas/reminders.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";

const clearable = (most: number) => z.optional(z.nullable(text(most)));

const VERSION = z.optional(z.int("Expected a whole number").check(z.gte(1, "Expected 1 or more")));

const BODY = z.strictObject({
  meeting_id: MEETING_ID,
  expected_version: VERSION,
  dry_run: z.optional(z.boolean()),
  title: clearable(LIMITS.title_characters),
  description: z.optional(z.nullable(DESCRIPTION)),
  location: clearable(LIMITS.location_characters),
  description_details: z.optional(DESCRIPTION_DETAILS),
  locale: z.optional(LOCALE),
  participants: z.optional(PARTICIPANTS),
  participant_emails: z.optional(PARTICIPANT_EMAILS),
  start_time: z.optional(INSTANT),
  end_time: z.optional(INSTANT),
  starts_at: z.optional(INSTANT),
  ends_at: z.optional(INSTANT),
  timezone: z.optional(TIMEZONE),
  timeZone: z.optional(TIMEZONE),
  conference: z.optional(z.enum(["meet", "none"], "Expected meet or none")),
  recurrence: z.optional(z.nullable(RECURRENCE)),
  constraints: z.optional(CONSTRAINTS),
  weights: z.optional(z.nullable(WEIGHTS)),
  allow_concessions: z.optional(z.boolean()),
  google_calendar_id: z.optional(CALENDAR_ID),
  reminders: z.optional(z.nullable(REMINDER_LIST)),
  auto_reschedule: z.optional(z.nullable(AUTO_RESCHEDULE)),
  on_conflict: z.optional(ON_CONFLICT),
  guests_can_modify: z.optional(z.boolean()),
  guests_can_invite_others: z.optional(z.boolean()),
  guests_can_see_other_guests: z.optional(z.boolean()),
}).check(
  once("participants", "participant_emails"),
  once("start_time", "starts_at"),
  once("end_time", "ends_at"),
  once("timezone", "timeZone"),
  z.refine(
    (body) => (body.start_time ?? body.starts_at) !== undefined || endOf(body) === undefined,
    { path: ["start_time"], error: "A new time needs both start_time and end_time" },
  ),
  z.refine(
    (body) => endOf(body) !== undefined || (body.start_time ?? body.starts_at) === undefined,
    { path: ["end_time"], error: "A new time needs both start_time and end_time" },
  ),
);

/** Which meeting, and whether only the response is wanted, without storing anything. */
interface Requested {
  asked: Omit<Asked, "actor">;
  dry_run: boolean;
}

/** The body of PATCH: which meeting, and the columns that change. */
export const CHANGE_REQUEST = z.pipe(
  BODY,
  z.transform((body): Requested & { changes: MeetingChanges } => {
    const { meeting_id, expected_version, dry_run = false, ...fields } = body;
    const { participant_emails, start_time, end_time, ...others } = fields;
    const { timeZone, google_calendar_id, ...columns } = others;
    const changes = {
      ...columns,
      timezone: columns.timezone ?? timeZone,
      participants: columns.participants ?? participant_emails,
      starts_at: columns.starts_at ?? start_time,
      ends_at: columns.ends_at ?? end_time,
      target_calendar_id: google_calendar_id,
    };
    return { asked: { meeting_id, expected_version }, dry_run, changes: named(changes) };
  }),
);

/** The fields of the query of DELETE. */
export const CANCEL_FIELDS = z.strictObject({
  meeting_id: MEETING_ID,
  expected_version: z.optional(
    withJsonSchema(
      z.pipe(
        z.string().check(z.regex(/^[1-9]\d{0,8}$/, "Expected a whole number")),
        z.transform(Number),
      ),
      { type: "integer", minimum: 1, maximum: 999_999_999 },
    ),
  ),
  dry_run: z.optional(z.enum(["true", "false"])),
});

export const CANCEL_QUERY = z.pipe(
  CANCEL_FIELDS,
  z.transform(({ dry_run, ...asked }): Requested => ({ asked, dry_run: dry_run === "true" })),
);

/** The body of POST requeue: one meeting, or those that a filter names. */
export const REQUEUE_REQUEST = z.strictObject({
  meeting_id: z.optional(MEETING_ID),
  filter: z.optional(failedWorkFilter(["search", "write"])),
  after: z.optional(MEETING_ID),
}).check(
  z.refine(({ meeting_id, filter }) => (meeting_id === undefined) !== (filter === undefined), {
    path: ["meeting_id"],
    error: "Send either meeting_id or filter",
  }),
  z.refine(({ filter, after }) => filter !== undefined || after === undefined, {
    path: ["after"],
    error: "Only with filter",
  }),
);

/** The body of POST moves: the organizer's answer to a proposed time. */
export const MOVE_DECISION = z.strictObject({
  meeting_id: MEETING_ID,
  decision: z.enum(["accept", "reject"], "Expected accept or reject"),
  start_time: z.optional(INSTANT),
}).check(
  z.refine(
    ({ decision, start_time }) => decision === "accept" || start_time === undefined,
    { path: ["start_time"], error: "Only a time that is accepted can be named" },
  ),
);

function endOf(body: { end_time?: string | undefined; ends_at?: string | undefined }) {
  return body.end_time ?? body.ends_at;
}

type Named<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the fields that the caller did not name. */
function named<T extends object>(given: T): Named<T> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Named<T>;
}
