import { SchedulingInputError } from "./scheduling_input_error.ts";

/** Points with one decimal. A candidate's are at most the weights (35, 25, 20, 15 and 5) and add up to its score. */
export interface ScoreBreakdown {
  availability: number;
  preference: number;
  conflict_proximity: number;
  fragmentation: number;
  optimization: number;
}

export const FACTORS = [
  "availability",
  "preference",
  "conflict_proximity",
  "fragmentation",
  "optimization",
] as const;

/** The most each factor gives, in points. */
export const DEFAULT_WEIGHTS: Readonly<ScoreBreakdown> = {
  availability: 35,
  preference: 25,
  conflict_proximity: 20,
  fragmentation: 15,
  optimization: 5,
};

/**
 * Weights in tenths of a point. They have at most one decimal, as scores do: finer ones would let rounded factors add
 * up to more than 100. Throws SchedulingInputError.
 */
export function readWeights(weights: ScoreBreakdown = DEFAULT_WEIGHTS): ScoreBreakdown {
  const tenths = { ...DEFAULT_WEIGHTS };
  let sum = 0;
  for (const factor of FACTORS) {
    const weight = weights[factor];
    const tenth = Math.round(weight * 10);
    if (!(weight >= 0 && weight <= 100 && Math.abs(weight * 10 - tenth) < 1e-6)) {
      throw new SchedulingInputError(
        `weights.${factor}`,
        `Give a number from 0 to 100 with at most one decimal, not ${weight}`,
      );
    }
    tenths[factor] = tenth;
    sum += tenth;
  }
  if (sum !== 1_000) {
    throw new SchedulingInputError(
      "weights",
      `Let ${FACTORS.join(", ")} add up to 100, not ${sum / 10}`,
    );
  }
  return tenths;
}
