import { DATABASE_VARIABLE, type TestDatabase } from "../../tests/support/chosen_database.ts";
import { preparePglite, preparePostgres } from "../../tests/support/prepared_databases.ts";
import { startPostgresServer } from "../../tests/support/postgres_server.ts";
import { startSharedPlatforms } from "../../tests/support/shared_platform.ts";
import { printError, printLine } from "../output.ts";
import { PROJECT_ROOT } from "./supabase_cli.ts";
import {
  findTestFiles,
  readTestArguments,
  TEST_USAGE,
  type TestArguments,
} from "./test_arguments.ts";
import { sumCounts, summarise } from "./test_counts.ts";
import { runTestFile, type TestFileResult } from "./test_file.ts";

/** More files at once would only make tests with deadlines wait for each other's database. */
const MOST_FILES_AT_ONCE = 4;

/** Files wait for timers, starting processes and disks, so that as many as there are cores would leave a part of these idle. */
const FILES_MORE_THAN_CORES = 1;

/** Fewer files start their platforms themselves: one lane's platforms take about 8 s to start. */
const FILES_THAT_SHARE_PLATFORMS = 8;

/** Runs the tests; `TEST_USAGE` says how. Returns whether all of them passed. */
async function main(args: string[]): Promise<boolean> {
  try {
    const asked = readTestArguments(args);
    if (asked.help) {
      printLine(TEST_USAGE);
      return true;
    }
    const paths = asked.paths.length > 0 ? asked.paths : ["tests/", "packages/"];
    return await runTests(asked, await findTestFiles(PROJECT_ROOT, paths));
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    printLine(summarise({ passed: 0, failed: 1, skipped: 0 }));
    return false;
  }
}

async function runTests(asked: TestArguments, files: readonly string[]): Promise<boolean> {
  if (!asked.others.includes("--no-check")) await checkTypes(files);
  await using resources = new AsyncDisposableStack();
  const env: Record<string, string> = {};
  const database = asked.database ?? Deno.env.get(DATABASE_VARIABLE);
  if (database) env[DATABASE_VARIABLE] = database;
  if (database !== "postgres") {
    const directory = await Deno.makeTempDir({ prefix: "convene-pglite-" });
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    Object.assign(env, await preparePglite(directory));
  }
  if (database !== "pglite") {
    const server = resources.use(await startPostgresServer());
    env.CONVENE_TEST_POSTGRES_URL = server.admin_url;
    Object.assign(env, await preparePostgres(server));
    printLine(
      `Postgres ${server.version}; ` +
        (server.has_pg_cron
          ? "the cron path runs on the real pg_cron"
          : "it has no pg_cron, so the cron path runs on the stand-in"),
    );
  }

  const { results, interrupted } = await runFiles(asked, files, env);
  const counts = sumCounts(results.map((result) => result.counts));
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) printLine("\nWhat failed:");
  for (const { reason } of failures) printLine(`\n${reason}`);
  const nothing_ran = counts.passed + counts.failed + counts.skipped === 0;
  if (nothing_ran) printError(`No test's name matches the filter "${asked.filter ?? ""}".`);
  if (interrupted) printError("The run was interrupted.");
  const success = counts.failed === 0 && !nothing_ran && !interrupted;
  printLine();
  printLine(summarise(success ? counts : { ...counts, failed: Math.max(1, counts.failed) }));
  return success;
}

/** Once for all files, because each of them runs in a process of its own. */
async function checkTypes(files: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...files],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trimEnd());
}

/** Runs some files at a time. SIGINT and SIGTERM end those that run and start no more. */
async function runFiles(
  { filter, others }: TestArguments,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ results: TestFileResult[]; interrupted: boolean }> {
  const args = ["test", "-A", "--no-check", ...others.filter((other) => other !== "--no-check")];
  if (filter !== undefined) args.push(`--filter=${filter}`);
  const queue = [...files];
  const results: TestFileResult[] = [];
  const interruption = new AbortController();
  // A terminal sends it to the tests as well; a second signal does them no harm.
  const interrupt = () => interruption.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);

  const databases = (["PGlite", "Postgres"] as const satisfies readonly TestDatabase[]).filter(
    (name) => [undefined, "", "both", name.toLowerCase()].includes(env[DATABASE_VARIABLE]),
  );
  const workOff = async () => {
    await using platforms = files.length < FILES_THAT_SHARE_PLATFORMS
      ? null
      : await startSharedPlatforms(databases, env);
    while (!interruption.signal.aborted) {
      const path = queue.shift();
      if (path === undefined) return;
      const result = await runTestFile(path, {
        args,
        env: { ...env, ...platforms?.env },
        is_verbose: files.length === 1,
        say: (text) => printLine(`${path}:\n${text.replaceAll(/^(?=.)/gm, "    ")}`),
        signal: interruption.signal,
      });
      results.push(result);
      printResult(result, results.length, files.length);
    }
  };
  const width = Math.min(
    navigator.hardwareConcurrency + FILES_MORE_THAN_CORES,
    MOST_FILES_AT_ONCE,
  );
  try {
    await Promise.all(Array.from({ length: width }, workOff));
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  }
  return { results, interrupted: interruption.signal.aborted };
}

function printResult(result: TestFileResult, ended: number, all: number): void {
  const { path, counts, seconds, unheard } = result;
  for (const { reason } of unheard) printLine(`\n${reason}\n`);
  if (counts.passed + counts.failed + counts.skipped === 0) return;
  const outcome = counts.failed > 0 ? "FAILED" : "ok    ";
  printLine(`${outcome} ${ended}/${all} ${path}: ${summarise(counts)} (${seconds.toFixed(1)} s)`);
}

if (!await main(Deno.args)) Deno.exitCode = 1;
