/** Clock ticks of Linux a second (sysconf(_SC_CLK_TCK)), the same on every machine that Deno runs on. */
const TICKS = 100;

/**
 * Processor time in seconds that another process used while `work` was done, all its threads together, and by how many
 * megabytes its memory grew at the most. Linux only.
 */
export async function measureProcess<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ seconds: number; megabytes: number; result: T }> {
  await settle(pid);
  // Resets the highest memory to the present one.
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
  const before = { seconds: await seconds(pid), memory: await memory(pid, "VmRSS") };
  const result = await work();
  await settle(pid);
  return {
    seconds: await seconds(pid) - before.seconds,
    megabytes: Math.max(0, await memory(pid, "VmHWM") - before.memory) / 1024,
    result,
  };
}

/** Waits until the process does nothing: a response may be sent before its work, or the garbage collection, is over. */
async function settle(pid: number): Promise<void> {
  let last = NaN;
  for (let now = await seconds(pid); now !== last; now = await seconds(pid)) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function seconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name in parentheses may have spaces; user and system time are the fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function memory(pid: number, name: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
}
