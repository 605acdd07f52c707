import { offsetAt } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import { earlinessOf } from "./delay.ts";
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

/** So many of the first choices lie in different half-days, where there are so many. */
const SPREAD = 5;
const NOON = 12 * 60;

/** Sums up what all the starts need, once. */
export function startScorer(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Scorer {
  const sums = sumUp(search, people, starts);
  const earliness = earlinessOf(search, starts);
  return (i) => pointsAt(search, sums, i, earliness(starts[i]!));
}

export function scoredStart(starts: Int32Array, pointsOf: Scorer, i: number): ScoredStart {
  const points = pointsOf(i);
  return { start: starts[i]!, points, total: total(points) };
}

/**
 * The best `most` of the starts (ascending) by the sum of their points, of equal ones the earlier first, as choices:
 * first the best of up to five half-days, the soonest half-day among them, then all others that overlap none of the
 * better ones chosen, and then those that do; each of the three best first.
 */
export function bestOf(
  { duration, offsets }: SearchRequest,
  starts: Int32Array,
  pointsOf: Scorer,
  most: number,
): ScoredStart[] {
  const { apart, overlapping } = rank(starts, pointsOf, duration);
  const halfDayOf = (start: number) => Math.floor((start + offsetAt(offsets, start)) / NOON);
  const by_half_day = new Map<number, ScoredStart>();
  for (const one of apart) {
    const half_day = halfDayOf(one.start);
    if (!by_half_day.has(half_day)) by_half_day.set(half_day, one);
  }
  const leading = [...by_half_day.values()].slice(0, SPREAD);
  const soonest = by_half_day.get(halfDayOf(starts[0] ?? 0));
  // How soon it could be is always one of the choices, and of the five it is the least good.
  if (soonest !== undefined && !leading.includes(soonest)) leading[SPREAD - 1] = soonest;
  const others = apart.filter((one) => !leading.includes(one));
  return [...leading, ...others, ...overlapping].slice(0, most);
}

/** All starts best first, those apart that overlap none of the better ones apart. */
function rank(
  starts: Int32Array,
  pointsOf: Scorer,
  duration: number,
): { apart: ScoredStart[]; overlapping: ScoredStart[] } {
  const count = starts.length;
  const scored: ScoredStart[] = [];
  // The total and the place in one number each, so that they are sorted without a comparison function.
  const ranks = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const one = scoredStart(starts, pointsOf, i);
    scored.push(one);
    ranks[i] = i - one.total * count;
  }
  ranks.sort();
  const overlaps = new Uint8Array(count);
  const apart: ScoredStart[] = [];
  const overlapping: ScoredStart[] = [];
  for (const rank of ranks) {
    const i = rank + count * Math.ceil(-rank / count);
    const one = scored[i]!;
    if (overlaps[i] === 1) {
      overlapping.push(one);
      continue;
    }
    apart.push(one);
    for (let j = i - 1; j >= 0 && starts[j]! > one.start - duration; j--) overlaps[j] = 1;
    for (let j = i + 1; j < count && starts[j]! < one.start + duration; j++) overlaps[j] = 1;
  }
  return { apart, overlapping };
}
