import * as z from "zod/mini";

const POINTS = z.number().check(
  z.refine((value) => value >= 0 && value <= 100, "Expected points from 0 to 100"),
);

/** The most that each factor of a score gives, in points; 100 together. */
export const WEIGHTS = z.strictObject({
  availability: POINTS,
  preference: POINTS,
  conflict_proximity: POINTS,
  fragmentation: POINTS,
  optimization: POINTS,
}).check(
  z.refine((weights) => {
    const sum = Object.values(weights).reduce((total, points) => total + points, 0);
    return Math.abs(sum - 100) < 1e-6;
  }, "Expected points that add up to 100"),
);

export type GivenWeights = z.output<typeof WEIGHTS>;
