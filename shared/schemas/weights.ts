import * as z from "zod/mini";
import { numberBetween } from "./fields.ts";
import { ofKind } from "./kinds.ts";

const POINTS = z.optional(numberBetween(0, 100, "Expected points from 0 to 100"));

const FACTORS = 5;

/** The most that each factor of a score gives, in points; 100 together, so what is named leaves the rest to the others. */
export const WEIGHTS = ofKind(
  { whole: "weights" },
  z.strictObject({
    availability: POINTS,
    preference: POINTS,
    conflict_proximity: POINTS,
    fragmentation: POINTS,
    optimization: POINTS,
  }).check(
    z.refine((weights) => {
      const named = Object.values(weights).filter((points) => points !== undefined);
      return named.length < FACTORS || Math.abs(sumOf(named) - 100) < 1e-6;
    }, "Expected points that add up to 100"),
    z.refine((weights) => {
      const named = Object.values(weights).filter((points) => points !== undefined);
      return named.length === FACTORS || sumOf(named) < 100 + 1e-6;
    }, "Expected points that add up to at most 100"),
  ),
);

export type GivenWeights = z.output<typeof WEIGHTS>;

function sumOf(points: readonly number[]): number {
  return points.reduce((total, one) => total + one, 0);
}
