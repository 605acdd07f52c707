/**
 * Prints how long POST schedule takes as a dry run with busy time in the request, a server that only parses the same body,
 * and one empty call of the database through the same API, which every search makes, in the same run: asked in turns.
 * Run: deno task bench:schedule-http
 */
import { functionsEnvironment } from "../../local/functions/environment.ts";
import { startFunctionsProcess } from "../../local/functions/functions_process.ts";
import { generateKeys } from "../../local/keys.ts";
import { startPlatform } from "../../local/platform.ts";
import { migratedPostgres } from "../support/prepared_databases.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { schedulingInput } from "../unit/scheduling/baseline_inputs.ts";
import { verdict } from "./verdict.ts";
import { taskOptions } from "../../local/command_line.ts";

taskOptions(
  `Measures POST schedule as a dry run, beside a server that only parses the same body and one empty call of the
database.

Usage: deno task bench:schedule-http

  --help  this text

Takes about half a minute. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  {},
);

const SIZE = { participants: 20, busy: 100, days: 20 };
const WARM_UP = 400;
const ROUNDS = 600;
/** The goal of the project: so many times the time of a server that only parses. */
const GOAL = 4;

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

await using server = await startPostgresServer();
await using platform = await startPlatform({
  database: await migratedPostgres(server),
  background: { net: false, cron: false },
  functions: "none",
});
const { secret_key, publishable_key, automations_key } = platform;
const keys = { ...generateKeys(), secret_key, publishable_key, automations_key };
const functions = await startFunctionsProcess(
  new URL("../../supabase/functions/", import.meta.url),
  functionsEnvironment({
    api_url: platform.api_url,
    google_url: platform.google_url,
    keys,
    jwks: '{"keys":[]}',
    is_push_received: false,
    extra: {},
  }),
);
const parser = new Deno.Command(Deno.execPath(), {
  args: ["run", "--quiet", "-A", new URL("parse_only_server.ts", import.meta.url).pathname],
  stdin: "piped",
  stdout: "piped",
}).spawn();

try {
  const { request } = schedulingInput(SIZE);
  const { constraints, participants } = request;
  const body = JSON.stringify({ dry_run: true, participants, constraints });
  const schedule = () => post(`${functions.origin}/schedule`, body, keys.secret_key);
  const parse_url = await parserUrl();
  const parse = () => post(parse_url, body, keys.secret_key);

  // The least that a statement through the API costs: a setting by its key.
  const call = () =>
    post(`${platform.api_url}/rest/v1/rpc/anonymous_users_allowed`, "{}", keys.secret_key);

  const { candidates, total_candidates_evaluated } = JSON.parse(await schedule());
  for (let round = 0; round < WARM_UP; round++) {
    await schedule();
    await parse();
    await call();
  }
  const times = { schedule: [] as number[], parse: [] as number[], call: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.schedule.push(await timed(schedule));
    times.parse.push(await timed(parse));
    times.call.push(await timed(call));
  }
  const [ours, least] = [quantile(times.schedule, 0.5), quantile(times.parse, 0.5)];
  print(
    `(P,B,W) = (${Object.values(SIZE).join()}), ${
      (body.length / 1000).toFixed(0)
    } kB, ${ROUNDS} requests each`,
  );
  print(`answer        ${candidates.length} candidates of ${total_candidates_evaluated}`);
  print(
    `schedule      p50 ${ours.toFixed(2)} ms   p95 ${quantile(times.schedule, 0.95).toFixed(2)} ms`,
  );
  print(
    `only parsing  p50 ${least.toFixed(2)} ms   p95 ${quantile(times.parse, 0.95).toFixed(2)} ms`,
  );
  const database = quantile(times.call, 0.5);
  print(
    `one statement p50 ${database.toFixed(2)} ms   p95 ${quantile(times.call, 0.95).toFixed(2)} ms`,
  );
  print(`ratio of p50 without it  ${((ours - database) / least).toFixed(2)}`);
  print(
    `ratio of p50  ${(ours / least).toFixed(2)} (goal: at most ${GOAL}) ${
      verdict(ours <= GOAL * least)
    }`,
  );
} finally {
  await parser.stdin.close();
  await parser.status;
  await functions.stop();
}

async function parserUrl(): Promise<string> {
  const reader = parser.stdout.getReader();
  const { value } = await reader.read();
  const { port } = JSON.parse(new TextDecoder().decode(value));
  return `http://127.0.0.1:${port}/`;
}

async function post(url: string, body: string, apikey: string): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", apikey },
    body,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? NaN;
}
