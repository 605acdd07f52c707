/**
 * Owns one temporary Postgres server, as a process of its own: sets it up, starts it, and stops it
 * and removes its directory as soon as standard input closes. That happens when the process that started it
 * says so, and also when they die, by whatever signal. Prints "ready" once the server accepts
 * connections; what went wrong goes to standard error.
 *
 * Arguments: one JSON object, a `WatchdogOrder`.
 */
export interface WatchdogOrder {
  /** Removed in the end; holds everything the server writes. */
  readonly directory: string;
  /** Run one after the other before the server. */
  readonly setup: readonly Program[];
  readonly server: Program;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly run_as?: { readonly uid: number; readonly gid: number } | undefined;
}

const KEPT_LOG_LINES = 30;
const SHUTDOWN_PATIENCE_MILLISECONDS = 5_000;

async function watch({ directory, setup, server }: WatchdogOrder): Promise<void> {
  let asked = false;
  const parent = drain(Deno.stdin.readable).then(() => {
    asked = true;
  });
  try {
    for (const program of setup) await run(program, directory);
    const child = command(server, directory).spawn();
    const log = keepLog(child.stderr);
    await Promise.race([parent, child.status]);
    if (asked) await stopServer(child);
    const lines = await log;
    if (!asked) throw new Error(lines.join("\n"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function command({ command, args, run_as }: Program, cwd: string): Deno.Command {
  return new Deno.Command(command, {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...run_as,
  });
}

async function run(program: Program, cwd: string): Promise<void> {
  const { success, stderr } = await command(program, cwd).output();
  if (!success) throw new Error(`${program.command}: ${new TextDecoder().decode(stderr)}`);
}

async function keepLog(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string[]> {
  let lines: string[] = [];
  let rest = "";
  let ready = false;
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const pieces = (rest + text).split("\n");
    rest = pieces.pop() ?? "";
    lines = [...lines, ...pieces].slice(-KEPT_LOG_LINES);
    if (!ready && pieces.some((line) => line.includes("ready to accept connections"))) {
      ready = true;
      // No process reads it if the parent died meanwhile; the closed input shows that, too.
      await Deno.stdout.write(new TextEncoder().encode("ready\n")).catch(() => {});
    }
  }
  return lines;
}

async function stopServer(server: Deno.ChildProcess): Promise<void> {
  let done = false;
  const ended = server.status.then(() => {
    done = true;
  });
  // A fast shutdown ends sessions and writes a checkpoint; SIGQUIT is for a server that hangs in it.
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (done) break;
    server.kill(signal);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SHUTDOWN_PATIENCE_MILLISECONDS);
    });
    await Promise.race([ended, patience]);
    clearTimeout(timer);
  }
  await ended;
}

async function drain(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const reader = stream.getReader();
  while (!(await reader.read()).done);
}

if (import.meta.main) {
  // A signal to the whole process group is for the tests; the closed input shows when they ended.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {});
  }
  const order: WatchdogOrder = JSON.parse(Deno.args[0] ?? "");
  try {
    await watch(order);
    Deno.exit(0);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    await Deno.stderr.write(new TextEncoder().encode(`${text}\n`)).catch(() => {});
    Deno.exit(1);
  }
}
