import { printError, printLine } from "../../local/output.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { chaosTask, commandFor } from "./chaos_options.ts";
import { runSeed } from "./run_seed.ts";
import { smallestFailure } from "./smallest_failure.ts";

const SHOWN_VIOLATIONS = 10;

/** Runs seed after seed; the first one that breaks the law ends the task with the way to repeat it. */
async function main(args: readonly string[]): Promise<boolean> {
  const { seeds, meetings, workers } = chaosTask(args);
  // One server for all runs, each of which has a database of its own.
  await using server = await startPostgresServer();
  Deno.env.set("CONVENE_TEST_POSTGRES_URL", server.admin_url);
  for (const seed of seeds) {
    const options = { seed, meetings, workers };
    const { violations, ...numbers } = await runSeed(options);
    const facts = Object.entries(numbers).map(([name, value]) => `${name} ${value}`).join(", ");
    printLine(`seed ${seed}: ${violations.length === 0 ? "holds" : "FAILS"} (${facts})`);
    if (violations.length === 0) continue;
    for (const sentence of violations.slice(0, SHOWN_VIOLATIONS)) printError(`  ${sentence}`);
    printError(`Repeat with: ${commandFor(await smallestFailure(options))}`);
    return false;
  }
  printLine(`${seeds.length} seeds of ${meetings} meetings passed`);
  return true;
}

try {
  if (!await main(Deno.args)) Deno.exitCode = 1;
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  Deno.exitCode = 1;
}
