import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import type { Platform } from "../../local/platform.ts";
import type { TestDatabase } from "./chosen_database.ts";
import type { PlatformCall } from "./platform_server.ts";

/** Name the running platforms that the files of one lane of the test task use in turn. */
const VARIABLES = {
  PGlite: "CONVENE_TEST_PLATFORM_PGLITE",
  Postgres: "CONVENE_TEST_PLATFORM_POSTGRES",
} as const;

/**
 * The platform that the test task started for this file, as if it had just started; null where the
 * task started none, as for a single file.
 */
export async function sharedPlatform(database: TestDatabase): Promise<Platform | null> {
  const url = Deno.env.get(VARIABLES[database]) ?? "";
  if (url === "") return null;
  const nothing = () => Promise.resolve();
  return {
    ...await call(url, "renew"),
    sql: (text: string, params?: unknown[]) => call(url, "sql", text, params),
    createUser: (email: string, claims?: Record<string, unknown>) =>
      call(url, "createUser", email, claims),
    runCron: () => call(url, "runCron"),
    drainNet: () => call(url, "drainNet"),
    settled: () => call(url, "settled"),
    async startWorker() {
      const { functions_url, pid } = await call(url, "startWorker");
      return {
        functions_url,
        pid,
        stop: () => call(url, "stopWorker", pid),
        kill: () => Deno.kill(pid, "SIGKILL"),
      };
    },
    stop: nothing,
    [Symbol.asyncDispose]: nothing,
  };
}

// deno-lint-ignore no-explicit-any -- what that method of Platform returns
async function call(url: string, method: PlatformCall["method"], ...args: unknown[]): Promise<any> {
  const body = serialize({ method, args } satisfies PlatformCall);
  const response = await fetch(url, { method: "POST", body: new Uint8Array(body) });
  const reply = deserialize(Buffer.from(await response.arrayBuffer()));
  if ("error" in reply) throw Object.assign(new Error(reply.error.message), reply.error);
  return reply.value;
}

/** The platforms of one lane of the test task. */
export interface SharedPlatforms extends AsyncDisposable {
  /** The variables that name them. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a process with a platform for each database; `env` has the prepared databases. */
export async function startSharedPlatforms(
  databases: readonly TestDatabase[],
  env: Readonly<Record<string, string>>,
): Promise<SharedPlatforms> {
  await using started = new AsyncDisposableStack();
  const variables: Record<string, string> = {};
  for (const database of databases) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--quiet",
        decodeURIComponent(new URL("platform_server.ts", import.meta.url).pathname),
        database,
      ],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    started.defer(async () => {
      await child.stdin.close();
      await child.status;
    });
    const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
    if (value === undefined) throw new Error(`The shared platform on ${database} did not start`);
    variables[VARIABLES[database]] = JSON.parse(value).url;
  }
  const running = started.move();
  return { env: variables, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
