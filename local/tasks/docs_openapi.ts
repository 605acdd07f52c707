import { taskOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import { openApiFiles } from "./openapi_files.ts";

taskOptions(
  `Writes docs/openapi.json, the module that the function status serves, and the types in shared/contract, from the
schemas of requests (shared/schemas, supabase/functions) and of responses (local/contract).

Usage: deno task docs:openapi

  --help  this text

Takes about a second.`,
  {},
);

// Compared with the schemas by tests/architecture/openapi_test.ts.
for (const [path, text] of await openApiFiles()) await Deno.writeTextFile(path, text);
printLine(
  "docs/openapi.json, its module of the function status and its types in shared/contract written",
);
