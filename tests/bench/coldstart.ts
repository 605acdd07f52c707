/**
 * Prints for every function, bundled as it is deployed, its size and how long it takes from the start of a process to
 * the first response, beside a function with the same packages and none of our code and an empty one; all of them in turns in
 * one run, on the version of Deno that Supabase's edge runtime is built on, without a cache of compiled code. The first
 * response is once a refusal of a caller without credentials, which the goals are about, and once the response to a
 * request that is accepted and reaches the database: what a function loads on demand is in that time only.
 * Run: deno task bench:coldstart
 */
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleFunction, bundleFunctions } from "../../local/functions/bundle_functions.ts";
import { EDGE_DENO } from "../../local/tasks/edge_runtime.ts";
import {
  benchUser,
  environmentWith,
  refusingDatabase,
  sendAccepted,
} from "./coldstart/accepted_requests.ts";
import { verdict } from "./verdict.ts";
import { taskOptions } from "../../local/command_line.ts";

taskOptions(
  `Measures for every function, bundled as it is deployed, its size and the time from the start of a process to its
first response.

Usage: deno task bench:coldstart

  --help  this text

Takes about 40 seconds; the first run downloads Deno 2.1. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  {},
);

const ROUNDS = 15;
const GOAL_RATIO = 1.3;
const GOAL_BYTES = 350_000;

interface Started {
  name: string;
  kilobytes: number;
  dynamic_kilobytes: number;
  milliseconds: number[];
  accepted_milliseconds: number[];
}

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const here = new URL("coldstart/", import.meta.url);
const database = refusingDatabase();
const user = await benchUser();
const environment = environmentWith(database, user);
const folder = await Deno.makeTempDir({ prefix: "convene-coldstart-" });
try {
  const deno = await edgeDeno();
  const functions = await bundleFunctions(folder);
  const others = await Promise.all(
    ["only_packages", "empty"].map((name) =>
      bundleFunction(name, join(folder, "supabase/functions", name), here)
    ),
  );
  const all: Started[] = [...functions, ...others].map((one) => ({
    name: one.name,
    kilobytes: one.static_bytes / 1000,
    dynamic_kilobytes: one.dynamic_bytes / 1000,
    milliseconds: [],
    accepted_milliseconds: [],
  }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, milliseconds, accepted_milliseconds } of all) {
      const bundle = join(folder, "supabase/functions", name);
      const refused = await firstResponse(deno, bundle, refuse);
      const accepted = await firstResponse(deno, bundle, accept);
      // The first round reads all files from the disk.
      if (round === 0) continue;
      milliseconds.push(refused);
      accepted_milliseconds.push(accepted);
    }
  }
  show(all);
} finally {
  await database.close();
  await Deno.remove(folder, { recursive: true });
}

function show(all: readonly Started[]): void {
  const named = (name: string) => all.find((one) => one.name === name)!;
  const packages = median(named("only_packages").milliseconds);
  const packages_accepted = median(named("only_packages").accepted_milliseconds);
  const empty = median(named("empty").milliseconds);
  const not_met: string[] = [];
  print(
    "| function | kB | kB on demand | ms (median) | / only packages | / empty | | accepted, ms | / only packages |",
  );
  print("| --- | --: | --: | --: | --: | --: | --- | --: | --: |");
  for (
    const { name, kilobytes, dynamic_kilobytes, milliseconds, accepted_milliseconds } of all
  ) {
    const ms = median(milliseconds);
    const accepted_ms = median(accepted_milliseconds);
    const is_ours = name !== "only_packages" && name !== "empty";
    const met = ms <= GOAL_RATIO * packages && kilobytes * 1000 <= GOAL_BYTES;
    if (is_ours && !met) not_met.push(name);
    const cells = [
      name.replace("_", " "),
      kilobytes.toFixed(0),
      dynamic_kilobytes.toFixed(0),
      ms.toFixed(0),
      (ms / packages).toFixed(2),
      (ms / empty).toFixed(2),
      is_ours ? verdict(met) : "",
      accepted_ms.toFixed(0),
      (accepted_ms / packages_accepted).toFixed(2),
    ];
    print(`| ${cells.join(" | ")} |`);
  }
  print(
    `Goals: at most ${GOAL_RATIO} times a function with the same packages, at most ${
      GOAL_BYTES / 1000
    } kB. ${not_met.length === 0 ? "All are met." : `NOT MET: ${not_met.join(", ")}.`}`,
  );
}

/** Sends a request, and ends with the end of its response. */
type Send = (name: string, origin: string) => Promise<void>;

/** A caller without credentials. */
async function refuse(name: string, origin: string): Promise<void> {
  const response = await fetch(`${origin}/${name}`, { method: "POST" });
  await response.body?.cancel();
  if (response.status >= 500) throw new Error(`${name} responds ${response.status}`);
}

/** The database refuses what it is asked, so the response is an error too, but not for the caller's fault. */
async function accept(name: string, origin: string): Promise<void> {
  const calls = database.calls;
  const response = await sendAccepted(name, origin, user);
  const text = await response.text();
  if (name !== "empty" && database.calls === calls) {
    throw new Error(`${name} has not called the database: ${text}`);
  }
}

/** Milliseconds from the start of a process to its first response. */
async function firstResponse(deno: string, bundle: string, send: Send): Promise<number> {
  const started = performance.now();
  const child = new Deno.Command(deno, {
    args: [
      "run",
      "-A",
      "--no-code-cache",
      "--no-config",
      fileURLToPath(new URL("host.js", here)),
      pathToFileURL(join(bundle, "index.js")).href,
    ],
    cwd: bundle,
    env: environment,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
    await send(basename(bundle), `http://127.0.0.1:${value?.trim()}`);
    return performance.now() - started;
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
}

/** The program itself: npx would take longer to start than what is measured. */
async function edgeDeno(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("npx", {
    args: ["-y", EDGE_DENO, "eval", "console.log(Deno.execPath())"],
    // In the project's folder it would read a lockfile that is too new for it.
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
