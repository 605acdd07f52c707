import { taskOptions } from "../command_line.ts";
import { openMigratedDatabase } from "./migrated_database.ts";
import { PREFLIGHT, preflightFor, UNINSTALL, uninstallFor } from "./preflight_lists.ts";

taskOptions(
  `Writes the lists of objects in the first migration, which refuses a database that has some of them, and in
supabase/uninstall.sql, from a migrated database.

Usage: deno task db:preflight

  --help  this text

Takes about 4 seconds.`,
  {},
);

const database = await openMigratedDatabase();
try {
  await Deno.writeTextFile(PREFLIGHT, await preflightFor(database));
  await Deno.writeTextFile(UNINSTALL, await uninstallFor(database));
} finally {
  await database.close();
}
