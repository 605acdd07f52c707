import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import { attendance, attends, newAttendance } from "./attendance.ts";
import { possibleAmong } from "./free_starts.ts";
import type { Person } from "./person.ts";
import { distinctInstants, type Occurrences } from "./occurrences.ts";
import type { Series } from "./series.ts";

/**
 * How a slot repeats: when (the first `start_times` is the slot's own), how many of its occurrences everybody needed can
 * make, and who cannot make the others.
 */
export interface SeriesAvailability {
  start_times: string[];
  occurrences: number;
  free: number;
  share_free: number;
  clashes: { start_time: string; names: string[] }[];
}

/**
 * How series repeat that begin at the starts, by start, with the members of groups who are chosen for each. Where no one
 * who is needed is in the way of a clash, too few come: then the absent are named.
 */
export function seriesAvailabilities(
  series: Series,
  { starts, instants, first }: Occurrences,
  chosenFor: (start: number) => readonly Person[],
): Map<number, SeriesAvailability> {
  const { search } = series;
  const invited = series.people.filter(({ group }) => group === undefined);
  const of = (i: number) => instants.subarray(first[i], first[i + 1]);
  const say = (at: number) => formatInstant(at, offsetAt(search.offsets, at));
  // Busy time and hours are laid out over all occurrences: once for all starts with the same people, not for each.
  const index = new Map(series.people.map((person, i) => [person, i]));
  const alike = Map.groupBy(
    starts.keys(),
    (i) => chosenFor(starts[i]!).map((person) => index.get(person)).join(),
  );
  const found = new Map<number, SeriesAvailability>();
  for (const indexes of alike.values()) {
    const people = [...invited, ...chosenFor(starts[indexes[0]!]!).map(asInvited)];
    const { all } = distinctInstants(Int32Array.from(indexes.flatMap((i) => [...of(i)])));
    const held = new Set(possibleAmong(search, people, all));
    for (const i of indexes) {
      const occurrences = of(i);
      const clashes = occurrences.filter((occurrence) => !held.has(occurrence));
      const free = occurrences.length - clashes.length;
      found.set(starts[i]!, {
        start_times: Array.from(occurrences, say),
        occurrences: occurrences.length,
        free,
        share_free: Math.round(1_000 * free / occurrences.length) / 1_000,
        clashes: Array.from(clashes, (at) => ({
          start_time: say(at),
          names: absentNames({ ...series, people }, at),
        })),
      });
    }
  }
  return found;
}

/** A member who is chosen for a series is invited to all of it, like everybody else. */
function asInvited(member: Person): Person {
  return { ...member, group: undefined, needed: member.participant.type !== "optional" };
}

function absentNames({ search, people }: Series, start: number): string[] {
  const found = newAttendance(1);
  const absent = people.filter((person) => {
    attendance(person, Int32Array.of(start), search.duration, found);
    return !person.unknown && !attends(found.status[0]!);
  });
  const needed = absent.filter((person) => person.needed);
  return (needed.length > 0 ? needed : absent).map(({ label }) => label).sort();
}
