export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}

/** The least of several durations: what the work itself takes, whatever else the machine does. */
export function least(numbers: readonly number[]): number {
  return Math.min(...numbers);
}

/** Processor time of a process so far, in milliseconds; Linux only. The kernel counts in hundredths of a second. */
export async function cpuMilliseconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name in parentheses may hold spaces; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The same to the nanosecond, by the scheduler's clock, of a process with one thread, as each session of Postgres has. */
export async function sessionMilliseconds(pid: number): Promise<number> {
  const [ran] = (await Deno.readTextFile(`/proc/${pid}/schedstat`)).split(" ");
  return Number(ran) / 1e6;
}
