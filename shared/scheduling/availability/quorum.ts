import type { SearchRequest } from "../input/search_request.ts";
import { chooseMembers, groupsOf } from "./group_choice.ts";
import type { Person } from "./person.ts";
import { presencesAt } from "./presence.ts";

/** The people of whom `minimum_attendee_percentage` must come, without members of groups; see `on_unknown` in types.ts. */
export function countedPeople(search: SearchRequest, people: readonly Person[]): Person[] {
  const { on_unknown } = search;
  return people.filter(({ participant, unknown, group }) => {
    if (participant.type === "resource" || group !== undefined) return false;
    if (!unknown || on_unknown === "refuse") return true;
    return on_unknown === "ignore_optional" && participant.type === "required";
  });
}

/** Who counts for the share of people that must come. Of a group of people, as many count as are wanted of it. */
export interface Quorum {
  counted: number;
  /** How many of them come to every start at which the meeting can be held. */
  certain: number;
  /** How many of them come, start by start. */
  comingAt: (starts: Int32Array) => Int32Array;
}

/** How many of the people counted must come, if not so many are certain: else, or where no one counts, 0. */
export function leastComing(
  search: SearchRequest,
  { counted, certain }: Pick<Quorum, "counted" | "certain">,
): number {
  const least = Math.max(1, search.minimum_attendee_percentage * counted / 100);
  return certain >= least || counted === 0 ? 0 : least;
}

/** The quorum of a search. */
export function quorumAt(search: SearchRequest, people: readonly Person[]): Quorum {
  const fixed = countedPeople(search, people);
  const members = people.filter(({ group, participant }) =>
    group !== undefined && participant.type !== "resource"
  );
  const groups = groupsOf(members);
  const seats = groups.reduce((sum, { group }) => sum + group.count, 0);
  const certain_seats = groups.reduce(
    (sum, { group }) => group.type === "optional" ? sum : sum + group.count,
    0,
  );
  return {
    counted: fixed.length + seats,
    certain: fixed.filter(({ needed, unknown }) => needed && !unknown).length + certain_seats,
    comingAt: (starts) => {
      const coming = countComing(search, fixed, starts);
      for (const { seated } of chooseMembers(search, members, starts)) {
        for (let i = 0; i < starts.length; i++) coming[i]! += seated[i]!;
      }
      return coming;
    },
  };
}

/** How many of the people come, start by start. */
function countComing(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const coming = new Int32Array(starts.length);
  for (const presence of presencesAt(people, starts, search.duration)) presence.addTo(coming);
  return coming;
}
