import { type Group, groupsOf, isRequired } from "./group_choice.ts";
import type { Occurrences } from "./occurrences.ts";
import type { Person } from "./person.ts";
import { type Presence, presencesAt } from "./presence.ts";
import type { Series } from "./series.ts";

/** Who of a group takes part in all of a series. */
export interface SeriesChoice extends Group {
  chosen: Person[];
  /** At which of all occurrences each of them comes. */
  presences: Presence[];
}

/** The choices for series that begin at each of the starts of some occurrences, by the index of the start. */
export interface SeriesChoices {
  at(index: number): SeriesChoice[];
  /** Which occurrences of a start any of the chosen cannot make, 1 for each; filled again by the next call. */
  clashesAt(index: number): Uint8Array;
}

/** A group with what choosing from it needs again and again. */
interface Choosing {
  of: Group;
  presences: readonly Presence[];
  took_part: readonly boolean[];
  /** How many occurrences each member can make of the start that was looked at last; 0 for those who miss the first. */
  counts: Int32Array;
  /** The members chosen last, by index; only the first `length` are in use. */
  picked: Int32Array;
  length: number;
}

/**
 * Chooses members for the series of `occurrences`: those who can make the first occurrence, of these who was chosen
 * before, and then who can make the most. An event invites the same people to all occurrences. Undefined without groups.
 */
export function chooseForSeries(
  series: Series,
  { first, all, at }: Occurrences,
): SeriesChoices | undefined {
  const groups = groupsOf(series.people);
  if (groups.length === 0) return undefined;
  const { duration } = series.search;
  const choosing = groups.map((of): Choosing => ({
    of,
    presences: presencesAt(of.members, all, duration),
    took_part: of.members.map(({ participant }) => participant.was_chosen === true),
    counts: new Int32Array(of.members.length),
    picked: new Int32Array(of.members.length),
    length: 0,
  }));
  const required = choosing.filter(({ of }) => isRequired(of));
  const clashes = new Uint8Array(series.rule.horizon);
  const ranking = new Ranking(
    series.rule.horizon,
    Math.max(...groups.map(({ members }) => members.length)),
  );
  return {
    at: (index) =>
      choosing.map((one): SeriesChoice => {
        ranking.choose(one, at, first[index]!, first[index + 1]!);
        const picked = [...one.picked.subarray(0, one.length)];
        return {
          ...one.of,
          chosen: picked.map((member) => one.of.members[member]!),
          presences: picked.map((member) => one.presences[member]!),
        };
      }),
    clashesAt: (index) => {
      const from = first[index]!;
      const to = first[index + 1]!;
      clashes.fill(0);
      for (const one of required) {
        ranking.choose(one, at, from, to);
        for (let i = 0; i < one.length; i++) {
          const member = one.picked[i]!;
          if (one.counts[member] === to - from) continue;
          one.presences[member]!.markAbsent(at, from, to, clashes);
        }
      }
      return clashes;
    },
  };
}

const NONE = -1;

/** Orders the members of a group by rank, those of one rank as they stand, with the memory for it kept. */
class Ranking {
  readonly #ranks: number;
  /** The first member of each rank, and the next one of the same. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(horizon: number, members: number) {
    this.#ranks = horizon + 1;
    this.#first = new Int32Array(2 * this.#ranks).fill(NONE);
    this.#next = new Int32Array(members);
  }

  /** Picks the best members for a series whose occurrences are those of `at` from `from` until `to`, exclusive. */
  choose(group: Choosing, at: Int32Array, from: number, to: number): void {
    const { of, presences, took_part, counts, picked } = group;
    let best = 0;
    // From the last one on, so that the first of a rank is found first.
    for (let member = presences.length - 1; member >= 0; member--) {
      const presence = presences[member]!;
      const count = presence.at(at[from]!) ? presence.count(at, from, to) : 0;
      counts[member] = count;
      if (count === 0) continue;
      const rank = count + (took_part[member] ? this.#ranks : 0);
      if (rank > best) best = rank;
      this.#next[member] = this.#first[rank]!;
      this.#first[rank] = member;
    }
    let length = 0;
    for (let rank = best; rank >= 0; rank--) {
      let member = this.#first[rank]!;
      this.#first[rank] = NONE;
      for (; member !== NONE && length < of.group.count; member = this.#next[member]!) {
        picked[length++] = member;
      }
    }
    group.length = length;
  }
}
