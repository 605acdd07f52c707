import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import { attendance, attends, newAttendance } from "./attendance.ts";
import { clearAmong, enoughPeople, marksOf } from "./free_starts.ts";
import { startsWhere } from "./grid.ts";
import type { Person } from "./person.ts";
import { isRequired } from "./group_choice.ts";
import type { Occurrences } from "./occurrences.ts";
import type { Series } from "./series.ts";
import type { SeriesChoices } from "./series_choice.ts";

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
  { starts, instants, first, all, at }: Occurrences,
  choices: SeriesChoices | undefined,
): Map<number, SeriesAvailability> {
  const { search } = series;
  const say = (at: number) => formatInstant(at, offsetAt(search.offsets, at));
  const invited = series.people.filter(({ group }) => group === undefined);
  // Members of groups are not needed themselves; who is chosen of them is asked about start by start.
  const clear = marksOf(all, clearAmong(search, series.people, all));
  return new Map(Array.from(starts, (start, i) => {
    const choice = choices?.at(i) ?? [];
    const people = [...invited, ...choice.flatMap(({ chosen }) => chosen.map(asInvited))];
    const from = first[i]!;
    const to = first[i + 1]!;
    const occurrences = instants.subarray(from, to);
    const is_missed = new Uint8Array(to - from);
    for (const { presences } of choice.filter(isRequired)) {
      for (const presence of presences) presence.markAbsent(at, from, to, is_missed);
    }
    const held = enoughPeople(
      search,
      people,
      startsWhere(occurrences, (_, k) => clear[at[from + k]!] === 1 && is_missed[k] === 0),
    );
    const is_held = marksOf(occurrences, held);
    const clashes = startsWhere(occurrences, (_, k) => is_held[k] === 0);
    return [start, {
      start_times: Array.from(occurrences, say),
      occurrences: occurrences.length,
      free: held.length,
      share_free: Math.round(1_000 * held.length / occurrences.length) / 1_000,
      clashes: Array.from(clashes, (clash) => ({
        start_time: say(clash),
        names: absentNames({ ...series, people }, clash),
      })),
    }];
  }));
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
