import * as z from "zod/mini";
import type { Asked, MeetingChanges } from "@shared/database/meeting_changes.ts";
import { INSTANT, text, TIMEZONE } from "@shared/schemas/fields.ts";
import { PARTICIPANT_EMAILS, PARTICIPANTS } from "@shared/schemas/participants.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";

const clearable = (most: number) => z.optional(z.nullable(text(most)));

const VERSION = z.optional(z.int("Expected a whole number").check(z.gte(1, "Expected 1 or more")));

const BODY = z.strictObject({
  meeting_id: MEETING_ID,
  expected_version: VERSION,
  title: clearable(1000),
  description: clearable(8000),
  location: clearable(1000),
  participants: z.optional(PARTICIPANTS),
  participant_emails: z.optional(PARTICIPANT_EMAILS),
  start_time: z.optional(INSTANT),
  end_time: z.optional(INSTANT),
  starts_at: z.optional(INSTANT),
  ends_at: z.optional(INSTANT),
  timezone: z.optional(TIMEZONE),
}).check(
  once("participants", "participant_emails"),
  once("start_time", "starts_at"),
  once("end_time", "ends_at"),
  z.refine(
    (body) => (body.start_time ?? body.starts_at) !== undefined || endOf(body) === undefined,
    { path: ["start_time"], error: "A new time needs both start_time and end_time" },
  ),
  z.refine(
    (body) => endOf(body) !== undefined || (body.start_time ?? body.starts_at) === undefined,
    { path: ["end_time"], error: "A new time needs both start_time and end_time" },
  ),
);

/** The body of PATCH: which meeting, and the columns that change. */
export const CHANGE_REQUEST = z.pipe(
  BODY,
  z.transform((body): { asked: Omit<Asked, "actor">; changes: MeetingChanges } => {
    const { meeting_id, expected_version, participant_emails, start_time, end_time, ...columns } =
      body;
    const changes = {
      ...columns,
      participants: columns.participants ?? participant_emails,
      starts_at: columns.starts_at ?? start_time,
      ends_at: columns.ends_at ?? end_time,
    };
    return { asked: { meeting_id, expected_version }, changes: named(changes) };
  }),
);

/** The query of DELETE. */
export const CANCEL_QUERY = z.strictObject({
  meeting_id: MEETING_ID,
  expected_version: z.optional(
    z.pipe(
      z.string().check(z.regex(/^[1-9]\d{0,8}$/, "Expected a whole number")),
      z.transform(Number),
    ),
  ),
});

/** The body of POST requeue. */
export const REQUEUE_REQUEST = z.strictObject({ meeting_id: MEETING_ID });

function endOf(body: { end_time?: string | undefined; ends_at?: string | undefined }) {
  return body.end_time ?? body.ends_at;
}

/** Two spellings of one field say it twice. */
function once(one: string, other: string) {
  return z.refine(
    (body) => !(isGiven(body, one) && isGiven(body, other)),
    { path: [other], error: `Expected either ${one} or ${other}` },
  );
}

function isGiven(body: unknown, name: string): boolean {
  return typeof body === "object" && body !== null &&
    Object.entries(body).some(([key, value]) => key === name && value !== undefined);
}

type Named<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the fields that the caller did not name. */
function named<T extends object>(given: T): Named<T> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Named<T>;
}
