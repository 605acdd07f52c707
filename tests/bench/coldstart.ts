/**
 * Prints for every function, bundled as it is deployed, its size and how long it takes from the start of a process to
 * the first response, beside a function with the same packages and none of our code and an empty one; all of them in turns in
 * one run, on the version of Deno that Supabase's edge runtime is built on, without a cache of compiled code.
 * Run: deno task bench:coldstart
 */
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleFunction, bundleFunctions } from "../../local/functions/bundle_functions.ts";
import { EDGE_DENO } from "../../local/tasks/edge_runtime.ts";
import { FUNCTION_ENVIRONMENT } from "../support/function_environment.ts";
import { verdict } from "./verdict.ts";

const ROUNDS = 15;
const GOAL_RATIO = 1.3;
const GOAL_BYTES = 350_000;

interface Started {
  name: string;
  kilobytes: number;
  dynamic_kilobytes: number;
  milliseconds: number[];
}

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const here = new URL("coldstart/", import.meta.url);
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
  }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, milliseconds } of all) {
      const elapsed = await firstResponse(deno, join(folder, "supabase/functions", name));
      // The first round reads all files from the disk.
      if (round > 0) milliseconds.push(elapsed);
    }
  }
  show(all);
} finally {
  await Deno.remove(folder, { recursive: true });
}

function show(all: readonly Started[]): void {
  const named = (name: string) => median(all.find((one) => one.name === name)!.milliseconds);
  const [packages, empty] = [named("only_packages"), named("empty")];
  const not_met: string[] = [];
  print("| function | kB | kB on demand | ms (median) | / only packages | / empty | |");
  print("| --- | --: | --: | --: | --: | --: | --- |");
  for (const { name, kilobytes, dynamic_kilobytes, milliseconds } of all) {
    const ms = median(milliseconds);
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
    ];
    print(`| ${cells.join(" | ")} |`);
  }
  print(
    `Goals: at most ${GOAL_RATIO} times a function with the same packages, at most ${
      GOAL_BYTES / 1000
    } kB. ${not_met.length === 0 ? "All are met." : `NOT MET: ${not_met.join(", ")}.`}`,
  );
}

/** Milliseconds from the start of a process to its first response, which is a refusal. */
async function firstResponse(deno: string, bundle: string): Promise<number> {
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
    env: FUNCTION_ENVIRONMENT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
    const response = await fetch(`http://127.0.0.1:${value?.trim()}/${basename(bundle)}`, {
      method: "POST",
    });
    await response.body?.cancel();
    if (response.status >= 500) throw new Error(`${bundle} responds ${response.status}`);
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
