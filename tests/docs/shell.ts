/** One bash in which blocks of a page run one after the other, with what earlier ones have set. */
export interface Shell extends AsyncDisposable {
  /** What the block prints, errors included. Throws when it takes longer than 60 s. */
  run(text: string): Promise<string>;
}

const PATIENCE_MS = 60_000;

export function startShell(cwd: string): Shell {
  const child = new Deno.Command("bash", {
    args: ["--noprofile", "--norc"],
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { NO_COLOR: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  let begun = write("exec 2>&1\n");

  async function run(text: string): Promise<string> {
    await begun;
    const mark = crypto.randomUUID();
    begun = write(`${text}\nprintf '%s\\n' ${mark}\n`);
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    let output = "";
    try {
      while (!output.includes(mark)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`The shell ended in:\n${text}\n${output}`);
        output += value;
      }
    } finally {
      clearTimeout(timer);
    }
    return output.slice(0, output.indexOf(mark));
  }

  return {
    run,
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {});
      await child.status;
      await reader.cancel();
    },
  };
}
