import * as z from "zod/mini";
import { CONSTRAINTS } from "./constraints.ts";
import { text } from "./fields.ts";
import { PARTICIPANTS } from "./participants.ts";
import { RECURRENCE } from "./recurrence.ts";
import { REMINDER_LIST } from "./reminders.ts";
import { WEIGHTS } from "./weights.ts";

/** The columns of a meeting that a caller may name: who takes part, when it may take place, and the properties of the event. */
export const MEETING_FIELDS = {
  organizer_user_id: z.optional(z.guid("Expected a user id (UUID)")),
  participants: z.optional(PARTICIPANTS),
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
};

/** The columns that a caller named, validated. */
export type GivenMeeting =
  & z.output<z.ZodMiniObject<typeof MEETING_FIELDS>>
  & { target_calendar_id?: string | undefined };
