import type { Interval } from "@shared/time/intervals.ts";
import { blocksOf } from "../availability/open_blocks.ts";
import type { Person } from "../availability/person.ts";
import type { ClockBurdens } from "./clock_burden.ts";
import { onlyClockMatters, sameClock } from "./convenience.ts";
import type { FragmentationMeasure } from "./fragmentation.ts";
import { CLEAR_MINUTES, MOST_CONVENIENT } from "./scales.ts";
import type { Sums } from "./sums.ts";

/** People with the same hours, to whom only the same clock matters, as it is for most. */
export interface AlikeGroup {
  like: Person;
  /** When the b-th of their hours begin and end. */
  opens: Int32Array;
  closes: Int32Array;
  /** The starts in the b-th hours have the indexes from `first[b]` until `last[b]`, exclusive. */
  first: Int32Array;
  last: Int32Array;
  /** How many they are, and how many of them have something near the b-th hours. */
  people: number;
  disturbed: Int32Array;
  /** By start: how many of the others come; how convenient it is; how unfragmented quiet hours stay. */
  coming: Int32Array;
  convenience: Int32Array;
  unfragmented: Int32Array;
}

/**
 * Adds up people who are alike together. In hours near which they have nothing they only differ in number; only the
 * starts in the other hours are computed for each of them.
 */
export class AlikePeople {
  readonly #starts: Int32Array;
  readonly #duration: number;
  readonly #measure: FragmentationMeasure;
  readonly #burdens: ClockBurdens;
  readonly #groups = new Map<readonly Interval[], AlikeGroup[]>();
  /** The starts that disturbed() chose last, and their indexes, ascending; only the first ones are in use. */
  readonly chosen: Int32Array;
  readonly chosen_starts: Int32Array;

  constructor(
    starts: Int32Array,
    duration: number,
    measure: FragmentationMeasure,
    burdens: ClockBurdens,
  ) {
    this.#starts = starts;
    this.#duration = duration;
    this.#measure = measure;
    this.#burdens = burdens;
    this.chosen = new Int32Array(starts.length);
    this.chosen_starts = new Int32Array(starts.length);
  }

  /** The people like this one; undefined for a person with preferences or a history of their own. */
  groupOf(person: Person): AlikeGroup | undefined {
    if (!onlyClockMatters(person)) return undefined;
    let same_hours = this.#groups.get(person.open);
    if (same_hours === undefined) this.#groups.set(person.open, same_hours = []);
    for (const group of same_hours) if (sameClock(group.like, person)) return group;
    const group = this.#newGroup(person);
    same_hours.push(group);
    return group;
  }

  /**
   * Chooses the starts in hours in which the person has something, or so near that it could count, and says how many they
   * are; in all the other hours the person is counted without a look at them. Starts outside their hours are in neither.
   */
  disturbed(group: AlikeGroup, { busy, tentative, buffer }: Person): number {
    const { opens, closes, first, last } = group;
    const { starts, ends } = busy;
    const { starts: maybe_starts, ends: maybe_ends } = tentative;
    const { chosen, chosen_starts } = this;
    const all = this.#starts;
    const near = Math.max(CLEAR_MINUTES, buffer.before, buffer.after);
    const blocks = opens.length;
    const busy_count = starts.length;
    const count = busy_count + maybe_starts.length;
    let length = 0;
    let next = 0;
    let next_maybe = 0;
    let b = 0;
    group.people++;
    // By meeting and not by day: most of a quarter's days are quiet.
    while (next + next_maybe < count && b < blocks) {
      const is_busy = next < busy_count &&
        (next_maybe === maybe_starts.length || starts[next]! <= maybe_starts[next_maybe]!);
      const from = (is_busy ? starts[next]! : maybe_starts[next_maybe]!) - near;
      const until = (is_busy ? ends[next]! : maybe_ends[next_maybe]!) + near;
      if (is_busy) next++;
      else next_maybe++;
      while (b < blocks && closes[b]! <= from) b++;
      for (; b < blocks && opens[b]! < until; b++) {
        group.disturbed[b]!++;
        for (let i = first[b]!; i < last[b]!; i++) {
          chosen[length] = i;
          chosen_starts[length++] = all[i]!;
        }
      }
    }
    return length;
  }

  /** Adds what the groups have in common. */
  addTo({ coming, convenience, least_convenience, clear, unfragmented }: Sums): void {
    for (const group of [...this.#groups.values()].flat()) {
      for (let b = 0; b < group.opens.length; b++) {
        const quiet = group.people - group.disturbed[b]!;
        for (let i = group.first[b]!; i < group.last[b]!; i++) {
          const people = quiet + group.coming[i]!;
          if (people === 0) continue;
          const convenient = group.convenience[i]!;
          coming[i]! += people;
          convenience[i]! += people * convenient;
          if (convenient < least_convenience[i]!) least_convenience[i] = convenient;
          clear[i]! += quiet * CLEAR_MINUTES;
          unfragmented[i]! += quiet * group.unfragmented[i]!;
        }
      }
    }
  }

  #convenience(person: Person): Int32Array {
    this.#burdens.choose(person);
    return this.#starts.map((_, i) => MOST_CONVENIENT - this.#burdens.at(i));
  }

  #newGroup(person: Person): AlikeGroup {
    const starts = this.#starts;
    const duration = this.#duration;
    const { opens, closes } = blocksOf(person.open);
    const blocks = opens.length;
    const group: AlikeGroup = {
      like: person,
      opens,
      closes,
      first: new Int32Array(blocks),
      last: new Int32Array(blocks),
      people: 0,
      disturbed: new Int32Array(blocks),
      coming: new Int32Array(starts.length),
      convenience: this.#convenience(person),
      unfragmented: new Int32Array(starts.length),
    };
    let at = 0;
    for (let b = 0; b < blocks; b++) {
      const from = opens[b]!;
      const to = closes[b]!;
      while (at < starts.length && starts[at]! < from) at++;
      group.first[b] = at;
      for (; at < starts.length && starts[at]! + duration <= to; at++) {
        group.unfragmented[at] = this.#measure(
          starts[at]! - from,
          false,
          to - starts[at]! - duration,
          false,
          duration,
        );
      }
      group.last[b] = at;
    }
    return group;
  }
}
