import {
  type Attendance,
  attendance,
  attends,
  newAttendance,
  OUTSIDE_HOURS,
} from "../availability/attendance.ts";
import { conceivableStarts } from "../availability/free_starts.ts";
import {
  chooseMembers,
  type Group,
  groupsOf,
  isRequired,
  labelOf,
} from "../availability/group_choice.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";

/**
 * A person in the way, or a group by its members (`any_of`): the share, 0 to 100, of the starts on the grid that they
 * rule out, and mostly by what.
 */
export interface Blocking {
  email?: string;
  any_of?: string[];
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
  const unreadable = unreadableMembers(people);
  const found = newAttendance(starts.length);
  return [
    ...people
      .filter((person) =>
        unreadable.includes(person) || person.group === undefined &&
          (person.needed || optional_too) && (!person.unknown || search.on_unknown !== "ignore")
      )
      .flatMap((person) => blocked(search, person, starts, found)),
    ...groupsOf(people).filter(isRequired).flatMap((group) =>
      blockedGroup(search, group, starts, found)
    ),
  ].toSorted((a, b) =>
    b.blocked_percentage - a.blocked_percentage || (addressOf(a) < addressOf(b) ? -1 : 1)
  );
}

/** Members whose calendar cannot be read, of groups that have too few others and so cannot do without them. */
export function unreadableMembers(people: readonly Person[]): Person[] {
  return groupsOf(people).filter(isRequired).flatMap(({ group, members }) => {
    const unknown = members.filter((member) => member.unknown);
    return members.length - unknown.length < group.count ? unknown : [];
  });
}

/** What to call who is in the way. */
export function blockingLabel({ name, email, any_of }: Blocking): string {
  return name ?? email ?? any_of?.join(" / ") ?? "";
}

function addressOf({ email, any_of }: Blocking): string {
  return email ?? any_of?.[0] ?? "";
}

/** `found` is filled again for each person. */
function blockedGroup(
  search: SearchRequest,
  group: Group,
  starts: Int32Array,
  found: Attendance,
): Blocking[] {
  const [choice] = chooseMembers(search, group.members, starts);
  const missing = starts.filter((_, i) => (choice?.seated[i] ?? 0) < group.group.count).length;
  if (missing === 0 || starts.length === 0) return [];
  const away = group.members.reduce((n, member) => {
    attendance(member, starts, search.duration, found);
    return n + found.status.reduce((m, status) => m + (status === OUTSIDE_HOURS ? 1 : 0), 0);
  }, 0);
  return [{
    any_of: group.members.map(({ participant }) => participant.email),
    name: labelOf(group),
    reason: 2 * away > group.members.length * starts.length ? "outside_hours" : "busy",
    blocked_percentage: Math.round(1_000 * missing / starts.length) / 10,
  }];
}

function blocked(
  search: SearchRequest,
  person: Person,
  starts: Int32Array,
  found: Attendance,
): Blocking[] {
  const { email, name } = person.participant;
  const who = { email, ...(name === undefined ? {} : { name }) };
  if (person.unknown) return [{ ...who, reason: "unknown", blocked_percentage: 100 }];
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
