import { adviseDatabase } from "./database_checks.ts";
import { printLine } from "../output.ts";
import { startProjectDatabase } from "./project_database.ts";

await using database = await startProjectDatabase({ migrated: true });
const { success, stdout, stderr } = await adviseDatabase(database.url);
printLine((stderr + stdout).trim());
if (!success) Deno.exitCode = 1;
