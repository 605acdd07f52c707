import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import type { OffsetSegment } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import { minuteOfWeek, WEEK_MINUTES } from "../input/profile.ts";
import { clockBurden } from "./convenience.ts";

const UNKNOWN = -1;
/** A shorter search has hardly a minute of the week twice. */
const WORTH_KEEPING_MINUTES = WEEK_MINUTES + MINUTES_PER_DAY;

/**
 * What the clock and their history cost one person after another at the starts of a search (ascending), in thousandths as
 * clockBurden() has it. Most people's weeks are all alike: each minute of the week is then computed once a person, which
 * for a year is 52 times less.
 */
export class ClockBurdens {
  readonly #starts: Int32Array;
  readonly #duration: number;
  readonly #is_long: boolean;
  readonly #weeks = new Map<readonly OffsetSegment[], Int16Array>();
  #known: Int16Array | undefined;
  #week: Int16Array | undefined;
  #person: Person | undefined;

  constructor(starts: Int32Array, duration: number) {
    this.#starts = starts;
    this.#duration = duration;
    this.#is_long = (starts.at(-1) ?? 0) - (starts[0] ?? 0) >= WORTH_KEEPING_MINUTES;
  }

  /** Makes `at` answer for this person. */
  choose(person: Person): void {
    this.#person = person;
    this.#week = undefined;
    if (!this.#is_long || !hasEqualWeeks(person)) return;
    this.#week = this.#minutesOfWeek(person.offsets);
    this.#known ??= new Int16Array(WEEK_MINUTES);
    this.#known.fill(UNKNOWN);
  }

  /** The burden of the person chosen last at the i-th start. */
  at(i: number): number {
    const week = this.#week;
    if (week === undefined) return clockBurden(this.#person!, this.#starts[i]!, this.#duration);
    const known = this.#known!;
    const minute = week[i]!;
    const found = known[minute]!;
    if (found !== UNKNOWN) return found;
    return known[minute] = clockBurden(this.#person!, this.#starts[i]!, this.#duration);
  }

  /** People of one zone share their offsets, and the minutes of the week of all starts. */
  #minutesOfWeek(offsets: readonly OffsetSegment[]): Int16Array {
    let week = this.#weeks.get(offsets);
    if (week === undefined) {
      week = new Int16Array(this.#starts.length);
      const last = offsets.length - 1;
      let segment = 0;
      for (let i = 0; i < week.length; i++) {
        const start = this.#starts[i]!;
        while (segment < last && start >= offsets[segment]!.to) segment++;
        week[i] = minuteOfWeek(start + (offsets[segment]?.offset ?? 0));
      }
      this.#weeks.set(offsets, week);
    }
    return week;
  }
}

/** Whether one week is to a person as every other. */
function hasEqualWeeks({ days, open_by_right }: Person): boolean {
  return open_by_right === undefined && (days === undefined || days.is_weekly);
}
