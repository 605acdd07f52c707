import { taskOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import { shapesMigration } from "./row_shapes.ts";

taskOptions(
  `Writes the migration of the shapes that rows of meetings are checked with (supabase/migrations/*_meeting_shapes.sql),
from the schemas of requests.

Usage: deno task db:shapes

  --help  this text

Takes less than a second.`,
  {},
);

const MIGRATION = new URL(
  "../../supabase/migrations/20261129100155_meeting_shapes.sql",
  import.meta.url,
);

const text = shapesMigration();
const changed = text !== await Deno.readTextFile(MIGRATION).catch(() => "");
await Deno.writeTextFile(MIGRATION, text);
printLine(`The shapes of meetings are ${changed ? "written" : "up to date"}`);
