import { DATABASE_TYPES, generateDatabaseTypes } from "./database_types.ts";
import { printLine } from "../output.ts";
import { startProjectDatabase } from "./project_database.ts";

await using database = await startProjectDatabase({ migrated: true });
const types = await generateDatabaseTypes(database.url);
const changed = types !== await Deno.readTextFile(DATABASE_TYPES).catch(() => "");
await Deno.writeTextFile(DATABASE_TYPES, types);
printLine(`shared/database/types.ts ${changed ? "written" : "is up to date"}`);
