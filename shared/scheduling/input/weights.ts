import { SchedulingInputError } from "./scheduling_input_error.ts";

/** Points with one decimal. A candidate's are at most the weights (35, 25, 20, 15 and 5) and add up to its score. */
export interface ScoreBreakdown {
  availability: number;
  preference: number;
  conflict_proximity: number;
  fragmentation: number;
  optimization: number;
}

/** Weights as a request names them: some or all. */
export type GivenWeights = { [Factor in keyof ScoreBreakdown]?: number | undefined };

/** What matters most to the organizer: each stands for weights. */
export type Priority = "balanced" | "soonest" | "comfort" | "focus";

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

export const PRIORITY_WEIGHTS: Readonly<Record<Priority, Readonly<ScoreBreakdown>>> = {
  balanced: DEFAULT_WEIGHTS,
  soonest: {
    availability: 0,
    preference: 0,
    conflict_proximity: 0,
    fragmentation: 0,
    optimization: 100,
  },
  comfort: {
    availability: 25,
    preference: 50,
    conflict_proximity: 15,
    fragmentation: 7,
    optimization: 3,
  },
  // Next to another meeting is where a meeting leaves the longest time free, so nearness must not cost anything.
  focus: {
    availability: 30,
    preference: 15,
    conflict_proximity: 0,
    fragmentation: 50,
    optimization: 5,
  },
};

/**
 * Weights in tenths of a point: those of the priority, or those named, of which the ones left out share the rest in the
 * proportion of the defaults. They have at most one decimal, as scores do: finer ones would let rounded factors add
 * up to more than 100. Throws SchedulingInputError.
 */
export function readWeights(
  weights: GivenWeights | undefined,
  priority: Priority = "balanced",
): ScoreBreakdown {
  if (PRIORITY_WEIGHTS[priority] === undefined) {
    throw new SchedulingInputError(
      "constraints.priority",
      `Name one of ${Object.keys(PRIORITY_WEIGHTS).join(", ")}, not ${JSON.stringify(priority)}`,
    );
  }
  const given = weights !== undefined && namesWeights(weights)
    ? weights
    : PRIORITY_WEIGHTS[priority];
  const tenths = { ...DEFAULT_WEIGHTS };
  let sum = 0;
  for (const factor of FACTORS) {
    const weight = given[factor];
    if (weight === undefined) continue;
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
  const left_out = FACTORS.filter((factor) => given[factor] === undefined);
  if (sum > 1_000 || (sum < 1_000 && left_out.length === 0)) {
    throw new SchedulingInputError(
      "weights",
      left_out.length === 0
        ? `Let ${FACTORS.join(", ")} add up to 100, not ${sum / 10}`
        : `Let the weights add up to at most 100, not ${sum / 10}`,
    );
  }
  share(tenths, left_out, 1_000 - sum);
  return tenths;
}

/** Whether any weight is named; without one the priority decides. */
export function namesWeights(weights: GivenWeights | undefined): boolean {
  return weights !== undefined && FACTORS.some((factor) => weights[factor] !== undefined);
}

/** Distributes tenths of a point among factors as the defaults do; what rounding leaves goes to those that lost most. */
function share(
  tenths: ScoreBreakdown,
  factors: readonly (keyof ScoreBreakdown)[],
  rest: number,
): void {
  const of = factors.reduce((sum, factor) => sum + DEFAULT_WEIGHTS[factor], 0);
  const exact = factors.map((factor) => ({ factor, part: rest * DEFAULT_WEIGHTS[factor] / of }));
  let left = rest;
  for (const { factor, part } of exact) left -= tenths[factor] = Math.floor(part);
  const by_loss = exact.toSorted((a, b) => b.part % 1 - a.part % 1);
  for (const { factor } of by_loss.slice(0, left)) tenths[factor]++;
}
