import { attendance, attends, newAttendance } from "../availability/attendance.ts";
import { conceivableStarts } from "../availability/free_starts.ts";
import type { Person } from "../availability/person.ts";
import { countComing } from "../availability/quorum.ts";
import type { SearchRequest } from "../input/search_request.ts";

/**
 * The fewest people, at most `most`, whose absence would make a start possible, and the earliest such start. The
 * organizer cannot be left out, and at least two required people must remain.
 */
export function blockersOfNearMiss(
  search: SearchRequest,
  people: readonly Person[],
  most: number,
): { start: number; blockers: Person[] } | undefined {
  const needed = people.filter((person) => person.needed && !person.unknown);
  const starts = conceivableStarts(search, people);
  const coming = countComing(search, needed, starts);
  for (let fewest = 1; fewest <= most; fewest++) {
    for (let i = 0; i < starts.length; i++) {
      if (needed.length - coming[i]! !== fewest) continue;
      const blockers = absentAt(search, needed, starts.subarray(i, i + 1));
      if (canDoWithout(needed, blockers)) return { start: starts[i]!, blockers };
    }
  }
  return undefined;
}

function absentAt(search: SearchRequest, people: readonly Person[], start: Int32Array): Person[] {
  const found = newAttendance(1);
  return people.filter((person) => {
    attendance(person, start, search.duration, found);
    return !attends(found.status[0]!);
  });
}

function canDoWithout(needed: readonly Person[], blockers: readonly Person[]): boolean {
  if (blockers.some(({ participant }) => participant.is_organizer === true)) return false;
  if (blockers.every(({ participant }) => participant.type === "resource")) return true;
  const left = needed.filter((person) => !blockers.includes(person));
  return left.filter(({ participant }) => participant.type === "required").length >= 2;
}
