import { offsetAt } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import { earlinessOf } from "./delay.ts";
import { noPoints, pointsAt, total } from "./score.ts";
import { sumUp } from "./sum_up.ts";

/** A start in minutes since 1970 with its points in tenths. */
export interface ScoredStart {
  start: number;
  points: ScoreBreakdown;
  total: number;
}

/** The points of the i-th of the starts (ascending); written into `into`, if given. */
export type Scorer = (i: number, into?: ScoreBreakdown) => ScoreBreakdown;

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
  return (i, into) => pointsAt(search, sums, i, earliness(starts[i]!), into);
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
  const by_half_day = new Map<number, number>();
  for (let k = 0; k < apart.length; k++) {
    const i = apart[k]!;
    const half_day = halfDayOf(starts[i]!);
    if (!by_half_day.has(half_day)) by_half_day.set(half_day, i);
  }
  const leading = [...by_half_day.values()].slice(0, SPREAD);
  const soonest = by_half_day.get(halfDayOf(starts[0] ?? 0));
  // How soon it could be is always one of the choices, and of the five it is the least good.
  if (soonest !== undefined && !leading.includes(soonest)) leading[SPREAD - 1] = soonest;
  // Of a year's starts only the chosen ones become objects.
  const others = apart.subarray(0, most + SPREAD).filter((i) => !leading.includes(i));
  return [...leading, ...others, ...overlapping.subarray(0, most)].slice(0, most)
    .map((i) => scoredStart(starts, pointsOf, i));
}

/** The indexes of all starts best first, those apart that overlap none of the better ones apart. */
function rank(
  starts: Int32Array,
  pointsOf: Scorer,
  duration: number,
): { apart: Int32Array; overlapping: Int32Array } {
  const count = starts.length;
  const ranks = ranksOf(count, pointsOf);
  const overlaps = new Uint8Array(count);
  const apart = new Int32Array(count);
  const overlapping = new Int32Array(count);
  let apart_count = 0;
  let overlapping_count = 0;
  for (let k = 0; k < count; k++) {
    const rank = ranks[k]!;
    const i = rank + count * Math.ceil(-rank / count);
    if (overlaps[i] === 1) {
      overlapping[overlapping_count++] = i;
      continue;
    }
    apart[apart_count++] = i;
    const start = starts[i]!;
    for (let j = i - 1; j >= 0 && starts[j]! > start - duration; j--) overlaps[j] = 1;
    for (let j = i + 1; j < count && starts[j]! < start + duration; j++) overlaps[j] = 1;
  }
  return {
    apart: apart.subarray(0, apart_count),
    overlapping: overlapping.subarray(0, overlapping_count),
  };
}

/** The total and the place in one number each, so that they are sorted without a comparison function; the best first. */
function ranksOf(count: number, pointsOf: Scorer): Float64Array {
  const ranks = new Float64Array(count);
  const points = noPoints();
  for (let i = 0; i < count; i++) ranks[i] = i - total(pointsOf(i, points)) * count;
  return ranks.sort();
}
