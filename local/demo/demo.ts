// The program behind `deno task demo`.
import { printError, printLine } from "../output.ts";
import { startPlatform } from "../platform.ts";
import { cast } from "./cast.ts";
import { DEMO_HELP, type DemoOptions, parseDemoOptions } from "./demo_options.ts";
import type { DemoReport } from "./report.ts";
import { playStory, type Tell } from "./story.ts";

if (import.meta.main) {
  try {
    const options = parseDemoOptions(Deno.args);
    if (options.help) printLine(DEMO_HELP);
    else await demo(options);
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}

async function demo(options: DemoOptions): Promise<void> {
  const began = Date.now();
  const tell: Tell = options.json ? () => {} : tellPerson;
  const files = await cast(options);
  tell("Convene", ["Starting database, functions and the Google Calendar emulator ..."]);
  const platform = await startPlatform({ strict_google: true });
  let report: DemoReport;
  try {
    report = await playStory(platform, files, options, tell);
  } finally {
    await platform.stop();
  }
  report.elapsed_ms = Date.now() - began;
  if (options.json) printLine(JSON.stringify(report));
  const problems = report.problems ?? [];
  for (const problem of problems) printError(`This did not hold: ${problem}`);
  tell("Done", [`${(report.elapsed_ms / 1000).toFixed(1)} s`]);
  Deno.exit(problems.length === 0 ? 0 : 1);
}

function tellPerson(heading: string, lines: readonly string[] = []): void {
  printLine(`\n${heading}`);
  for (const line of lines) printLine(`  ${line}`);
}
