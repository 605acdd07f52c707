import { printLine } from "../output.ts";
import { openApiFiles } from "./openapi_files.ts";

// Compared with the schemas by tests/architecture/openapi_test.ts.
for (const [path, text] of await openApiFiles()) await Deno.writeTextFile(path, text);
printLine(
  "docs/openapi.json, its module of the function status and its types in shared/contract written",
);
