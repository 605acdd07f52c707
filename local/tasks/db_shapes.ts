import { printLine } from "../output.ts";
import { shapesMigration } from "./row_shapes.ts";

const MIGRATION = new URL(
  "../../supabase/migrations/20261129100155_meeting_shapes.sql",
  import.meta.url,
);

const text = shapesMigration();
const changed = text !== await Deno.readTextFile(MIGRATION).catch(() => "");
await Deno.writeTextFile(MIGRATION, text);
printLine(`The shapes of meetings are ${changed ? "written" : "up to date"}`);
