// The program behind `deno task start`.
import { watchLauncher } from "./launcher_watch.ts";
import { printError, printLine } from "./output.ts";
import type { DatabaseChoice } from "./database/open_database.ts";
import { type Platform, startPlatform } from "./platform.ts";
import { parseStartOptions, START_HELP, type StartOptions } from "./start_options.ts";

if (import.meta.main) {
  try {
    await start(parseStartOptions(Deno.args, Deno.env.toObject()));
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}

async function start(options: StartOptions): Promise<void> {
  if (options.help) return printLine(START_HELP);
  const starting = startPlatform(options.platform);
  stopOnSignal(async () => (await starting).stop());
  const platform = await starting;
  printLine(options.json ? summaryJson(platform) : summary(platform, options));
}

/** A terminal and deno both pass on the same Ctrl-C: signals this close together count as one. */
const SAME_SIGNAL_MS = 1_000;

/** The first signal, or the end of npx, stops everything in order; a later signal does not wait. */
function stopOnSignal(stopAll: () => Promise<void>): void {
  let stopping_since: number | undefined;
  const stop = async () => {
    if (stopping_since !== undefined) return;
    stopping_since = Date.now();
    await stopAll();
    Deno.exit(0);
  };
  const onSignal = () => {
    if (stopping_since !== undefined && Date.now() - stopping_since > SAME_SIGNAL_MS) Deno.exit(1);
    void stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, onSignal);
  }
  void watchLauncher(stop);
}

function summaryJson(platform: Platform): string {
  const {
    api_url,
    functions_url,
    google_url,
    postgres_url,
    publishable_key,
    secret_key,
    automations_key,
  } = platform;
  return JSON.stringify({
    api_url,
    functions_url,
    google_url,
    postgres_url,
    publishable_key,
    secret_key,
    automations_key,
  });
}

function summary(
  platform: Platform,
  { platform: { database, environment } }: StartOptions,
): string {
  const is_emulator = !environment?.GOOGLE_CLIENT_ID;
  const { postgres_url } = platform;
  return `Convene is running.

  API              ${platform.api_url}
  Functions        ${platform.functions_url}
  Google           ${platform.google_url} (${is_emulator ? "an emulator" : "the real Google"})
  Postgres         ${postgres_url ?? "the given one"}
  Data             ${keptData(database, is_emulator)}

  Publishable key  ${platform.publishable_key}
  Secret key       ${platform.secret_key}
  Automations key  ${platform.automations_key}

Ctrl-C stops it.`;
}

/** What is there again after a restart, and what is not. */
function keptData(database: DatabaseChoice | undefined, is_emulator: boolean): string {
  const emulator = is_emulator ? "; the emulator's accounts and events are not kept" : "";
  switch (database?.kind) {
    case "url":
      return `in the given Postgres${emulator}`;
    case "directory":
      return `database and keys kept in ${database.path}${emulator}`;
    default:
      return "in memory: gone when this stops";
  }
}
