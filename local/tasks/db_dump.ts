import { printLine } from "../output.ts";
import { DATABASE_SCHEMA, dumpDatabaseSchema } from "./database_schema.ts";
import { startProjectDatabase } from "./project_database.ts";

await using database = await startProjectDatabase({ migrated: true });
const schema = await dumpDatabaseSchema(database.url);
const changed = schema !== await Deno.readTextFile(DATABASE_SCHEMA).catch(() => "");
await Deno.writeTextFile(DATABASE_SCHEMA, schema);
printLine(`tests/deploy/schema.sql ${changed ? "written" : "is up to date"}`);
