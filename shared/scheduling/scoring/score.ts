import type { SearchRequest } from "../input/search_request.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import { CLEAR_MINUTES, MOST_CONVENIENT, UNFRAGMENTED } from "./scales.ts";
import type { Sums } from "./sums.ts";

/**
 * Points of one start, in tenths of a point:
 * availability: the share of the invited who come, the tentative counting half, the unknown not at all;
 * preference: how well it suits those who come, half by the average and half by whom it suits least;
 * conflict proximity: the average time clear of other meetings, an hour at most;
 * fragmentation: how much of the free time around it stays of use;
 * optimization: how early it is, all for the first possible start and half as much each working day later.
 */
export function pointsAt(
  search: SearchRequest,
  sums: Sums,
  i: number,
  earliness: number,
): ScoreBreakdown {
  const coming = sums.coming[i]!;
  const tenths = (factor: keyof ScoreBreakdown, part: number, of: number) =>
    of === 0 ? 0 : Math.round(search.weights[factor] * part / of);
  return {
    availability: tenths("availability", sums.halves[i]!, 2 * sums.invited),
    preference: tenths(
      "preference",
      sums.convenience[i]! + sums.least_convenience[i]! * coming,
      2 * MOST_CONVENIENT * coming,
    ),
    conflict_proximity: tenths("conflict_proximity", sums.clear[i]!, CLEAR_MINUTES * coming),
    fragmentation: tenths("fragmentation", sums.unfragmented[i]!, UNFRAGMENTED * coming),
    optimization: tenths("optimization", earliness, 1),
  };
}

/** The sum of a breakdown, in its own unit. */
export function total(points: ScoreBreakdown): number {
  return points.availability + points.preference + points.conflict_proximity +
    points.fragmentation + points.optimization;
}
