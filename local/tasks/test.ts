import { join } from "node:path";
import { type PostgresServer, startPostgresServer } from "../../tests/support/postgres_server.ts";
import { printError, printLine } from "../output.ts";
import { PROJECT_ROOT } from "./supabase_cli.ts";
import { countTests, summarise } from "./test_counts.ts";

/** More files at once would only make tests with deadlines wait for each other's database. */
const MOST_FILES_AT_ONCE = 4;

/**
 * Runs the tests with one Postgres server for all of them. Arguments go to `deno test`; without a
 * path among them all of tests/ and packages/ runs. The last line of output is "N passed, N failed[, N skipped]".
 */
async function main(args: string[]): Promise<boolean> {
  let server: PostgresServer;
  try {
    server = await startPostgresServer();
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    printLine(summarise({ passed: 0, failed: 0, skipped: 0 }, false));
    return false;
  }
  await using _server = server;
  printLine(
    `Postgres ${server.version}; ` +
      (server.has_pg_cron
        ? "the cron path runs on the real pg_cron"
        : "it has no pg_cron, so the cron path runs on the stand-in"),
  );

  const directory = await Deno.makeTempDir({ prefix: "convene-test-" });
  try {
    const report = join(directory, "report.xml");
    const { success } = await runTests(args, report, server);
    const counts = countTests(await Deno.readTextFile(report).catch(() => ""));
    printLine(summarise(counts, success));
    return success;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function runTests(
  args: string[],
  report: string,
  server: PostgresServer,
): Promise<Deno.CommandStatus> {
  const paths = args.some((arg) => !arg.startsWith("-")) ? [] : ["tests/", "packages/"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--parallel", `--junit-path=${report}`, ...args, ...paths],
    cwd: PROJECT_ROOT,
    env: {
      CONVENE_TEST_POSTGRES_URL: server.admin_url,
      DENO_JOBS: String(Math.min(navigator.hardwareConcurrency, MOST_FILES_AT_ONCE)),
    },
    stdin: "null",
  }).spawn();
  // The tests end first and clean up, then the server; a second signal to the tests does no harm.
  const stop_tests = () => child.kill("SIGTERM");
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, stop_tests);
  try {
    return await child.status;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop_tests);
  }
}

if (!await main(Deno.args)) Deno.exitCode = 1;
