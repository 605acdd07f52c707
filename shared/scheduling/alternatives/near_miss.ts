import { conceivableStarts } from "../availability/free_starts.ts";
import type { Person } from "../availability/person.ts";
import { type Presence, presencesAt } from "../availability/presence.ts";
import type { SearchRequest } from "../input/search_request.ts";

export interface NearMiss {
  start: number;
  blockers: Person[];
}

/**
 * The fewest people, at most as many as are asked for, whose absence would make a start possible, and the earliest such
 * start. The organizer cannot be left out, and at least two required people must remain. Everyone is looked at once,
 * when the first answer is wanted.
 */
export function nearMisses(
  search: SearchRequest,
  people: readonly Person[],
): (most: number) => NearMiss | undefined {
  let known: Absences | undefined;
  return (most) => {
    const { needed, starts, presences, absent } = known ??= absencesOf(search, people);
    // Most starts have the blockers of the one before them.
    const refused = new Set<string>();
    for (let fewest = 1; fewest <= most; fewest++) {
      for (let i = 0; i < starts.length; i++) {
        if (absent[i] !== fewest) continue;
        const indexes = absentAt(presences, i, fewest);
        const key = indexes.join();
        if (refused.has(key)) continue;
        const blockers = indexes.map((k) => needed[k]!);
        if (canDoWithout(needed, blockers)) return { start: starts[i]!, blockers };
        refused.add(key);
      }
    }
    return undefined;
  };
}

/** The people who are needed, when they come, and of how many each start has to do without. */
interface Absences {
  needed: Person[];
  starts: Int32Array;
  presences: Presence[];
  absent: Uint16Array;
}

function absencesOf(search: SearchRequest, people: readonly Person[]): Absences {
  const needed = people.filter((person) => person.needed && !person.unknown);
  const starts = conceivableStarts(search, people);
  const presences = presencesAt(needed, starts, search.duration);
  const absent = new Uint16Array(starts.length);
  for (const presence of presences) {
    for (let i = 0; i < starts.length; i++) if (!presence.at(i)) absent[i]!++;
  }
  return { needed, starts, presences, absent };
}

/** The first so many who do not come at a start, by index. */
function absentAt(presences: readonly Presence[], start: number, count: number): number[] {
  const indexes: number[] = [];
  for (let k = 0; k < presences.length && indexes.length < count; k++) {
    if (!presences[k]!.at(start)) indexes.push(k);
  }
  return indexes;
}

function canDoWithout(needed: readonly Person[], blockers: readonly Person[]): boolean {
  if (blockers.some(({ participant }) => participant.is_organizer === true)) return false;
  if (blockers.every(({ participant }) => participant.type === "resource")) return true;
  const left = needed.filter((person) => !blockers.includes(person));
  return left.filter(({ participant }) => participant.type === "required").length >= 2;
}
