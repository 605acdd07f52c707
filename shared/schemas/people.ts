import type { MeetingParticipant } from "./participant.ts";

/**
 * People or rooms of whom any `count` take part. `chosen` holds the addresses of those who do; a search writes it with
 * the slot. The members have the `type` of the group.
 */
export interface MeetingGroup {
  any_of: MeetingParticipant[];
  count: number;
  name?: string | undefined;
  type: "required" | "optional" | "resource";
  chosen?: string[] | undefined;
}

/** One item of `participants`. */
export type ParticipantEntry = MeetingParticipant | MeetingGroup;

export function isGroup(entry: ParticipantEntry): entry is MeetingGroup {
  return "any_of" in entry;
}

/** Everybody whom an item names: all members of a group. */
export function membersOf(entry: ParticipantEntry): MeetingParticipant[] {
  return isGroup(entry) ? entry.any_of : [entry];
}

/**
 * The people of a meeting: participants, and the chosen members of groups, in the order of the list. The database has the
 * same function (private.meeting_people); all code that reads guests uses one of both.
 */
export function peopleOf(entries: readonly ParticipantEntry[]): MeetingParticipant[] {
  return entries.flatMap((entry) => {
    if (!isGroup(entry)) return [entry];
    const chosen = new Set(entry.chosen?.map((email) => email.toLowerCase()));
    return entry.any_of.filter(({ email }) => chosen.has(email.toLowerCase()));
  });
}

/**
 * The same list, in which groups that do not say who is chosen keep the members who took part `before`
 * (private.keep_choices).
 */
export function keepChoices(
  entries: readonly ParticipantEntry[],
  before: readonly MeetingParticipant[],
): ParticipantEntry[] {
  const known = new Set(before.map(({ email }) => email.toLowerCase()));
  return entries.map((entry) => {
    if (!isGroup(entry) || entry.chosen !== undefined) return entry;
    const chosen = entry.any_of.map(({ email }) => email)
      .filter((email) => known.has(email.toLowerCase())).slice(0, entry.count);
    return chosen.length === 0 ? entry : { ...entry, chosen };
  });
}

/** Who is chosen of one of the groups; `index` counts the groups of a list from 0. */
export interface GroupChoice {
  index: number;
  chosen: readonly string[];
}

/** A list of participants as given or stored, with the choices of a search (private.with_choices). */
export function withChoices<Entry>(
  participants: readonly Entry[],
  choices: readonly GroupChoice[],
): Entry[] {
  let index = -1;
  return participants.map((entry) => {
    if (typeof entry !== "object" || entry === null || !("any_of" in entry)) return entry;
    index++;
    const choice = choices.find((one) => one.index === index);
    return choice === undefined ? entry : { ...entry, chosen: choice.chosen };
  });
}
