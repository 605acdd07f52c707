import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import { attendance, attends, newAttendance } from "./attendance.ts";
import { possibleAmong } from "./free_starts.ts";
import type { Person } from "./person.ts";
import { occurrencesOf, type Series } from "./series.ts";

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
 * How a start repeats, with the members of groups who are `chosen` for it. Where no one who is needed is in the way of a
 * clash, too few come: then the absent are named.
 */
export function seriesAvailability(
  series: Series,
  start: number,
  chosen: readonly Person[] = [],
): SeriesAvailability {
  const { search } = series;
  const people = [
    ...series.people.filter(({ group }) => group === undefined),
    ...chosen.map(asInvited),
  ];
  const occurrences = Int32Array.from(occurrencesOf(series, start));
  const held = new Set(possibleAmong(search, people, occurrences));
  const clashes = occurrences.filter((occurrence) => !held.has(occurrence));
  const say = (at: number) => formatInstant(at, offsetAt(search.offsets, at));
  return {
    start_times: Array.from(occurrences, say),
    occurrences: occurrences.length,
    free: held.size,
    share_free: Math.round(1_000 * held.size / occurrences.length) / 1_000,
    clashes: Array.from(clashes, (at) => ({
      start_time: say(at),
      names: absentNames({ ...series, people }, at),
    })),
  };
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
