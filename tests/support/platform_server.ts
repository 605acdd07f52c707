// The program of one platform that test files use one after the other, because starting one takes
// seconds of processor time. Argument: "PGlite" or "Postgres". Prints {"url": string} and ends when
// its standard input closes. A call is a POST with {method, args}, serialized as node:v8 does it,
// because rows hold dates and large integers.
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import { emulatorControl } from "../../packages/google-calendar-emulator/control.ts";
import { type FunctionsWorker, type Platform, startPlatform } from "../../local/platform.ts";
import type { TestDatabase } from "./chosen_database.ts";
import { migratedPglite, migratedPostgres } from "./prepared_databases.ts";
import { startPostgresServer } from "./postgres_server.ts";
import { QUIET } from "./stack.ts";
import { emptiedTables, type SeedRows, seedRows } from "./emptied_tables.ts";

export interface PlatformCall {
  method:
    | "renew"
    | "sql"
    | "createUser"
    | "runCron"
    | "drainNet"
    | "settled"
    | "startWorker"
    | "stopWorker";
  // deno-lint-ignore no-explicit-any -- the arguments of that method of Platform
  args: any[];
}

/** What a statement can do that emptying the tables does not undo. */
const ALTERS = /(^|;|begin|execute)\s*(create|alter|drop|grant|revoke)\b|\bcron\.\w+\(|\bvault\./i;

interface Running {
  platform: Platform;
  seeds: SeedRows;
  workers: Map<number, FunctionsWorker>;
  is_altered: boolean;
  resources: AsyncDisposableStack;
}

async function start(database: TestDatabase): Promise<Running> {
  await using resources = new AsyncDisposableStack();
  const choice = database === "PGlite"
    ? await migratedPglite()
    : await migratedPostgres(resources.use(await startPostgresServer()));
  const platform = resources.use(await startPlatform({ ...QUIET, database: choice }));
  const seeds = await seedRows(platform);
  return {
    platform,
    seeds,
    workers: new Map(),
    is_altered: false,
    resources: resources.move(),
  };
}

/** The platform as if it had just started. */
async function renew(running: Running, database: TestDatabase): Promise<Running> {
  for (const worker of running.workers.values()) await worker.stop();
  running.workers.clear();
  if (running.is_altered || !await emptiedTables(running.platform, running.seeds)) {
    await running.resources.disposeAsync();
    return await start(database);
  }
  await emulatorControl(running.platform.google_url).reset();
  return running;
}

async function serve(database: TestDatabase): Promise<void> {
  let running = await start(database);

  async function perform({ method, args }: PlatformCall): Promise<unknown> {
    const { platform, workers } = running;
    switch (method) {
      case "renew": {
        running = await renew(running, database);
        const { api_url, functions_url, google_url, publishable_key, secret_key, automations_key } =
          running.platform;
        return {
          api_url,
          functions_url,
          google_url,
          publishable_key,
          secret_key,
          automations_key,
        };
      }
      case "sql":
        running.is_altered ||= ALTERS.test(args[0]);
        return await platform.sql(args[0], args[1]);
      case "createUser":
        return await platform.createUser(args[0], args[1]);
      case "runCron":
        return await platform.runCron();
      case "drainNet":
        return await platform.drainNet();
      case "settled":
        return await platform.settled();
      case "startWorker": {
        const worker = await platform.startWorker();
        workers.set(worker.pid, worker);
        return { functions_url: worker.functions_url, pid: worker.pid };
      }
      case "stopWorker":
        return void await workers.get(args[0])?.stop();
    }
  }

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const call = deserialize(Buffer.from(await request.arrayBuffer())) as PlatformCall;
      try {
        return new Response(new Uint8Array(serialize({ value: await perform(call) })));
      } catch (error) {
        return new Response(new Uint8Array(serialize({ error: asPlainError(error) })));
      }
    },
  );
  await Deno.stdout.write(
    new TextEncoder().encode(
      `${JSON.stringify({ url: `http://127.0.0.1:${server.addr.port}/` })}\n`,
    ),
  );
  for await (const _ of Deno.stdin.readable) { /* Only its end counts. */ }
  await server.shutdown();
  await running.resources.disposeAsync();
}

/** An error with the fields that Postgres adds, such as code, detail and hint. */
function asPlainError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const fields = Object.entries(error).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value)
  );
  return { ...Object.fromEntries(fields), name: error.name, message: error.message };
}

await serve(Deno.args[0] as TestDatabase);
Deno.exit(0);
