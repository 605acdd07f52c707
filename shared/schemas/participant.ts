import * as z from "zod/mini";
import { BUSY_LIST } from "./busy_intervals.ts";
import type { GivenBusy } from "./busy_intervals.ts";
import { CALENDAR_SUMMARY, fromSummary, PREFERENCES } from "./preferences.ts";
import type { GivenPreferences } from "./preferences.ts";
import {
  EMAIL,
  isTimeOfDay,
  isWeekdayList,
  isZoneName,
  listOf,
  listOfDays,
  LUNCH,
  minutes,
  text,
  textBetween,
  TIME_OF_DAY,
  TIMEZONE,
  WEEKDAY_LIST,
} from "./fields.ts";
import { hasOnly, isListOf, withFastPath } from "./fast_path.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

const OPEN_HOURS = z.strictObject({
  days: WEEKDAY_LIST,
  start: TIME_OF_DAY,
  end: TIME_OF_DAY,
  timezone: z.optional(TIMEZONE),
});

const OPEN_HOURS_FIELDS = new Set(Object.keys(OPEN_HOURS._zod.def.shape));

const OPEN_HOURS_LIST = withFastPath(
  listOf(OPEN_HOURS, LIMITS.open_hours, "open hours"),
  (value) =>
    isListOf(
      value,
      LIMITS.open_hours,
      (hours) =>
        hasOnly(hours, OPEN_HOURS_FIELDS) && isWeekdayList(hours.days) &&
        isTimeOfDay(hours.start) && isTimeOfDay(hours.end) &&
        (hours.timezone === undefined ||
          (typeof hours.timezone === "string" && isZoneName(hours.timezone))),
    ),
);

const NAME = text(LIMITS.name_characters);

/** A person or room as an object. */
export const PARTICIPANT_OBJECT = z.strictObject({
  email: EMAIL,
  name: z.optional(NAME),
  type: z.optional(z.enum(["required", "optional", "resource"])),
  timezone: z.optional(TIMEZONE),
  calendar_ids: z.optional(
    listOf(
      textBetween(1, LIMITS.calendar_id_characters, "Expected the id of a calendar"),
      LIMITS.calendar_ids,
      "calendars",
    ),
  ),
  open_hours: z.optional(OPEN_HOURS_LIST),
  buffer: z.optional(z.strictObject({ before: minutes(0, 1440), after: minutes(0, 1440) })),
  busy: z.optional(BUSY_LIST),
  exdates: z.optional(listOfDays(LIMITS.exdates)),
  lunch: z.optional(LUNCH),
  preferences: z.optional(PREFERENCES),
  calendar_summary: z.optional(CALENDAR_SUMMARY),
  is_required: z.optional(z.boolean()),
  user_id: z.optional(text(LIMITS.name_characters)),
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

/** One participant: an address, or an object. */
export const PARTICIPANT_INPUT = ofKind(
  { type: "participant", schemas: { object: PARTICIPANT_OBJECT } },
  z.union([EMAIL, PARTICIPANT_OBJECT], "Expected an e-mail address or {email, name, ...}"),
);

/** A participant as given, with its `type`; `is_required: false` is another spelling of optional. */
export function asParticipant(given: z.output<typeof PARTICIPANT_INPUT>): MeetingParticipant {
  if (typeof given === "string") return { email: given, type: "required" };
  const { is_required, user_id: _, calendar_summary: summary, ...participant } = given;
  return {
    ...(summary === undefined ? {} : fromSummary(summary)),
    ...participant,
    type: given.type ?? (is_required === false ? "optional" : "required"),
  };
}

/** Whether a participant says what they are, and does not leave it to a group. */
export function saysType(given: z.output<typeof PARTICIPANT_INPUT>): boolean {
  return typeof given !== "string" &&
    (given.type !== undefined || given.is_required !== undefined);
}

/** What to call a participant: the name, else the address. */
export function displayName(participant: { email: string; name?: string | undefined }): string {
  return participant.name?.trim() || participant.email;
}
