/** What `deno task test:chaos` was asked for. */
export interface ChaosTask {
  seeds: readonly number[];
  meetings: number;
  workers: number;
}

/** As large as `deno task test` can afford. */
export const SMALL: ChaosTask = { seeds: [1, 2, 3], meetings: 40, workers: 4 };

export const USAGE = `deno task test:chaos [--meetings n] [--workers n] [--seed n] [--seeds n]
  --meetings  how many meetings a run has (${SMALL.meetings})
  --workers   how many worker processes live at a time (${SMALL.workers})
  --seed      the first seed (1); alone it means this seed only
  --seeds     how many seeds, counted upwards (${SMALL.seeds.length})`;

/** Throws a sentence for people when an argument is not understood. */
export function chaosTask(args: readonly string[]): ChaosTask {
  const given = new Map<string, number>();
  for (let index = 0; index < args.length; index += 2) {
    const [name = "", text = ""] = [args[index], args[index + 1]];
    const value = Number(text);
    if (!["--meetings", "--workers", "--seed", "--seeds"].includes(name)) {
      throw new Error(`"${name}" is no option of this task.\n${USAGE}`);
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new Error(`${name} needs a whole number from 1, not "${text}".\n${USAGE}`);
    }
    given.set(name, value);
  }
  const first = given.get("--seed") ?? 1;
  const count = given.get("--seeds") ?? (given.has("--seed") ? 1 : SMALL.seeds.length);
  return {
    seeds: Array.from({ length: count }, (_, index) => first + index),
    meetings: given.get("--meetings") ?? SMALL.meetings,
    workers: given.get("--workers") ?? SMALL.workers,
  };
}

/** The command that repeats one run. */
export function commandFor(run: { seed: number; meetings: number; workers: number }): string {
  const { seed, meetings, workers } = run;
  return `deno task test:chaos --seed ${seed} --meetings ${meetings} --workers ${workers}`;
}
