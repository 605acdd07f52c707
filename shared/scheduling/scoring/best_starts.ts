import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import { pointsAt, total } from "./score.ts";
import { sumUp } from "./sum_up.ts";

/** A start in minutes since 1970 with its points in tenths. */
export interface ScoredStart {
  start: number;
  points: ScoreBreakdown;
  total: number;
}

/** The points of the i-th of the starts (ascending). */
export type Scorer = (i: number) => ScoreBreakdown;

/** Sums up what all the starts need, once. */
export function startScorer(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Scorer {
  const sums = sumUp(search, people, starts);
  return (i) => pointsAt(search, sums, starts, i);
}

/** The best `most` of the starts (ascending) by the sum of their points, best first; of equal ones the earlier first. */
export function bestOf(
  starts: Int32Array,
  pointsOf: Scorer,
  most: number,
): ScoredStart[] {
  const best: ScoredStart[] = [];
  for (let i = 0; i < starts.length; i++) {
    const points = pointsOf(i);
    const sum = total(points);
    if (best.length === most && sum <= best.at(-1)!.total) continue;
    // Starts ascend: after all better and equal ones is where an equal, later one belongs.
    const at = best.findIndex((other) => other.total < sum);
    best.splice(at === -1 ? best.length : at, 0, { start: starts[i]!, points, total: sum });
    if (best.length > most) best.pop();
  }
  return best;
}
