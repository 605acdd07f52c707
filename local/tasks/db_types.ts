import { taskOptions } from "../command_line.ts";
import { DATABASE_TYPES, generateDatabaseTypes } from "./database_types.ts";
import { printLine } from "../output.ts";
import { startProjectDatabase } from "./project_database.ts";

taskOptions(
  `Writes shared/database/types.ts, the types of tables and functions, from a Postgres of its own with all migrations.

Usage: deno task db:types

  --help  this text

Takes about 10 seconds; the first run downloads the Supabase CLI.`,
  {},
);

await using database = await startProjectDatabase({ migrated: true });
const types = await generateDatabaseTypes(database.url);
const changed = types !== await Deno.readTextFile(DATABASE_TYPES).catch(() => "");
await Deno.writeTextFile(DATABASE_TYPES, types);
printLine(`shared/database/types.ts ${changed ? "written" : "is up to date"}`);
