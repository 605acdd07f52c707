import { fileURLToPath } from "node:url";
import { taskOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import { formatted } from "./formatted_text.ts";
import { openMigratedDatabase } from "./migrated_database.ts";
import { sqlPage } from "./sql_page.ts";

taskOptions(
  `Writes docs/sql.md from the comments of a migrated database.

Usage: deno task docs:sql

  --help  this text

Takes about 3 seconds.`,
  {},
);

/** Compared with the database by tests/integration/sql_page_test.ts. */
const PAGE = fileURLToPath(new URL("../../docs/sql.md", import.meta.url));

const database = await openMigratedDatabase();
try {
  await Deno.writeTextFile(PAGE, await formatted(await sqlPage(database), "md"));
} finally {
  await database.close();
}
printLine("docs/sql.md written");
