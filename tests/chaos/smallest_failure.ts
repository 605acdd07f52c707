import { type ChaosOptions, type ChaosReport, runSeed } from "./run_seed.ts";

/**
 * The smallest run with the same seed that still fails, by halving first the meetings, then the
 * workers. Concurrent processes never repeat a run exactly, so a size that passes once is not tried
 * again.
 */
export async function smallestFailure(
  failed: ChaosOptions,
  run: (options: ChaosOptions) => Promise<Pick<ChaosReport, "violations">> = runSeed,
): Promise<ChaosOptions> {
  let smallest = failed;
  for (const size of ["meetings", "workers"] as const) {
    while (smallest[size] > 1) {
      const smaller = { ...smallest, [size]: Math.floor(smallest[size] / 2) };
      if ((await run(smaller)).violations.length === 0) break;
      smallest = smaller;
    }
  }
  return smallest;
}
