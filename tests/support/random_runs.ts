/** How often a property is tried, from which seed, and how long at most. */
export interface RandomRuns {
  numRuns: number;
  seed: number;
  /** The search for the smallest failure ends then, too. */
  interruptAfterTimeLimit: number;
}

/** The everyday size, or what CONVENE_TEST_RUNS (that many times as much) and CONVENE_TEST_SEED (from this seed) ask for. */
export function randomRuns(
  { runs, seed, most_ms }: { runs: number; seed: number; most_ms: number },
): RandomRuns {
  const times = numberIn("CONVENE_TEST_RUNS") ?? 1;
  return {
    numRuns: runs * times,
    seed: numberIn("CONVENE_TEST_SEED") ?? seed,
    interruptAfterTimeLimit: most_ms * times,
  };
}

function numberIn(variable: string): number | null {
  const text = Deno.env.get(variable) ?? "";
  if (text === "") return null;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error(`${variable} needs a whole number from 1, not "${text}"`);
}
