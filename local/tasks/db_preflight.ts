import { openMigratedDatabase } from "./migrated_database.ts";
import { PREFLIGHT, preflightFor } from "./preflight_lists.ts";

const database = await openMigratedDatabase();
try {
  await Deno.writeTextFile(PREFLIGHT, await preflightFor(database));
} finally {
  await database.close();
}
