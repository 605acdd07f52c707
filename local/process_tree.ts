/** The parent's process id; null when the process is gone or the system does not return it. */
export async function parentOf(pid: number): Promise<number | null> {
  if (Deno.build.os === "linux") {
    // "<pid> (<name>) <state> <parent> ...", where the name may hold spaces and parentheses.
    const stat = await readIfThere(`/proc/${pid}/stat`);
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    return parent === undefined ? null : Number(parent);
  }
  const parent = Number(await ps("ppid=", pid));
  return parent > 0 ? parent : null;
}

/** The name or command line of a process; empty when it is gone. */
export async function programOf(pid: number): Promise<string> {
  return Deno.build.os === "linux"
    ? (await readIfThere(`/proc/${pid}/cmdline`)).replaceAll("\0", " ")
    : await ps("command=", pid);
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    // The process has ended, before or while its file was read.
    return "";
  }
}

async function ps(field: string, pid: number): Promise<string> {
  if (Deno.build.os === "windows") return "";
  const { stdout } = await new Deno.Command("ps", { args: ["-o", field, "-p", String(pid)] })
    .output();
  return new TextDecoder().decode(stdout).trim();
}
