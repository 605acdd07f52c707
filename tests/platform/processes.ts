/** Whether a process runs. Not, if it has ended and only waits for its parent to notice. */
export function isRunning(pid: number): boolean {
  const { state } = stat(pid);
  return state !== undefined && state !== "Z";
}

export function childrenOf(parent: number): number[] {
  const pids = [...Deno.readDirSync("/proc")].map((entry) => Number(entry.name)).filter(Boolean);
  return pids.filter((pid) => stat(pid).parent === parent && isRunning(pid));
}

/** From /proc, because a slim image has no `ps`. */
function stat(pid: number): { state?: string; parent?: number } {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const [state = "", parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    // The process has ended, before or while its file was read.
    return {};
  }
}
