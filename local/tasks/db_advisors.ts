import { taskOptions } from "../command_line.ts";
import { adviseDatabase } from "./database_checks.ts";
import { printLine } from "../output.ts";
import { startProjectDatabase } from "./project_database.ts";

taskOptions(
  `Runs the Supabase CLI's advisors on a Postgres of its own with all migrations, and prints what they find.

Usage: deno task db:advisors

  --help  this text

Takes about 10 seconds; the first run downloads the Supabase CLI. Exit code: 1 something was found.`,
  {},
);

await using database = await startProjectDatabase({ migrated: true });
const { success, stdout, stderr } = await adviseDatabase(database.url);
printLine((stderr + stdout).trim());
if (!success) Deno.exitCode = 1;
