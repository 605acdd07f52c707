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
  scheduling_details: z.nullable(z.looseObject({
    guest_reasoning: z.optional(z.nullable(z.string())),
  })),
});

/**
 * What an event is composed of. `organizer_email` is the address of the Google account that writes;
 * `guest_reasoning` holds the reasons without any fact about a named person.
 */
export type WritableMeeting =
  & Omit<z.output<typeof SCHEMA>, "reasoning" | "scheduling_details">
  & { organizer_email: string | null; guest_reasoning: string | null };

/** The part of a row that an event is composed of, or where the row cannot be understood. */
export function writableMeeting(
  row: MeetingRow,
  organizer_email: string | null,
): { meeting: WritableMeeting } | { problem: z.core.$ZodError } {
  const parsed = SCHEMA.safeParse(row);
  if (!parsed.success) return { problem: parsed.error };
  const { reasoning, scheduling_details, ...meeting } = parsed.data;
  // A change of the time by name takes the reasons away; the details of the search stay.
  const guest_reasoning = reasoning === null ? null : scheduling_details?.guest_reasoning ?? null;
  return { meeting: { ...meeting, organizer_email, guest_reasoning } };
}
