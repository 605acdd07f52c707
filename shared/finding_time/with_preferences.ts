import type {
  PersonPreferences,
  StoredPreferences,
} from "@shared/database/scheduling_preferences.ts";
import type { CompleteConstraints, GivenConstraints } from "@shared/schemas/constraints.ts";
import type { MeetingParticipant } from "@shared/schemas/participant.ts";
import type { Weekday } from "@shared/time/weekday.ts";

/**
 * A participant with what the person has said about their time once and for all. What the request says of the
 * person goes before it, field by field; what it says of everybody (`constraints`) goes after it.
 */
export function withPreferences<Attending extends MeetingParticipant>(
  person: Attending,
  { people, holidays }: StoredPreferences,
  constraints: Pick<CompleteConstraints, "buffer_minutes">,
): Attending {
  const known = people[person.email.toLowerCase()];
  if (known === undefined || person.type === "resource") return person;
  return {
    ...person,
    timezone: person.timezone ?? known.timezone,
    open_hours: person.open_hours ?? openHours(known),
    lunch: person.lunch !== undefined ? person.lunch : lunch(known),
    buffer: person.buffer ?? buffer(known, constraints.buffer_minutes),
    exdates: person.exdates ?? daysOff(known, holidays),
    preferences: preferences(person, known),
  };
}

/**
 * The notice of a meeting in minutes: what the request names, or else the longest that anyone who must come, or the
 * organizer, has asked for.
 */
export function noticeOf(
  given: GivenConstraints,
  attending: readonly (MeetingParticipant & { group?: unknown })[],
  { people }: StoredPreferences,
): number {
  if (given.minimum_notice_minutes !== undefined) return given.minimum_notice_minutes;
  const notices = attending.map(({ email, type, group }) =>
    type === "required" && group === undefined
      ? people[email.toLowerCase()]?.minimum_notice_minutes ?? 0
      : 0
  );
  return Math.max(0, ...notices);
}

/** Hours without a zone of their own are on the clock that they were said on, not on one that the request names. */
function openHours({ open_hours, timezone }: PersonPreferences): MeetingParticipant["open_hours"] {
  return open_hours?.map((hours) => ({
    ...hours,
    days: hours.days as Weekday[],
    timezone: hours.timezone ?? timezone,
  }));
}

function lunch({ lunch, has_lunch }: PersonPreferences): MeetingParticipant["lunch"] {
  return has_lunch ? lunch : null;
}

function buffer(
  { buffer_before_minutes: before, buffer_after_minutes: after }: PersonPreferences,
  usual: number,
): MeetingParticipant["buffer"] {
  return before === undefined && after === undefined
    ? undefined
    : { before: before ?? usual, after: after ?? usual };
}

function daysOff(
  { days_off, holiday_calendar }: PersonPreferences,
  holidays: StoredPreferences["holidays"],
): string[] | undefined {
  const of_calendar = holiday_calendar === undefined ? [] : holidays[holiday_calendar] ?? [];
  const days = [...new Set([...days_off, ...of_calendar])];
  return days.length === 0 ? undefined : days;
}

/** The start and the end of preferred hours belong together: the request replaces both. */
function preferences(
  { preferences: given }: MeetingParticipant,
  { preferred_days, preferred_hours_start, preferred_hours_end }: PersonPreferences,
): MeetingParticipant["preferences"] {
  const names_hours = given?.preferred_hours_start !== undefined ||
    given?.preferred_hours_end !== undefined;
  const known = {
    ...(preferred_days === undefined ? {} : { preferred_days: preferred_days as Weekday[] }),
    ...(names_hours || preferred_hours_start === undefined ? {} : { preferred_hours_start }),
    ...(names_hours || preferred_hours_end === undefined ? {} : { preferred_hours_end }),
  };
  if (given === undefined) return Object.keys(known).length === 0 ? undefined : known;
  return { ...known, ...given };
}
