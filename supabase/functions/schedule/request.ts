import * as z from "zod/mini";
import type { ScheduleRequest } from "@shared/finding_time/schedule_one.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { CALENDAR_ID, wholeNumber } from "@shared/schemas/fields.ts";
import { MEETING_FIELDS } from "@shared/schemas/given_meeting.ts";
import type { GivenMeeting } from "@shared/schemas/given_meeting.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { PARTICIPANT_EMAILS } from "@shared/schemas/participants.ts";

const BODY = z.strictObject({
  meeting_id: z.optional(MEETING_ID),
  participant_emails: z.optional(PARTICIPANT_EMAILS),
  ...MEETING_FIELDS,
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

/** The body of POST schedule: who takes part, when it may take place, and the properties of the event. */
export const SCHEDULE_REQUEST = z.pipe(
  BODY,
  z.transform((body): ScheduleRequest & { dry_run: boolean } => {
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
    wholeNumber(1, LIMITS.candidates, `Expected a whole number from 1 to ${LIMITS.candidates}`),
  ),
});

function hasOwn(given: object): boolean {
  return Object.values(given).some((value) => value !== undefined);
}
