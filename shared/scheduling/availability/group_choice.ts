import type { ParticipantGroup } from "../input/scheduling_request.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { attendance, FREE, newAttendance, TENTATIVE } from "./attendance.ts";
import { startsWhere } from "./grid.ts";
import type { Person } from "./person.ts";

/** A group with its members in the order in which they are chosen where several are free. */
export interface Group {
  group: ParticipantGroup;
  members: readonly Person[];
}

/** Who of a group takes part at each of the starts: in all `seated` members, at most the group's `count`. */
export interface Choice extends Group {
  seated: Uint16Array;
  /** The indexes of the starts at which a member was chosen, ascending; none for members who were not asked about. */
  chosen: ReadonlyMap<Person, Int32Array>;
}

/** Longer names of groups without a name would be lists. */
const MOST_NAMED = 3;

/** The groups among the people. */
export function groupsOf(people: readonly Person[]): Group[] {
  const members = people.filter(({ group }) => group !== undefined);
  return [...Map.groupBy(members, ({ group }) => group!)].map(([group, found]) => ({
    group,
    // Whose turn it is depends on no start, so the order is found once. Rooms take no turns.
    members: found.toSorted((a, b) => turnsOf(a) - turnsOf(b)),
  }));
}

/** What to call a group: its name, or its first members. */
export function labelOf({ group, members }: Group): string {
  if (group.name !== undefined) return group.name;
  const named = members.slice(0, MOST_NAMED).map(({ label }) => label);
  return [...named, ...(members.length > MOST_NAMED ? ["..."] : [])].join(" / ");
}

/** How often a person was chosen before. */
export function turnsOf({ participant }: Person): number {
  return participant.type === "resource" ? 0 : participant.turns ?? 0;
}

/** Whether a group is not filled where fewer than `count` of its members can come. */
export function isRequired({ group }: Group): boolean {
  return group.type !== "optional";
}

/**
 * Chooses members of each group at each of the starts (ascending). A start at which enough are chosen is asked about no
 * further, so most members are looked at few starts, and combinations are never compared.
 */
export function chooseMembers(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Choice[] {
  const memory = newMemory(starts.length);
  return groupsOf(people).map((group) => choose(search, group, starts, memory));
}

/** Of the starts (ascending), those at which every group that is required has enough members who can come. */
export function groupsFilled(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  let left = starts;
  const memory = newMemory(starts.length);
  for (const group of groupsOf(people)) {
    if (!isRequired(group)) continue;
    const { seated } = choose(search, group, left, memory);
    left = startsWhere(left, (_, i) => seated[i] === group.group.count);
  }
  return left;
}

const NO_INDEXES = new Int32Array(0);

/** What choosing needs at so many starts, the same for one group after another. */
function newMemory(length: number) {
  return {
    taken: new Int32Array(length),
    found: newAttendance(length),
    pending: new Int32Array(length),
    pending_starts: new Int32Array(length),
  };
}

function choose(
  search: SearchRequest,
  of: Group,
  starts: Int32Array,
  { taken, found, pending, pending_starts }: ReturnType<typeof newMemory>,
): Choice {
  const { group: { count }, members } = of;
  // A calendar that cannot be read is never free, whatever on_unknown says of people who are needed themselves.
  const known = members.filter(({ unknown }) => !unknown);
  const before = known.filter(({ participant }) => participant.was_chosen === true);
  const others = known.filter(({ participant }) => participant.was_chosen !== true);
  const seated = new Uint16Array(starts.length);
  const chosen = new Map<Person, Int32Array>();
  // The starts at which too few are chosen yet, the first `length` of both arrays, ascending.
  for (let i = 0; i < starts.length; i++) pending[i] = i;
  pending_starts.set(starts);
  let length = starts.length;
  const rounds = [
    { candidates: before, worst: TENTATIVE, best: FREE },
    { candidates: others, worst: FREE, best: FREE },
    { candidates: others, worst: TENTATIVE, best: TENTATIVE },
  ];
  for (const { candidates, worst, best } of rounds) {
    for (const member of candidates) {
      if (length === 0) break;
      if (best === TENTATIVE && member.tentative.starts.length === 0) continue;
      attendance(member, pending_starts, search.duration, found, length);
      let taken_count = 0;
      let left = 0;
      for (let k = 0; k < length; k++) {
        const i = pending[k]!;
        const status = found.status[k]!;
        if (status >= best && status <= worst) {
          taken[taken_count++] = i;
          if ((seated[i] = seated[i]! + 1) === count) continue;
        }
        pending[left] = i;
        pending_starts[left++] = pending_starts[k]!;
      }
      length = left;
      const earlier = chosen.get(member) ?? NO_INDEXES;
      chosen.set(member, together(earlier, taken.subarray(0, taken_count)));
    }
  }
  return { ...of, seated, chosen };
}

function together(some: Int32Array, others: Int32Array): Int32Array {
  const all = new Int32Array(some.length + others.length);
  all.set(some);
  all.set(others, some.length);
  return some.length > 0 ? all.sort() : all;
}
