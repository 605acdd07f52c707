import { printError, printLine } from "../../local/output.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { CHAOS_HELP, commandFor, parseChaosOptions } from "./chaos_options.ts";
import { runSeed } from "./run_seed.ts";
import { smallestFailure } from "./smallest_failure.ts";

const SHOWN_VIOLATIONS = 10;

/** Runs one seed after the other. The first violation ends the task with the command that repeats it. */
async function main(args: readonly string[]): Promise<boolean> {
  const { help, seeds, meetings, workers } = parseChaosOptions(args);
  if (help) {
    printLine(CHAOS_HELP);
    return true;
  }
  // One server for all runs, each of which has a database of its own.
  await using server = await startPostgresServer();
  Deno.env.set("CONVENE_TEST_POSTGRES_URL", server.admin_url);
  for (const seed of seeds) {
    const options = { seed, meetings, workers };
    const { violations, ...numbers } = await runSeed(options);
    const counts = Object.entries(numbers).map(([name, value]) => `${name} ${value}`).join(", ");
    printLine(
      `seed ${seed}: ${
        violations.length === 0 ? "all invariants hold" : `FAILED, ${violations.length} violations`
      } (${counts})`,
    );
    if (violations.length === 0) continue;
    for (const sentence of violations.slice(0, SHOWN_VIOLATIONS)) printError(`  ${sentence}`);
    printError(`Repeat with: ${commandFor(await smallestFailure(options))}`);
    return false;
  }
  printLine(`All invariants hold. Seeds: ${seeds.length}; meetings in each: ${meetings}`);
  return true;
}

try {
  if (!await main(Deno.args)) Deno.exitCode = 1;
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  Deno.exitCode = 1;
}
