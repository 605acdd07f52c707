/**
 * What the whole stack does under load: 50 clients that search, write, change, insert, read and list, with wake-ups, the sweep,
 * webhooks to a receiver and push notifications running, on a real Postgres. Then the same with 40 ms on every call of the
 * database, as between a function and a hosted project, and a batch of 1,000 meetings at that distance. Linux only.
 * Run: deno task bench:load; --help has its options.
 */
import { startPlatform } from "../../local/platform.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";
import { seededRandom } from "../chaos/random.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { addTarget } from "../support/notifications.ts";
import { migratedPostgres } from "../support/prepared_databases.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { setting } from "../support/queue.ts";
import { type Stack, stackOf } from "../support/stack.ts";
import { type LoadClient, runClient } from "./load/client.ts";
import { Measurements, quantile } from "./load/measurements.ts";
import { startSlowLine } from "./load/slow_line.ts";
import { batchRun } from "./writeback/batch_runs.ts";
import { evenPaceSeconds } from "./writeback/ideal.ts";
import { verdict } from "./verdict.ts";
import { taskOptions, wholeNumberOption } from "../../local/command_line.ts";

const { SECONDS, CLIENTS } = taskOptions(
  `Measures the whole stack under load: clients that search, write, change, insert, read and list, on a real Postgres,
with wake-ups, webhooks and push messages. Then the same with 40 ms on every call of the database, and a batch of
1,000 meetings at that distance. Linux only.

Usage: deno task bench:load [options]

  --seconds N  how long each of the two loads lasts (default: 60)
  --clients N  clients at the same time (default: 50)
  --help       this text

Takes two minutes and twice --seconds: about four by default. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  { seconds: { type: "string", default: "60" }, clients: { type: "string", default: "50" } },
  ({ seconds, clients }) => ({
    SECONDS: wholeNumberOption("--seconds", seconds),
    CLIENTS: wholeNumberOption("--clients", clients),
  }),
);

const DATABASE_MS = 40;
const BATCH = 1000;
const BATCH_ORGANIZERS = 10;
/** So much more memory at the end than after a third of the time is no leak. */
const FLAT = 1.25;
const MOST_TIMES_EVEN_PACE = 1.2;

const print = (line = "") => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

await using server = await startPostgresServer();
for (const database_ms of [0, DATABASE_MS]) await underLoad(database_ms);
await largeBatch();

async function underLoad(database_ms: number): Promise<void> {
  await using line = startSlowLine(database_ms);
  await using receiver = startReceiver();
  await using platform = await startPlatform({
    database: await migratedPostgres(server),
    environment: {
      CONVENE_TOKEN_KEYS: TOKEN_KEYS,
      ...(database_ms > 0 ? { SUPABASE_URL: line.url } : {}),
    },
  });
  line.passTo(platform.api_url);
  const stack = stackOf(platform, true);
  await liftBudgets(stack);
  const clients: LoadClient[] = [];
  for (const organizer of await connectedOrganizers(stack, CLIENTS)) {
    await addTarget(organizer, receiver, "webhook");
    clients.push({ organizer, guest: await stack.guest(), meetings: [] });
  }
  const measurements = new Measurements();
  const memory: number[] = [];
  const ends = Date.now() + SECONDS * 1000;
  const watching = setInterval(async () => memory.push(await functionsMegabytes()), 1000);
  try {
    await Promise.all(
      clients.map((client, i) =>
        runClient(stack, client, { measurements, ends, random: seededRandom(i + 1).next })
      ),
    );
  } finally {
    clearInterval(watching);
  }
  report(database_ms, measurements, memory);
  const [written] = await platform.sql<{ events: number; due: number }>(
    `select count(*) filter (where google_event_id is not null)::integer as events,
       count(*) filter (where writeback_status = 'pending')::integer as due from public.meetings`,
  );
  print(
    `${written?.events} events written, ${written?.due} due at the end, ${receiver.received.length} webhooks received.\n`,
  );
}

function report(database_ms: number, measurements: Measurements, memory: readonly number[]): void {
  const all = measurements.all();
  const count = all.reduce((sum, { milliseconds }) => sum + milliseconds.length, 0);
  const errors = all.flatMap((one) => [...one.errors].map(([line, n]) => `${n} x ${line}`));
  print(
    `${CLIENTS} clients for ${SECONDS} s, ${database_ms} ms on every call of the database: ${
      (count / SECONDS).toFixed(0)
    } requests a second`,
  );
  print("| operation | requests | p50 ms | p99 ms | errors |");
  print("| --- | --: | --: | --: | --: |");
  for (const { operation, milliseconds, errors } of all) {
    const failed = [...errors.values()].reduce((sum, n) => sum + n, 0);
    print(
      `| ${operation} | ${milliseconds.length} | ${quantile(milliseconds, 0.5).toFixed(0)} | ${
        quantile(milliseconds, 0.99).toFixed(0)
      } | ${failed} |`,
    );
  }
  for (const line of errors) print(line);
  const third = Math.floor(memory.length / 3);
  const early = Math.max(...memory.slice(third, 2 * third));
  const late = Math.max(...memory.slice(2 * third));
  goal(`errors: ${errors.length} kinds`, errors.length === 0);
  goal(
    `memory of the functions: at most ${early.toFixed(0)} MB in the second third, ${
      late.toFixed(0)
    } MB in the last`,
    late <= FLAT * early,
  );
}

/** What one batch job writes although every call of the database takes 40 ms. */
async function largeBatch(): Promise<void> {
  await using line = startSlowLine(DATABASE_MS);
  await using platform = await startPlatform({
    database: await migratedPostgres(server),
    background: { net: false, cron: false, push: false },
    environment: { SUPABASE_URL: line.url, CONVENE_TOKEN_KEYS: TOKEN_KEYS },
  });
  line.passTo(platform.api_url);
  const stack = stackOf(platform, true);
  await liftBudgets(stack);
  const organizers = await connectedOrganizers(stack, BATCH_ORGANIZERS);
  const { seconds, calls } = await batchRun(stack, organizers, BATCH);
  const states = await platform.sql<{ state: string; rows: number }>(
    "select writeback_status as state, count(*)::integer as rows from public.meetings group by 1 order by 1",
  );
  goal(
    `of the ${BATCH} meetings of the batch: ${
      states.map(({ state, rows }) => `${rows} ${state}`).join(", ")
    }`,
    states.length === 1 && states[0]?.state === "created" && states[0].rows === BATCH,
  );
  const even = evenPaceSeconds(BATCH, BATCH_ORGANIZERS);
  goal(
    `${BATCH} meetings of ${BATCH_ORGANIZERS} organizers, ${DATABASE_MS} ms on every call: ${
      seconds.toFixed(2)
    } s in ${calls} calls, the even pace is ${even.toFixed(2)} s (${(seconds / even).toFixed(2)})`,
    seconds <= MOST_TIMES_EVEN_PACE * even,
  );
}

function goal(words: string, met: boolean): void {
  print(`${words}: ${verdict(met)}`);
}

/** Through the slow line Google's redirect would not find its way back: the tokens are stored as google-auth stores them. */
async function connectedOrganizers(stack: Stack, count: number) {
  const organizers = [];
  for (let i = 0; i < count; i++) organizers.push(await connectedOrganizer(stack));
  return organizers;
}

/** One person asks for more here than people may. */
async function liftBudgets(stack: Stack): Promise<void> {
  for (
    const name of [
      "searches_per_minute",
      "rows_inserted_per_minute",
      "guests_invited_per_day",
      "notifications_per_hour",
    ]
  ) await setting(stack, name, 1_000_000);
}

/** Resident memory of the functions processes that this one has started. */
async function functionsMegabytes(): Promise<number> {
  const children = await Deno.readTextFile(`/proc/${Deno.pid}/task/${Deno.pid}/children`);
  let kilobytes = 0;
  for (const pid of children.trim().split(" ")) {
    try {
      if (!(await Deno.readTextFile(`/proc/${pid}/cmdline`)).includes("functions/serve.ts")) {
        continue;
      }
      const status = await Deno.readTextFile(`/proc/${pid}/status`);
      kilobytes += Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return kilobytes / 1024;
}
