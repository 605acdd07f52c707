import { openMigratedDatabase } from "./migrated_database.ts";
import { PREFLIGHT, preflightFor, UNINSTALL, uninstallFor } from "./preflight_lists.ts";

const database = await openMigratedDatabase();
try {
  await Deno.writeTextFile(PREFLIGHT, await preflightFor(database));
  await Deno.writeTextFile(UNINSTALL, await uninstallFor(database));
} finally {
  await database.close();
}
