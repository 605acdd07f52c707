import * as z from "zod/mini";
import { AUTO_RESCHEDULE, ON_CONFLICT } from "./auto_reschedule.ts";
import { CONSTRAINTS } from "./constraints.ts";
import { DESCRIPTION } from "./description.ts";
import { DESCRIPTION_DETAILS, LOCALE, text } from "./fields.ts";
import { LIMITS } from "./limits.ts";
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
  auto_reschedule: z.optional(z.nullable(AUTO_RESCHEDULE)),
  on_conflict: z.optional(ON_CONFLICT),
  title: z.optional(text(LIMITS.title_characters)),
  description: z.optional(DESCRIPTION),
  location: z.optional(text(LIMITS.location_characters)),
  description_details: z.optional(DESCRIPTION_DETAILS),
  locale: z.optional(LOCALE),
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
