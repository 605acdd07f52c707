import type { SlotHold } from "@shared/database/slot_holds.ts";
import { categoryNamed } from "@shared/scheduling/input/preferences.ts";
import type { BusyInterval, Participant } from "@shared/scheduling/input/scheduling_request.ts";
import type { Habits } from "./habits.ts";
import type { Availability, TimeWindow } from "./read_busy.ts";
import type { SlotRequest } from "./slot_request.ts";

type Attending = SlotRequest["attending"][number];

/** Busy time of all participants: read from Google, held for other meetings, or from the request. */
export interface KnownTimes {
  read: ReadonlyMap<string, Availability>;
  holds: readonly SlotHold[];
  /** The window for which the calendars were read; null if all busy time came with the request. */
  window: TimeWindow | null;
}

/** The people of a slot_request as the search takes them. */
export function people(
  { attending, constraints: { event_category } }: SlotRequest,
  times: KnownTimes,
  { past_inconvenience, profiles, turns }: Habits,
): Participant[] {
  const holds = Map.groupBy(times.holds, ({ participant_email }) => participant_email);
  return attending.map((person) => {
    const key = person.email.toLowerCase();
    return {
      ...fieldsOf(person, event_category),
      ...defined({ past_inconvenience: past_inconvenience[key], profile: profiles.get(key) }),
      ...timeOf(person, times.read, holds.get(key) ?? []),
      ...(person.group === undefined ? {} : { turns: turns[key] ?? 0 }),
    };
  });
}

/**
 * Whose time is held for a meeting: of people whose own calendar the search could read. Busy time in the request
 * and other calendars under a person's address prove nothing about that person, so they hold nothing.
 */
export function heldPeople({ attending }: SlotRequest, { read }: KnownTimes): string[] {
  return attending.filter((person) =>
    isOwnCalendarRead(person) && Array.isArray(read.get(person.email)?.busy)
  ).map(({ email }) => email);
}

/** Whether a search reads the person's own calendar, and not only calendars that the caller named for the person. */
export function isOwnCalendarRead({ email, busy, calendar_ids, is_organizer }: Attending): boolean {
  if (busy !== undefined) return false;
  return is_organizer || calendar_ids === undefined ||
    calendar_ids.some((id) => id.toLowerCase() === email.toLowerCase());
}

/** A hold counts as busy time. It does not make an unreadable calendar known. */
function timeOf(
  { email, busy }: Attending,
  read: KnownTimes["read"],
  holds: readonly SlotHold[],
): { busy: readonly BusyInterval[] | "unknown"; unknown_reason?: string } {
  if (busy !== undefined) return { busy };
  const known = read.get(email) ?? { busy: "unknown" as const };
  if (known.busy === "unknown" || holds.length === 0) return known;
  const promised = holds.map(({ starts_at, ends_at }) => ({
    start: new Date(starts_at).toISOString(),
    end: new Date(ends_at).toISOString(),
  }));
  return { busy: [...known.busy, ...promised] };
}

function fieldsOf(person: Attending, category: string | undefined) {
  const { email, type, is_organizer, name, timezone, open_hours, buffer, exdates, lunch } = person;
  return {
    email,
    type,
    is_organizer,
    ...defined({ name, timezone, buffer, exdates, lunch }),
    ...defined({ group: person.group, was_chosen: person.was_chosen }),
    ...(open_hours === undefined ? {} : { open_hours: open_hours.map(defined) }),
    ...(person.preferences === undefined
      ? {}
      : { preferences: preferencesOf(person.preferences, category) }),
  };
}

/** Of all categories only the meeting's, which its search looks up. */
function preferencesOf(
  { event_categories = {}, ...general }: NonNullable<Attending["preferences"]>,
  category: string | undefined,
) {
  const name = categoryNamed(event_categories, category);
  return {
    ...defined(general),
    ...(name === undefined
      ? {}
      : { event_categories: { [name]: defined(event_categories[name]!) } }),
  };
}

type Defined<T> =
  & { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] }
  & { [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined> };

/** Without undefined members, which the search would not treat as absent. */
function defined<T extends object>(given: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
