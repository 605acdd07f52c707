import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import { clearAmong, marksOf } from "./free_starts.ts";
import type { Person } from "./person.ts";
import { isRequired } from "./group_choice.ts";
import type { Occurrences } from "./occurrences.ts";
import { type Presence, presencesAt } from "./presence.ts";
import { countedPeople, leastComing, quorumAt } from "./quorum.ts";
import type { Series } from "./series.ts";
import type { SeriesChoices } from "./series_choice.ts";

/** A hundred slots of sixty occurrences that two hundred people cannot make would be a million names. */
const MOST_NAMED = 5;

/**
 * How a slot repeats: when (the first `start_times` is the slot's own), how many of its occurrences everybody needed can
 * make, and who cannot make the others: `names` are the first few, `others` how many more there are (absent for none).
 */
export interface SeriesAvailability {
  start_times: string[];
  occurrences: number;
  free: number;
  share_free: number;
  clashes: SeriesClash[];
}

export interface SeriesClash extends FirstNames {
  start_time: string;
}

/** How a slot repeats, and who cannot make one or more of the occurrences that clash. */
export interface Repeated {
  recurrence: SeriesAvailability;
  missed_by: FirstNames;
}

/** The first few of some people, and how many others there are; absent for none. */
interface FirstNames {
  names: string[];
  others?: number;
}

/** Someone who is invited to a series, and at which of all its occurrences they come. */
interface Invited {
  person: Person;
  presence: Presence;
}

/**
 * How series repeat that begin at the starts, by start, with the members of groups who are chosen for each. Where no one
 * who is needed is in the way of a clash, too few come: then the absent are named.
 */
export function seriesAvailabilities(
  series: Series,
  { starts, instants, first, all, at }: Occurrences,
  choices: SeriesChoices | undefined,
): Map<number, Repeated> {
  const { search } = series;
  // Series that begin on neighbouring days share most of their occurrences.
  const said = new Map<number, string>();
  const say = (at: number) => {
    let text = said.get(at);
    if (text === undefined) said.set(at, text = formatInstant(at, offsetAt(search.offsets, at)));
    return text;
  };
  const everybody = series.people.filter(({ group }) => group === undefined);
  const presences = presencesAt(everybody, all, search.duration);
  const everyone_by_name = byLabel(
    everybody.map((person, i): Invited => ({ person, presence: presences[i]! })),
  );
  // Members of groups are not needed themselves; who is chosen of them is asked about start by start.
  const clear = marksOf(all, clearAmong(search, series.people, all));
  return new Map(Array.from(starts, (start, i) => {
    const choice = choices?.at(i) ?? [];
    const chosen = choice.flatMap(({ chosen, presences }) =>
      chosen.map((member, k): Invited => ({
        person: asInvited(member),
        presence: presences[k]!,
      }))
    );
    const by_name = chosen.length === 0
      ? everyone_by_name
      : byLabel([...everyone_by_name, ...chosen]);
    const from = first[i]!;
    const to = first[i + 1]!;
    const occurrences = instants.subarray(from, to);
    const is_missed = new Uint8Array(to - from);
    for (const { presences } of choice.filter(isRequired)) {
      for (const presence of presences) presence.markAbsent(at, from, to, is_missed);
    }
    const people = by_name.map(({ person }) => person);
    const least = leastComing(search, quorumAt(search, people));
    const coming = new Uint16Array(to - from);
    if (least > 0) {
      const counted = new Set(countedPeople(search, people));
      for (const { person, presence } of by_name) {
        if (counted.has(person)) presence.addAt(at, from, to, coming);
      }
    }
    const isHeld = (k: number) =>
      clear[at[from + k]!] === 1 && is_missed[k] === 0 && coming[k]! >= least;
    const clashes: SeriesClash[] = [];
    const is_in_the_way = new Uint8Array(by_name.length);
    for (let k = 0; k < occurrences.length; k++) {
      if (isHeld(k)) continue;
      clashes.push({
        start_time: say(occurrences[k]!),
        ...absentAt(by_name, at[from + k]!, is_in_the_way),
      });
    }
    const free = occurrences.length - clashes.length;
    const recurrence = {
      start_times: Array.from(occurrences, say),
      occurrences: occurrences.length,
      free,
      share_free: Math.round(1_000 * free / occurrences.length) / 1_000,
      clashes,
    };
    const missed_by = firstNames(by_name, (_, k) => is_in_the_way[k] === 1);
    return [start, { recurrence, missed_by }];
  }));
}

/** A member who is chosen for a series is invited to all of it, like everybody else. */
function asInvited(member: Person): Person {
  return { ...member, group: undefined, needed: member.participant.type !== "optional" };
}

/** By code units, as the order must not depend on the language of the server. */
function byLabel(people: readonly Invited[]): Invited[] {
  return people.toSorted(({ person: { label: a } }, { person: { label: b } }) =>
    a < b ? -1 : a > b ? 1 : 0
  );
}

/**
 * Who does not come at the occurrence with this index: those who are needed, where any of them is in the way. They are
 * marked in `is_in_the_way`, all of them.
 */
function absentAt(
  by_name: readonly Invited[],
  index: number,
  is_in_the_way: Uint8Array,
): FirstNames {
  for (const needed of [true, false]) {
    const found = firstNames(by_name, ({ person, presence }, i) => {
      if (person.unknown || person.needed !== needed || presence.at(index)) return false;
      is_in_the_way[i] = 1;
      return true;
    });
    if (found.names.length > 0) return found;
  }
  return { names: [] };
}

/** The first few of the people whom `isMeant` names; it is asked about all of them. */
function firstNames(
  by_name: readonly Invited[],
  isMeant: (one: Invited, index: number) => boolean,
): FirstNames {
  const names: string[] = [];
  let count = 0;
  for (let i = 0; i < by_name.length; i++) {
    if (isMeant(by_name[i]!, i) && count++ < MOST_NAMED) names.push(by_name[i]!.person.label);
  }
  return count > MOST_NAMED ? { names, others: count - MOST_NAMED } : { names };
}
