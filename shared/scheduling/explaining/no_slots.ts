import { enoughPeople, freeStarts, startsMissingOneGroup } from "../availability/free_starts.ts";
import { type Group, groupsOf, labelOf } from "../availability/group_choice.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { type Blocking, blockingLabel, blockingPeople } from "./blocking.ts";
import { hoursClash } from "./hours_clash.ts";
import { formatTime } from "./phrases.ts";

/** Why there is no candidate, by the codes of Microsoft Graph's findMeetingTimes. */
export type EmptyReason =
  | "attendeesUnavailable"
  | "organizerUnavailable"
  | "attendeesUnavailableOrUnknown"
  | "locationsUnavailable"
  | "unknown";

/** Why a search found no slot, who is in the way, and both in a sentence. */
export interface NoSlots {
  empty_reason: EmptyReason;
  blocking: Blocking[];
  message: string;
}

/** For a search that stops because the calendars of people who are needed cannot be read: who, why, what would help. */
export function explainUnreadable(
  search: SearchRequest,
  people: readonly Person[],
  unreadable: readonly Person[],
): NoSlots {
  const who = unreadable.map(({ label, participant: { unknown_reason } }) =>
    unknown_reason === undefined ? label : `${label} (${unknown_reason})`
  );
  return {
    empty_reason: unreadable.some(({ participant }) => participant.is_organizer === true)
      ? "organizerUnavailable"
      : unreadable.every(({ participant }) => participant.type === "resource")
      ? "locationsUnavailable"
      : "attendeesUnavailableOrUnknown",
    blocking: blockingPeople(search, people),
    message: `${search.texts.refusals.unreadable(unreadable.length, search.texts.allNames(who))}.`,
  };
}

/** For a search in which no start is free: why, and who is in the way. */
export function explainEmpty(search: SearchRequest, people: readonly Person[]): NoSlots {
  const blocking = blockingPeople(search, people);
  return {
    empty_reason: emptyReason(search, people),
    blocking,
    message: `${whyEmpty(search, people, blocking)}.`,
  };
}

/** The three who are most in the way; the whole list is in `blocking`. */
function formatBlocking({ texts }: SearchRequest, blocking: readonly Blocking[]): string {
  return blocking.slice(0, 3).map((one) =>
    texts.refusals.blocking(blockingLabel(one), one.blocked_percentage)
  ).join(", ");
}

function emptyReason(search: SearchRequest, people: readonly Person[]): EmptyReason {
  if (search.earliest_start + search.duration > search.to) return "unknown";
  const only = (kept: (person: Person) => boolean) =>
    freeStarts(search, people.filter(kept)).starts.length;
  const isResource = ({ participant }: Person) => participant.type === "resource";
  if (people.some(isResource) && only((person) => !isResource(person)) > 0) {
    return "locationsUnavailable";
  }
  const organizer = people.find(({ participant }) => participant.is_organizer === true);
  if (organizer?.needed === true && only((person) => person === organizer) === 0) {
    return "organizerUnavailable";
  }
  return people.some(({ unknown }) => unknown)
    ? "attendeesUnavailableOrUnknown"
    : "attendeesUnavailable";
}

/** The first group that is the only reason: without it there would be times. */
function emptyGroup(search: SearchRequest, people: readonly Person[]): Group | undefined {
  const missing = startsMissingOneGroup(search, people);
  return groupsOf(people).find(({ group }) => {
    const others = people.filter((person) => person.group !== group);
    const starts = missing.get(group);
    return starts !== undefined && enoughPeople(search, others, starts).length > 0;
  });
}

function whyEmpty(
  search: SearchRequest,
  people: readonly Person[],
  blocking: readonly Blocking[],
): string {
  const { earliest_start, duration, from, to, texts: { refusals } } = search;
  if (earliest_start + duration > to) {
    const end = formatTime(search, to);
    return earliest_start > from ? refusals.window_over(end) : refusals.window_too_short(end);
  }
  const clash = hoursClash(search, people);
  if (clash !== undefined) return clash;
  if (search.may_start_on !== undefined && freeStarts(search, people).on_grid === 0) {
    return refusals.no_day_of_recurrence;
  }
  const [first, last] = [formatTime(search, earliest_start), formatTime(search, to)];
  if (freeStarts({ ...search, minimum_attendee_percentage: 0 }, people).starts.length > 0) {
    return refusals.no_quorum(first, last, search.minimum_attendee_percentage);
  }
  const group = emptyGroup(search, people);
  if (group !== undefined) {
    return refusals.group_never_free(first, last, labelOf(group), group.group.count);
  }
  return refusals.none_free(first, last, duration, formatBlocking(search, blocking));
}
