/**
 * Every benchmark, one after the other, and at the end a table of the goals that are met and missed.
 * Run: deno task bench. Ends with code 1 if a goal is missed.
 */
import { loadavg } from "node:os";
import project from "../../deno.json" with { type: "json" };
import { readCommandLine } from "../../local/command_line.ts";
import { printError, printLine } from "../../local/output.ts";
import { elapsedText, type Outcome, outcomeOf, outcomeTable } from "./outcome.ts";

const PREFIX = "bench:";
const NAMES = Object.keys(project.tasks)
  .filter((task) => task.startsWith(PREFIX))
  .map((task) => task.slice(PREFIX.length));

const USAGE = `deno task bench [names]

Runs the benchmarks one after the other and ends with a table of their goals; the exit code is 1 when
a goal is missed. All of them take about half an hour on two cores. Nothing else should run meanwhile.

  names     Some of: ${NAMES.join(", ")}. Default: all
  --help    Prints this.

"deno task bench:NAME" runs one alone; its --help says what it measures, its options and how long it
takes.`;

/** More than this much other work makes the figures worth nothing. */
const BUSY_LOAD = 0.5;

async function main(): Promise<void> {
  const { values, positionals } = readCommandLine(Deno.args, {
    help: { type: "boolean", short: "h" },
  });
  if (values.help) return printLine(USAGE);
  const unknown = positionals.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no benchmark ${unknown.join(", ")}. There are: ${NAMES.join(", ")}`);
  }
  const load = loadavg()[0] ?? 0;
  if (load > BUSY_LOAD) {
    printError(
      `The load of this machine is ${load.toFixed(1)}: what runs beside falsifies the figures`,
    );
  }
  const names = positionals.length > 0 ? positionals : NAMES;
  const outcomes: Outcome[] = [];
  for (const [index, name] of names.entries()) {
    printError(`\n${index + 1}/${names.length} bench:${name}`);
    const outcome = await run(name);
    printError(`${elapsedText(outcome.seconds)}, ${outcome.not_met} goals not met`);
    outcomes.push(outcome);
  }
  printLine(`\n${outcomeTable(outcomes)}`);
  if (outcomes.some(({ code }) => code !== 0)) Deno.exitCode = 1;
}

/** Runs one benchmark and passes its output on as it comes. */
async function run(name: string): Promise<Outcome> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", `${PREFIX}${name}`],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    await Deno.stdout.write(new TextEncoder().encode(text));
  }
  const { code } = await child.status;
  return outcomeOf(name, output, code, (performance.now() - started) / 1000);
}

try {
  await main();
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  Deno.exitCode = 2;
}
