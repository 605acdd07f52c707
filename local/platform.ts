import { openApi } from "./api.ts";
import { cronRunner } from "./background/cron_runner.ts";
import { netWorker } from "./background/net_worker.ts";
import { applyMigrations } from "./database/migrations.ts";
import type { LocalDatabase } from "./database/local_database.ts";
import { type DatabaseChoice, openDatabase } from "./database/open_database.ts";
import { prepareDatabase, type PrepareOptions } from "./database/prepare_database.ts";
import { openPostgresPort } from "./database/postgres_port.ts";
import type { Providers } from "./database/stand_ins.ts";
import { functionsEnvironment } from "./functions/environment.ts";
import { startFunctionsProcess } from "./functions/functions_process.ts";
import { keepRunning } from "./functions/keep_running.ts";
import { startGateway } from "./gateway.ts";
import { type GoogleChoice, startGoogle } from "./google_choice.ts";
import { claimDataDirectory } from "./data_directory.ts";
import { generateKeys, keptKeys } from "./keys.ts";
import { printError } from "./output.ts";
import { type LocalUser, signUp } from "./users.ts";
import { userTokens } from "./user_tokens.ts";
import { setVaultEntries } from "./vault_entries.ts";

export interface PlatformOptions extends PrepareOptions {
  /** Default: PGlite in memory. A directory also keeps the keys. */
  database?: DatabaseChoice;
  /** Instead of `database`: one that is prepared already. */
  project?: PreparedProject;
  /** Default 0: any free port. */
  api_port?: number;
  google_port?: number;
  /** Of PGlite, for psql. Default: none. */
  postgres_port?: number;
  /** Makes the emulator refuse unknown parameters; tests turn it on. */
  strict_google?: boolean;
  /** "none" starts no functions process; `/functions/v1/` then answers 503. */
  functions?: "process" | "none";
  /**
   * What runs automatically: the stand-ins of pg_net and pg_cron, and the emulator's push
   * notifications. Tests switch one off to lose a wake-up. Default: all.
   */
  background?: { net?: boolean; cron?: boolean; push?: boolean };
  /** More variables for the functions. With GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET among them
   * the functions talk to the real Google and no emulator is started. */
  environment?: Record<string, string>;
  /** Where the keys of a database elsewhere are kept between runs. Default: new keys each time. */
  keys_directory?: string;
  /** Default: the project's own folders. Both end with a slash. */
  migrations_dir?: URL;
  functions_dir?: URL;
  /** Hears what the functions log. Default: standard error. */
  onFunctionsOutput?: (text: string) => void;
  /** Hears what goes wrong in the background. Default: standard error. */
  onError?: (message: string) => void;
}

/**
 * A database that looks like a Supabase project before its first migration, with the two roles that
 * a hosted project tells apart. The caller that opened the connections closes them.
 */
export interface PreparedProject {
  /** Applies the migrations and owns what they create. */
  readonly owner: LocalDatabase;
  /** The role that REST and auth log in as. */
  readonly api: LocalDatabase;
  readonly providers: Providers;
}

export interface Platform extends AsyncDisposable {
  readonly api_url: string;
  readonly functions_url: string;
  readonly google_url: string;
  /** Where psql reaches PGlite; null: no port was opened. */
  readonly postgres_url: string | null;
  readonly publishable_key: string;
  readonly secret_key: string;
  readonly automations_key: string;
  /** One statement as the database's owner. */
  sql<Row = Record<string, unknown>>(text: string, params?: unknown[]): Promise<Row[]>;
  /** `claims` are added to the token: is_anonymous, for example. */
  createUser(email: string, claims?: Record<string, unknown>): Promise<LocalUser>;
  /** Runs every cron job once, now; returns their names. Throws when one of them failed. */
  runCron(): Promise<string[]>;
  /** Delivers all queued `net.http_post` requests now, in order; returns how many there were. */
  drainNet(): Promise<number>;
  /** Resolves when no functions process works on after its responses. */
  settled(): Promise<void>;
  /** Another functions process on the same stack. */
  startWorker(): Promise<FunctionsWorker>;
  /** Stops everything that was started. Safe to repeat. */
  stop(): Promise<void>;
}

export interface FunctionsWorker {
  /** Leads to this process only. */
  functions_url: string;
  pid: number;
  stop(): Promise<void>;
  /** SIGKILL. Resolves nothing: the process is gone when its next request fails. */
  kill(): void;
}

const PROJECT = new URL("../", import.meta.url);

