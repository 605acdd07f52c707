/**
 * Sums over the people who come, start by start. They are integers, so that the order of the participants can never
 * change a score by a rounding.
 */
export interface Sums {
  invited: number;
  coming: Int32Array;
  /** Two for each person who is free, one for each who is free but for something tentative. */
  halves: Int32Array;
  convenience: Int32Array;
  least_convenience: Int32Array;
  clear: Int32Array;
  unfragmented: Int32Array;
}
