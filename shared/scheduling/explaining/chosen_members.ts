import { attendance, FREE, newAttendance } from "../availability/attendance.ts";
import { chooseMembers, type Group, labelOf, turnsOf } from "../availability/group_choice.ts";
import type { Person } from "../availability/person.ts";
import type { SeriesChoice } from "../availability/series_choice.ts";
import type { SearchRequest } from "../input/search_request.ts";
import type { ChoiceReason, Reason } from "./reason.ts";

/**
 * Who of a group takes part, and why: `index` is the group's place in `participants`, `chosen` holds e-mail addresses, and
 * `free` of the `members` have no conflict at the start.
 */
export interface ChosenMembers {
  index: number;
  name?: string;
  count: number;
  chosen: string[];
  why: ChoiceReason;
  free: number;
  members: number;
}

/** A group at one start, with the members who take part, and those without any conflict. */
export interface GroupAtStart extends Group {
  chosen: readonly Person[];
  free: readonly Person[];
}

/** Who of each group takes part at each of a few starts (ascending). */
export function membersAt(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): GroupAtStart[][] {
  const choices = chooseMembers(search, people, starts).map((choice) => ({
    ...choice,
    free: freeAt(search, choice.members, starts),
  }));
  return Array.from(starts, (_, i) =>
    choices.map(({ group, members, chosen, free }) => ({
      group,
      members,
      chosen: members.filter((member) => chosen.get(member)?.includes(i) === true),
      free: free[i]!,
    })));
}

/** The same of the choice for the series that begins at a start. */
export function membersOfSeries(
  search: SearchRequest,
  choices: readonly SeriesChoice[],
  start: number,
): GroupAtStart[] {
  return choices.map(({ group, members, chosen }) => ({
    group,
    members,
    chosen,
    free: freeAt(search, members, Int32Array.of(start))[0]!,
  }));
}

function freeAt(
  search: SearchRequest,
  members: readonly Person[],
  starts: Int32Array,
): Person[][] {
  const free = Array.from(starts, (): Person[] => []);
  const found = newAttendance(starts.length);
  for (const member of members) {
    attendance(member, starts, search.duration, found);
    for (let i = 0; i < starts.length; i++) if (found.status[i] === FREE) free[i]!.push(member);
  }
  return free;
}

/** Who takes part of a group, and why. */
export function chosenMembers({ group, members, chosen, free }: GroupAtStart): ChosenMembers {
  const { index, name, count } = group;
  return {
    index,
    ...(name === undefined ? {} : { name }),
    count,
    chosen: chosen.map(({ participant }) => participant.email),
    why: whyChosen(chosen, free),
    free: free.length,
    members: members.length,
  };
}

/** The same as reasons. Where fewer come than are wanted of an optional group, that is one too. */
export function choiceReasons(
  { group, members, chosen }: GroupAtStart,
  { why, free }: ChosenMembers,
): Reason[] {
  const label = labelOf({ group, members });
  const reasons: Reason[] = [];
  if (chosen.length > 0) {
    const names = chosen.map((member) => member.label);
    const args = { group: label, names, why, free, members: members.length };
    reasons.push({ code: "chosen_from_group", args });
  }
  if (chosen.length < group.count) {
    const args = { group: label, count: group.count, chosen: chosen.length };
    reasons.push({ code: "group_unfilled", args });
  }
  return reasons;
}

function whyChosen(chosen: readonly Person[], free: readonly Person[]): ChoiceReason {
  if (chosen.some(({ participant }) => participant.was_chosen === true)) return "chosen_before";
  const others = free.filter((member) => !chosen.includes(member));
  if (others.length === 0) return "only_free";
  const most = Math.max(...chosen.map(turnsOf));
  return others.some((other) => turnsOf(other) > most) ? "fewest_turns" : "first_free";
}
