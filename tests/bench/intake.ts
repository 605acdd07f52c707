/**
 * Prints what the dearest requests cost a functions process, refused and accepted: processor time, and by how much its
 * memory grew. Each has processes of its own, warmed up by small requests: after another large request the memory would
 * have grown already. Three processes each, of which the dearest counts; the middle one is shown, with the least and the
 * most beside it.
 * Run: deno task bench:intake; --help has its options.
 */
import { callFunction, stackOf } from "../support/stack.ts";
import { type FunctionsWorker, startPlatform } from "../../local/platform.ts";
import { migratedPostgres } from "../support/prepared_databases.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { acceptedInputs, busyPeople, refusedInputs } from "./intake/worst_inputs.ts";
import { worstSearches } from "./intake/worst_searches.ts";
import type { WorstInput } from "./intake/worst_inputs.ts";
import { measureProcess } from "./intake/measure_process.ts";
import { processorTimes } from "./processor_time.ts";
import { verdict } from "./verdict.ts";
import { taskOptions, wholeNumberOption } from "../../local/command_line.ts";

const { only, repeats } = taskOptions(
  `Measures what the largest and dearest requests cost a functions process, refused and accepted: processor time and
memory. Linux only.

Usage: deno task bench:intake [options]

  --only TEXT  only requests whose name contains the text, or one of several with | between them (default: all)
  --repeat N   processes for each request, of which the dearest counts (default: 3)
  --help       this text

Takes about four minutes. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  { only: { type: "string", default: "" }, repeat: { type: "string", default: "3" } },
  ({ only, repeat }) => ({ only, repeats: wholeNumberOption("--repeat", repeat) }),
);

/** By definition: JSON.parse of the document below takes so long. All seconds are scaled by it. */
const REFERENCE_SECONDS = 0.15;
const GOAL_SECONDS = 0.5;
const GOAL_MEGABYTES = 64;

const parts = only.split("|");
const isWanted = (name: string) => parts.some((part) => name.includes(part));

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

const document = JSON.stringify(
  Array.from({ length: 220_000 }, (_, index) => ({
    start: "2035-01-08T09:00:00Z",
    end: "2035-01-08T09:30:00Z",
    id: index,
    text: "x".repeat(10),
  })),
);
const { parse } = processorTimes({ parse: () => JSON.parse(document) }, 1000);
const scale = REFERENCE_SECONDS / (parse / 1000);

await using server = await startPostgresServer();
await using platform = await startPlatform({
  database: await migratedPostgres(server),
  background: { net: false, cron: false },
});
const stack = stackOf(platform, true);
const organizer = await stack.organizer();

print(
  `JSON.parse of ${(document.length / 1e6).toFixed(0)} MB: ${
    (parse / 1000).toFixed(3)
  } s, scaled to ${REFERENCE_SECONDS} s`,
);
print("seconds (least to most)   MB (least to most)  status  request");
for (const input of [...refusedInputs(), ...acceptedInputs(), ...worstSearches()]) {
  await show(input);
}
await showStored();

/** Compiled code and the first garbage collections are no cost of a request. */
async function warmUp(worker: FunctionsWorker) {
  const body = JSON.stringify({
    dry_run: true,
    participants: busyPeople(20),
    constraints: { earliest_date: "2035-01-08", latest_date: "2035-01-12" },
  });
  for (let round = 0; round < 20; round++) {
    await send(worker, { name: "", path: "schedule", text: body, as: "key", statuses: [200] });
  }
}

async function measured<T>(work: (worker: FunctionsWorker) => Promise<T>) {
  const worker = await platform.startWorker();
  try {
    await warmUp(worker);
    return await measureProcess(worker.pid, () => work(worker));
  } finally {
    await worker.stop();
  }
}

async function show(input: WorstInput, processes = repeats): Promise<void> {
  if (!isWanted(input.name)) return;
  const samples: Sample[] = [];
  for (let i = 0; i < processes; i++) {
    const { seconds, megabytes, result } = await measured((worker) => send(worker, input));
    samples.push({ seconds: seconds * scale, megabytes, status: result });
  }
  report(input.name, samples, input.statuses);
}

interface Sample {
  seconds: number;
  megabytes: number;
  status: number;
}

function report(name: string, samples: readonly Sample[], expected: readonly number[]) {
  const seconds = spread(samples.map((one) => one.seconds), 3);
  const megabytes = spread(samples.map((one) => one.megabytes), 0);
  const met = seconds.most <= GOAL_SECONDS && megabytes.most <= GOAL_MEGABYTES &&
    samples.every(({ status }) => expected.includes(status));
  const status = [...new Set(samples.map((one) => one.status))].join("/");
  print(
    `${seconds.text.padEnd(22)}  ${megabytes.text.padEnd(18)}  ${status}  ${name}: ${verdict(met)}`,
  );
}

function spread(values: number[], digits: number): { most: number; text: string } {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[sorted.length >> 1]!;
  const most = sorted.at(-1)!;
  const text = middle.toFixed(digits);
  const around = `${sorted[0]!.toFixed(digits)} to ${most.toFixed(digits)}`;
  return { most, text: sorted.length === 1 ? text : `${text} (${around})` };
}

async function send(worker: FunctionsWorker, input: WorstInput): Promise<number> {
  const body = input.in_chunks === true ? new Blob([input.text]).stream() : input.text;
  try {
    const response = await fetch(`${worker.functions_url}/${input.path}`, {
      method: input.method ?? "POST",
      headers: {
        "content-type": "application/json",
        ...(input.as === "key"
          ? { apikey: platform.automations_key }
          : { authorization: `Bearer ${organizer.access_token}` }),
      },
      ...(input.method === "GET" ? {} : { body }),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Refused while the body was still being sent.
    return 413;
  }
}

/** What is stored is read again by every later call. */
async function showStored(): Promise<void> {
  const participants = busyPeople(199);
  // Nearly as long as the size of a search allows.
  const constraints = { earliest_date: "2035-01-08", latest_date: "2035-10-05" };
  const text = JSON.stringify({ meeting_id: "large", participants, constraints });
  const stored: WorstInput[] = [
    { name: "the same, stored", path: "schedule", text, as: "user", statuses: [200, 422] },
    { name: "the same again", path: "schedule", text, as: "user", statuses: [200, 422] },
    {
      name: "alternatives of it",
      path: "schedule/alternatives",
      text: '{"meeting_id":"large"}',
      as: "user",
      statuses: [200, 422],
    },
    {
      name: "its status",
      path: "status?meeting_id=large",
      method: "GET",
      text: "",
      as: "user",
      statuses: [200],
    },
    {
      name: "its write-back",
      path: "write-back",
      text: '{"meeting_id":"large"}',
      as: "user",
      statuses: [200],
    },
    {
      name: "a change of it",
      path: "meetings",
      method: "PATCH",
      text: '{"meeting_id":"large","title":"x"}',
      as: "user",
      statuses: [200],
    },
  ];
  // Once each: a second request would find what the first one stored.
  for (const input of stored) await show(input, 1);
  if (!isWanted("a batch")) return;
  for (let row = 0; row < 10; row++) {
    await organizer.client.from("meetings").insert({ participants, constraints } as never);
  }
  for (const name of ["schedule", "write-back"]) {
    const { seconds, megabytes, result } = await measured(
      (worker) =>
        callFunction(platform, name, {
          functions_url: worker.functions_url,
          apikey: platform.automations_key,
          body: { batch: true, limit: 10 },
        }),
    );
    const count = Math.max(1, result.body.total_processed ?? 0);
    report(
      `a batch of ${count} such rows by ${name}, seconds for each, MB in all`,
      [{ seconds: seconds * scale / count, megabytes, status: result.status }],
      [200],
    );
  }
  await showWakeUp();
}

/** A call by a wake-up works on after its response, as far as one call may. */
async function showWakeUp(): Promise<void> {
  const due = async () => {
    const [row] = await platform.sql<{ count: number }>(
      "select count(*)::integer as count from private.work where kind = 'search'",
    );
    return row!.count;
  };
  const before = await due();
  const { seconds, megabytes, result } = await measured(async (worker) => {
    const answer = await callFunction(platform, "schedule", {
      functions_url: worker.functions_url,
      apikey: platform.automations_key,
      body: { batch: true, background: true },
    });
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    return answer;
  });
  const count = Math.max(1, before - await due());
  report(
    `a wake-up that searches for ${count} of ${before} such rows, seconds for each, MB in all`,
    [{ seconds: seconds * scale / count, megabytes, status: result.status }],
    [200, 202],
  );
}
