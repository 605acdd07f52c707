import type { Person } from "./person.ts";
import type { Question } from "./question.ts";
import { pointsAt, sumUp, total } from "./score.ts";
import type { ScoreBreakdown } from "./types.ts";

/** A start in minutes since 1970 with its points in tenths. */
export interface ScoredStart {
  start: number;
  points: ScoreBreakdown;
  total: number;
}

/** Scores all starts (ascending) and returns the best `max_candidates`, best first; of equal ones the earlier first. */
export function bestStarts(
  question: Question,
  people: readonly Person[],
  starts: Int32Array,
): ScoredStart[] {
  const sums = sumUp(question, people, starts);
  const best: ScoredStart[] = [];
  for (let i = 0; i < starts.length; i++) {
    const points = pointsAt(question, sums, starts, i);
    const sum = total(points);
    if (best.length === question.max_candidates && sum <= best.at(-1)!.total) continue;
    // Starts ascend: after all better and equal ones is where an equal, later one belongs.
    const at = best.findIndex((other) => other.total < sum);
    best.splice(at === -1 ? best.length : at, 0, { start: starts[i]!, points, total: sum });
    if (best.length > question.max_candidates) best.pop();
  }
  return best;
}
