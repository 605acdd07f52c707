import { freeStarts } from "../availability/free_starts.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { type Blocking, blockingPeople } from "./blocking.ts";
import { hoursClash } from "./hours_clash.ts";
import { formatNames, formatTime } from "./phrases.ts";

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
  const one = unreadable.length === 1;
  return {
    empty_reason: unreadable.some(({ participant }) => participant.is_organizer === true)
      ? "organizerUnavailable"
      : unreadable.every(({ participant }) => participant.type === "resource")
      ? "locationsUnavailable"
      : "attendeesUnavailableOrUnknown",
    blocking: blockingPeople(search, people),
    message: `The calendar${one ? "" : "s"} of ${formatAllNames(who)} cannot be read, and ` +
      `${one ? "it is" : "they are"} needed for this meeting. ` +
      `Let ${one ? "it" : "them"} be shared, or make ${one ? "the participant" : "them"} optional.`,
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
function formatBlocking(blocking: readonly Blocking[]): string {
  return blocking.slice(0, 3).map(({ name, email, blocked_percentage }) =>
    `${name ?? email} (${blocked_percentage}% of the times)`
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

function whyEmpty(
  search: SearchRequest,
  people: readonly Person[],
  blocking: readonly Blocking[],
): string {
  const { earliest_start, duration, from, to } = search;
  if (earliest_start + duration > to) {
    return earliest_start > from
      ? "The window is over, or too little of it is left after the notice that was asked for: " +
        `it ends on ${formatTime(search, to)}`
      : `The window is shorter than the meeting: it ends on ${formatTime(search, to)}`;
  }
  const clash = hoursClash(search, people);
  if (clash !== undefined) return clash;
  if (search.may_start_on !== undefined && freeStarts(search, people).on_grid === 0) {
    return "On no day of the window on which all who are needed are open does the recurrence begin";
  }
  const between = `between ${formatTime(search, earliest_start)} and ${formatTime(search, to)}`;
  if (freeStarts({ ...search, minimum_attendee_percentage: 0 }, people).starts.length > 0) {
    return `At no time ${between} can ${search.minimum_attendee_percentage} percent of the people come`;
  }
  return `At no time ${between} are all who are needed free for ${duration} minutes. ` +
    `Most in the way: ${formatBlocking(blocking)}`;
}

/** Everybody by name: a refusal over unreadable calendars must not shorten the list of them. */
function formatAllNames(names: readonly string[]): string {
  return names.length <= 3 ? formatNames(names) : names.join(", ");
}
