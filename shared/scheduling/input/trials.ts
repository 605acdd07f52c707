/**
 * How much more a search without a slot may try, for a suggestion or with concessions: a larger search than the one that
 * was asked must not cost more because it has nothing. Counted in looks at one person at one start, so that the answer
 * depends on the request alone.
 */
export interface Trials {
  /** Of the starts at which no one who is needed is busy, so many are looked at, the earliest first. */
  most_starts: number;
  steps_left: number;
}

const MOST_STEPS = 450_000;
const FEWEST_STARTS = 1_000;
/** Of times that need concessions, so many scores of one person are computed. */
const MOST_SCORES = 100_000;
/** What all occurrences of a series cost beside a single meeting: most starts share theirs with others. */
const SERIES = 16;

/** Of the starts (ascending) that are to be tried, as many as are left; each costs so many steps, which are spent. */
export function tryStarts(
  trials: Trials | undefined,
  starts: Int32Array,
  steps_each: number,
): Int32Array {
  if (trials === undefined) return starts;
  const most = Math.min(trials.most_starts, Math.ceil(trials.steps_left / steps_each));
  const tried = starts.subarray(0, Math.max(0, most));
  trials.steps_left -= tried.length * steps_each;
  return tried;
}

/** How many starts with concessions are scored: for so many people, one after the other, of a series or not. */
export function mostScored(people: number, is_series: boolean): number {
  return Math.ceil(MOST_SCORES / (people * (is_series ? SERIES : 1)));
}

/** The trials of a search that has so many starts on its grid. */
export function newTrials(on_grid: number): Trials {
  return { most_starts: Math.max(FEWEST_STARTS, on_grid), steps_left: MOST_STEPS };
}
