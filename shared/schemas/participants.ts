import * as z from "zod/mini";
import { BUSY_LIST } from "./busy_intervals.ts";
import type { GivenBusy } from "./busy_intervals.ts";
import { CALENDAR_SUMMARY, fromSummary, PREFERENCES } from "./preferences.ts";
import type { GivenPreferences } from "./preferences.ts";
import {
  DAY,
  EMAIL,
  LUNCH,
  minutes,
  text,
  textBetween,
  TIME_OF_DAY,
  TIMEZONE,
  WEEKDAY,
} from "./fields.ts";

/** Google stops propagating replies above this many guests. */
const MAX_PARTICIPANTS = 200;

const OPEN_HOURS = z.strictObject({
  days: z.array(WEEKDAY),
  start: TIME_OF_DAY,
  end: TIME_OF_DAY,
  timezone: z.optional(TIMEZONE),
});

const NAME = text(200);

const OBJECT = z.strictObject({
  email: EMAIL,
  name: z.optional(NAME),
  type: z.optional(z.enum(["required", "optional", "resource"])),
  timezone: z.optional(TIMEZONE),
  calendar_ids: z.optional(
    z.array(textBetween(1, 300, "Expected the id of a calendar")).check(z.maxLength(10)),
  ),
  open_hours: z.optional(z.array(OPEN_HOURS).check(z.maxLength(50))),
  buffer: z.optional(z.strictObject({ before: minutes(0, 1440), after: minutes(0, 1440) })),
  busy: z.optional(BUSY_LIST),
  exdates: z.optional(z.array(DAY).check(z.maxLength(366))),
  lunch: z.optional(LUNCH),
  preferences: z.optional(PREFERENCES),
  calendar_summary: z.optional(CALENDAR_SUMMARY),
  is_required: z.optional(z.boolean()),
  user_id: z.optional(z.string()),
});

export interface MeetingParticipant {
  email: string;
  name?: string | undefined;
  type: "required" | "optional" | "resource";
  timezone?: string | undefined;
  calendar_ids?: string[] | undefined;
  open_hours?: z.output<typeof OPEN_HOURS>[] | undefined;
  buffer?: { before: number; after: number } | undefined;
  busy?: GivenBusy[] | undefined;
  /** Local dates on which they are away. */
  exdates?: string[] | undefined;
  lunch?: z.output<typeof LUNCH> | undefined;
  preferences?: GivenPreferences | undefined;
}

const PARTICIPANT = z.pipe(
  z.union([EMAIL, OBJECT], "Expected an e-mail address or {email, name, ...}"),
  z.transform((given): MeetingParticipant => {
    if (typeof given === "string") return { email: given, type: "required" };
    const { is_required, user_id: _, calendar_summary: summary, ...participant } = given;
    return {
      ...(summary === undefined ? {} : fromSummary(summary)),
      ...participant,
      type: given.type ?? (is_required === false ? "optional" : "required"),
    };
  }),
);

const some = <T>(item: z.ZodMiniType<T>) =>
  z.array(item).check(
    z.minLength(1, "Expected at least one participant"),
    z.maxLength(MAX_PARTICIPANTS, `Expected at most ${MAX_PARTICIPANTS} participants`),
  );

/**
 * Who takes part: e-mail addresses or objects, 1 to 200. `is_required: false` is another spelling
 * of `type: "optional"`, the origin's `calendar_summary`
 * one of timezone, busy and preferences. A person who is named twice takes part once, as first named.
 */
export const PARTICIPANTS = z.pipe(some(PARTICIPANT), z.transform(withoutRepetitions));

/** The same as plain addresses; all participants are required. */
export const PARTICIPANT_EMAILS = z.pipe(
  some(EMAIL),
  z.transform((emails) =>
    withoutRepetitions(emails.map((email): MeetingParticipant => ({ email, type: "required" })))
  ),
);

function withoutRepetitions(participants: MeetingParticipant[]): MeetingParticipant[] {
  const named = new Map<string, MeetingParticipant>();
  for (const participant of participants) {
    const key = participant.email.toLowerCase();
    if (!named.has(key)) named.set(key, participant);
  }
  return [...named.values()];
}

/** What to call a participant: the name, else the address. */
export function displayName(participant: { email: string; name?: string | undefined }): string {
  return participant.name?.trim() || participant.email;
}
