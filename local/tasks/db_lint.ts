import { taskOptions } from "../command_line.ts";
import { lintDatabase } from "./database_checks.ts";
import { printLine } from "../output.ts";
import { startProjectDatabase } from "./project_database.ts";

taskOptions(
  `Runs "supabase db lint" on a Postgres of its own with all migrations, and prints what it finds.

Usage: deno task db:lint

  --help  this text

Takes about 10 seconds; the first run downloads the Supabase CLI. Exit code: 1 something was found.`,
  {},
);

await using database = await startProjectDatabase({ migrated: true });
const { success, stdout, stderr } = await lintDatabase(database.url);
printLine((stderr + stdout).trim());
if (!success) Deno.exitCode = 1;
