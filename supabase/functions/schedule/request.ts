import * as z from "zod/mini";
import { MEETING_ID } from "@shared/http/webhook.ts";
import { CONSTRAINTS } from "@shared/meetings/constraints.ts";
import { PARTICIPANT_EMAILS, PARTICIPANTS } from "@shared/meetings/participants.ts";
import { REMINDER_LIST } from "@shared/meetings/reminders.ts";

const text = (most: number) =>
  z.optional(z.string().check(z.maxLength(most, `Expected at most ${most} characters`)));

const BODY = z.strictObject({
  meeting_id: z.optional(MEETING_ID),
  organizer_user_id: z.optional(z.guid("Expected a user id (UUID)")),
  participants: z.optional(PARTICIPANTS),
  participant_emails: z.optional(PARTICIPANT_EMAILS),
  constraints: z.optional(CONSTRAINTS),
  title: text(1000),
  description: text(8000),
  location: text(1000),
  conference: z.optional(z.enum(["meet", "none"])),
  reminders: z.optional(REMINDER_LIST),
  guests_can_modify: z.optional(z.boolean()),
  guests_can_invite_others: z.optional(z.boolean()),
  guests_can_see_other_guests: z.optional(z.boolean()),
  google_calendar_id: text(300),
  reschedule: z.optional(z.boolean()),
}).check(z.refine(
  ({ participants, participant_emails }) =>
    participants === undefined || participant_emails === undefined,
  { path: ["participant_emails"], error: "Expected either participants or participant_emails" },
));

/** A meeting as asked for over HTTP. `given` holds the columns that the caller named and nothing else, or is null. */
export interface ScheduleRequest {
  meeting_id: string;
  given: Record<string, unknown> | null;
  reschedule: boolean;
}

/** The body of POST schedule: who takes part, when it may be, and how the event should look. */
export const SCHEDULE_REQUEST = z.pipe(
  BODY,
  z.transform((body): ScheduleRequest => {
    const {
      meeting_id = crypto.randomUUID(),
      reschedule = false,
      participant_emails,
      google_calendar_id,
      ...columns
    } = body;
    const given = {
      ...columns,
      ...(participant_emails === undefined ? {} : { participants: participant_emails }),
      ...(google_calendar_id === undefined ? {} : { target_calendar_id: google_calendar_id }),
    };
    const asked = "participants" in given && given.participants !== undefined;
    return { meeting_id, reschedule, given: asked || hasOwn(given) ? given : null };
  }),
);

function hasOwn(given: Record<string, unknown>): boolean {
  return Object.values(given).some((value) => value !== undefined);
}
