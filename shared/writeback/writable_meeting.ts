import * as z from "zod/mini";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { DESCRIPTION } from "@shared/schemas/description.ts";
import { PEOPLE } from "@shared/schemas/participants.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { REMINDERS } from "@shared/schemas/reminders.ts";
import type { DescriptionDetails } from "@shared/schemas/fields.ts";
import { DESCRIPTION_DETAILS, isInYears, LOCALE, TIMEZONE } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { DEFAULT_LOCALE } from "@shared/texts/locale.ts";

/** Postgres knows instants that JavaScript does not: infinity, years before 1 and after 9999. */
const INSTANT = z.string().check(
  z.refine(
    (value) => isInYears(Date.parse(value)),
    `Expected an instant from ${LIMITS.first_year} to ${LIMITS.last_year}`,
  ),
);

const SCHEMA = z.object({
  meeting_id: z.string(),
  event_key: z.string(),
  desired_version: z.number(),
  title: z.nullable(z.string()),
  description: z.nullable(DESCRIPTION),
  location: z.nullable(z.string()),
  participants: PEOPLE,
  description_details: z.nullable(DESCRIPTION_DETAILS),
  locale: z.nullable(LOCALE),
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
    event_reasoning: z.optional(z.nullable(z.object({
      summary: z.nullable(z.string()),
      full: z.nullable(z.string()),
    }))),
  })),
});

/** Of a written meeting: people may give its event a repetition that no request may have. */
const WRITTEN = z.extend(SCHEMA, {
  recurrence: z.nullable(z.union([RECURRENCE, z.array(z.string())])),
});

/**
 * What an event is composed of. `organizer_email` is the address of the Google account that writes;
 * `event_reasoning` holds the reasons that guests may read.
 */
export type WritableMeeting =
  & Omit<
    z.output<typeof SCHEMA>,
    "reasoning" | "scheduling_details" | "description_details" | "locale"
  >
  & {
    organizer_email: string | null;
    event_reasoning: string | null;
    description_details: DescriptionDetails;
    locale: string;
  };

/** The part of a row that an event is composed of, or where the row cannot be understood. */
export function writableMeeting(
  row: MeetingRow,
  organizer_email: string | null,
): { meeting: WritableMeeting } | { problem: z.core.$ZodError } {
  const parsed = (row.google_event_id === null ? SCHEMA : WRITTEN).safeParse(row);
  if (!parsed.success) return { problem: parsed.error };
  const { reasoning, scheduling_details, ...columns } = parsed.data;
  // Rows of an adopted table may be older than these columns.
  const description_details = columns.description_details ?? "summary";
  const locale = columns.locale ?? DEFAULT_LOCALE;
  // A change of the time by name takes the reasons away; the details of the search stay.
  const event_reasoning = reasoning === null || description_details === "none"
    ? null
    : scheduling_details?.event_reasoning?.[description_details] ?? null;
  const meeting = { ...columns, description_details, locale, organizer_email, event_reasoning };
  return { meeting };
}
