import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { PROJECT_ROOT } from "./supabase_cli.ts";
import type { TestCounts } from "./test_counts.ts";
import { type TestFailure, testOutput } from "./test_output.ts";

export interface TestFileResult {
  readonly path: string;
  /** A file that did not succeed has at least one failure. */
  readonly counts: TestCounts;
  readonly failures: readonly TestFailure[];
  /** The failures whose reason `say` has not heard yet. */
  readonly unheard: readonly TestFailure[];
  readonly seconds: number;
}

export interface TestFileOptions {
  /** Options of `deno test`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether `say` hears what tests print that pass, too. */
  readonly is_verbose: boolean;
  /** Hears at once which tests fail and what they printed. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What `deno test` adds to a failure, which says nothing. */
const NOISE = /^(error: Test failed|Stack backtrace:|\s+\d+: <unknown>|)$/;

/** Runs the tests of one file in a process of their own. Aborting ends it with SIGTERM. */
export async function runTestFile(path: string, options: TestFileOptions): Promise<TestFileResult> {
  const started_at = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...options.args, path],
    cwd: PROJECT_ROOT,
    env: { ...options.env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stop = () => child.kill("SIGTERM");
  options.signal.addEventListener("abort", stop);
  const output = testOutput(options.say, options.is_verbose);
  const complaint = new Response(child.stderr).text();
  // deno-lint-ignore no-explicit-any -- Node's and the web's type of one and the same stream
  const lines = createInterface({ input: Readable.fromWeb(child.stdout as any) });
  for await (const line of lines) output.read(line);
  const status = await child.status;
  options.signal.removeEventListener("abort", stop);

  const counts = output.counts();
  const unexplained = status.success || output.failures().length > 0
    ? []
    : [{ name: path, reason: explain(path, status, await complaint) }];
  return {
    path,
    counts: status.success ? counts : { ...counts, failed: Math.max(1, counts.failed) },
    failures: [...output.failures(), ...unexplained],
    unheard: [...output.unheard(), ...unexplained],
    seconds: (performance.now() - started_at) / 1000,
  };
}

function explain(path: string, status: Deno.CommandStatus, complaint: string): string {
  const said = complaint.split("\n").filter((line) => !NOISE.test(line)).join("\n");
  const end = status.signal === null ? `exit code ${status.code}` : `signal ${status.signal}`;
  return `${path} ended with ${end}${said === "" ? "" : `:\n${said}`}`;
}
