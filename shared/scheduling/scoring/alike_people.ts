import type { Interval } from "@shared/time/intervals.ts";
import { NO_MEETING } from "../availability/attendance.ts";
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
  /** How many of them have nothing near these hours. */
  quiet: Int32Array;
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
    let group = same_hours.find(({ like }) => sameClock(like, person));
    if (group === undefined) same_hours.push(group = this.#newGroup(person));
    return group;
  }

  /**
   * Chooses the starts in hours in which the person has something, or so near that it could count, and says how many they
   * are; in all the other hours they are counted as quiet. Starts outside their hours are in neither.
   */
  disturbed(group: AlikeGroup, { busy, tentative, buffer }: Person): number {
    const { opens, closes, first, last, quiet } = group;
    const { starts, ends } = busy;
    const { starts: maybe_starts, ends: maybe_ends } = tentative;
    const { chosen, chosen_starts } = this;
    const all = this.#starts;
    const near = Math.max(CLEAR_MINUTES, buffer.before, buffer.after);
    let length = 0;
    let next = 0;
    let next_maybe = 0;
    let until = -NO_MEETING;
    for (let b = 0; b < opens.length; b++) {
      const to = closes[b]! + near;
      // Whatever starts before the end has been passed; the latest end among it decides.
      for (; next < starts.length && starts[next]! < to; next++) {
        if (ends[next]! > until) until = ends[next]!;
      }
      for (; next_maybe < maybe_starts.length && maybe_starts[next_maybe]! < to; next_maybe++) {
        if (maybe_ends[next_maybe]! > until) until = maybe_ends[next_maybe]!;
      }
      if (until <= opens[b]! - near) {
        quiet[b]!++;
        continue;
      }
      for (let i = first[b]!; i < last[b]!; i++) {
        chosen[length] = i;
        chosen_starts[length++] = all[i]!;
      }
    }
    return length;
  }

  /** Adds what the groups have in common. */
  addTo({ coming, convenience, least_convenience, clear, unfragmented }: Sums): void {
    for (const group of [...this.#groups.values()].flat()) {
      for (let b = 0; b < group.quiet.length; b++) {
        const quiet = group.quiet[b]!;
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
    const { open: hours } = person;
    const group: AlikeGroup = {
      like: person,
      opens: Int32Array.from(hours, ([from]) => from),
      closes: Int32Array.from(hours, ([, to]) => to),
      first: new Int32Array(hours.length),
      last: new Int32Array(hours.length),
      quiet: new Int32Array(hours.length),
      coming: new Int32Array(starts.length),
      convenience: this.#convenience(person),
      unfragmented: new Int32Array(starts.length),
    };
    let at = 0;
    for (const [b, [opens, closes]] of hours.entries()) {
      while (at < starts.length && starts[at]! < opens) at++;
      group.first[b] = at;
      for (; at < starts.length && starts[at]! + duration <= closes; at++) {
        group.unfragmented[at] = this.#measure(
          starts[at]! - opens,
          false,
          closes - starts[at]! - duration,
          false,
          duration,
        );
      }
      group.last[b] = at;
    }
    return group;
  }
}
