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

const MOST_STEPS = 2_000_000;
const FEWEST_STARTS = 1_000;

/** The trials of a search that has so many starts on its grid. */
export function newTrials(on_grid: number): Trials {
  return { most_starts: Math.max(FEWEST_STARTS, on_grid), steps_left: MOST_STEPS };
}
