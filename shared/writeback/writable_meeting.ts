import * as z from "zod/mini";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { PARTICIPANTS } from "@shared/schemas/participants.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { REMINDERS } from "@shared/schemas/reminders.ts";
import { TIMEZONE } from "@shared/schemas/fields.ts";

/** Postgres knows instants that JavaScript does not: infinity, years before 1 and after 9999. */
const INSTANT = z.string().check(
  z.refine((value) => Number.isFinite(Date.parse(value)), "Expected an instant from 1970 to 9998"),
);

const SCHEMA = z.object({
  meeting_id: z.string(),
  event_key: z.string(),
  desired_version: z.number(),
  title: z.nullable(z.string()),
  description: z.nullable(z.string()),
  location: z.nullable(z.string()),
  participants: PARTICIPANTS,
  conference: z.enum(["meet", "none"]),
  reminders: REMINDERS,
  recurrence: z.nullable(RECURRENCE),
  guests_can_modify: z.boolean(),
  guests_can_invite_others: z.boolean(),
  guests_can_see_other_guests: z.boolean(),
  starts_at: INSTANT,
  ends_at: INSTANT,
  timezone: TIMEZONE,
  score: z.nullable(z.number()),
  reasoning: z.nullable(z.string()),
});

/** What an event is composed of. `organizer_email` is the address of the Google account that writes. */
export type WritableMeeting = z.output<typeof SCHEMA> & { organizer_email: string | null };

/** The part of a row that an event is composed of, or where the row cannot be understood. */
export function writableMeeting(
  row: MeetingRow,
  organizer_email: string | null,
): { meeting: WritableMeeting } | { problem: z.core.$ZodError } {
  const parsed = SCHEMA.safeParse(row);
  return parsed.success
    ? { meeting: { ...parsed.data, organizer_email } }
    : { problem: parsed.error };
}
