import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import {
  DEBIAN_ROOT,
  DEBIAN_SHARE,
  findPostgresBinaries,
  type PostgresBinaries,
} from "./postgres_binaries.ts";
import type { Program, WatchdogOrder } from "./postgres_watchdog.ts";

/** A server started here that has pg_cron has this database, in which alone pg_cron can be created. */
export const CRON_DATABASE = "convene_cron";

const WATCHDOG = fileURLToPath(new URL("./postgres_watchdog.ts", import.meta.url));
const START_TRIES = 5;

export interface BootedPostgres {
  /** As the superuser, to the database `postgres`. */
  readonly admin_url: string;
  /** Stops the server and removes its directory. */
  stop(): Promise<void>;
}

export interface BootOptions {
  /** Default: what `findPostgresBinaries()` finds. */
  binaries?: PostgresBinaries;
  /** Name of the first role, which stays superuser for ever. Default: `postgres`. */
  superuser?: string;
  /** Settings of the server that differ from those of the tests. */
  settings?: Record<string, string>;
}

/** Starts a server in a directory of its own, on a free port of 127.0.0.1, with a random password. */
export async function bootPostgres(options: BootOptions = {}): Promise<BootedPostgres> {
  const binaries = options.binaries ?? await findPostgresBinaries();
  // Between the search for a free port and the server's start another process may take it.
  for (let tries = 1;; tries++) {
    try {
      return await bootOnce(binaries, options.superuser ?? "postgres", options.settings ?? {});
    } catch (error) {
      const taken = error instanceof Error && error.message.includes("Address already in use");
      if (!taken || tries === START_TRIES) throw error;
    }
  }
}

async function bootOnce(
  binaries: PostgresBinaries,
  superuser: string,
  settings: Record<string, string>,
): Promise<BootedPostgres> {
  const password = crypto.randomUUID();
  const port = freePort();
  const watchdog = startWatchdog(await order(binaries, { superuser, password, port, settings }));

  const complaint = new Response(watchdog.stderr).text();
  const output = watchdog.stdout.getReader();
  const first = await output.read();
  output.releaseLock();
  if (first.done) {
    await watchdog.stdin.close();
    await watchdog.status;
    throw new Error(`Postgres did not start: ${(await complaint).trim()}`);
  }
  const server = {
    admin_url: `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await watchdog.stdin.close();
      await Promise.all([watchdog.status, complaint, watchdog.stdout.cancel()]);
    },
  };
  if (binaries.preloadable.includes("pg_cron")) await createCronDatabase(server);
  return server;
}

/** Without it pg_cron's launcher would start and fail again every second. */
async function createCronDatabase(server: BootedPostgres): Promise<void> {
  const admin = postgres(server.admin_url, { max: 1, onnotice: () => {} });
  try {
    await admin`create database ${admin(CRON_DATABASE)}`;
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    await admin.end();
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function order(
  binaries: PostgresBinaries,
  { superuser, password, port, settings }: {
    superuser: string;
    password: string;
    port: number;
    settings: Record<string, string>;
  },
): Promise<WatchdogOrder> {
  const { run_as } = binaries;
  const directory = await Deno.makeTempDir({ prefix: "convene-postgres-" });
  const password_file = join(directory, "password");
  await Deno.writeTextFile(password_file, password, { mode: 0o600 });
  for (const path of run_as ? [directory, password_file] : []) {
    await Deno.chown(path, run_as?.uid ?? null, run_as?.gid ?? null);
  }

  const { bin, setup } = pinned(binaries, directory);
  setup.push({
    command: join(bin, "initdb"),
    args: initdbArguments(directory, superuser, password_file),
    run_as,
  });
  return {
    directory,
    setup,
    server: {
      command: join(bin, "postgres"),
      args: serverArguments(binaries, directory, port, settings),
      run_as,
    },
  };
}

/**
 * Copies the programs into the server's directory where they could change or are out of reach: a
 * package upgrade replaces the libraries under a running server, and the user that the server runs
 * as may not be able to read our checkout.
 */
function pinned(
  { bin, origin, run_as }: PostgresBinaries,
  directory: string,
): { bin: string; setup: Program[] } {
  const copy = (from: string, to: string): Program[] => [
    { command: "mkdir", args: ["-p", dirname(to)] },
    { command: "cp", args: ["-R", "-L", from, to] },
    { command: "chmod", args: ["-R", "a+rX", to] },
  ];
  const home = dirname(bin);
  if (dirname(home) === DEBIAN_ROOT) {
    // Postgres finds its share folder by the way that leads from one compiled-in path to the other.
    const root = join(directory, "pinned");
    const share = join(DEBIAN_SHARE, basename(home));
    return {
      bin: join(root, bin),
      setup: [...copy(home, join(root, home)), ...copy(share, join(root, share))],
    };
  }
  if (origin === "embedded" && run_as) {
    const to = join(directory, "pinned");
    return { bin: join(to, "bin"), setup: copy(home, to) };
  }
  return { bin, setup: [] };
}

function initdbArguments(
  directory: string,
  superuser: string,
  password_file: string,
): string[] {
  return [
    `--pgdata=${join(directory, "data")}`,
    `--username=${superuser}`,
    `--pwfile=${password_file}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
  ];
}

function serverArguments(
  { preloadable }: PostgresBinaries,
  directory: string,
  port: number,
  given: Record<string, string>,
): string[] {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    // Nothing here outlives the tests, so nothing has to survive a power cut.
    fsync: "off",
    full_page_writes: "off",
    wal_level: "minimal",
    max_wal_senders: "0",
    max_worker_processes: "64",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    lc_messages: "C",
    shared_preload_libraries: preloadable.join(","),
  };
  if (preloadable.includes("pg_cron")) {
    settings["cron.database_name"] = CRON_DATABASE;
    // Otherwise it connects like a client and would need the password.
    settings["cron.use_background_workers"] = "on";
  }
  Object.assign(settings, given);
  return [
    "-D",
    join(directory, "data"),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

function startWatchdog(order: WatchdogOrder): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--no-lock", "-A", WATCHDOG, JSON.stringify(order)],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // Ctrl-C in a terminal goes to the whole group; the server must outlive the tests' own clean-up.
    detached: true,
  }).spawn();
}
