import { attendance, attends, newAttendance, OUTSIDE_HOURS } from "../availability/attendance.ts";
import { conceivableStarts } from "../availability/free_starts.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";

/** A person in the way: the share, 0 to 100, of the starts on the grid that they rule out, and mostly by what. */
export interface Blocking {
  email: string;
  name?: string;
  reason: "busy" | "outside_hours" | "unknown";
  blocked_percentage: number;
}

/**
 * Who is in the way and how much, the most in the way first. Optional people are, only when the request wants a share
 * of everybody or no person was required. A person who is unknown is in the way only of a request that refuses them.
 */
export function blockingPeople(search: SearchRequest, people: readonly Person[]): Blocking[] {
  const starts = conceivableStarts(search, people);
  const optional_too = search.minimum_attendee_percentage > 0 ||
    !people.some(({ participant }) => participant.type === "required");
  return people
    .filter(({ needed, unknown }) =>
      (needed || optional_too) && (!unknown || search.on_unknown !== "ignore")
    )
    .flatMap((person) => blocked(search, person, starts))
    .toSorted((a, b) =>
      b.blocked_percentage - a.blocked_percentage || (a.email < b.email ? -1 : 1)
    );
}

function blocked(search: SearchRequest, person: Person, starts: Int32Array): Blocking[] {
  const { email, name } = person.participant;
  const who = { email, ...(name === undefined ? {} : { name }) };
  if (person.unknown) return [{ ...who, reason: "unknown", blocked_percentage: 100 }];
  const found = newAttendance(starts.length);
  attendance(person, starts, search.duration, found);
  const away = found.status.reduce((n, status) => n + (status === OUTSIDE_HOURS ? 1 : 0), 0);
  const all = found.status.reduce((n, status) => n + (attends(status) ? 0 : 1), 0);
  if (all === 0) return [];
  return [{
    ...who,
    reason: away > all - away ? "outside_hours" : "busy",
    blocked_percentage: Math.round(1_000 * all / starts.length) / 10,
  }];
}