/**
 * Starts all of Convene on this machine: database, REST and auth, functions, stand-ins for Supabase's
 * extensions and the Google emulator. What was started is stopped again when a later part fails.
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  await using started = new AsyncDisposableStack();
  const onError = options.onError ?? printError;
  const choice = options.database ?? { kind: "memory" };
  const environment = options.environment ?? {};

  const directory = choice.kind === "directory" ? choice.path : options.keys_directory;
  const data = directory === undefined ? null : await claimDataDirectory(directory);
  started.defer(() => data?.release());
  const keys = data === null ? generateKeys() : await keptKeys(data.keys_file);
  const tokens = await userTokens(keys.jwt_secret);

  const database = options.project?.owner ?? await openDatabase(
    choice.kind === "directory" && data ? { ...choice, path: data.database_path } : choice,
  );
  if (!options.project) started.defer(() => database.close());
  const api = openApi(options.project?.api ?? database, keys);
  const gateway = startGateway({ port: options.api_port ?? 0, tokens });
  started.defer(() => gateway.stop());
  const functions_url = `${gateway.url}/functions/v1`;

  const google: GoogleChoice = await startGoogle({
    port: options.google_port ?? 0,
    strict: options.strict_google ?? false,
    keys,
    redirect_uri: `${functions_url}/google-auth/callback`,
    environment,
  });
  started.defer(() => google.stop());

  const providers = options.project?.providers ??
    await prepareDatabase(database, api.app, options);
  await applyMigrations(
    database,
    options.migrations_dir ?? new URL("supabase/migrations/", PROJECT),
  );
  // Not earlier: a request before the last migration would leave lite with a picture of half a schema.
  gateway.setApi(api.fetch);

  const startFunctions = () =>
    startFunctionsProcess(
      options.functions_dir ?? new URL("supabase/functions/", PROJECT),
      functionsEnvironment({
        api_url: gateway.url,
        keys,
        jwks: tokens.jwks,
        google_url: google.emulator_url,
        is_push_received: options.background?.push !== false,
        extra: environment,
      }),
      options.onFunctionsOutput,
    );
  const working: { settled(): Promise<void> }[] = [];
  if (options.functions !== "none") {
    const functions = await keepRunning(startFunctions, gateway.setFunctions, onError);
    started.defer(() => functions.stop());
    working.push(functions);
  }
  await setVaultEntries(database, {
    convene_functions_url: functions_url,
    convene_automations_key: keys.automations_key,
  });

  const postgres = options.postgres_port !== undefined && database.kind === "pglite"
    ? await openPostgresPort(database, { port: options.postgres_port })
    : null;
  started.defer(() => postgres?.stop());

  const net = netWorker(database, onError);
  started.defer(() => net.stop());
  if (providers.net === "stand-in" && options.background?.net !== false) net.start();
  const cron = cronRunner(database, { keep_details: providers.cron === "stand-in", onError });
  started.defer(() => cron.stop());
  if (providers.cron === "stand-in" && options.background?.cron !== false) cron.start();
  if (providers.cron === "extension" && options.background?.cron === false) {
    // The owner of the jobs may not write the table on a hosted project.
    await database.query("select cron.alter_job(jobid, active := false) from cron.job");
  }

  const running = started.move();
  let stopping: Promise<void> | undefined;
  const stop = () => stopping ??= running.disposeAsync();
  return {
    api_url: gateway.url,
    functions_url,
    google_url: google.url,
    postgres_url: postgres?.url ?? null,
    publishable_key: keys.publishable_key,
    secret_key: keys.secret_key,
    automations_key: keys.automations_key,
    async sql<Row>(text: string, params?: unknown[]) {
      const rows = await database.query<Row>(text, params);
      // The REST server keeps a picture of the schema; Supabase's own is notified by an event trigger.
      if (/\b(create|alter|drop)\b/i.test(text)) {
        await database.exclusive(() => database.connection.clearSchemaCache());
      }
      return rows;
    },
    createUser: (email, claims) => signUp(api.fetch, keys.publishable_key, tokens, email, claims),
    runCron: () => cron.runAll(),
    drainNet() {
      if (providers.net === "stand-in") return net.drain();
      throw new Error("This database has the real pg_net, which delivers requests itself");
    },
    async settled() {
      await Promise.all(working.map((functions) => functions.settled()));
    },
    async startWorker() {
      const worker = await startFunctions();
      working.push(worker);
      running.defer(() => worker.stop());
      gateway.addWorker(String(worker.pid), worker.origin);
      return {
        functions_url: `${gateway.url}/workers/${worker.pid}/functions/v1`,
        pid: worker.pid,
        stop: () => worker.stop(),
        kill: () => worker.kill(),
      };
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
