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
 * They are written into `into`: a year has a hundred thousand starts, of which a hundred are shown.
 */
export function pointsAt(
  search: SearchRequest,
  sums: Sums,
  i: number,
  earliness: number,
  into: ScoreBreakdown = noPoints(),
): ScoreBreakdown {
  const { weights } = search;
  const coming = sums.coming[i]!;
  into.availability = tenths(weights.availability, sums.halves[i]!, 2 * sums.invited);
  into.preference = tenths(
    weights.preference,
    sums.convenience[i]! + sums.least_convenience[i]! * coming,
    2 * MOST_CONVENIENT * coming,
  );
  into.conflict_proximity = tenths(
    weights.conflict_proximity,
    sums.clear[i]!,
    CLEAR_MINUTES * coming,
  );
  into.fragmentation = tenths(weights.fragmentation, sums.unfragmented[i]!, UNFRAGMENTED * coming);
  into.optimization = tenths(weights.optimization, earliness, 1);
  return into;
}

export function noPoints(): ScoreBreakdown {
  return {
    availability: 0,
    preference: 0,
    conflict_proximity: 0,
    fragmentation: 0,
    optimization: 0,
  };
}

/** Rounded without Math.round(), whose result is a fraction to the engine: a large search has millions of them. */
function tenths(weight: number, part: number, of: number): number {
  return of === 0 ? 0 : (weight * part / of + 0.5) | 0;
}

/** The sum of a breakdown, in its own unit. */
export function total(points: ScoreBreakdown): number {
  return points.availability + points.preference + points.conflict_proximity +
    points.fragmentation + points.optimization;
}
