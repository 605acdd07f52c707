import { taskOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import { DATABASE_SCHEMA, dumpDatabaseSchema } from "./database_schema.ts";
import { startProjectDatabase } from "./project_database.ts";

taskOptions(
  `Writes tests/deploy/schema.sql, everything that the migrations make, from a Postgres of its own.

Usage: deno task db:dump

  --help  this text

Takes about 10 seconds; the first run downloads the Supabase CLI.`,
  {},
);

await using database = await startProjectDatabase({ migrated: true });
const schema = await dumpDatabaseSchema(database.url);
const changed = schema !== await Deno.readTextFile(DATABASE_SCHEMA).catch(() => "");
await Deno.writeTextFile(DATABASE_SCHEMA, schema);
printLine(`tests/deploy/schema.sql ${changed ? "written" : "is up to date"}`);
