import type { SlotHold } from "@shared/database/slot_holds.ts";
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
  { attending }: SlotRequest,
  times: KnownTimes,
  { past_inconvenience, profiles }: Habits,
): Participant[] {
  const holds = Map.groupBy(times.holds, ({ participant_email }) => participant_email);
  return attending.map((person) => {
    const key = person.email.toLowerCase();
    return {
      ...fieldsOf(person),
      ...defined({ past_inconvenience: past_inconvenience[key], profile: profiles.get(key) }),
      ...timeOf(person, times.read, holds.get(key) ?? []),
    };
  });
}

/** Whose calendar was read: their time can be promised. Given busy time promises nothing. */
export function readablePeople({ read }: KnownTimes): string[] {
  return [...read].filter(([, { busy }]) => busy !== "unknown").map(([email]) => email);
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

function fieldsOf(person: Attending) {
  const { email, type, is_organizer, name, timezone, open_hours, buffer, exdates, lunch } = person;
  return {
    email,
    type,
    is_organizer,
    ...defined({ name, timezone, buffer, exdates, lunch }),
    ...(open_hours === undefined ? {} : { open_hours: open_hours.map(defined) }),
    ...(person.preferences === undefined ? {} : { preferences: preferencesOf(person.preferences) }),
  };
}

function preferencesOf({ event_categories, ...general }: NonNullable<Attending["preferences"]>) {
  return {
    ...defined(general),
    ...(event_categories === undefined ? {} : {
      event_categories: Object.fromEntries(
        Object.entries(event_categories).map(([category, times]) => [category, defined(times)]),
      ),
    }),
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
