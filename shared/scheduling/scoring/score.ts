import type { SearchRequest } from "../input/search_request.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import { CLEAR_MINUTES } from "./scales.ts";
import { MOST_CONVENIENT, UNFRAGMENTED } from "./scales.ts";
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
  search: SearchRequest,
  sums: Sums,
  starts: Int32Array,
  i: number,
): ScoreBreakdown {
  const coming = sums.coming[i]!;
  const tenths = (factor: keyof ScoreBreakdown, part: number, of: number) =>
    of === 0 ? 0 : Math.round(search.weights[factor] * part / of);
  const first = search.earliest_start;
  const last = search.to - search.duration;
  return {
    availability: tenths("availability", sums.halves[i]!, 2 * sums.invited),
    preference: tenths(
      "preference",
      sums.convenience[i]! + sums.least_convenience[i]! * coming,
      2 * MOST_CONVENIENT * coming,
    ),
    conflict_proximity: tenths("conflict_proximity", sums.clear[i]!, CLEAR_MINUTES * coming),
    fragmentation: tenths("fragmentation", sums.unfragmented[i]!, UNFRAGMENTED * coming),
    optimization: last > first
      ? tenths("optimization", last - starts[i]!, last - first)
      : search.weights.optimization,
  };
}

/** The sum of a breakdown, in its own unit. */
export function total(points: ScoreBreakdown): number {
  return points.availability + points.preference + points.conflict_proximity +
    points.fragmentation + points.optimization;
}
