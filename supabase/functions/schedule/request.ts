import * as z from "zod/mini";
import { MEETING_ID } from "@shared/http/webhook.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { PARTICIPANT_EMAILS, PARTICIPANTS } from "@shared/schemas/participants.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { REMINDER_LIST } from "@shared/schemas/reminders.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";
import { CALENDAR_ID, text, wholeNumber } from "@shared/schemas/fields.ts";

/** 200 people with 1,000 busy intervals of up to 100 characters each, and room for the rest. */
export const MAX_BODY_BYTES = 24 * 1024 * 1024;

const BODY = z.strictObject({
  meeting_id: z.optional(MEETING_ID),
  organizer_user_id: z.optional(z.guid("Expected a user id (UUID)")),
  participants: z.optional(PARTICIPANTS),
  participant_emails: z.optional(PARTICIPANT_EMAILS),
  constraints: z.optional(CONSTRAINTS),
  recurrence: z.optional(RECURRENCE),
  weights: z.optional(WEIGHTS),
  allow_concessions: z.optional(z.boolean()),
  title: z.optional(text(1000)),
  description: z.optional(text(8000)),
  location: z.optional(text(1000)),
  conference: z.optional(z.enum(["meet", "none"])),
  reminders: z.optional(REMINDER_LIST),
  guests_can_modify: z.optional(z.boolean()),
  guests_can_invite_others: z.optional(z.boolean()),
  guests_can_see_other_guests: z.optional(z.boolean()),
  google_calendar_id: z.optional(CALENDAR_ID),
  reschedule: z.optional(z.boolean()),
  dry_run: z.optional(z.boolean()),
}).check(
  z.refine(
    ({ participants, participant_emails }) =>
      participants === undefined || participant_emails === undefined,
    { path: ["participant_emails"], error: "Expected either participants or participant_emails" },
  ),
  z.refine(
    ({ meeting_id, participants, participant_emails }) =>
      meeting_id !== undefined || participants !== undefined || participant_emails !== undefined,
    {
      path: ["participants"],
      error: "A new meeting needs participants; one that exists is named by its meeting_id",
    },
  ),
);

type Body = z.output<typeof BODY>;

/** The columns of a meeting that a caller named, checked. */
export type GivenMeeting =
  & Omit<
    Body,
    | "meeting_id"
    | "participant_emails"
    | "google_calendar_id"
    | "reschedule"
    | "dry_run"
  >
  & { target_calendar_id?: string | undefined };

/** A meeting as asked for over HTTP. `given` holds the columns that the caller named and nothing else, or is null. */
export interface ScheduleRequest {
  meeting_id: string;
  given: GivenMeeting | null;
  reschedule: boolean;
  dry_run: boolean;
}

/** The body of POST schedule: who takes part, when it may be, and how the event should look. */
export const SCHEDULE_REQUEST = z.pipe(
  BODY,
  z.transform((body): ScheduleRequest => {
    const {
      meeting_id = crypto.randomUUID(),
      reschedule = false,
      dry_run = false,
      participant_emails,
      google_calendar_id,
      ...columns
    } = body;
    const given: GivenMeeting = {
      ...columns,
      ...(participant_emails === undefined ? {} : { participants: participant_emails }),
      ...(google_calendar_id === undefined ? {} : { target_calendar_id: google_calendar_id }),
    };
    return { meeting_id, reschedule, dry_run, given: hasOwn(given) ? given : null };
  }),
);

/** The body of POST schedule/alternatives. */
export const ALTERNATIVES_REQUEST = z.strictObject({
  meeting_id: MEETING_ID,
  max_candidates: z.optional(
    wholeNumber(1, 100, "Expected a whole number from 1 to 100"),
  ),
});

function hasOwn(given: object): boolean {
  return Object.values(given).some((value) => value !== undefined);
}
