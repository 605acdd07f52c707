import { BACKGROUND_WORK_PATH } from "./background_work.ts";

export interface FunctionsProcess {
  /** Where it listens: `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Resolves when no work is left that responses went before, or the process has ended. */
  settled(): Promise<void>;
  /** Lets running work finish for a few seconds, then ends it. */
  stop(): Promise<void>;
  /** SIGKILL: nothing finishes. */
  kill(): void;
}

/** serve.ts gives running work 5 s after SIGTERM. */
const STOP_MS = 7_000;

const ANNOUNCEMENT = /^\{"port":\d+\}\n/m;
const CONFIG = new URL("../../deno.json", import.meta.url);
const PROGRAM = new URL("serve.ts", import.meta.url);

/**
 * Starts a Deno process that serves the functions of `folder` with exactly the given Supabase,
 * Google and Convene variables. What the functions print goes to `onOutput`, by default to this
 * process's standard error, without the lines of level info: there is one for each request.
 */
export async function startFunctionsProcess(
  folder: URL,
  environment: Record<string, string>,
  onOutput: (text: string) => void = printWarnings(),
): Promise<FunctionsProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    // The rights a function has on Supabase: the network and its variables, no subprocesses, no
    // writing. Reading is for its own modules.
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      // Otherwise a request's signal also fires when the answer went out well.
      "--unstable-no-legacy-abort",
      "--allow-net",
      "--allow-env",
      "--allow-read",
      "--allow-sys",
      "--config",
      decodeURIComponent(CONFIG.pathname),
      decodeURIComponent(PROGRAM.pathname),
      folder.href,
    ],
    clearEnv: true,
    env: { ...inheritedEnvironment(), ...environment },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  const errors = passOn(child.stderr, onOutput);
  const ended = child.status.then(() => errors);
  const port = await announcedPort(child.stdout, onOutput);
  if (port === null) {
    await ended;
    throw new Error("The functions process ended before it listened; its last words are above");
  }

  const signal = (name: Deno.Signal) => {
    try {
      child.kill(name);
    } catch {
      // It has ended already, which is what was wanted.
    }
  };
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    async settled() {
      const asked = fetch(`${origin}${BACKGROUND_WORK_PATH}`).then((response) =>
        response.body?.cancel()
      );
      await Promise.race([asked.catch(() => ended), ended]);
    },
    pid: child.pid,
    ended,
    kill: () => signal("SIGKILL"),
    async stop() {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
      await child.stdin.close().catch(() => undefined);
    },
  };
}

/** All variables except those of the kinds that the platform sets, which must not be inherited. */
function inheritedEnvironment(): Record<string, string> {
  const entries = Object.entries(Deno.env.toObject());
  return Object.fromEntries(
    entries.filter(([name]) => !/^(SUPABASE|GOOGLE|CONVENE)_/.test(name)),
  );
}

/** Prints whole lines, so that a line of level info is known by its beginning. */
function printWarnings(): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    const printed = lines.filter((line) => !line.startsWith('{"level":"info"'));
    if (printed.length === 0) return;
    Deno.stderr.writeSync(new TextEncoder().encode(`${printed.join("\n")}\n`));
  };
}

async function passOn(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  onOutput: (text: string) => void,
): Promise<void> {
  for await (const text of output.pipeThrough(new TextDecoderStream())) onOutput(text);
}

/**
 * The port in the line `{"port":<number>}`, or null when the output ends without one. All other
 * output, before and after, goes to `onOutput`: standard output belongs to the parent process.
 */
function announcedPort(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  onOutput: (text: string) => void,
): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  void (async () => {
    let port: number | null = null;
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const line: string | undefined = port === null ? ANNOUNCEMENT.exec(text)?.[0] : undefined;
      if (line !== undefined) resolve(port = Number(/\d+/.exec(line)?.[0]));
      const other = line === undefined ? text : text.replace(line, "");
      if (other !== "") onOutput(other);
    }
    resolve(null);
  })();
  return promise;
}
