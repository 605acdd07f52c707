import type { Question } from "../input/search_request.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import { CLEAR_MINUTES } from "./scales.ts";
import { MOST_COMFORT, WHOLE } from "./scales.ts";
import type { Sums } from "./sums.ts";

/**
 * Points of one start, in tenths of a point:
 * availability: the share of the invited who come, the tentative counting half, the unknown not at all;
 * preference: how well it suits those who come, half by the average and half by whom it suits least;
 * conflict proximity: the average time clear of other meetings, an hour at most;
 * fragmentation: how much of the free time around it stays in one piece;
 * optimization: how early in the window it is.
 */
export function pointsAt(
  question: Question,
  sums: Sums,
  starts: Int32Array,
  i: number,
): ScoreBreakdown {
  const coming = sums.coming[i]!;
  const tenths = (factor: keyof ScoreBreakdown, part: number, of: number) =>
    of === 0 ? 0 : Math.round(question.weights[factor] * part / of);
  const first = question.earliest_start;
  const last = question.to - question.duration;
  return {
    availability: tenths("availability", sums.halves[i]!, 2 * sums.invited),
    preference: tenths(
      "preference",
      sums.comfort[i]! + sums.least_comfort[i]! * coming,
      2 * MOST_COMFORT * coming,
    ),
    conflict_proximity: tenths("conflict_proximity", sums.clear[i]!, CLEAR_MINUTES * coming),
    fragmentation: tenths("fragmentation", sums.whole[i]!, WHOLE * coming),
    optimization: last > first
      ? tenths("optimization", last - starts[i]!, last - first)
      : question.weights.optimization,
  };
}

/** The sum of a breakdown, in its own unit. */
export function total(points: ScoreBreakdown): number {
  return points.availability + points.preference + points.conflict_proximity +
    points.fragmentation + points.optimization;
}
