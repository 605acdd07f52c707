import process from "node:process";

/** Shorter stretches are measured too coarsely. */
const STRETCH_MILLISECONDS = 10;

/** Milliseconds of processor time that this process has used, all its threads together. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/**
 * Milliseconds of processor time that each piece of work takes, garbage collection included: the middle of several
 * stretches. They take turns for a budget of milliseconds, after as long a warm-up, and have three stretches at least.
 * Not the time on the clock, which on a busy machine says how many others wanted the processor.
 */
export function processorTimes<Name extends string>(
  works: Record<Name, () => unknown>,
  budget: number,
): Record<Name, number> {
  const names = Object.keys(works) as Name[];
  const warm_until = performance.now() + budget;
  do names.forEach((name) => works[name]()); while (performance.now() < warm_until);

  const found = new Map(names.map((name) => [name, [] as number[]]));
  const until = performance.now() + budget;
  for (let turn = 0; turn < 3 || performance.now() < until; turn++) {
    for (const name of names) found.get(name)!.push(stretch(works[name]));
  }
  return Object.fromEntries(
    names.map((name) => [name, middle(found.get(name)!)]),
  ) as Record<Name, number>;
}

/** Processor time of one call, from as many calls as fill a stretch; their number doubles until it is filled. */
function stretch(work: () => unknown): number {
  const before = processorTime();
  let calls = 0;
  for (let more = 1;; more = calls) {
    for (let i = 0; i < more; i++) work();
    calls += more;
    const used = processorTime() - before;
    if (used >= STRETCH_MILLISECONDS) return used / calls;
  }
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
